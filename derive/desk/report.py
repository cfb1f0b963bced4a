"""What the command line says of a network: as a table for JSON, and as text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from derive.desk.network import BY_AXIS, Analysis, analyse
from derive.desk.published import table
from derive.desk.repeats import repeated
from derive.model.claims import DeriveError
from derive.reading.layers import stages
from derive.reading.networks import read_all
from derive.writing.tables import markdown, tabular

NODES = {"node": "node", "op": "op", "phase": "phase", "size": "field", "left": "first", "right": "last", "count": "read"}
NODES |= {"stride": "step", "out_width": "outputs"}
NETWORKS = {"title": "network", "sizes": "field", "stride": "step", "left": "first", "right": "last", "width": "at width"}
NETWORKS |= {"published": "published"}


def as_latex(net: str, width: int | None = None) -> str:
    """A table of every node of a network, for a document with booktabs; of several axes one table each. Raises DeriveError."""
    return "\n\n".join(tabular(axis.records(), NODES) for axis in analyse(read_all(net), width))


def published(names: Iterable[str], form: str) -> str:
    """The library's networks (default: all) as "markdown", "latex" or "json". Raises DeriveError for an unknown name."""
    records = table(list(names) or None)
    if form == "json":
        return json.dumps(records, indent=1)
    return (tabular if form == "latex" else markdown)(records, NETWORKS)


def report(net: str, width: int | None = None, every: bool = False, weighed: bool = False) -> tuple[dict[str, Any], str]:
    """A network given as a file, a name or layers: its output, or `every` node; `weighed`: the paths from each position, too.

    Raises DeriveError, naming the place.
    """
    parts = stages(net) if "*" in net else None
    if parts is not None:
        if width is not None or every or weighed:
            raise DeriveError(f"{net[:60]}: --width, --all and --paths are for a network of numbers")
        found = repeated(parts)
        return found.as_dict(), str(found)
    told = [_axis(axis, every, weighed) for axis in analyse(read_all(net), width)]
    if all(entry == told[0] for entry in told):  # then an axis stands for all
        return told[0]
    text = "\n".join(f"axis {number}: {text}" for number, (_, text) in enumerate(told))
    return {"axes": [entry for entry, _ in told], "note": BY_AXIS}, f"{text}\n({BY_AXIS})"


def _axis(axis: Analysis, every: bool, weighed: bool) -> tuple[dict[str, Any], str]:
    found = axis.at()
    entry, text = found.as_dict(), str(found)
    if every:
        nodes = axis.all()
        entry, text = entry | {"nodes": {k: r.as_dict() for k, r in nodes.items()}}, "\n".join(map(str, nodes.values()))
    if weighed:
        profile = axis.paths()
        entry, text = entry | {"paths": list(profile.counts)}, f"{text}\n{profile}"  # from "left" on
    return entry, text

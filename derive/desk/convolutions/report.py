"""What the command line says of a network: as a table for JSON, and as text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from derive.desk.convolutions.network import BY_AXIS, Analysis, analyse
from derive.desk.convolutions.published import table
from derive.desk.convolutions.repeats import repeated
from derive.desk.convolutions.widths import input_widths
from derive.errors import DeriveError
from derive.model.convolutions.network import Network
from derive.reading.networks.data import read_all
from derive.reading.networks.layers import stages
from derive.writing.sheets.tables import markdown, tabular

NODES = {
    "node": "node",
    "op": "op",
    "phase": "phase",
    "size": "field",
    "left": "first",
    "right": "last",
    "count": "read",
}
NODES |= {"stride": "step", "out_width": "outputs"}
NETWORKS = {
    "title": "network",
    "sizes": "field",
    "stride": "step",
    "left": "first",
    "right": "last",
    "width": "at width",
}
NETWORKS |= {"published": "published"}


def as_latex(net: str, width: int | None = None) -> str:
    """A table of every node of a network, for a document with booktabs; of several axes one table
    each. Raises DeriveError."""
    return "\n\n".join(tabular(axis.records(), NODES) for axis in analyse(read_all(net), width))


def published(names: Iterable[str], form: str) -> str:
    """The library's networks (default: all) as "markdown", "latex" or "json". Raises DeriveError
    for an unknown name."""
    records = table(list(names) or None)
    if form == "json":
        return json.dumps(records, indent=1)
    return (tabular if form == "latex" else markdown)(records, NETWORKS)


@dataclass(frozen=True)
class Wanted:
    """What is asked of a network beside its output's field: `every` node; `paths` from each
    position; which inputs give so many `outputs`; what it costs, the input having so many
    `channels`, over `axes` axes alike."""

    every: bool = False
    paths: bool = False
    outputs: int | None = None
    channels: int | None = None
    axes: int = 1


def report(
    net: str, width: int | None = None, wanted: Wanted = Wanted()
) -> tuple[dict[str, Any], str]:  # frozen
    """A network given as a file, a name or layers, as a table and as text. Raises DeriveError,
    naming the place."""
    parts = stages(net) if "*" in net else None
    if parts is not None:
        if width is not None or wanted != Wanted():
            raise DeriveError(
                f"{net[:60]}: --width, --all and the like are for a network of numbers"
            )
        found = repeated(parts)
        return found.as_dict(), str(found)
    networks = read_all(net)
    told = [
        _axis(axis, n, wanted) for axis, n in zip(analyse(networks, width), networks, strict=True)
    ]
    if all(entry == told[0] for entry in told):  # then an axis stands for all
        (entry, text), alike = told[0], f"{len(told)} axes alike; {BY_AXIS}"
        return (entry | {"axes": alike}, f"{text}\n({alike})") if len(told) > 1 else (entry, text)
    text = "\n".join(f"axis {number}: {text}" for number, (_, text) in enumerate(told))
    return {"axes": [entry for entry, _ in told], "note": BY_AXIS}, f"{text}\n({BY_AXIS})"


def _axis(axis: Analysis, network: Network, wanted: Wanted) -> tuple[dict[str, Any], str]:
    found = axis.at()
    entry, text = found.as_dict(), str(found)
    cost = axis.costs(wanted.channels, wanted.axes) if wanted.channels is not None else {}
    if wanted.every:
        nodes = axis.all()
        entry |= {
            "nodes": {k: r.as_dict() | (asdict(cost[k]) if cost else {}) for k, r in nodes.items()}
        }
        text = "\n".join(map(str, nodes.values()))
    if cost:
        parameters = sum(c.parameters for c in cost.values())
        products = None if axis.sizes is None else sum(c.multiply_adds or 0 for c in cost.values())
        entry |= {
            "channels": cost[found.node].channels,
            "parameters": parameters,
            "multiply_adds": products,
        }
        text += f"\n{parameters:,} parameters" + (
            "" if products is None else f", {products:,} multiply-adds"
        )
    if wanted.outputs is not None:
        least, greatest = input_widths(network, wanted.outputs)
        entry |= {"least_input": least, "greatest_input": greatest}
        text += f"\n{wanted.outputs} outputs: of inputs {least} to {greatest} wide"
    if wanted.paths:
        profile = axis.paths()
        entry, text = (
            entry | {"paths": list(profile.counts)},
            f"{text}\n{profile}",
        )  # from "left" on
    return entry, text

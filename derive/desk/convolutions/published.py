"""The library's networks in a table: each row computed, counted back, and held against what others
published."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from derive.desk.convolutions.network import Analysis
from derive.desk.convolutions.reported import Reported
from derive.errors import DeriveError, nearest
from derive.reading.networks.library import Entry, Published, networks


def table(names: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """A record a network (default: all), as `pandas.DataFrame` takes them.

    size, left, right, centre and count are output 0's; `sizes` those of all phases; left and right
    are positions of the input, negative in the padding. At the entry's `width` where its layout
    needs one. `published` is the size others give, `agrees` whether every published number is the
    one computed (None: there is none). Raises DeriveError for an unknown name, and where a count
    fails.
    """
    known = networks()
    wanted = list(known if names is None else names)
    for name in wanted:
        if name not in known:
            raise DeriveError(f'no network "{name}"{nearest(name, known)}')
    return [_row(known[name]) for name in wanted]


def differences(entry: Entry) -> list[str]:
    """What of the published numbers is not what is computed at their width; empty where all agree.
    Raises DeriveError."""
    found = []
    for said in entry.published:
        report = Analysis(entry.network(), said.width or entry.width).at()
        for key, value in _computed(report).items():
            stated = getattr(said, key)
            if stated is not None and stated != value:
                found.append(f"{entry.name}: {key} {value}, not {stated} ({said.source})")
    return found


def _computed(report: Reported) -> dict[str, Any]:
    """As `Published` names it. Outputs that read differently have no one size."""
    phase = report.phases[0]
    return {
        "size": phase.size if len({p.size for p in report.phases}) == 1 else None,
        "stride": report.stride,
        "padding": -phase.ends[0] if phase.ends else None,
        "out_width": report.out_width,
    }


def _row(entry: Entry) -> dict[str, Any]:
    report = Analysis(entry.network(), entry.width).at()
    phase = report.phases[0].as_dict()
    return {
        "name": entry.name,
        "title": entry.title,
        "output": entry.output,
        "width": entry.width,
        "size": phase["size"],
        "sizes": sorted({p.size for p in report.phases}),
        "stride": _plain(report.stride),
        "left": phase["left"],
        "right": phase["right"],
        "centre": _plain(report.centre),
        "count": phase["count"],
        "phases": len(report.phases),
        "verdict": report.verdict.kind,
        "published": next((said.size for said in entry.published if said.size), None),
        "agrees": not differences(entry) if entry.published else None,
        "source": entry.source,
        "published_by": "; ".join(_by(entry.published)),
    }


def _by(published: tuple[Published, ...]) -> list[str]:
    return list(dict.fromkeys(said.source for said in published))


def _plain(value: Fraction | None) -> int | float | None:
    """Whole where it is; centres are halves, which a float holds."""
    return value if value is None else int(value) if value.denominator == 1 else float(value)

"""Receptive fields growing with depth, as a plot. matplotlib draws it; it is read only here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from derive.errors import DeriveError
from derive.files import write

COLOURS = ("#2f6db0", "#d9761a", "#2f8f5b", "#a33b6f", "#6b5fb5", "#7a6a3a", "#4a4a4a")
DASHES = (
    "-",
    "--",
    "-.",
    ":",
    (0, (5, 1, 1, 1, 1, 1)),
)  # told apart in print and by the colour-blind, too
# No time, no version: the same fields give the same bytes.
UNDATED: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Producer": None},
}


def growth_plot(fields: Mapping[str, Sequence[int]], path: Path) -> None:
    """A curve a name: its fields after 0, 1, 2, ... layers, in powers of ten. Written to `path`, a
    .svg, .png or .pdf.

    `derive.desk.convolutions.growth.growth` has the fields. Raises DeriveError without matplotlib,
    for another ending, and where the file cannot be written.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in UNDATED:
        raise DeriveError(f"{path.name}: a plot ends with .svg, .png or .pdf")
    if not fields:
        raise DeriveError(f"{path.name}: no fields to plot")
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
        from matplotlib.ticker import FuncFormatter
    except ImportError:
        raise DeriveError(
            "a plot needs matplotlib: pip install 'derive[bench]' or pip install matplotlib"
        ) from None
    look: dict[Any, Any] = {
        "svg.hashsalt": "derive",
        "svg.fonttype": "path",
        "font.size": 10,
        "font.family": "DejaVu Sans",
    }
    drawn = BytesIO()
    with rc_context(look):
        figure = Figure(figsize=(7.2, 4.4), layout="constrained")
        axes = figure.add_subplot()
        for number, (name, sizes) in enumerate(fields.items()):
            axes.plot(
                range(len(sizes)),
                sizes,
                label=f"{name}: {sizes[-1]:,}",
                color=COLOURS[number % len(COLOURS)],
                linestyle=DASHES[number % len(DASHES)],
                linewidth=1.8,
            )
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=1)
        axes.set_xlabel("layers")
        axes.set_ylabel("receptive field, in input positions")
        axes.grid(True, which="major", color="#dde1e6", linewidth=0.8)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
        figure.savefig(drawn, format=kind, metadata=UNDATED[kind], dpi=150)
    write(drawn.getvalue(), path)

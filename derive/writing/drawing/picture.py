"""What there is to draw: rows of circles, lines between them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Dot:
    """A position; `kind`: plain, read (the asked output depends on it), asked, padding."""

    index: int
    x: Fraction
    kind: str


@dataclass(frozen=True)
class Tap:
    """A line from an output down to what it reads; `kind`: plain, read (between coloured ones),
    padding (from a coloured one)."""

    top: Fraction
    bottom: Fraction
    kind: str


@dataclass(frozen=True)
class Row:
    """`name` and `size` of what the circles are; `made` by which layer, in up to two lines, with
    `taps` down to the row below."""

    name: str
    size: str
    dots: tuple[Dot, ...]
    made: tuple[str, ...] = ()
    taps: tuple[Tap, ...] = ()


@dataclass(frozen=True)
class Picture:
    """Rows from the input up. One step of x is the least distance of two circles. `field`: the
    coloured inputs in words."""

    title: str
    rows: tuple[Row, ...]
    field: str

    @property
    def sides(self) -> tuple[Fraction, Fraction]:
        every = [d.x for row in self.rows for d in row.dots]
        return min(every), max(every)

    @property
    def coloured(self) -> list[Dot]:
        """The inputs that the asked output depends on, from left to right."""
        return [d for d in self.rows[0].dots if d.kind in ("read", "asked")]

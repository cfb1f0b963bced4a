"""What an answer gives: values, a tuple, an interval, words."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Symbol

INFINITY = Symbol(" infinity")


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, whose ends belong to it where they are `closed`."""

    low: Expr
    high: Expr
    closed: tuple[bool, bool]


@dataclass(frozen=True)
class Given:
    """What an answer says: `sides` of a chain, of which the last is the answer; or parts of a
    tuple; or words.

    `symbols` is how many the last side has, `written` what it is with nothing simplified.
    """

    sides: tuple[Expr, ...] = ()
    parts: tuple[Given, ...] = ()
    interval: Interval | None = None
    words: str = ""
    symbols: int = 0
    written: Expr | None = None
    decimals: int | None = None
    unread: str = ""  # why a side before the last was not read
    named: Expr | None = None  # the value of a sequence that a chain begins with
    sums: bool = False  # whether it has sum signs, product signs or dots

    def as_interval(self) -> Interval | None:
        """The interval that it is; a pair in round brackets may be one."""
        if self.interval is None and len(self.parts) == 2 and all(p.sides for p in self.parts):
            return Interval(self.parts[0].sides[0], self.parts[1].sides[0], (False, False))
        return self.interval

"""A recurrence: what each sequence becomes one step on. From a program in a setting (here), or from
a stack (layers.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, S, Symbol


@dataclass(frozen=True)
class Recurrence:
    """`name(at(name)) = equations[name]` for each sequence, in an order in which each may use the
    new values before it.

    It counts up from `first`, or, with `direction` -1, down from it. `start` has as many values as
    an equation goes back; a sequence with none (a quantity that every step makes anew) has what
    its equation gives, wherever that reads nothing before `first`.
    """

    equations: Mapping[str, Expr]
    index: Symbol
    start: Mapping[str, tuple[Expr, ...]]
    first: Expr = S.Zero
    direction: int = 1

    def order(self, name: str) -> int:
        """How many values before it a value is made from."""
        return len(self.start[name])

    def offset(self, name: str) -> int:
        """How much the place of the value that an equation makes is greater than the index."""
        return self.order(name) if self.direction == 1 else 0

    def at(self, name: str) -> Expr:
        return self.index + self.offset(name)

    @cached_property
    def distance(self) -> Expr:
        """How many steps the index is from where the recurrence starts."""
        return (self.index - self.first) * self.direction

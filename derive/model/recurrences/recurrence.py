"""A recurrence: what each sequence becomes one step on. From a program in a setting (here), or from
a stack (layers.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, S, Symbol


@dataclass(frozen=True)
class Recurrence:
    """`name(at) = equations[name]` for each sequence, in an order in which each may use the new
    values before it.

    `at` is `index + 1` where it counts up from `first`, `index` where it counts down to it. A
    sequence with no start (a quantity that every step makes anew) has its first value one step
    after `first`.
    """

    equations: Mapping[str, Expr]
    at: Expr
    index: Symbol
    start: Mapping[str, Expr]
    first: Expr = S.Zero
    direction: int = 1

    @cached_property
    def offset(self) -> Expr:
        """How much `at` is greater than the index."""
        return self.at - self.index

    @cached_property
    def distance(self) -> Expr:
        """How many steps the index is from where the recurrence starts."""
        return (self.index - self.first) * self.direction

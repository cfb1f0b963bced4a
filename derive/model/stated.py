"""Recurrences as a person states them: `w(t+2) = 3*w(t+1) - w(t)`, of any order, several at once, linear or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import Basic, Expr, Ge, Le, S, Symbol
from sympy.core.function import AppliedUndef

from derive.model.recurrence import Recurrence, T


@dataclass(frozen=True)
class Stated:
    """`name(T + order) = equations[name]` for each sequence; the right side reads its values at T .. T + order - 1.

    Other sequences may stand there at any place up to their own order. `start` holds the values name(first), name(first + 1),
    ... that are given, one for each order. The index is always the symbol T; `letter` is the one that a person
    wrote. Where it counts `down` from a place, name(T) is the value T steps from there: what a person calls name(down - T).
    `integers` are names of parameters that are whole numbers >= 1, `free` sequences that nothing determines.
    """

    equations: Mapping[str, Expr]
    start: Mapping[str, tuple[Expr, ...]]
    first: Expr = S.Zero
    more_ranges: tuple[Basic, ...] = ()
    integers: frozenset[str] = frozenset()
    free: tuple[str, ...] = ()
    letter: Symbol = T
    down: Expr | None = None

    indices = (T.name,)

    @cached_property
    def ranges(self) -> tuple[Basic, ...]:
        """What parameters and the index must meet."""
        bound = () if self.down is None else (Le(T, self.down, evaluate=False),)
        return (*self.more_ranges, Ge(T, self.first, evaluate=False), *bound)

    def said(self, expr: Basic) -> Basic:
        """An expression as the person counts, in the letter they wrote."""
        if self.down is None:
            return expr.xreplace({T: self.letter}) if self.letter != T else expr
        back = self.down - self.letter
        values = {
            a: a.func(self.down - a.args[0].xreplace({T: back}))
            for a in expr.atoms(AppliedUndef)
            if a.func.__name__ in self.equations
        }
        return expr.xreplace(values).xreplace({T: back})

    def order(self, name: str) -> int:
        """How many values before it a value is made from."""
        return len(self.start[name])

    @cached_property
    def recurrence(self) -> Recurrence | None:
        """The same as a first-order recurrence, where all of it is of first order."""
        if any(len(values) != 1 for values in self.start.values()):
            return None
        return Recurrence(self.equations, T + 1, T, {name: values[0] for name, values in self.start.items()}, self.first)

    @cached_property
    def symbols(self) -> frozenset[Symbol]:
        """The parameters: all letters but the index."""
        parts = (*self.equations.values(), *(v for values in self.start.values() for v in values))
        found: frozenset[Symbol] = frozenset().union(*(p.free_symbols for p in parts))  # type: ignore[arg-type]
        return found - {T}

    def reads(self, name: str) -> frozenset[str]:
        """The sequences of this model whose values the equation of `name` reads, itself among them."""
        found = {a.func.__name__ for a in self.equations[name].atoms(AppliedUndef)}
        return frozenset(found & set(self.equations))

"""Recurrences as a person states them: `w(t+2) = 3*w(t+1) - w(t)`, of any order, several at once,
linear or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Basic, Expr, Ge, Le, S, Symbol
from sympy.core.function import AppliedUndef

from derive.model.language.claims import T
from derive.model.language.whole import Whole
from derive.model.recurrences.program import Program
from derive.model.recurrences.recurrence import Recurrence


@dataclass(frozen=True)
class Source:
    """The program whose lines some equations are, and what was put into them: the gradient (None:
    any), values of hyperparameters, and ranges of a person's own letters."""

    program: Program
    gradient: Expr | None
    values: Mapping[str, Expr]
    ranges: tuple[Basic, ...]


@dataclass(frozen=True)
class Stated:
    """`name(index + order) = equations[name]` for each sequence; the right side reads its values at
    index .. index + order - 1.

    Other sequences may stand there at any place up to their own order. `start` holds the values
    name(first), name(first + 1), ... that are given, one for each order. `index` is the letter that
    a person wrote. Where it counts `down` from a place, what a person calls name(letter) is the
    value down - letter steps from there, and `index` a letter of ours for those steps. `integers`
    are names of parameters that are whole numbers >= 1, `free` sequences that nothing determines.
    """

    equations: Mapping[str, Expr]
    start: Mapping[str, tuple[Expr, ...]]
    first: Expr = S.Zero
    more_ranges: tuple[Basic, ...] = ()
    integers: frozenset[str] = frozenset()
    free: tuple[str, ...] = ()
    index: Symbol = T
    down: Expr | None = None
    counted: Symbol | None = None  # the person's letter, where it counts down
    around: frozenset[str] = frozenset()  # names of the model that this one is solved for
    source: Source | None = None

    stepwise = True  # it goes on from one index to the next

    @cached_property
    def ranges(self) -> tuple[Basic, ...]:
        """What parameters and the index must meet."""
        bound = () if self.down is None else (Le(self.index, self.down, evaluate=False),)
        since = Ge(self.index, self.first, evaluate=False)
        whole = (Whole(Symbol(name)) for name in sorted(self.integers))
        return (*self.more_ranges, since, *bound, *whole)

    @property
    def wholes(self) -> tuple[Basic, ...]:
        """The letters that are taken to be whole numbers: periods, and what the index is compared
        with. A place to count down from is one as the index is."""
        places = frozenset() if self.down is None else self.down.free_symbols
        return tuple(Whole(Symbol(n)) for n in sorted(self.integers - set(map(str, places))))

    @cached_property
    def indices(self) -> tuple[str, ...]:
        return (self.index.name,)

    @property
    def letter(self) -> Symbol:
        """The letter that the person counts with."""
        return self.counted or self.index

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name in sight, of sequences and of letters."""
        places = frozenset() if self.down is None else self.down.free_symbols
        letters = (
            *self.symbols,
            *places,
            self.index,
            self.letter,
            *(s for r in self.more_ranges for s in r.free_symbols),
        )
        return frozenset({*map(str, letters), *self.equations, *self.free})

    @cached_property
    def taken(self) -> frozenset[str]:
        """The names that what is made on the way cannot have: those in sight, and k where k1 is,
        which is written k_1."""
        return (
            self.around
            | self.names
            | {name.partition("_")[0].rstrip("0123456789") for name in self.names}
        )

    def said(self, expr: Basic) -> Basic:
        """An expression as the person counts, where that is down from a place."""
        if self.down is None:
            return expr
        if isinstance(expr, Ge | Le) and expr.lhs == self.index:  # t steps >= 0 is a place l <= L
            turned = Le if isinstance(expr, Ge) else Ge
            return turned(self.letter, self.down - expr.rhs, evaluate=False)
        back = self.down - self.letter
        values = {
            a: a.func(self.down - a.args[0].xreplace({self.index: back}))
            for a in expr.atoms(AppliedUndef)
            if a.func.__name__ in self.equations
        }
        return expr.xreplace(values).xreplace({self.index: back})

    def order(self, name: str) -> int:
        """How many values before it a value is made from."""
        return len(self.start[name])

    @cached_property
    def recurrence(self) -> Recurrence:
        """How each value is made from those before it."""
        return Recurrence(self.equations, self.index, self.start, self.first)

    @cached_property
    def symbols(self) -> frozenset[Symbol]:
        """The parameters: all letters but the index."""
        parts = (*self.equations.values(), *(v for values in self.start.values() for v in values))
        found: frozenset[Symbol] = frozenset().union(*(p.free_symbols for p in parts))  # type: ignore[arg-type]
        return found - {self.index}

    def reads_own(self, expr: Basic) -> bool:
        """Whether an expression has values of this model's sequences."""
        return any(a.func.__name__ in self.equations for a in expr.atoms(AppliedUndef))

    def reads(self, name: str) -> frozenset[str]:
        """The sequences of this model whose values the equation of `name` reads, itself among
        them."""
        found = {a.func.__name__ for a in self.equations[name].atoms(AppliedUndef)}
        return frozenset(found & set(self.equations))

    def made_from(self, name: str) -> tuple[str, ...]:
        """A name and all whose values it is made from, directly or not, in the model's order."""
        found, waiting = set(), [name]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting += self.reads(here)
        return tuple(n for n in self.equations if n in found)

    def only(self, names: Sequence[str]) -> Stated:
        """The equations of some names by themselves, however they were stated."""
        equations = {n: self.equations[n] for n in names}
        return replace(
            self, equations=equations, start={n: self.start[n] for n in names}, source=None
        )

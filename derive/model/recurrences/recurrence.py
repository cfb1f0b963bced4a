"""A recurrence: what each sequence becomes one step on. From a program in a setting (here), or from
a stack (layers.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Basic, Expr, Integer, S, Symbol, false, true

from derive.errors import nearest
from derive.model.language.claims import DeriveError, T, sequence
from derive.model.language.text import expression
from derive.model.recurrences.program import GRADIENT, STEP, Program

SCALED = "_s"  # ends the name of a sequence as it is when every gradient is multiplied by s


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


@dataclass(frozen=True)
class Training:
    """A program run from a start under a gradient, its hyperparameters symbols or the given
    `values`.

    `gradient` is the expression of a constant gradient, or None for an arbitrary one, the sequence
    g(t). With `scale` the recurrence has each sequence twice: as it is, and, its name ending in
    SCALED, as every gradient times `scale` makes it.
    """

    program: Program
    gradient: Expr | None = None
    start: Mapping[str, Expr] = field(default_factory=dict)
    values: Mapping[str, Expr] = field(default_factory=dict)
    more_ranges: tuple[Basic, ...] = ()
    scale: Symbol | None = None

    def __post_init__(self) -> None:
        name = self.program.name
        for key in self.start:
            if key not in self.program.states:
                raise DeriveError(
                    f'start of "{key}": {name} has no such state{nearest(key, self.program.states)}'
                )
        for key in self.values:
            if key not in self.program.hyperparameters:
                raise DeriveError(
                    f'value of "{key}": {name} has no such '
                    f"hyperparameter{nearest(key, self.program.hyperparameters)}"
                )
        taken = {*(line.target for line in self.program.parsed), GRADIENT, STEP}
        for part in (self.gradient, *self.starts.values(), *self.values.values()):
            for symbol in part.free_symbols if part is not None else ():
                if str(symbol) in taken:
                    raise DeriveError(
                        f'"{symbol}" stands for a quantity that {name} changes; a constant '
                        f"needs another letter"
                    )
        _ = self.ranges

    @cached_property
    def ranges(self) -> tuple[Basic, ...]:
        """What the hyperparameters, as given, must meet. Raises DeriveError where a given value
        does not."""
        found: list[Basic] = list(self.more_ranges)
        for text, stated in self.program.relations:
            given = any(s.name in self.values for s in stated.free_symbols)
            here = (
                stated.xreplace({Symbol(k): v for k, v in self.values.items()}) if given else stated
            )
            if here == false:
                key = next(k for k in self.values if Symbol(k) in stated.free_symbols)
                raise DeriveError(
                    f"{key} = {self.values[key]} is outside its range {text} ({self.program.name})"
                )
            if here != true and here not in found:
                found.append(here)
        if self.scale is not None:
            found.append(self.scale > 0)
        return (*found, T >= 0)

    index = T
    indices = ("t",)
    integers = frozenset({"t"})

    @cached_property
    def starts(self) -> dict[str, Expr]:
        """Each state's value before the first step."""
        return {**self.program.starts, **self.start}

    @cached_property
    def recurrence(self) -> Recurrence:
        equations = self._equations("", Integer(1))
        start = self.starts
        if self.scale is not None:
            equations |= self._equations(SCALED, self.scale)
            start |= {name + SCALED: value for name, value in start.items()}
        return Recurrence(equations, T + 1, T, start)

    def _equations(self, suffix: str, scale: Expr) -> dict[str, Expr]:
        found: dict[str, Expr] = {}
        states = self.program.states
        gradient = scale * (sequence(GRADIENT)(T) if self.gradient is None else self.gradient)
        targets = {line.target for line in self.program.parsed}

        def meaning(name: str) -> Expr:
            if name == GRADIENT:
                return gradient
            if name == STEP:
                return T + 1
            if name in targets:
                return sequence(name + suffix)(T + 1 if name + suffix in found else T)
            return self.values.get(name, Symbol(name))

        for line in self.program.parsed:
            assert line.target in states or line.target in targets
            found[line.target + suffix] = expression(line.value, meaning)
        return found

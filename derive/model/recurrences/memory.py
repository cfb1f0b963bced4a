"""How much optimizers store for each parameter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sympy import Basic, Expr, Integer

from derive.model.language.claims import sequence
from derive.model.recurrences.program import Program

STORED = sequence("stored")


@dataclass(frozen=True)
class Memory:
    """Programs whose extra memory is compared: `stored(n)` values beside the parameter, for program
    number n."""

    stepwise = False

    programs: tuple[Program, ...]
    ranges: tuple[Basic, ...] = ()

    index = None
    indices = ()
    integers: frozenset[str] = frozenset()

    def stored(self, number: int) -> Expr:
        return STORED(Integer(number))

    @cached_property
    def counts(self) -> dict[Expr, Expr]:
        """`stored(n)` by reading the programs."""
        return {self.stored(n): Integer(len(p.memory)) for n, p in enumerate(self.programs)}

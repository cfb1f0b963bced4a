"""How many outputs the layers of a stack have."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Basic, Expr, Ge, Integer, Symbol, floor

from derive.model.convolutions.stacks import Stack
from derive.model.language.claims import DEPTH, LEVEL, sequence

INPUT = Symbol("W_in")
SIZE = sequence("O")


@dataclass(frozen=True)
class Sizes:
    """O(l) is the number of outputs of layer l of a stack, O(0) the input's width `given`, of which
    every layer has at least one.

    The stack's sizes are letters, K(l) and so on, or numbers.
    """

    stepwise = False

    stack: Stack
    given: Expr = INPUT

    index = LEVEL
    indices = ("l",)

    @property
    def integers(self) -> frozenset[str]:
        return self.stack.integers | {s.name for s in self.given.free_symbols}

    @property
    def ranges(self) -> tuple[Basic, ...]:
        return (
            *self.stack.ranges,
            *(() if self.given.is_number else (Ge(self.given, 1, evaluate=False),)),
        )

    def added(self, level: Expr) -> Expr:
        """What a layer's windows have more room than its input's last position: the padding less
        what a window spans."""
        size, dilation, padding = (self.stack.of(letter, level) for letter in "KDP")
        return 2 * padding - dilation * (size - 1)

    def layer(self, below: Expr, level: Expr) -> Expr:
        """The number of outputs of a layer whose input is so wide: one for each stride that there
        is room for."""
        stride = self.stack.of("S", level)
        if stride == 1:  # nothing is rounded
            return below + self.added(level)
        return floor((below - 1 + self.added(level)) / stride) + Integer(1)

    @property
    def depth(self) -> Expr:
        """The last layer."""
        return LEVEL if self.stack.depth == DEPTH else self.stack.depth

"""A stack of convolutions with letters: kernel sizes, strides, dilations, paddings as sequences, or as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sympy import Basic, Expr, Integer, Symbol

from derive.model.claims import DeriveError
from derive.model.layers import whole_number
from derive.model.recurrence import Recurrence, sequence

LEVEL, DEPTH = Symbol("l"), Symbol("L")
KERNEL, STRIDE, WIDTH = map(sequence, "KSW")


@dataclass(frozen=True)
class Stack:
    """`depth` layers, counted from the input as 1..L; kernel sizes and strides as numbers, or as the sequences K(l), S(l).

    W(l) is the width of layer l's output that one output of the last layer reads; W(0) its receptive field. Padding moves the
    windows and does not change a width, so a stack has none.
    """

    depth: Expr = DEPTH
    kernel_sizes: tuple[Expr, ...] | None = None
    strides: tuple[Expr, ...] | None = None

    def __post_init__(self) -> None:
        whole_number("L", self.depth, 0)
        for letter, values in (("K", self.kernel_sizes), ("S", self.strides)):
            if values is None:
                continue
            if self.depth != len(values):
                raise DeriveError(f"{letter} has {len(values)} entries for {self.depth} layers; give K and S one number a layer")
            for number, value in enumerate(values, 1):
                if not value.is_number:
                    raise DeriveError(f"{letter}[{number}] = {value}: a list of {letter} has a whole number for each layer")
                whole_number(f"{letter}[{number}]", value, 1)

    @property
    def ranges(self) -> tuple[Basic, ...]:
        bounds: tuple[Basic, ...] = (LEVEL >= 0,)
        return bounds if self.depth.is_number else (*bounds, self.depth >= 0)

    indices = ("l", "L")
    integers = frozenset(indices)

    @cached_property
    def recurrence(self) -> Recurrence:
        above = LEVEL + 1
        equation = STRIDE(above) * (WIDTH(above) - 1) + KERNEL(above)
        return Recurrence({"W": equation}, LEVEL, LEVEL, {"W": Integer(1)}, self.depth, -1)

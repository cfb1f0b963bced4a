"""A stack of convolutions with letters: kernel sizes, strides, dilations, paddings as sequences, or
as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import Basic, Expr, Ge, Integer, Symbol

from derive.errors import DeriveError
from derive.model.convolutions.layers import whole_number
from derive.model.language.claims import DEPTH, LEVEL, free_symbols, sequence
from derive.model.recurrences.recurrence import Recurrence

OUTPUTS = Symbol("W_out")
KERNEL, STRIDE, WIDTH = map(sequence, "KSW")
ORDER = ("R", "W", "left", "right", "centre", "J", "M", "N")
LEAST = {"K": 1, "S": 1, "D": 1, "P": 0}  # of each size; what a layer has where it is not given


@dataclass(frozen=True)
class Stack:
    """`depth` layers, counted from the input as 1..L, of which the sizes in `varies` are the
    sequences K(l), S(l), D(l), P(l) (kernel size, stride, dilation, padding on each side), or the
    `values`: one number or letter a layer, or an expression in l for all layers. Others are 1, the
    padding 0.

    Sequences, each of layer l's output (l = 0: the input): W(l) is the width that one output of the
    last layer reads, left(l) and right(l) its first and last position, centre(l) the middle of
    these, R(l) = right(l) - left(l), J(l) the step from one output's to the next's; N(l) is the
    least width that gives W_out outputs, M(l) its last position.
    """

    stepwise = False

    depth: Expr = DEPTH
    varies: str = "KS"
    values: Mapping[str, tuple[Expr, ...] | Expr] | None = None

    def __post_init__(self) -> None:
        whole_number("L", self.depth, 0)
        for letter, values in (self.values or {}).items():
            if isinstance(values, Expr):
                whole_number(letter, values, LEAST[letter])
                continue
            if self.depth != len(values):
                every = ", ".join(self.varies[:-1]) + f" and {self.varies[-1]}"
                raise DeriveError(
                    f"{letter} has {len(values)} entries for {self.depth} layers; give {every} "
                    f"one number a layer"
                )
            for number, value in enumerate(values, 1):
                whole_number(f"{letter}[{number}]", value, LEAST[letter])

    @property
    def ranges(self) -> tuple[Basic, ...]:
        bounds: tuple[Basic, ...] = (LEVEL >= 0, OUTPUTS >= 1)
        letters = (
            Ge(s, LEAST[k], evaluate=False)
            for k, x in (self.values or {}).items()
            for s in _letters(x)
        )
        return (
            *bounds,
            *dict.fromkeys(letters),
            *(() if self.depth.is_number else (self.depth >= 0,)),
        )

    index = LEVEL
    indices = ("l", "L")

    @cached_property
    def letters(self) -> frozenset[str]:
        """The letters among the sizes that are given by lists."""
        return frozenset(s.name for x in (self.values or {}).values() for s in _letters(x))

    @cached_property
    def integers(self) -> frozenset[str]:
        return self.letters | {*self.indices, "W_out"}

    @property
    def sequences(self) -> str:
        """The sizes that are sequences, K(l) and so on, or numbers by layer; not those that are
        expressions."""
        return "".join(k for k in self.varies if not isinstance((self.values or {}).get(k), Expr))

    def of(self, letter: str, level: Expr) -> Expr:
        """A size of a layer."""
        given = (self.values or {}).get(letter)
        if isinstance(given, Expr):
            return given.xreplace({LEVEL: level})
        return sequence(letter)(level) if letter in self.varies else Integer(LEAST[letter])

    @cached_property
    def recurrence(self) -> Recurrence:
        above = LEVEL + 1
        size, stride, dilation, padding = (self.of(letter, above) for letter in "KSDP")
        reach = dilation * (size - 1)
        before = {name: sequence(name)(above) for name in ORDER}
        equations = {
            "R": stride * before["R"] + reach,
            "W": stride * (before["W"] - 1) + size
            if self.varies == "KS"
            else sequence("R")(LEVEL) + 1,
            "left": stride * before["left"] - padding,
            "right": stride * before["right"] + reach - padding,
            "centre": stride * before["centre"] + reach / 2 - padding,
            "J": stride * before["J"],
            "M": stride * before["M"] + reach - 2 * padding,
            "N": sequence("M")(LEVEL) + 1,
        }
        one, zero = Integer(1), Integer(0)
        start = {
            "R": zero,
            "W": one,
            "left": zero,
            "right": zero,
            "centre": zero,
            "J": one,
            "M": OUTPUTS - 1,
            "N": OUTPUTS,
        }
        begun = {name: (value,) for name, value in start.items()}
        return Recurrence(equations, LEVEL, begun, self.depth, -1)


def _letters(sizes: tuple[Expr, ...] | Expr) -> list[Symbol]:
    """The letters in sizes, but for the number of the layer."""
    return [
        s for s in free_symbols(*(sizes if isinstance(sizes, tuple) else (sizes,))) if s != LEVEL
    ]

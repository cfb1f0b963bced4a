"""One-dimensional convolution layers: what one output reads, and a stack of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sympy import Add, Basic, Expr, Integer, Mul, Sum, Symbol, false, floor, true

from derive.model.claims import Claim, DeriveError
from derive.model.recurrence import Recurrence, sequence

LEVEL, DEPTH = Symbol("l"), Symbol("L")
OUTPUT = Symbol("o")
KERNEL, STRIDE, WIDTH = map(sequence, "KSW")


@dataclass(frozen=True)
class Layer:
    """A convolution: kernel size K >= 1, stride S >= 1, padding P >= 0 on each side; integers or symbols.

    Names as in PyTorch's `Conv1d`. Raises DeriveError for a value outside.
    """

    kernel_size: Expr
    stride: Expr
    padding: Expr

    def __post_init__(self) -> None:
        for letter, value, least in (("K", self.kernel_size, 1), ("S", self.stride, 1), ("P", self.padding, 0)):
            whole_number(letter, value, least)

    def reads(self, output: Expr) -> tuple[Expr, Expr]:
        """The first and the last input position that output number `output` (from 0) reads; negative in the padding."""
        left = self.stride * output - self.padding
        return left, left + self.kernel_size - 1


def whole_number(letter: str, value: Expr, least: int) -> None:
    """Raises DeriveError where a number is not a whole number of at least `least`; symbols pass."""
    if value.is_number and not (value.is_Integer and value >= least):
        raise DeriveError(f"{letter} = {value}: {letter} must be a whole number of at least {least}")


@dataclass(frozen=True)
class Window:
    """One layer asked for a width. `given` is the width that is known, a number or a symbol.

    asked "out": how many outputs an input of that width has; "min_in": the least input for so many outputs; "reads": how many
    positions, padding included, so many neighbouring outputs span.
    """

    layer: Layer
    given: Expr
    asked: str

    indices = ()

    def __post_init__(self) -> None:
        whole_number("W_in" if self.asked == "out" else "W_out", self.given, 1)

    @property
    def goal(self) -> Expr:
        """What is asked for, as a value of the sequence `out`, `min_in` or `reads`."""
        return sequence(self.asked)(self.given)

    @property
    def definition(self) -> Claim:
        """The goal as the windows' positions say it: the first window starts at -P, the last ends by W_in + P - 1."""
        layer, given = self.layer, self.given
        first, last = layer.reads(Integer(0))[0], layer.reads(given - 1)[1]
        if self.asked == "out":
            room = given + 2 * layer.padding - layer.kernel_size
            last_output = room if layer.stride == 1 else floor(room / layer.stride)
            return Claim(self.goal, Sum(1, (OUTPUT, 0, last_output)), self._fits)
        if self.asked == "min_in":
            return Claim(self.goal, Add(last, -layer.padding, 1, evaluate=False))
        return Claim(self.goal, Add(last, Mul(-1, first, evaluate=False), 1, evaluate=False))

    @property
    def _fits(self) -> tuple[Basic, ...]:
        need = self.given + 2 * self.layer.padding >= self.layer.kernel_size
        if need == false:
            raise DeriveError(f"W_in = {self.given}: the kernel K = {self.layer.kernel_size} does not fit on the padded input")
        return () if need == true else (need,)

    @property
    def ranges(self) -> tuple[Basic, ...]:
        parts = ((self.layer.kernel_size, 1), (self.layer.stride, 1), (self.layer.padding, 0), (self.given, 1))
        return tuple(part >= least for part, least in parts if not part.is_number)

    @property
    def integers(self) -> frozenset[str]:
        return frozenset(str(s) for r in self.ranges for s in r.free_symbols)


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

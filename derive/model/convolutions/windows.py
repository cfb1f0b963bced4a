"""One layer asked for a width: how many outputs, the least input, the span read."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Basic, Expr, Integer, Mul, Sum, Symbol, false, floor, true

from derive.errors import DeriveError
from derive.model.convolutions.layers import Layer, whole_number
from derive.model.language.claims import Claim, sequence

OUTPUT = Symbol("o")


@dataclass(frozen=True)
class Window:
    """One layer asked for a width. `given` is the width that is known, a number or a symbol.

    asked "out": how many outputs an input of that width has; "min_in": the least input for so many
    outputs; "reads": how many positions, padding included, so many neighbouring outputs span.
    """

    stepwise = False

    layer: Layer
    given: Expr
    asked: str

    index = None
    indices = ()

    def __post_init__(self) -> None:
        for padding in self.layer.padding:
            whole_number("P", padding, 0)
        whole_number("W_in" if self.asked == "out" else "W_out", self.given, 1)

    @property
    def goal(self) -> Expr:
        """What is asked for, as a value of the sequence `out`, `min_in` or `reads`."""
        return sequence(self.asked)(self.given)

    @property
    def definition(self) -> Claim:
        """The goal as the windows' positions say it: the first window starts at -P, the last ends
        by W_in + P - 1."""
        layer, given = self.layer, self.given
        first, last = layer.reads(Integer(0))[0], layer.reads(given - 1)[1]
        if self.asked == "out":
            room = given + Add(*layer.padding) - layer.reach - 1
            last_output = room if layer.stride == 1 else floor(room / layer.stride)
            return Claim(self.goal, Sum(1, (OUTPUT, 0, last_output)), self._fits)
        if self.asked == "min_in":
            return Claim(self.goal, Add(last, -layer.padding[1], 1, evaluate=False))
        return Claim(self.goal, Add(last, Mul(-1, first, evaluate=False), 1, evaluate=False))

    @property
    def _fits(self) -> tuple[Basic, ...]:
        need = self.given + Add(*self.layer.padding) >= self.layer.reach + 1
        if need == false:
            raise DeriveError(
                f"W_in = {self.given}: the kernel K = {self.layer.kernel_size} does not fit on "
                f"the padded input"
            )
        return () if need == true else (need,)

    @property
    def ranges(self) -> tuple[Basic, ...]:
        layer = self.layer
        ones = (layer.kernel_size, layer.stride, layer.dilation, self.given)
        sizes = [(part, 1) for part in ones] + [(part, 0) for part in layer.padding]
        return tuple(dict.fromkeys(part >= least for part, least in sizes if not part.is_number))

    @property
    def integers(self) -> frozenset[str]:
        return frozenset(str(s) for r in self.ranges for s in r.free_symbols)

"""A block of layers repeated: as recurrences that count the blocks up from the input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Basic, Expr, Ge, Integer, Symbol
from sympy.core.function import AppliedUndef

from derive.errors import DeriveError
from derive.model.convolutions.layers import whole_number
from derive.model.convolutions.stacks import LEAST, OUTPUTS
from derive.model.language.claims import LEVEL, sequence
from derive.model.recurrences.stated import Stated

NAMES = ("J", "W", "left", "right", "N")


@dataclass(frozen=True)
class Block:
    """Layers from the input on, each with its sizes by K, S, D, P (kernel size, stride, dilation,
    padding on each side); what is missing is 1, the padding 0. In a block of one layer a size may
    depend on l, the number of the layer from 1.

    Its sequences, after n blocks: W(n) the field of one output, J(n) the step between neighbouring
    outputs' fields, left(n) and right(n) the first and last position that output 0 reads, N(n) the
    least input for W_out outputs (below 1: padding is enough).
    """

    layers: tuple[Mapping[str, Expr], ...]
    letter: Symbol

    def __post_init__(self) -> None:
        if not self.layers:
            raise DeriveError("K: a block of no layers; give at least one")
        taken = self.symbols & {*map(Symbol, (*NAMES, self.letter.name)), OUTPUTS}
        if taken:
            raise DeriveError(
                f"{min(map(str, taken))}: this letter stands for what is asked; a size needs "
                f"another"
            )
        for layer in self.layers:
            for name, size in layer.items():
                whole_number(name, size, LEAST[name])
                if len(self.layers) > 1 and LEVEL in size.free_symbols:
                    raise DeriveError(
                        f"{name} = {size}: l stands for the layer's number where a block has "
                        f"one layer"
                    )

    def size(self, layer: int, name: str) -> Expr:
        """A size of a layer of the block after so many blocks."""
        given = self.layers[layer].get(name, Integer(LEAST[name]))
        return given.xreplace({LEVEL: self.letter + 1})

    @property
    def padded(self) -> bool:
        return any("P" in layer for layer in self.layers)

    @property
    def symbols(self) -> frozenset[Symbol]:
        """The letters of the sizes."""
        found: frozenset[Symbol] = frozenset().union(
            *(s.free_symbols for x in self.layers for s in x.values())
        )  # type: ignore[arg-type]
        return found - {LEVEL}

    @property
    def free(self) -> tuple[str, ...]:
        """Sizes that nothing determines, such as K(l)."""
        return tuple(
            sorted(
                {
                    a.func.__name__
                    for x in self.layers
                    for s in x.values()
                    for a in s.atoms(AppliedUndef)
                }
            )
        )

    @property
    def stated(self) -> Stated:
        """One more block reads on both sides what its own layers add, in steps of what is below
        it."""
        step, reach, left = (Integer(n) for n in (1, 0, 0))
        for layer in range(len(self.layers)):
            size, stride, dilation, padding = (self.size(layer, name) for name in "KSDP")
            reach, left = reach + dilation * (size - 1) * step, left + padding * step
            step = step * stride
        width, jump, first, last, least = (
            sequence(name)(self.letter) for name in ("W", "J", "left", "right", "N")
        )
        equations = {"J": step * jump, "W": width + reach * jump}
        start = {"J": Integer(1), "W": Integer(1)}
        if self.padded:
            equations |= {"left": first - left * jump, "right": last + (reach - left) * jump}
            start |= {"left": Integer(0), "right": Integer(0)}
        equations["N"] = least + ((OUTPUTS - 1) * (step - 1) + reach - 2 * left) * jump
        start["N"] = OUTPUTS
        given = {name: (value,) for name, value in start.items()}
        return Stated(equations, given, Integer(0), self._ranges, index=self.letter, free=self.free)

    @property
    def _ranges(self) -> tuple[Basic, ...]:
        return tuple(
            Ge(s, self.least(s), evaluate=False) for s in sorted((*self.symbols, OUTPUTS), key=str)
        )

    def least(self, symbol: Symbol) -> int:
        """The least value of a letter: of a padding 0, else 1."""
        return 0 if symbol.name.startswith("P") else 1

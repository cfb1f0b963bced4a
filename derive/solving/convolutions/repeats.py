"""Networks whose blocks are repeated a symbolic number of times: residual stages, dense blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sympy import Expr, Integer, Symbol

from derive.errors import DeriveError
from derive.model.convolutions.network import Network
from derive.solving.convolutions.passes import fields
from derive.solving.recurrences.strategies.summation import sum_form


@dataclass(frozen=True)
class Grown:
    """A field after some blocks, as expressions in how often each stands there: its ends, and the
    step between outputs."""

    left: Expr
    right: Expr
    step: Expr

    @property
    def size(self) -> Expr:
        return (self.right - self.left + 1).expand()


def grown(parts: Iterable[tuple[Network, Expr]]) -> Iterator[tuple[Grown, tuple[int, int, int]]]:
    """After each part the field, and the block's own (left, right, stride): one block more moves
    the ends by its own ends, in steps of what is below it, whatever branches it has.

    Raises DeriveError for a block whose outputs do not all read alike, or whose stride is no whole
    number.
    """
    now = Grown(Integer(0), Integer(0), Integer(1))
    for network, times in parts:
        field = fields(network)[network.output]
        if len(field.ends) != 1 or field.ends[0] is None:
            raise DeriveError(
                f"{network.name}: its outputs do not all read alike; it cannot be repeated a "
                f"letter's times"
            )
        (left, right), stride = field.ends[0], field.advance
        steps = _steps(now.step, stride, times)
        power = Integer(stride) ** times
        now = Grown(
            (now.left + left * steps).expand(),
            (now.right + right * steps).expand(),
            now.step * power,
        )
        yield now, (left, right, stride)


def _steps(step: Expr, stride: int, times: Expr) -> Expr:
    """The steps below each of so many blocks, added up: step * (1 + stride + ... + stride**(times -
    1))."""
    k = Symbol("_k")
    found = sum_form(Integer(stride) ** k, k, Integer(0), times - 1)
    assert found is not None, "a geometric sum with a number for its ratio"
    return step * found[0]

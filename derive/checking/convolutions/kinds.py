"""How stacks and single layers are counted and proved, an entry a kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from sympy import Add, Basic, Symbol

from derive.checking.convolutions.positions import of_sizes, of_stack, of_window
from derive.checking.convolutions.sizes import prove_listed, prove_sizes
from derive.checking.convolutions.windows import prove_window
from derive.checking.counting.kind import FEW, LARGE, SPREAD, Draw, Kind
from derive.checking.numbers.evaluate import Env, evaluate
from derive.model.convolutions.sizes import Sizes
from derive.model.convolutions.stacks import Stack
from derive.model.convolutions.windows import Window

# of widths whose outputs are counted one by one, where no large stride makes them few
SPREAD_TO_COUNT = 10**4
NEAR_ONE, FAR_APART = (30, 31, 32), (33, 34, 35)  # worlds with such strides


def _whole(low: int, high: int) -> Draw:
    return lambda rng: rng.randint(low, high)


def _of_layer(model: Window) -> Sequence[Basic]:
    layer = model.layer
    return (layer.kernel_size, layer.stride, layer.dilation, *layer.padding, model.given)


def _listed(model: Stack) -> Callable[..., bool | None] | None:
    listed = model.values is not None and model.depth.is_Integer
    return prove_listed if listed else None


def _to_the_edge(rng: random.Random, model: Window, env: Env, index: int) -> None:
    """Small strides beside large sizes; and, of a width whose outputs are counted, as much left
    over behind the last window as there can be: a share of a size added to a floor shows there."""
    layer, width = model.layer, model.given
    if index in NEAR_ONE and layer.stride.is_Symbol:
        for name in sorted(k for k, v in env.items() if isinstance(k, str) and isinstance(v, int)):
            env[name] = min(env[name], rng.randint(SPREAD_TO_COUNT // 2, SPREAD_TO_COUNT))
        env[layer.stride.name] = 1 + NEAR_ONE.index(index)
    elif index not in NEAR_ONE and width.is_Symbol and model.asked == "out":
        if layer.stride.is_Symbol:
            env[layer.stride.name] = 10 ** rng.randint(2, 12) + rng.randint(0, 9)
        stride, covered = int(evaluate(layer.stride, env)), evaluate(layer.reach + 1, env)
        room = stride * rng.randint(0, 3) + stride - 1
        env[width.name] = int(room + covered - evaluate(Add(*layer.padding), env))


CONVOLUTIONS: dict[type, Kind] = {
    Window: Kind(
        of_window,
        _of_layer,
        most=lambda model, name: SPREAD_TO_COUNT if model.layer.stride.is_number else SPREAD,
        near_one=True,
        more=(*NEAR_ONE, *FAR_APART),
        bent=_to_the_edge,
        proof=lambda model: prove_window,
    ),
    Stack: Kind(
        of_stack,
        lambda model: [model.depth, *map(Symbol, sorted(model.letters))],
        # paddings are read by answers that are wrong
        lambda model: {"P": _whole(0, SPREAD), **dict.fromkeys(model.sequences, _whole(1, SPREAD))},
        sizes=("K", "S"),
        proof=_listed,
    ),
    Sizes: Kind(
        of_sizes,
        lambda model: [model.given, *map(Symbol, sorted(model.stack.letters))],
        lambda model: dict.fromkeys(model.stack.sequences, _whole(1, FEW)),
        # most stacks then fit on the input
        lambda model, name: FEW if name in model.stack.letters else FEW ** LARGE[1],
        proof=lambda model: prove_sizes,
    ),
}

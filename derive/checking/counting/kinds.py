"""How each kind of model is counted: what its sequences really are, which letters its truth reads,
what is drawn for it. One entry a kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Basic, Pow, Symbol

from derive.checking.convolutions.positions import of_sizes, of_stack, of_window
from derive.checking.counting.evaluate import Env
from derive.checking.counting.intervals import NotReadable
from derive.checking.counting.unroll import MOST_STEPS, Sequences, of_memory, of_stated
from derive.model.convolutions.sizes import Sizes
from derive.model.convolutions.stacks import Stack
from derive.model.convolutions.windows import Window
from derive.model.recurrences.memory import Memory
from derive.model.recurrences.stated import Stated

SPREAD = 10**6
# of widths whose outputs are counted one by one, where no large stride makes them few
SPREAD_TO_COUNT = 10**4
FEW = 5  # sizes of layers that are stacked on one another
HEIGHT = 2_000  # fractions p/q with q up to this: 1.2 million of them lie between 0 and 1
LARGE = (20, 25)  # the large index of a claim's worlds
SHOWN = 4  # layers whose sizes a witness lists

Draw = Callable[[random.Random], Any]


@dataclass(frozen=True)
class Kind:
    """`truth(model, env)` gives the sequences in a world; `letters(model)` what it reads though a
    claim may not name it; `drawn(model)` the sequences that nothing determines, each with how its
    values are drawn; `most(model, name)` up to where a whole letter is drawn, `near_one` whether
    some are drawn near 1; `squares(model)` letters that are drawn as squares, so that their roots
    are exact; `sizes` the sequences of which a witness lists the first values."""

    truth: Callable[[Any, Env], Sequences]
    letters: Callable[[Any], Sequence[Basic]] = lambda model: ()
    drawn: Callable[[Any], dict[str, Draw]] = lambda model: {}
    most: Callable[[Any, str], int] = lambda model, name: SPREAD
    near_one: bool = False
    squares: Callable[[Any], frozenset[str]] = lambda model: frozenset()
    sizes: tuple[str, ...] = ()


def kind_of(model: Any) -> Kind:
    """How a model is counted. Raises NotReadable for what is no model."""
    if type(model) not in KINDS:
        raise NotReadable(f"nothing to count for {type(model).__name__}")
    return KINDS[type(model)]


def truth(model: Any, env: Env) -> Sequences:
    """What each sequence of the model really is, in the world `env` (values of its symbols and free
    sequences)."""
    return kind_of(model).truth(model, env)


def hidden(model: Any) -> tuple[Basic, ...]:
    """Expressions of the model that its truth reads, though a claim may not name them."""
    return tuple(v for v in kind_of(model).letters(model) if v is not None)


def sequences(rng: random.Random, model: Any) -> Env:
    """Sequences that nothing determines: a stack's sizes, an arbitrary gradient."""
    drawn = kind_of(model).drawn(model).items()
    return {name: _free(random.Random(rng.random()), draw) for name, draw in drawn}


def _free(rng: random.Random, draw: Draw) -> Callable[[Any], Any]:
    """A sequence of independent draws: the same value whenever the same index is asked for."""
    seen: list[Any] = []

    def value(at: Any) -> Any:
        if at < 0 or at != int(at) or at > MOST_STEPS:
            raise ZeroDivisionError(f"index {at}")
        while len(seen) <= at:
            seen.append(draw(rng))
        return seen[int(at)]

    return value


def rational(rng: random.Random, low: Fraction | None, high: Fraction | None) -> Fraction:
    """One of over a million values strictly between the bounds; with none, on either side of
    zero."""
    below = rng.randint(2, HEIGHT)
    part = Fraction(rng.randint(1, below - 1), below)
    if low is not None and high is not None:
        return low + (high - low) * part
    if low is not None:
        return low + 4 * part
    if high is not None:
        return high - 4 * part
    return 4 * part * rng.choice((-1, 1))


def _whole(low: int, high: int) -> Draw:
    return lambda rng: rng.randint(low, high)


def _any(rng: random.Random) -> Fraction:
    return rational(rng, None, None)


def _of_layer(model: Window) -> Sequence[Basic]:
    layer = model.layer
    return (layer.kernel_size, layer.stride, layer.dilation, *layer.padding, model.given)


def _under_roots(model: Stated) -> frozenset[str]:
    """Letters of which the root is taken."""
    parts = (*model.equations.values(), *(v for given in model.start.values() for v in given))
    powers = {
        p
        for part in parts
        for p in part.atoms(Pow)
        if p.base.is_Symbol and p.exp.is_Rational and p.exp.q == 2
    }
    return frozenset(p.base.name for p in powers)


KINDS: dict[type, Kind] = {
    Stated: Kind(
        of_stated,
        lambda model: sorted(model.symbols, key=str),
        lambda model: dict.fromkeys(model.free, _any),
        lambda model, name: LARGE[0] // 2,  # periods and thresholds, to be met by an index
        squares=_under_roots,
    ),
    Window: Kind(
        of_window,
        _of_layer,
        most=lambda model, name: SPREAD_TO_COUNT if model.layer.stride.is_number else SPREAD,
        near_one=True,
    ),
    Stack: Kind(
        of_stack,
        lambda model: [model.depth, *map(Symbol, sorted(model.letters))],
        # paddings are read by answers that are wrong
        lambda model: {"P": _whole(0, SPREAD), **dict.fromkeys(model.sequences, _whole(1, SPREAD))},
        sizes=("K", "S"),
    ),
    Sizes: Kind(
        of_sizes,
        lambda model: [model.given, *map(Symbol, sorted(model.stack.letters))],
        lambda model: dict.fromkeys(model.stack.sequences, _whole(1, FEW)),
        # most stacks then fit on the input
        lambda model, name: FEW if name in model.stack.letters else FEW ** LARGE[1],
    ),
    Memory: Kind(of_memory),
}

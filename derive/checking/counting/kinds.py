"""How each kind of model is counted: what its sequences really are, which letters its truth reads,
what is drawn for it. One entry a kind;
those of convolutions stand in their room."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sympy import Basic, Pow

from derive.checking.counting.kind import HEIGHT, LARGE, Draw, Kind
from derive.checking.counting.unroll import MOST_STEPS, Sequences, of_memory, of_stated
from derive.checking.numbers.evaluate import Env
from derive.checking.numbers.intervals import NotReadable
from derive.model.recurrences.memory import Memory
from derive.model.recurrences.stated import Stated


def kind_of(model: Any) -> Kind:
    """How a model is counted. Raises NotReadable for what is no model."""
    if type(model) in KINDS:
        return KINDS[type(model)]
    from derive.checking.convolutions.kinds import (
        CONVOLUTIONS,  # a recurrence needs nothing of them
    )

    if type(model) not in CONVOLUTIONS:
        raise NotReadable(f"nothing to count for {type(model).__name__}")
    return CONVOLUTIONS[type(model)]


def truth(model: Any, env: Env) -> Sequences:
    """What each sequence of the model really is, in the world `env` (values of its symbols and free
    sequences)."""
    return kind_of(model).truth(model, env)


def hidden(model: Any) -> tuple[Basic, ...]:
    """Expressions of the model that its truth reads, though a claim may not name them."""
    return tuple(v for v in kind_of(model).letters(model) if v is not None)


def sequences(rng: random.Random, model: Any) -> Env:
    """Sequences that nothing determines: a stack's sizes, an arbitrary gradient."""
    kind = kind_of(model)
    least = -MOST_STEPS if model.stepwise else 0
    drawn = kind.drawn(model).items()
    return {name: _free(random.Random(rng.random()), draw, least) for name, draw in drawn}


def _free(rng: random.Random, draw: Draw, least: int) -> Callable[[Any], Any]:
    """A sequence of independent draws: the same value whenever the same index is asked for."""
    seen: list[Any] = []  # at 0, -1, 1, -2, ..., where there are places below 0

    def value(at: Any) -> Any:
        if not least <= at <= MOST_STEPS or at != int(at):
            raise ZeroDivisionError(f"index {at}")
        place = int(at) if not least else int(2 * at if at >= 0 else -2 * at - 1)
        while len(seen) <= place:
            seen.append(draw(rng))
        return seen[place]

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


def _any(rng: random.Random) -> Fraction:
    return rational(rng, None, None)


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
    Memory: Kind(of_memory),
}

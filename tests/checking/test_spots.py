"""Sets of positions against Python's own sets."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from derive.checking.convolutions import spots
from derive.checking.convolutions.spots import (
    Sparse,
    TooWide,
    count,
    ends,
    listed,
    plus,
    quotients,
    times,
    union,
    within,
)
from tests.conftest import FULL

Pair = tuple[Any, set[int]]


def some(rng: random.Random) -> Any:
    start, step, number = rng.randint(-20, 20), rng.randint(1, 5), rng.randint(1, 8)
    return range(start, start + step * number, step)


def changed(rng: random.Random, pair: Pair) -> Pair:
    """One operation on both."""
    found, true = pair
    a, b, more = rng.randint(1, 5), rng.randint(1, 5), some(rng)
    match rng.choice(("plus", "times", "quotients", "within", "union")):
        case "plus":
            return plus(found, a, b), {p + a * k for p in true for k in range(b)}
        case "times":
            return times(found, a, b), {p * a + b for p in true}
        case "quotients":
            return quotients(found, a), {p // a for p in true if p % a == 0}
        case "within":
            return within(found, 12 * a), {p for p in true if 0 <= p < 12 * a}
    return union(found, more), true | set(more)


def drawn(rng: random.Random) -> Iterator[Pair]:
    start = some(rng)
    pair: Pair = (start, set(start))
    for _ in range(rng.randint(1, 6)):
        pair = changed(rng, pair)
        yield pair


@pytest.mark.parametrize("seed", range(10 if FULL else 2))
def test_every_operation(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(1000):
        for found, true in drawn(rng):
            assert listed(found) == sorted(true)
            assert count(found) == len(true)
            assert ends(found) == ((min(true), max(true)) if true else None)


def test_what_is_too_wide_is_still_counted_or_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spots, "WIDEST", 24)
    rng, sparse, given_up = random.Random(0), 0, 0
    for _ in range(4000):
        try:
            for found, true in drawn(rng):
                assert count(found) == len(true)
                assert ends(found) == ((min(true), max(true)) if true else None)
                if isinstance(found, Sparse):
                    sparse += 1
                    near = sorted(true)
                    assert all(b - a >= found.gap for a, b in pairwise(near))
        except TooWide:
            given_up += 1
    assert sparse > 100 and given_up > 100

"""How a world is drawn: its letters, bounds and indices; what chance seldom meets is met."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from sympy import Basic, Eq, Mod, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from derive.checking.numbers.evaluate import Env, evaluate
from derive.model.language.claims import free_symbols
from derive.model.language.conditions import Conditions

TRIES = 600  # of small worlds


class Plan(NamedTuple):
    """What the worlds of a claim need: all relations, and its own among them, the symbols, which of
    them are indices, the bounds of the others, for those that are whole numbers the most they are
    drawn to, and a number for this way of drawing."""

    relations: tuple[Relational, ...]
    needs: tuple[Basic, ...]
    symbols: tuple[str, ...]
    indices: tuple[str, ...]
    ranges: dict[str, tuple[Fraction | None, Fraction | None]]
    wholes: dict[str, int]
    way: int


def all_hold(value: Callable[[Basic, Env], Any], relations: tuple[Basic, ...], env: Env) -> bool:
    """Whether all relations hold, and have values."""
    try:
        return all(value(r, env) for r in relations)
    except ZeroDivisionError:
        return False


def small_worlds(names: Iterable[str], relations: tuple[Basic, ...], seed: int) -> Iterator[Env]:
    """Worlds with each letter between 0 and 1 in which some relations hold, as many as are found in
    TRIES."""
    rng, letters = random.Random(seed), sorted(names)
    for _ in range(TRIES):
        env: Env = {name: Fraction(rng.randint(1, 999), 1000) for name in letters}
        if all_hold(evaluate, relations, env):
            yield env


def places(index: int, plan: Plan) -> list[Env]:
    """The values of the index symbols: t or L is the index itself, l any level up to it; those that
    the relations allow."""
    levels = range(index + 1) if "l" in plan.indices else (None,)
    found = []
    for level in levels:
        env: Env = {name: level if name == "l" else index for name in plan.indices}
        settled = [
            r
            for r in plan.relations
            if all(s.name in env for s in r.free_symbols) and not r.atoms(AppliedUndef)
        ]
        if all(evaluate(r, env) for r in settled):
            found.append(env)
    return found


def bounds(symbol: Symbol, known: Conditions) -> tuple[Fraction | None, Fraction | None]:
    """The numbers that relations of the form `symbol < number` set."""
    low, high = known.lower(symbol), known.upper(symbol)
    return tuple(None if b is None else b.value for b in (low, high))  # type: ignore[return-value]


def meet(env: Env, relations: tuple[Relational, ...]) -> None:
    """Meet a need `K = 3`, and `x mod s = 0` by moving a width in x down to the multiple: chance
    seldom meets them."""
    for left, right in (r.args for r in relations if isinstance(r, Eq)):
        if (
            isinstance(left, Symbol)
            and left.name in env
            and {s.name for s in right.free_symbols} <= env.keys() - {left.name}
        ):
            env[left.name] = evaluate(right, env)
        elif isinstance(left, Mod) and right == 0:
            rest = evaluate(left, env)
            for symbol in free_symbols(left.args[0]):
                if left.args[0].diff(symbol) == 1:
                    env[symbol.name] -= rest
                    break

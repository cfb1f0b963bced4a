"""Worlds in which a claim is counted: exact numbers that meet the ranges and the claim's needs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from sympy import Basic, Eq, Expr, Mod, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import GreaterThan, LessThan, Relational, StrictGreaterThan, StrictLessThan

from derive.checking.evaluate import Env, evaluate
from derive.checking.unroll import truth
from derive.model.claims import free_symbols
from derive.model.layers import Stack, Window
from derive.model.program import GRADIENT
from derive.model.recurrence import Training

SMALL = tuple(range(9))  # every index 0..8, and one in 20..40
LARGE = (20, 40)
EXTRA = (*range(9, 20), *range(41, 61))  # where a refuted claim is searched for a witness
INDICES = ("t", "l", "L")
SPREAD = 10**6
HEIGHT = 2_000  # fractions p/q with q up to this: 1.2 million of them lie between 0 and 1
TRIES = 200


def worlds(model: Any, parts: tuple[Basic, ...], needs: tuple[Basic, ...], indices: tuple[int, ...] | None = None) -> Iterator[Env]:
    """Environments for `evaluate`, one for each index value, the truth of the model's own sequences included.

    Each draws every parameter anew from at least 10^6 rationals (whole numbers for sizes). Worlds that cannot meet the
    relations are left out; so are values of l beyond L.
    """
    rng = random.Random(20)
    relations = tuple(r for r in (*model.ranges, *needs) if isinstance(r, Relational))
    symbols = free_symbols(*parts, *relations, *hidden(model))
    names = {s.name for s in symbols}
    for index in indices or (*SMALL, rng.randint(*LARGE)):
        for _ in range(TRIES):
            env = _draw(rng, symbols, relations, model.integers, index)
            if env is not None and _meets(env, model, relations):
                yield env
                break
        if not names:
            return


def hidden(model: Any) -> tuple[Basic, ...]:
    """Expressions of the model that its truth reads, though a claim may not name them."""
    values: list[Any] = []
    match model:
        case Training():
            given = [model.values.get(h, Symbol(h)) for h in model.program.hyperparameters]
            values = [model.gradient, model.scale, *model.starts.values(), *given]
        case Window():
            values = [model.layer.kernel_size, model.layer.stride, model.layer.padding, model.given]
        case Stack():
            values = [model.depth]
    return tuple(v for v in values if v is not None)


def _draw(rng: random.Random, symbols: list[Symbol], relations: tuple[Relational, ...], integers: frozenset[str], index: int) -> Env | None:
    env: Env = {}
    last = None
    for symbol in sorted(symbols, key=lambda s: (s.name != "L", s.name)):
        low, high = _bounds(symbol, relations)
        if symbol.name in INDICES:
            # L takes the index itself, l any level up to it
            top = index if symbol.name in ("t", "L") or last is None else rng.randint(0, last)
            env[symbol.name] = top
            last = top if symbol.name == "L" else last
        elif symbol.name in integers:
            env[symbol.name] = rng.randint(int(low or 0), int(high) if high is not None else SPREAD)
        else:
            env[symbol.name] = _rational(rng, low, high)
    return _divide(env, relations)


def _rational(rng: random.Random, low: Fraction | None, high: Fraction | None) -> Fraction:
    """One of over a million values strictly between the bounds; with none, on either side of zero."""
    below = rng.randint(2, HEIGHT)
    part = Fraction(rng.randint(1, below - 1), below)
    if low is not None and high is not None:
        return low + (high - low) * part
    if low is not None:
        return low + 4 * part
    if high is not None:
        return high - 4 * part
    return 4 * part * rng.choice((-1, 1))


def _bounds(symbol: Symbol, relations: tuple[Relational, ...]) -> tuple[Fraction | None, Fraction | None]:
    """The numbers that relations of the form `symbol < number` set."""
    low = high = None
    for relation in relations:
        left, right = relation.lhs, relation.rhs
        if not isinstance(relation, StrictLessThan | LessThan | StrictGreaterThan | GreaterThan):
            continue
        for a, b, up in ((left, right, True), (right, left, False)):
            if a == symbol and b.is_Rational:
                value = Fraction(int(b.p), int(b.q))
                if up == isinstance(relation, StrictLessThan | LessThan):
                    high = value if high is None else min(high, value)
                else:
                    low = value if low is None else max(low, value)
    return low, high


def _divide(env: Env, relations: tuple[Relational, ...]) -> Env | None:
    """Meet a need `x mod s = 0` by moving a width in x down to the multiple: by chance it is met once in s draws."""
    for relation in relations:
        if isinstance(relation, Eq) and isinstance(relation.lhs, Mod) and relation.rhs == 0:
            rest = evaluate(relation.lhs, env)
            for symbol in free_symbols(relation.lhs.args[0]):
                if relation.lhs.args[0].diff(symbol) == 1:
                    env[symbol.name] -= rest
                    break
    return env


def _meets(env: Env, model: Any, relations: tuple[Relational, ...]) -> bool:
    """Whether the world keeps every relation; puts the model's sequences into it first."""
    seed = random.Random(repr(sorted(env.items())))
    if isinstance(model, Stack):
        env |= {name: _free(random.Random(seed.random()), lambda r: r.randint(1, SPREAD)) for name in ("K", "S")}
    elif isinstance(model, Training):
        env[GRADIENT] = _free(seed, lambda r: _rational(r, None, None))
    try:
        if env.get("l", 0) > env.get("L", env.get("l", 0)):
            return False
        env.update(truth(model, env))
        return all(evaluate(r, env) for r in relations)
    except ZeroDivisionError:
        return False


def _free(rng: random.Random, draw: Callable[[random.Random], Any]) -> Callable[[Any], Any]:
    """A sequence of independent draws: the same value whenever the same index is asked for."""
    seen: list[Any] = []

    def value(at: Any) -> Any:
        if at < 0 or at != int(at):
            raise ZeroDivisionError(f"index {at}")
        while len(seen) <= at:
            seen.append(draw(rng))
        return seen[int(at)]

    return value


def show(env: Env, model: Any, parts: tuple[Expr, ...]) -> tuple[tuple[str, str], ...]:
    """The values a reader needs to see a claim fail: its symbols, and what sizes a stack drew."""
    found = [(s.name, str(env[s.name])) for s in free_symbols(*parts, *hidden(model)) if s.name in env]
    heads = {a.func.__name__ for p in parts for a in p.atoms(AppliedUndef)}
    if isinstance(model, Stack) and model.depth.free_symbols and env["L"] <= 4 and heads:
        found += [(f"{name}({i})", str(env[name](i))) for name in ("K", "S") for i in range(1, env["L"] + 1)]
    return tuple(found)

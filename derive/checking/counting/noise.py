"""Moments counted: all sequences of two-point noise, each with its probability, through the
recurrences themselves."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import reduce
from itertools import islice, product
from typing import Any

from sympy import Expr

from derive.checking.counting.plans import small_worlds
from derive.checking.counting.unroll import of_stated
from derive.checking.numbers.evaluate import Env, agree, evaluate, same_kind
from derive.model.language.claims import Verdict
from derive.model.recurrences.moments import NOISE, covariance_of, mean_of
from derive.model.recurrences.stated import Stated

WORLDS, STEPS = 5, 4


def counted_moments(model: Stated, moments: Stated, variance: Expr) -> Verdict:
    """Whether the recurrences of the moments give what noise of two values gives: 1 with the
    probability v/(1 + v), else -v, so that its mean is 0 and its variance v; after 0 to 4 steps."""
    names = [n for n in model.equations if mean_of(n) in moments.equations]
    counted = 0
    for env in islice(small_worlds(_letters(moments), moments.more_ranges, 7), WORLDS):
        spread = evaluate(variance, env)
        expected = of_stated(moments, env)
        paths = list(_paths(model, names, env, spread))
        for at in range(STEPS + 1):
            means = {n: _mean((p, [path[n][at]]) for p, path in paths) for n in names}
            for n in names:
                if not agree(expected[mean_of(n)](at), means[n]):
                    return _fails(env, mean_of(n), at)
            for one, other in product(names, names):
                called = covariance_of(one, other)
                if called in moments.equations:
                    both = _mean((p, [path[one][at], path[other][at]]) for p, path in paths)
                    apart, taken = same_kind(both, _mean([(1, [means[one], means[other]])]))
                    if not agree(expected[called](at), apart - taken):
                        return _fails(env, called, at)
        counted += 1
    if not counted:
        return Verdict("UNCHECKED", "counted", reason="no world meets the ranges")
    return Verdict("COUNTED", "counted", counted)


def _mean(weighed: Iterable[tuple[Any, list[Any]]]) -> Any:
    """The sum of products, each with its probability."""
    terms = [reduce(operator.mul, same_kind(p, *factors)) for p, factors in weighed]
    return reduce(operator.add, same_kind(*terms))


def _fails(env: Env, name: str, at: int) -> Verdict:
    witness = tuple((letter, str(value)) for letter, value in env.items())
    return Verdict("FAILS", "counted", witness=witness, reason=f"{name} after {at} steps")


def _letters(model: Stated) -> set[str]:
    return {
        str(s) for s in (*model.symbols, *(s for r in model.more_ranges for s in r.free_symbols))
    }


def _paths(
    model: Stated, names: list[str], env: Env, spread: Any
) -> Iterator[tuple[Any, dict[str, list[Any]]]]:
    """Each sequence of noise: its probability, and the values that it makes."""
    up = Fraction(1) * spread / (1 + spread)
    for signs in product((True, False), repeat=STEPS + 1):
        noise = [Fraction(1) if s else -spread for s in signs]
        probability = Fraction(1)
        for s in signs:
            probability *= up if s else 1 - up
        made = of_stated(model, env | {NOISE: lambda at, noise=noise: noise[int(at)]})
        yield probability, {n: [made[n](at) for at in range(STEPS + 1)] for n in names}

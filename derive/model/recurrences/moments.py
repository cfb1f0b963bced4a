"""A linear optimizer under gradients with independent noise: the recurrences of means, variances
and covariances of what it keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations_with_replacement

from sympy import Add, Basic, Expr, S

from derive.errors import DeriveError
from derive.model.language.claims import sequence
from derive.model.recurrences.stated import Stated
from derive.model.recurrences.systems import linear_steps

NOISE = "noise"  # the sequence that is added to the gradient, of mean 0


def mean_of(name: str) -> str:
    return f"mean_{name}"


def covariance_of(one: str, other: str) -> str:
    """What the covariance of two is called; of one with itself its variance."""
    return f"var_{one}" if one == other else f"cov_{one}_{other}"


def moments(model: Stated, main: str, variance: Expr, ranges: Iterable[Basic] = ()) -> Stated:
    """The means and covariances of `main` and of all that it is made from, where each step adds
    independent noise of mean 0 and this variance: products of two states go on as such products
    where each step is linear. Raises DeriveError where one is not.

    For x' = sum a_i x_i + b noise + f: E x' = sum a_i E x_i + f, and
    Cov(x', y') = sum a_i b_j Cov(x_i, y_j) + b_x b_y Var noise.
    """
    kept = [n for n in model.made_from(main) if model.order(n)]
    steps = linear_steps(model, main, NOISE)
    if isinstance(steps, str):
        raise DeriveError(
            f"{steps}: its step is not linear in {', '.join(kept)} and the gradient: its variance "
            "is not made of variances"
        )
    t, noise = model.index, sequence(NOISE)(model.index)
    equations: dict[str, Expr] = {}
    start: dict[str, tuple[Expr, ...]] = {}
    for name, step in steps.items():
        mean = [a * sequence(mean_of(_name(x)))(t) for x, a in step.slopes.items() if x != noise]
        equations[mean_of(name)] = Add(*mean, step.rest)
        start[mean_of(name)] = model.start[name]
    pairs = [(x, y) for x, y in combinations_with_replacement(steps, 2) if (x, y) != (main, main)]
    for one, other in [*pairs, (main, main)]:
        made = [
            a * b * _covariance(_name(x), _name(y), list(steps), t)
            for x, a in steps[one].slopes.items()
            for y, b in steps[other].slopes.items()
            if noise not in (x, y)
        ]
        pushed = steps[one].slopes.get(noise, S.Zero) * steps[other].slopes.get(noise, S.Zero)
        equations[covariance_of(one, other)] = Add(*made, pushed * variance)
        start[covariance_of(one, other)] = (S.Zero,)
    free = tuple(name for name in model.free if name != NOISE)
    more = (*model.more_ranges, *ranges)
    return replace(
        model, equations=equations, start=start, free=free, more_ranges=more, source=None
    )


def _covariance(one: str, other: str, names: list[str], t: Expr) -> Expr:
    first, second = sorted((one, other), key=names.index)
    return sequence(covariance_of(first, second))(t)


def _name(value: Expr) -> str:
    return str(value.func.__name__)

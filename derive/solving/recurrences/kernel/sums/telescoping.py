"""Products of ratios B(k + s)/B(k), whatever the function B: only the factors at the ends stay."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from sympy import Basic, Expr, Integer, Mul, Ne, S, Symbol

from derive.model.language.claims import relation

Power = tuple[Expr, Expr]
FARTHEST = 8  # telescoping leaves at most so many factors


def telescoped(
    factors: Sequence[Expr], k: Symbol, low: Expr, high: Expr
) -> tuple[list[Expr], list[Expr], tuple[Basic, ...]]:
    """What is left at the ends of a product over k = low, ..., high; the factors that have no
    partner; and what must not be zero."""
    waiting = [factor.as_base_exp() for factor in factors]
    ends: list[Expr] = []
    needs: list[Basic] = []
    while (pair := _pair(waiting, k, low)) is not None:
        (one, power), (other, _), gap = pair
        first = [other.xreplace({k: low + n}) for n in range(gap)]
        last = [other.xreplace({k: high + 1 + n}) for n in range(gap)]
        ends.append((Mul(*last) / Mul(*first)) ** power)
        needs += [relation(Ne, e, S.Zero) for e in first if e.free_symbols]
        waiting = [(b, e) for b, e in waiting if b not in (one, other)]
    return ends, [base**power for base, power in waiting], tuple(needs)


def _pair(powers: Sequence[Power], k: Symbol, low: Expr) -> tuple[Power, Power, int] | None:
    """B(k + s)^p and B(k)^(-p), and s; none that is zero at first."""
    for one, other in permutations(powers, 2):
        gap = _gap(one[0], other[0], k) if one[1] == -other[1] else 0
        if gap and not any(other[0].xreplace({k: low + n}) == 0 for n in range(gap)):
            return one, other, gap
    return None


def _gap(upper: Expr, lower: Expr, k: Symbol) -> int:
    """The s > 0 for which one is B(k + s) and the other B(k); 0 where there is none."""
    return next(
        (
            s
            for s in range(1, FARTHEST + 1)
            if (upper - lower.xreplace({k: k + Integer(s)})).expand() == 0
        ),
        0,
    )

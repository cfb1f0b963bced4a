"""Sums of fractions and roots, 1/(k + a)**m: harmonic numbers, digamma and polygamma functions.

Graham, Knuth, Patashnik, Concrete Mathematics, 6.3.
"""

from __future__ import annotations

from math import factorial as whole_factorial
from typing import Any

from sympy import Add, Expr, Integer, Pow, S, Symbol, harmonic, polygamma

from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational
from derive.solving.recurrences.kernel.algebra.fractions import Fraction, Part, parts
from derive.solving.recurrences.kernel.algebra.rational import (
    Needs,
    factored,
    linear_parts,
    needs_of,
    number_of,
    over,
    parameters,
)

FARTHEST = 12  # how far apart the poles of one harmonic number may be


def roots(number: Expr, key: Pow, k: Symbol, low: Expr, high: Expr) -> Expr | None:
    """The sum of (p (k + a))**(-s), p a number and a whole, as harmonic numbers of order s."""
    power = -key.exp
    linear = key.base.is_polynomial(k) and key.base.as_poly(k).degree() == 1
    rate, rest = linear_parts(key.base, k) if linear else (S.Zero, S.Zero)
    if not (
        power.is_Rational
        and power > 0
        and rate.is_Rational
        and rate > 0
        and (rest / rate).is_Integer
    ):
        return None
    unit = unit_sum(rest / rate, power, low, high)
    return None if unit is None else number * rate ** (-power) * unit


def unit_sum(a: Expr, m: Expr, low: Expr, high: Expr) -> Expr | None:
    """The sum of (k + a)**(-m): harmonic numbers for whole a, and for half ones and m = 1;
    polygamma functions else."""
    least = low.as_coeff_Add()[0] + a
    order = () if m == 1 else (m,)
    if a.is_Integer:
        return harmonic(high + a, *order) - harmonic(low + a - 1, *order) if least >= 1 else None
    if a.is_Rational and (2 * a).is_Integer and m == 1 and least > 0:
        ends = (high + a + S.Half, low + a - S.Half)
        above, below = (2 * harmonic(2 * n) - harmonic(n) for n in ends)
        return above - below
    above, below = (polygamma(m - 1, end + a) for end in (high + 1, low))
    return S.NegativeOne ** (m - 1) * (above - below) / whole_factorial(int(m) - 1)


def fractions(
    rational: Expr, k: Symbol, low: Expr, high: Expr
) -> tuple[Expr, list[Expr], Needs] | None:
    """Of a rational function whose denominator has linear factors: its polynomial part, the sum of
    its partial fractions as terms, and what they divide by. None where there are others, or none.
    """
    try:
        field = Field(parameters(rational, k))
        top, bottom = over(rational, k, field)
        whole, rest = (top * (field.one / bottom.LC)).div(bottom.monic())
        factors = factored(bottom, field.ring.one, field).factors
    except NotRational:
        return None
    if not factors or any(f.degree() > 1 for f in factors):
        return None
    polynomial, terms = field.polynomial(whole, k), []
    for power, anchor, poles in _classes(parts(Fraction(rest, factors), field), field):
        m, a = Integer(power), field.expr(anchor)
        unit = unit_sum(a, m, low, high)
        if unit is None or any(gap > FARTHEST for gap, _ in poles):
            return None
        terms.append(field.expr(sum((c for _, c in poles), field.zero)) * unit)
        for gap, c in poles:  # 1/(k + a + gap) sums to the same but for what is at the ends
            steps = ((high + 1 + a + j) ** -m - (low + a + j) ** -m for j in range(gap))
            terms.append(field.expr(c) * Add(*steps))
    return polynomial, terms, needs_of(field)


def _classes(fractions: list[Part], field: Field) -> list[tuple[int, Any, list[tuple[int, Any]]]]:
    """(m, a, [(gap, c)]) for the fractions c/(k + a + gap)**m, those together whose gaps are whole
    numbers >= 0."""
    found: list[tuple[int, Any, list[tuple[int, Any]]]] = []
    poles = [
        (n + 1, part.root.coeff(1), c.coeff(1))
        for part in fractions
        for n, c in enumerate(part.coefficients)
        if c
    ]
    for m, a, c in poles:
        gaps = [
            (number_of(a - anchor, field), n)
            for n, (power, anchor, _) in enumerate(found)
            if power == m
        ]
        near = next(((int(gap), n) for gap, n in gaps if gap is not None and gap.is_Integer), None)
        if near is None:
            found.append((m, a, [(0, c)]))
            continue
        gap, n = near
        _, anchor, others = found[n]
        low = min(gap, 0)
        found[n] = (
            m,
            a if gap < 0 else anchor,
            [*((g - low, x) for g, x in others), (gap - low, c)],
        )
    return found

"""Fractions in z over a denominator in factors: added up, and taken apart into partial fractions.

A root that is not in the field of the parameters stays named, as any root of its irreducible
factor: what stands with it is a polynomial in z modulo that factor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

from sympy.polys.rings import PolyElement

from derive.solving.recurrences.kernel.algebra.fields import Field

Factors = dict[PolyElement, int]  # monic irreducible polynomials in z with their powers


@dataclass(frozen=True)
class Fraction:
    """top / (the product of the factors), not reduced."""

    top: PolyElement
    factors: Factors


@dataclass(frozen=True)
class Part:
    """The sum over all roots r of `root` (monic, irreducible) of c_0(r) r^t + c_1(r) t r^(t-1) +
    c_2(r) binomial(t, 2) r^(t-2)...

    Coefficients are polynomials in z modulo `root`.
    """

    root: PolyElement
    coefficients: tuple[PolyElement, ...]


def summed(fractions: Sequence[Fraction], field: Field) -> Fraction:
    """Over one denominator."""
    factors: Factors = {}
    for f in fractions:
        for factor, power in f.factors.items():
            factors[factor] = max(power, factors.get(factor, 0))
    top = field.ring.zero
    for f in fractions:
        part = f.top
        for factor, power in factors.items():
            part *= factor ** (power - f.factors.get(factor, 0))
        top += part
    return Fraction(top, factors)


def product(factors: Mapping[PolyElement, int], field: Field) -> PolyElement:
    total = field.ring.one
    for factor, power in factors.items():
        total *= factor**power
    return total


def factored(poly: PolyElement, field: Field) -> Factors:
    """A monic polynomial in z by its irreducible factors."""
    poly = (
        poly.copy()
    )  # sympy's quotients may carry the hash of what they were on the way: a copy has its own
    degree = poly.degree()
    if degree <= 0:
        return {}
    if degree == 1:
        return {poly: 1}
    low = min(monom[0] for monom in poly.itermonoms())
    if low:
        return {field.z: low, **factored(poly.quo(field.z**low), field)}
    return {f.monic(): power for f, power in poly.factor_list()[1]}


def parts(x: Fraction, field: Field) -> list[Part]:
    """Partial fractions over the factors of the denominator."""
    found = []
    for root, power in x.factors.items():
        rest = product({f: p for f, p in x.factors.items() if f != root}, field)
        coefficients = expanded(x.top, rest, root, power, field)
        while coefficients and not coefficients[-1]:
            coefficients.pop()
        if coefficients:
            found.append(Part(root, tuple(coefficients)))
    return found


def expanded(
    top: PolyElement, rest: PolyElement, root: PolyElement, power: int, field: Field
) -> list[PolyElement]:
    """c_0, c_1, ... of top / (rest * root^power) at a root r: the series of top / (rest * (root/(z
    - r))^power) in z - r."""
    series_top, below = _taylor(top, root, power, field), _taylor(rest, root, power, field)
    if root.degree() > 1:
        cofactor = _taylor(root, root, root.degree() + 1, field)[1:]  # root / (z - r)
        for _ in range(power):
            below = _times(below, cofactor, root, power, field)
    inverse = invert(below[0], root, field)
    series: list[PolyElement] = []
    for n in range(power):
        value = series_top[n]
        for i in range(n):
            value -= series[i] * below[n - i]
        series.append((value * inverse).rem(root))
    return series[::-1]


def invert(poly: PolyElement, root: PolyElement, field: Field) -> PolyElement:
    """1 / poly modulo root."""
    if poly.degree() <= 0:
        return field.ring(field.one / poly.coeff(1))
    key = (poly.copy(), root.copy())  # the sequences of a system all divide by the same
    if key not in field.inverses:
        field.inverses[key] = poly.ring.dup_invert(poly, root)
    return field.inverses[key]


def _taylor(poly: PolyElement, root: PolyElement, length: int, field: Field) -> list[PolyElement]:
    """poly^(n)(r)/n! modulo the root, for n < length; r is written z."""
    found = []
    for n in range(length):
        terms = {(e - n,): c * comb(e, n) for (e,), c in poly.iterterms() if e >= n}
        found.append(field.ring.from_dict(terms).rem(root))
    return found


def _times(
    a: list[PolyElement], b: list[PolyElement], root: PolyElement, length: int, field: Field
) -> list[PolyElement]:
    """The product of two series, modulo the root."""
    return [
        sum(
            (a[i] * b[n - i] for i in range(n + 1) if i < len(a) and n - i < len(b)),
            field.ring.zero,
        ).rem(root)
        for n in range(length)
    ]

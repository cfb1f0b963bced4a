"""The kernel: sequences whose transform X(z) = sum over t >= 0 of x(t) z^(-t-1) is a rational
function over the parameters.

They are the finite sums of polynomial times power: 1/(z - r)^(j+1) stands for binomial(t, j)
r^(t-j). A shift is z X(z) - x(0), so that solving a linear recurrence with constant coefficients,
or a system of them, is linear algebra, and reading the answer off is partial fractions (Graham,
Knuth, Patashnik, Concrete Mathematics, 7.3). Roots that are not in the field of the parameters stay
named: they are all roots of an irreducible polynomial.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy.polys.rings import PolyElement

from derive.solving.recurrences.kernel.algebra.fields import Field
from derive.solving.recurrences.kernel.algebra.fractions import (
    Factors,
    Fraction,
    factored,
    product,
    summed,
)


def characteristic(coefficients: Sequence[Any], field: Field) -> PolyElement:
    """z^n - a_(n-1) z^(n-1) - ... - a_0."""
    total = field.z ** len(coefficients)
    for i, a in enumerate(coefficients):
        total -= field.z**i * a
    return total


def scalar(
    coefficients: Sequence[Any], sources: Sequence[Fraction], start: Sequence[Any], field: Field
) -> list[Fraction]:
    """X(z) where x(t+n) = a_0 x(t) + ... + a_(n-1) x(t+n-1) + the sum of the sources;
    `coefficients` from a_0 on.

    One term for the start and one for each source: what each of them gives by itself.
    """
    z, given = field.z, field.ring.zero
    for i, a in enumerate([*(-a for a in coefficients), field.one]):
        for j in range(i):
            given += z ** (i - 1 - j) * (a * start[j])
    factors = factored(characteristic(coefficients, field), field)
    return [
        Fraction(given, factors),
        *(Fraction(f.top, _joined(f.factors, factors)) for f in sources),
    ]


def _joined(one: Factors, other: Factors) -> Factors:
    found = dict(one)
    for factor, power in other.items():
        found[factor] = found.get(factor, 0) + power
    return found


def system(
    matrix: Sequence[Sequence[Any]], forcing: Sequence[Fraction], start: Sequence[Any], field: Field
) -> tuple[PolyElement, list[Fraction]]:
    """det(z - A) and X_i(z) where x(t+1) = A x(t) + f(t): X = adj(z - A) (x(0) + F) / det(z - A),
    by Faddeev and LeVerrier."""
    size, z = len(matrix), field.z
    adjugate, determinant = _adjugate(matrix, field)
    common = summed(forcing, field)
    bottom = product(common.factors, field)
    right = []
    for x0, f in zip(start, forcing, strict=True):
        missing = {
            factor: power - f.factors.get(factor, 0) for factor, power in common.factors.items()
        }
        right.append(bottom * x0 + f.top * product(missing, field))
    factors = _joined(common.factors, factored(determinant, field))
    tops = []
    for i in range(size):
        top = field.ring.zero
        for k, m in enumerate(adjugate):
            for j in range(size):
                if m[i][j]:
                    top += z**k * right[j] * m[i][j]
        tops.append(Fraction(top, factors))
    return determinant, tops


def _adjugate(
    matrix: Sequence[Sequence[Any]], field: Field
) -> tuple[list[list[list[Any]]], PolyElement]:
    """adj(z - A) = sum of M_k z^k, and det(z - A)."""
    size, domain = len(matrix), field.domain
    m = [[field.one if i == j else field.zero for j in range(size)] for i in range(size)]
    found, determinant = [m], field.z**size
    for k in range(1, size + 1):
        am = [
            [sum((matrix[i][l] * m[l][j] for l in range(size)), field.zero) for j in range(size)]
            for i in range(size)
        ]
        c = -sum((am[i][i] for i in range(size)), field.zero) / domain.convert(k)
        determinant += field.z ** (size - k) * c
        m = [[am[i][j] + (c if i == j else field.zero) for j in range(size)] for i in range(size)]
        found.append(m)
    return found[:size][::-1], determinant

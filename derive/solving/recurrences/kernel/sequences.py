"""The kernel: sequences whose transform X(z) = sum over t >= 0 of x(t) z^(-t-1) is a rational
function over the parameters.

They are the finite sums of polynomial times power: 1/(z - r)^(j+1) stands for binomial(t, j)
r^(t-j). A shift is z X(z) - x(0), so that solving a linear recurrence with constant coefficients,
or a system of them, is linear algebra, and reading the answer off is partial fractions (Graham,
Knuth, Patashnik, Concrete Mathematics, 7.3). Roots that are not in the field of the parameters stay
named: they are all roots of an irreducible polynomial.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

from sympy import Add, Expr, KroneckerDelta, Mul, Pow, Symbol, cos, cosh, exp, sin, sinh
from sympy.functions.combinatorial.factorials import FallingFactorial, binomial
from sympy.polys.rings import PolyElement

from derive.solving.recurrences.kernel.fields import Field, NotRational

Factors = dict[PolyElement, int]  # monic irreducible polynomials in z with their powers
HIGHEST = 60


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


def forcing_letters(expr: Expr, t: Symbol) -> list[Expr]:
    """What the field must hold for `transform`: constants, bases, cosines."""
    found: list[Expr] = []
    for part in Add.make_args(expr):
        for factor in Mul.make_args(part):
            if t not in factor.free_symbols:
                found.append(factor)
            elif isinstance(factor, Pow) and t not in factor.base.free_symbols:
                rate, rest = _linear(factor.exp, t)
                found += [factor.base**rate, factor.base**rest]
            elif isinstance(factor, exp):
                found += [exp(c) for c in _linear(factor.args[0], t)]
            elif isinstance(factor, cos | sin):
                found += [f(c) for c in _linear(factor.args[0], t) for f in (cos, sin)]
            elif isinstance(factor, cosh | sinh):
                found += [exp(c) for c in _linear(factor.args[0], t)]
            elif not (
                factor == t
                or isinstance(factor, Pow | binomial | FallingFactorial | KroneckerDelta)
            ):
                raise NotRational(f"{factor} is not a polynomial times a power")
    return found


def _linear(expr: Expr, t: Symbol) -> tuple[Expr, Expr]:
    """(a, b) of a*t + b. Raises NotRational."""
    expr = expr.expand()
    rate = expr.coeff(t)
    rest = expr - rate * t
    if t in rest.free_symbols or t in rate.free_symbols:
        raise NotRational(f"{expr} is not linear in {t}")
    return rate, rest


def transform(expr: Expr, t: Symbol, field: Field) -> list[Fraction]:
    """X(z) of an expanded sum of terms constant * t^j * a^(b t + d), cosines among the powers.
    Raises NotRational."""
    return [_term(term, t, field) for term in Add.make_args(expr) if term != 0]


def _term(term: Expr, t: Symbol, field: Field) -> Fraction:
    number, base, degree, waves = field.one, field.one, 0, []
    only: int | None = None  # the one index at which the term is not zero
    for factor in Mul.make_args(term):
        if t not in factor.free_symbols:
            number *= field.element(factor)
        elif factor == t or (
            isinstance(factor, Pow)
            and factor.base == t
            and factor.exp.is_Integer
            and 0 < factor.exp <= HIGHEST
        ):
            degree += 1 if factor == t else int(factor.exp)
        elif isinstance(factor, Pow) and t not in factor.base.free_symbols:
            rate, rest = _linear(factor.exp, t)
            base *= field.element(factor.base**rate)
            number *= field.element(factor.base**rest)
        elif isinstance(factor, exp):
            rate, rest = _linear(factor.args[0], t)
            base, number = base * field.element(exp(rate)), number * field.element(exp(rest))
        elif isinstance(factor, cos | sin):
            waves.append(factor)
        elif isinstance(factor, KroneckerDelta) and t in factor.args and only is None and not waves:
            (place,) = set(factor.args) - {t}
            if not (place.is_Integer and place >= 0):
                raise NotRational(f"{factor} is not at a whole number")
            only = int(place)
        else:
            raise NotRational(f"{factor} is not a polynomial times a power")
    if only is not None and not waves:
        return Fraction(field.ring(number * base**only * only**degree), {field.z: only + 1})
    if len(waves) > 1 or only is not None:
        raise NotRational("a product of cosines")
    shape = (
        _wave(waves[0], t, base, field) if waves else Fraction(field.ring.one, {field.z - base: 1})
    )
    for _ in range(degree):
        shape = _times_t(shape, field)
    return Fraction(shape.top * number, shape.factors)


def _wave(wave: Expr, t: Symbol, base: Any, field: Field) -> Fraction:
    """base^t cos(w t + d): (z - base cos w) / (z^2 - 2 base cos w z + base^2) for d = 0, by the
    addition theorem else."""
    rate, rest = _linear(wave.args[0], t)
    c, s, cd, sd = (field.element(f(x)) for x in (rate, rest) for f in (cos, sin))
    if isinstance(wave, sin):  # sin(x + d) = cos(d) sin x + sin(d) cos x
        cd, sd = sd, -cd
    z = field.z
    if not s:
        return Fraction(field.ring(cd), {z - base * c: 1})
    return Fraction(
        (z - base * c) * cd - field.ring(base * s * sd), {z**2 - z * (2 * base * c) + base**2: 1}
    )


def _times_t(x: Fraction, field: Field) -> Fraction:
    """t x(t) has the transform -(z X)'; of N/D^m that is (m z N D' - (N + z N') D) / D^(m+1)."""
    ((factor, power),) = x.factors.items()
    z, top = field.z, x.top
    return Fraction(
        z * top * factor.diff(z) * power - (top + z * top.diff(z)) * factor, {factor: power + 1}
    )


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

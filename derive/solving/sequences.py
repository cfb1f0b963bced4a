"""The kernel: sequences whose transform X(z) = sum over t >= 0 of x(t) z^(-t-1) is a rational function over the parameters.

They are the finite sums of polynomial times power, c(r) binomial(t, j) r^(t-j), for which 1/(z - r)^(j+1) stands; what solves a
linear recurrence with constant coefficients and such a forcing, or a system of them. A shift is z X(z) - x(0), so that solving
is linear algebra, and reading the answer off is partial fractions (Graham, Knuth, Patashnik, Concrete Mathematics, 7.3).
Roots that are not in the field of the parameters stay named: they are all roots of an irreducible polynomial.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Any

from sympy import QQ, Add, Dummy, Expr, KroneckerDelta, Lambda, Mul, Pow, RootSum, S, Symbol, factorial, ff
from sympy.polys.fields import FracElement, FracField
from sympy.polys.rings import PolyElement, PolyRing

Z = Symbol("_z")


class NotRational(ValueError):
    """A sequence whose transform is not a rational function: another rule's business."""


@dataclass(frozen=True)
class Part:
    """The sum over all roots r of `root` (monic, irreducible, in z) of c_0(r) r^t + c_1(r) t r^(t-1) + c_2(r) binomial(t, 2) r^(t-2)...

    Coefficients are polynomials in z modulo `root`.
    """

    root: PolyElement
    coefficients: tuple[PolyElement, ...]


class Kernel:
    """The field of rational functions of the parameters, and of z over it."""

    def __init__(self, parameters: Iterable[Expr]):
        self.parameters = tuple(parameters)
        self.field: Any = FracField(self.parameters, QQ).to_domain() if self.parameters else QQ
        self.ring = PolyRing([Z], self.field)
        self.both = FracField((Z, *self.parameters), QQ)

    @cached_property
    def z(self) -> FracElement:
        return self.both.gens[0]

    def constant(self, expr: Expr) -> FracElement:
        """An expression in the parameters as an element. Raises NotRational."""
        try:
            return self.both.from_expr(expr)
        except ValueError as error:
            raise NotRational(str(error)) from None

    def transform(self, expr: Expr, t: Symbol) -> FracElement:
        """X(z) of a sum of terms constant * t^j * a^(b t + d). Raises NotRational."""
        total = self.both.zero
        for term in Add.make_args(expr.expand()):
            factor, base, degree = self.both.one, self.both.one, 0
            for part in Mul.make_args(term):
                if t not in part.free_symbols:
                    factor *= self.constant(part)
                elif part == t or (isinstance(part, Pow) and part.base == t and part.exp.is_Integer and part.exp > 0):
                    degree += 1 if part == t else int(part.exp)
                elif isinstance(part, Pow) and t not in part.base.free_symbols:
                    rate = part.exp.coeff(t)
                    rest = part.exp - rate * t
                    if not (rate.is_Integer and rest.is_Integer):
                        raise NotRational(f"{part} is not a power with whole steps")
                    base *= self.constant(part.base) ** int(rate)
                    factor *= self.constant(part.base) ** int(rest)
                else:
                    raise NotRational(f"{part} is not a polynomial times a power")
            total += factor * self.polynomial_times_power(degree, base)
        return total

    def polynomial_times_power(self, degree: int, base: FracElement) -> FracElement:
        """The transform of t^degree * base^t: -z d/dz of that of t^(degree-1), by Stirling numbers of the second kind."""
        total, stirling = self.both.zero, _stirling(degree)
        factorial = 1
        for j, number in enumerate(stirling):
            factorial *= j or 1
            total += self.both(number * factorial) * base**j / (self.z - base) ** (j + 1)
        return total

    def shifted(self, order: int, start: Sequence[FracElement]) -> FracElement:
        """What X(z) z^order has to lose for the sequence shifted by `order`: sum of x(i) z^(order-1-i)."""
        total = self.both.zero
        for i in range(order):
            total += start[i] * self.z ** (order - 1 - i)
        return total

    def scalar(self, coefficients: Sequence[FracElement], forcing: FracElement, start: Sequence[FracElement]) -> FracElement:
        """X(z) where x(t+n) = a_0 x(t) + ... + a_(n-1) x(t+n-1) + f(t); `coefficients` from a_0 on."""
        order = len(coefficients)
        bottom, top = self.z**order, self.shifted(order, start) + forcing
        for i, a in enumerate(coefficients):
            bottom -= a * self.z**i
            top -= a * self.shifted(i, start)
        return top / bottom

    def system(
        self, matrix: Sequence[Sequence[FracElement]], forcing: Sequence[FracElement], start: Sequence[FracElement]
    ) -> list[FracElement]:
        """X_i(z) where x(t+1) = A x(t) + f(t): (z - A) X = x(0) + F, by elimination over the rational functions."""
        size = len(matrix)
        rows = [
            [(self.z if i == j else self.both.zero) - matrix[i][j] for j in range(size)] + [start[i] + forcing[i]]
            for i in range(size)
        ]
        for column in range(size):
            pivot = next(i for i in range(column, size) if rows[i][column])  # det(z - A) is never the zero polynomial
            rows[column], rows[pivot] = rows[pivot], rows[column]
            for i in range(size):
                if i != column and rows[i][column]:
                    times = rows[i][column] / rows[column][column]
                    rows[i] = [a - times * b for a, b in zip(rows[i], rows[column], strict=True)]
        return [rows[i][size] / rows[i][i] for i in range(size)]

    def expression(self, parts: Iterable[Part], t: Symbol) -> Expr:
        """The closed form; of roots that are not in the field, sympy's RootSum."""
        terms: list[Expr] = []
        for part in parts:
            if part.root.degree() == 1:
                terms.append(self._linear_term(part, t))
            else:
                r = Dummy("r")
                body = sum((_in(c, r) * ff(t, j) / factorial(j) * r ** (t - j) for j, c in enumerate(part.coefficients)), S.Zero)
                terms.append(RootSum(_in(part.root, r), Lambda(r, body), auto=False))
        return Add(*terms)

    def _linear_term(self, part: Part, t: Symbol) -> Expr:
        """(polynomial in t) * base^t."""
        base = self.field.to_sympy(-part.root.coeff(1))
        values = [self.field.to_sympy(c.coeff(1)) for c in part.coefficients]
        if base == 0:
            return Add(*(value * KroneckerDelta(t, j) for j, value in enumerate(values)))
        binomials = [value / base**j * ff(t, j) / factorial(j) for j, value in enumerate(values)]
        return Add(*binomials) * base**t

    def parts(self, transform: FracElement) -> list[Part]:
        """Partial fractions over the irreducible factors of the denominator."""
        top, bottom = (self._in_z(side) for side in (transform.numer, transform.denom))
        found = []
        lead, factors = bottom.factor_list()
        for factor, power in factors:
            root = factor.monic()
            rest = bottom.quo(root**power)
            found.append(Part(root, tuple(self._expanded(top, rest, root, power))))
        return found

    def _in_z(self, poly: PolyElement) -> PolyElement:
        """A polynomial in z and the parameters as one in z over their field."""
        terms: dict[tuple[int], Any] = {}
        for (degree, *others), c in poly.iterterms():
            inner = self.field(c)
            for gen, e in zip(getattr(self.field, "gens", ()), others, strict=True):
                inner *= gen**e
            terms[(degree,)] = terms.get((degree,), self.field.zero) + inner
        return self.ring.from_dict({k: v for k, v in terms.items() if v})

    def _expanded(self, top: PolyElement, rest: PolyElement, root: PolyElement, power: int) -> list[PolyElement]:
        """c_0, c_1, ... of top / (rest * root^power) at a root r: the series of top / (rest * (root/(z - r))^power) in z - r."""
        series_top = self._taylor(top, root, power)
        cofactor = self._over_linear(root)  # root / (z - r), its Taylor coefficients at r
        below = self._taylor(rest, root, power)
        for _ in range(power):
            below = self._times(below, cofactor, root, power)
        inverse = self.ring.dup_invert(below[0], root)
        series: list[PolyElement] = []
        for n in range(power):
            value = series_top[n]
            for i in range(n):
                value -= series[i] * below[n - i]
            series.append((value * inverse).rem(root))
        return series[::-1]

    def _taylor(self, poly: PolyElement, root: PolyElement, length: int) -> list[PolyElement]:
        """poly^(n)(r)/n! modulo the root, for n < length; r is written z."""
        found, degree = [], max(poly.degree(), 0)
        for n in range(length):
            terms = {(e - n,): c * comb(e, n) for (e,), c in poly.iterterms() if e >= n}
            found.append(self.ring.from_dict(terms).rem(root) if n <= degree else self.ring.zero)
        return found

    def _over_linear(self, root: PolyElement) -> list[PolyElement]:
        """Taylor coefficients at r of root(z)/(z - r): root^(n+1)(r)/(n+1)!."""
        return self._taylor(root, root, root.degree() + 1)[1:]

    def _times(self, a: list[PolyElement], b: list[PolyElement], root: PolyElement, length: int) -> list[PolyElement]:
        return [
            sum((a[i] * b[n - i] for i in range(n + 1) if i < len(a) and n - i < len(b)), self.ring.zero).rem(root)
            for n in range(length)
        ]

    def value(self, parts: Iterable[Part], t: int) -> Any:
        """x(t), exactly, without unrolling: the traces of c(r) r^t in the field of each root."""
        total = self.field.zero
        for part in parts:
            for j, c in enumerate(part.coefficients):
                if t >= j:
                    total += self._trace((c * self._power(t - j, part.root)).rem(part.root), part.root) * comb(t, j)
        return total

    def _power(self, exponent: int, root: PolyElement) -> PolyElement:
        result, square = self.ring.one, self.ring.gens[0].rem(root)
        while exponent:
            if exponent & 1:
                result = (result * square).rem(root)
            square = (square * square).rem(root)
            exponent >>= 1
        return result

    def _trace(self, element: PolyElement, root: PolyElement) -> Any:
        """The sum of element(r) over all roots r, by Newton's identities."""
        degree, total = root.degree(), self.field.zero
        sums = [self.field(degree)]
        a = [root.coeff(self.ring.gens[0] ** i) if i else root.coeff(1) for i in range(degree)]
        for n in range(1, degree):
            value = -a[degree - n] * n
            for i in range(1, n):
                value -= a[degree - i] * sums[n - i]
            sums.append(value)
        for (e,), c in element.iterterms():
            total += c * sums[e]
        return total


def _in(poly: PolyElement, r: Symbol) -> Expr:
    """A polynomial in z as an expression in r."""
    return poly.as_expr(r)


def _stirling(n: int) -> list[int]:
    """Numbers of ways to part n things into j classes, for j = 0..n."""
    row = [1]
    for _ in range(n):
        row = [(j * row[j] if j < len(row) else 0) + (row[j - 1] if j else 0) for j in range(len(row) + 1)]
    return row

"""Exact arithmetic with the roots of a polynomial over the rationals: remainders modulo it, and
sums over all its roots."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from derive.checking.numbers.intervals import INTERVALS, NotReadable, interval


class Residue:
    """An element of K[z]/(P): what a value is when z is a root of P, whichever. `modulus` holds P's
    coefficients from z**0 on, the last one 1. K is Q, or holds the roots of which the names come
    before `name`."""

    __slots__ = ("coefficients", "modulus", "name")

    def __init__(self, coefficients: list[Any], modulus: tuple[Any, ...], name: str):
        degree = len(modulus) - 1
        row = list(coefficients)
        for at in range(len(row) - 1, degree - 1, -1):
            lead = row.pop()
            if lead:
                for i in range(degree):
                    row[at - degree + i] -= lead * modulus[i]
        self.coefficients, self.modulus, self.name = (
            row + [Fraction(0)] * (degree - len(row)),
            modulus,
            name,
        )

    def _of(self, coefficients: list[Any]) -> Residue:
        return Residue(coefficients, self.modulus, self.name)

    def _pair(self, other: Any) -> tuple[Residue, Residue]:
        """Both as polynomials in the root whose name comes last."""
        if not isinstance(other, Residue):
            return self, self._of([Fraction(other)])
        if other.name == self.name:
            return self, other
        return (other._of([self]), other) if self.name < other.name else (self, self._of([other]))

    def __add__(self, other: Any) -> Residue:
        one, two = self._pair(other)
        return one._of([a + b for a, b in zip(one.coefficients, two.coefficients, strict=True)])

    def __neg__(self) -> Residue:
        return self._of([-a for a in self.coefficients])

    def __sub__(self, other: Any) -> Residue:
        return self + -other

    def __rsub__(self, other: Any) -> Residue:
        return -self + other

    def __truediv__(self, other: Any) -> Residue:
        return self * (other.inverse() if isinstance(other, Residue) else 1 / Fraction(other))

    def __rtruediv__(self, other: Any) -> Residue:
        return self.inverse() * other

    def __bool__(self) -> bool:
        return any(self.coefficients)

    def __mul__(self, other: Any) -> Residue:
        one, two = self._pair(other)
        mine, theirs = one.coefficients, two.coefficients
        row = [Fraction(0)] * (len(mine) + len(theirs) - 1)
        for i, a in enumerate(mine):
            if a:
                for j, b in enumerate(theirs):
                    row[i + j] += a * b
        return one._of(row)

    __radd__, __rmul__ = __add__, __mul__

    def __pow__(self, exponent: int) -> Residue:
        if exponent < 0:
            return self.inverse() ** -exponent
        result, base = self._of([Fraction(1)]), self
        while exponent:
            if exponent & 1:
                result = result * base
            base, exponent = base * base, exponent >> 1
        return result

    def inverse(self) -> Residue:
        """1/self, by Euclid. Raises ZeroDivisionError where it has none."""
        a, b = list(self.modulus), _trimmed(self.coefficients)
        x, y = [Fraction(0)], [Fraction(1)]
        while len(b) > 1:
            quotient, rest = _divided(a, b)
            a, b = b, rest
            x, y = y, _minus(x, _product(quotient, y))
        if not b:
            raise ZeroDivisionError("no inverse modulo a polynomial")
        return self._of([c / b[0] for c in y])

    def __eq__(self, other: object) -> bool:
        return not (self - other)

    def __hash__(self) -> int:
        return hash(tuple(self.coefficients))

    def __str__(self) -> str:
        return (
            " + ".join(f"({c})*{self.name}**{n}" for n, c in enumerate(self.coefficients) if c)
            or "0"
        )

    def rational(self) -> Fraction:
        """The number this is. Raises ZeroDivisionError where it is none."""
        first, *rest = self.coefficients
        if any(rest):
            raise ZeroDivisionError("not a rational number")
        return first.rational() if isinstance(first, Residue) else Fraction(first)

    def enclosed(self) -> Any:
        """An interval around this number, z being the greater of two real roots. Raises NotReadable
        where it is another root: any of the two would do, but one for all values."""
        first, *slopes = (interval(c) for c in self.coefficients)
        if len(slopes) != 1:
            raise NotReadable("an interval of a root that is not a number")
        return first + slopes[0] * real_roots(self.modulus)[0]

    def over(self, name: str, degree: int) -> Any:
        """The sum of this value over all roots of that name and number."""
        if self.name == name:
            return self.trace()
        if self.name < name:
            return self * degree
        return self._of(
            [
                c.over(name, degree) if isinstance(c, Residue) else c * degree
                for c in self.coefficients
            ]
        )

    def trace(self) -> Any:
        """The sum of this value over all roots of P, by Newton's identities for the sums of
        powers."""
        degree, p = len(self.modulus) - 1, self.modulus
        powers = [Fraction(degree)]
        for n in range(1, degree):
            powers.append(
                -n * p[degree - n]
                - sum((p[degree - i] * powers[n - i] for i in range(1, n)), Fraction(0))
            )
        return sum((c * s for c, s in zip(self.coefficients, powers, strict=True)), Fraction(0))


class Roots:
    """A named root r in one world: r(1) is z, r(2) of two is what the sum of both leaves; a sum
    over all is a trace."""

    def __init__(self, name: str, polynomial: list[Any]):
        lead = polynomial[-1]
        if not lead:
            raise ZeroDivisionError("a polynomial of lower degree")
        self.modulus = tuple((Fraction(c) if isinstance(c, int) else c) / lead for c in polynomial)
        self.name, self.degree = name, len(polynomial) - 1

    @property
    def any(self) -> Residue:
        return Residue([Fraction(0), Fraction(1)], self.modulus, self.name)

    def __call__(self, number: Any) -> Residue:
        if number == 1:
            return self.any
        if number == 2 and self.degree == 2:
            return Residue([-self.modulus[1], Fraction(-1)], self.modulus, self.name)
        raise ZeroDivisionError(f"root number {number} by itself")


def real_roots(row: Sequence[Any]) -> tuple[Any, Any]:
    """Intervals around the roots of c_0 + c_1 z + c_2 z^2, the greater one first. Raises
    NotReadable where they are not seen to be real."""
    last, half, lead = (interval(c) for c in row)
    middle = -half / (2 * lead)
    square = middle * middle - last / lead
    if not square > 0:
        raise NotReadable("an interval of a root that is not a number")
    gap = INTERVALS.sqrt(square)
    return middle + gap, middle - gap


def _trimmed(row: list[Any]) -> list[Any]:
    row = list(row)
    while row and not row[-1]:
        row.pop()
    return row


def _product(a: list[Any], b: list[Any]) -> list[Any]:
    row = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            row[i + j] += x * y
    return row


def _minus(a: list[Any], b: list[Any]) -> list[Any]:
    size = max(len(a), len(b))
    return [
        (a[i] if i < len(a) else Fraction(0)) - (b[i] if i < len(b) else Fraction(0))
        for i in range(size)
    ]


def _divided(a: list[Any], b: list[Any]) -> tuple[list[Any], list[Any]]:
    """Quotient and rest, the rest without leading zeros."""
    rest, quotient = list(a), [Fraction(0)] * max(len(a) - len(b) + 1, 1)
    for at in range(len(a) - len(b), -1, -1):
        factor = rest[at + len(b) - 1] / b[-1]
        quotient[at] = factor
        for i, c in enumerate(b):
            rest[at + i] -= factor * c
    return quotient, _trimmed(rest[: len(b) - 1])

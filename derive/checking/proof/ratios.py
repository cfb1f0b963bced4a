"""Fractions of polynomials in letters."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import NamedTuple

from sympy import ZZ
from sympy.polys.rings import PolyElement, PolyRing

MOST = 18
SHORT = 8  # terms of a product of two bottoms
RING = PolyRing([f"x{i}" for i in range(MOST)], ZZ)
ONE = RING.one


class Unknown(ValueError):
    """The zero test cannot say: more letters than it has, or a part it has no normal form for."""


class Ratio(NamedTuple):
    """`top / bottom`; common factors of both stay, so that zero means `top` is zero.

    Most bottoms are ONE itself: looking for that first halves the work.
    """

    top: PolyElement
    bottom: PolyElement = ONE

    def __add__(self, other: Ratio) -> Ratio:  # type: ignore[override]
        if not self.top or not other.top:
            return self if self.top else other
        if self.bottom is other.bottom or self.bottom == other.bottom:
            return Ratio(self.top + other.top, self.bottom)
        if self.bottom is ONE or other.bottom is ONE:
            return Ratio(
                self.top * other.bottom + other.top * self.bottom, self.bottom * other.bottom
            )
        mine, theirs = _over_shared(self.bottom, other.bottom)
        return Ratio(self.top * theirs + other.top * mine, self.bottom * theirs)

    def __neg__(self) -> Ratio:
        return Ratio(-self.top, self.bottom)

    def __sub__(self, other: Ratio) -> Ratio:
        return self + -other

    def __mul__(self, other: Ratio) -> Ratio:  # type: ignore[override]
        if other.bottom is ONE:
            return self if other.top is ONE else Ratio(self.top * other.top, self.bottom)
        bottom = other.bottom if self.bottom is ONE else self.bottom * other.bottom
        return Ratio(self.top * other.top, bottom)

    def __pow__(self, n: int) -> Ratio:
        if n >= 0:
            return Ratio(self.top**n, self.bottom if self.bottom is ONE else self.bottom**n)
        if not self.top:
            raise Unknown("a division by zero")
        return Ratio(self.bottom**-n, self.top**-n)

    def reduced(self) -> Ratio:
        """Without common monomials and numbers, and divided out where one side divides the other;
        enough to recognise equals."""
        top, bottom = self.top, self.bottom
        if bottom is ONE:
            return self
        if not top:
            return Ratio(top)
        if not bottom.is_ground:
            for a, b, flip in ((top, bottom, False), (bottom, top, True)):
                quotient, rest = divmod(a, b)
                if not rest:
                    whole = (
                        quotient.copy()
                    )  # sympy's quotients may carry the hash of what they were on the way
                    return Ratio(ONE, whole).plain() if flip else Ratio(whole)
            shared = tuple(map(min, common(top)[0], common(bottom)[0]))
            top, bottom = _over_monomial(top, shared), _over_monomial(bottom, shared)
        return Ratio(top, bottom).plain()

    def plain(self) -> Ratio:
        """Without a common number, the bottom's leading number positive."""
        if self.bottom == ONE:
            return self
        shared = gcd(int(self.top.content()), int(self.bottom.content())) * (
            1 if self.bottom.LC > 0 else -1
        )
        return Ratio(self.top.quo_ground(shared), self.bottom.quo_ground(shared))

    def polynomial(self) -> PolyElement:
        """The top where the bottom is 1. Raises Unknown otherwise."""
        here = self.reduced()
        if here.bottom is not ONE and here.bottom != ONE:
            raise Unknown("an index or limit that is a fraction")
        return here.top

    def constant(self) -> Fraction | None:
        """The number this is, if it is one."""
        here = self.reduced()
        if here.top.is_ground and here.bottom.is_ground:
            return Fraction(int(here.top.coeff(1)), int(here.bottom.coeff(1)))
        return None


def common(poly: PolyElement) -> tuple[tuple[int, ...], PolyElement]:
    """The greatest monomial in every term, and what is left."""
    shared = tuple(map(min, zip(*poly.itermonoms(), strict=True)))
    return shared, _over_monomial(poly, shared)


def _over_shared(one: PolyElement, other: PolyElement) -> tuple[PolyElement, PolyElement]:
    """Two bottoms without what they share: terms of a closed form mostly do. A gcd in so many
    letters only for long ones."""
    for a, b, flip in ((one, other, False), (other, one, True)):
        quotient, rest = divmod(a, b)
        if not rest:
            return (ONE, quotient.copy()) if flip else (quotient.copy(), ONE)
    if len(one) * len(other) <= SHORT:
        return one, other
    return one.cofactors(other)[1:]  # type: ignore[no-any-return]


def _over_monomial(poly: PolyElement, monom: tuple[int, ...]) -> PolyElement:
    if not any(monom):
        return poly
    return RING(
        {tuple(a - b for a, b in zip(m, monom, strict=True)): c for m, c in poly.iterterms()}
    )


def number(value: int | Fraction) -> Ratio:
    small = SMALL.get(value)  # type: ignore[arg-type]
    return small or Ratio(
        RING(value.numerator), ONE if value.denominator == 1 else RING(value.denominator)
    )


SMALL = {n: Ratio(RING(n)) for n in range(-2, 5)} | {1: Ratio(ONE)}

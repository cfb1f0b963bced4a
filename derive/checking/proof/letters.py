"""Fractions of polynomials in letters: a letter stands for a symbol, a power, a root, a sum, a
value of a sequence."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from math import gcd, isqrt
from operator import add
from typing import Any, NamedTuple

from sympy import ZZ, Dummy, Poly, factorint
from sympy import gcd as gcd_of
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


@dataclass
class Letters:
    """Which letter stands for what. Two parts with the same key share a letter.

    kinds: 'symbol', 'natural' (a whole number >= 0), 'bound', 'power', 'compound power', 'root',
    'algebraic' (a root of a polynomial), 'all roots' (a sum over them), 'sequence', 'state', 'sum',
    'product', 'exp', 'part'.
    """

    index: dict[Hashable, int] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    keys: list[Any] = field(default_factory=list)
    depends: list[frozenset[int]] = field(default_factory=list)
    positive: list[bool] = field(default_factory=list)
    relations: dict[int, list[Ratio]] = field(
        default_factory=dict
    )  # x**d = c_0 + c_1 x + ... by the place of x
    sums: dict[int, int] = field(
        default_factory=dict
    )  # the letter of a sum over roots: its root's letter
    arccosines: dict[int, Ratio] = field(default_factory=dict)
    risky: set[int] = field(default_factory=set)  # products that are zero from some index on

    def letter(
        self,
        kind: str,
        key: Hashable,
        depends: frozenset[int] = frozenset(),
        positive: bool = False,
    ) -> Ratio:
        """The letter for `key`; `depends` are the bound letters and the roots inside it."""
        place = self.index.get((kind, key))
        if place is None:
            place = len(self.kinds)
            if place == MOST:
                raise Unknown(f"more than {MOST} letters")
            self.index[kind, key] = place
            self.kinds.append(kind)
            self.keys.append(key)
            self.depends.append(depends | {place} if kind in ("bound", "algebraic") else depends)
            self.positive.append(positive)
        return Ratio(RING.gens[place])

    def power_of(self, base: Ratio, exponent: tuple[int, ...]) -> tuple[Ratio, tuple[int, ...]]:
        """A power whose base is a power itself, by its innermost base: (b**k)**n is b**(k n)."""
        if base.bottom == ONE and base.top.is_generator:
            key = self.keys[place_of(base)]
            if self.kinds[place_of(base)] in ("power", "compound power"):
                return key[0], tuple(map(add, key[1], exponent))
        return base, exponent

    def inside(self, *parts: Ratio) -> frozenset[int]:
        """The bound letters and the roots that the parts depend on."""
        polys = [poly for part in parts for poly in part if poly and poly is not ONE]
        used = {i for poly in polys for i, degree in enumerate(poly.degrees()) if degree}
        return frozenset().union(*(self.depends[i] for i in used))

    def is_natural(self, poly: PolyElement) -> bool:
        """Whether a polynomial is a whole number >= 0 for all values, seen from its signs."""
        return all(
            c >= 0
            and c.denominator == 1
            and all(self.kinds[i] in ("natural", "bound") for i, e in enumerate(monom) if e)
            for monom, c in poly.iterterms()
        )

    def is_positive(self, poly: PolyElement) -> bool:
        """Whether a polynomial is >= 0, seen from its signs."""
        return all(
            c > 0 and all(self.positive[i] for i, e in enumerate(monom) if e)
            for monom, c in poly.iterterms()
        )

    def root(self, value: Ratio) -> Ratio:
        """The square root >= 0: squares of letters known to be >= 0 come out, the rest is a letter
        whose square is known."""
        value = Ratio(
            *(ONE if side is ONE else self.reduced(side, plain=True) for side in value)
        ).reduced()
        outside, rest = number(1), number(1)
        for poly, sign in ((value.top, 1), (value.bottom, -1)):
            shared, inner = common(poly)
            for i, e in enumerate(shared):
                gen = Ratio(RING.gens[i])
                if e and self.positive[i]:
                    outside = outside * gen ** (sign * (e // 2))
                rest = rest * gen ** (sign * (e % 2 if e and self.positive[i] else e))
            rest = rest * Ratio(inner) ** sign
        rest = rest.reduced()
        if not rest.top:
            return number(0)
        (above, top), (below, bottom) = rest.top.primitive(), rest.bottom.primitive()
        outside = outside * self._number_root(Fraction(int(above), int(below)))
        rest = Ratio(top, ONE if bottom == ONE else bottom)
        return outside if rest.constant() == 1 else outside * self._root_letter(rest)

    def _root_letter(self, square: Ratio) -> Ratio:
        made = self.letter("root", square, self.inside(square), positive=True)
        self.relations[place_of(made)] = [square, number(0)]
        return made

    def _number_root(self, value: Fraction) -> Ratio:
        """The root of a positive number: a number times the roots of different primes."""
        whole = value.numerator * value.denominator
        a = isqrt(whole)
        if a * a == whole:
            return number(Fraction(a, value.denominator))
        result = number(Fraction(1, value.denominator))
        for prime, power in sorted(factorint(whole, limit=10**6).items()):
            result = result * number(prime ** (power // 2))
            result = result * self._root_letter(number(prime)) if power % 2 else result
        return result

    def is_zero(self, value: Ratio) -> bool | None:
        """True, False where the letters are independent so that a remainder refutes, None where it
        cannot say."""
        top = self.reduced(value.top)
        for over, place in self.sums.items():
            top = self._summed(top, over, place)
        if not top:
            return True
        kinds = {self.kinds[i] for monom in top.itermonoms() for i, e in enumerate(monom) if e}
        return False if kinds <= {"symbol", "natural", "power", "sequence"} else None

    def reduced(self, top: PolyElement, plain: bool = False) -> PolyElement:
        """A polynomial, times what has no zeros, with the relations put in: the youngest letter
        first, it may rest on others.

        Where `plain`, times nothing: relations with a bottom are left.
        """
        for place in sorted(self.relations, reverse=True):
            row = self.relations[place]
            if not plain or all(c.bottom is ONE or c.bottom == ONE for c in row):
                top = _lowered(top, place, row)
        return top

    def _summed(self, top: PolyElement, over: int, place: int) -> PolyElement:
        """Sums over all roots of r**j / P'(r), P monic of degree d: 0 for j < d - 1, 1 for j = d -
        1 (Euler)."""
        last = len(self.relations[place]) - 1
        moving = {i for i, depends in enumerate(self.depends) if place in depends and i != place}
        total = RING.zero
        for monom, c in top.iterterms():
            if monom[over] > 1:
                raise Unknown("a product of sums over roots")
            if monom[over] == 0 or any(monom[i] for i in moving):
                total += RING({monom: c})
            elif monom[place] == last:
                total += RING(
                    {tuple(0 if i in (over, place) else e for i, e in enumerate(monom)): c}
                )
        return total


def vanishes(poly: PolyElement, place: int) -> bool:
    """Whether a polynomial is zero for some whole value >= 0 of one letter, whatever the others
    are."""
    rows: dict[tuple[int, ...], dict[tuple[int], int]] = {}
    for monom, c in poly.iterterms():
        others = tuple(0 if i == place else e for i, e in enumerate(monom))
        rows.setdefault(others, {})[(monom[place],)] = int(c)
    x = Dummy()
    shared = reduce(gcd_of, (Poly.from_dict(row, x) for row in rows.values()))
    return (
        any(r.is_Integer and r >= 0 for r in shared.ground_roots())
        if shared.degree() > 0
        else False
    )


def place_of(letter: Ratio) -> int:
    """Which letter this is."""
    return letter.top.leading_expv().index(1)


def _lowered(top: PolyElement, place: int, row: list[Ratio]) -> PolyElement:
    """x**d replaced by its relation until no power of x from d on is left; times the relation's
    bottom for each."""
    degree = len(row)
    below = reduce(lambda a, b: a if b is ONE or a == b else a.lcm(b), (c.bottom for c in row), ONE)
    lower = [c.top if c.bottom is below else c.top * below.exquo(c.bottom) for c in row]
    while True:
        most = max((monom[place] for monom in top.itermonoms()), default=0)
        if most < degree:
            return top
        rest, lead = RING.zero, RING.zero
        for monom, c in top.iterterms():
            if monom[place] == most:
                lead += RING({(*monom[:place], 0, *monom[place + 1 :]): c})
            else:
                rest += RING({monom: c})
        top = rest if below is ONE else rest * below
        for j, c in enumerate(lower):
            if c:
                top += lead * c * RING.gens[place] ** (most - degree + j)

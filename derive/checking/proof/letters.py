"""What a letter of a fraction stands for: a symbol, a power, a root, a sum, a value of a
sequence."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from math import isqrt
from operator import add
from typing import Any

from sympy import Dummy, Poly, factorint
from sympy import gcd as gcd_of
from sympy.polys.rings import PolyElement

from derive.checking.proof.ratios import MOST, ONE, RING, Ratio, Unknown, common, number


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
        parts = [self._positive_factors(side) for side in (top, bottom)]
        if all(parts):
            for side, sign in zip(parts, (1, -1), strict=True):
                for factor, power in side:
                    outside = outside * Ratio(factor) ** (sign * (power // 2))
                    if power % 2 and factor != ONE:
                        outside = outside * self._root_letter(Ratio(factor)) ** sign
            return outside
        rest = Ratio(top, ONE if bottom == ONE else bottom)
        return outside if rest.constant() == 1 else outside * self._root_letter(rest)

    def _positive_factors(self, poly: PolyElement) -> list[tuple[PolyElement, int]]:
        """The factors of a polynomial, where all are seen to be >= 0: its root is then the product
        of theirs. Empty else."""
        if not self.is_positive(poly):
            return []
        _, factors = poly.factor_list()
        return factors or [(ONE, 1)] if all(self.is_positive(f) for f, _ in factors) else []

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

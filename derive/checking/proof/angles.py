"""Normal forms of angles: sums are split by the addition theorems, until each is one letter with
its cosine and its sine."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from derive.checking.proof.letters import place_of
from derive.checking.proof.ratios import ONE, RING, Ratio, Unknown, number

FARTHEST = 60  # how large a multiple of an angle is worked out


def _terms(value: Ratio) -> Iterator[tuple[Any, int, int]]:
    """(monomial, c, d) with value = sum of c/d * monomial."""
    if not value.bottom.is_ground:
        raise Unknown("an angle over a letter")
    for monom, c in value.top.iterterms():
        times = Fraction(int(c), int(value.bottom.coeff(1)))
        yield monom, times.numerator, times.denominator


def angle(normal: Any, value: Ratio) -> tuple[Ratio, Ratio]:
    """cos and sin of a sum of monomials, from those of each monomial."""
    c, s = number(1), number(0)
    for monom, times, below in _terms(value):
        if monom == _monomial(normal.letters.index.get(("part", "pi"))):
            exact = [f(sp.pi * sp.Rational(times, below)) for f in (sp.cos, sp.sin)]
            if not any(e.has(sp.cos, sp.sin) for e in exact):
                one = (normal.of(exact[0]), normal.of(exact[1]))
                c, s = c * one[0] - s * one[1], s * one[0] + c * one[1]
                continue
        if abs(times) > FARTHEST:
            raise Unknown("a large multiple of an angle")
        one = _one_angle(normal, monom, below)
        if times < 0:
            one = (one[0], -one[1])
        for _ in range(abs(times)):
            c, s = c * one[0] - s * one[1], s * one[0] + c * one[1]
    return c, s


def _monomial(place: int | None) -> tuple[int, ...] | None:
    """A letter by itself."""
    return None if place is None else tuple(RING.gens[place].leading_expv())


def _one_angle(normal: Any, monom: Any, below: int) -> tuple[Ratio, Ratio]:
    """cos and sin of one monomial over a number, with sin^2 = 1 - cos^2."""
    letters = normal.letters
    if not any(monom):
        angle = Ratio(ONE, RING(below)) if below != 1 else number(1)
    else:
        angle = Ratio(RING({monom: 1}), ONE if below == 1 else RING(below))
    places = [i for i, e in enumerate(monom) if e]
    if (
        below == 1
        and len(places) == 1
        and monom[places[0]] == 1
        and places[0] in letters.arccosines
    ):
        x = letters.arccosines[places[0]]
        return x, letters.root((number(1) - x * x).reduced())
    pi = [i for i in places if i == letters.index.get(("part", "pi"))]
    others = tuple(0 if i in pi else e for i, e in enumerate(monom))
    if below == 1 and pi and monom[pi[0]] == 1 and letters.is_natural(RING({others: 1})):
        return normal.symbolic_power(number(-1), RING({others: 1})), number(0)
    inside = letters.inside(angle)
    c, s = (
        letters.letter("part", ("cos", angle), inside),
        letters.letter("part", ("sin", angle), inside),
    )
    letters.relations[place_of(s)] = [number(1) - c * c, number(0)]
    return c, s


def exponential(normal: Any, args: list[Ratio]) -> Ratio:
    result = number(1)
    for monom, times, below in _terms(args[0]):
        one = Ratio(RING({monom: 1}), ONE if below == 1 else RING(below))
        result = (
            result
            * normal.letters.letter("exp", one, normal.letters.inside(one), positive=True) ** times
        )
    return result


def arccosine(normal: Any, args: list[Ratio]) -> Ratio:
    made: Ratio = normal.letters.letter("part", ("acos", args[0]), normal.letters.inside(args[0]))
    normal.letters.arccosines[place_of(made)] = args[0]
    return made

"""Along one letter, the others fixed: where forms are zero, and a value in every piece of the line
between."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any

from sympy import (
    Abs,
    Expr,
    Max,
    Min,
    Mod,
    Piecewise,
    Poly,
    PolynomialError,
    Rational,
    Symbol,
    ceiling,
    fraction,
    together,
)
from sympy import floor as rounded
from sympy.core.function import AppliedUndef

from derive.checking.numbers.evaluate import Code, Env, code
from derive.checking.numbers.intervals import WIDER, NotReadable, interval
from derive.checking.numbers.raised import exact

MOST_DEGREE = 12
MOST_FORMS = 8  # straight pieces that a form with bends in it is taken apart into
BENT = (rounded, ceiling, Abs, Max, Min, Mod, Piecewise)
STEPS = tuple(Fraction(n) for n in (0, 1, 2, 3, 5, 8, 13, 20, 35, 60, 100, 160, 250))
SCALE = tuple(
    Fraction(s * n, 10)
    for n in (0, 1, 5, 10, 20, 50, 100, 1_000, 10_000, 100_000, 10**7)
    for s in (1, -1)
)
PARTS = tuple(Fraction(n, 1000) for n in (1, 10, 100, 250, 500, 750, 900, 990, 999))
HALVINGS = 50
UNIT = 10**6
Row = list[Code]
Zero = Fraction | tuple[Fraction, Fraction]  # or where one lies that is not rational


def rows(form: Expr, letter: Symbol) -> list[Row]:
    """The polynomials in a letter whose zeros are those of a form (or its poles), by their
    coefficients from the highest on.

    A form with bends in it has one for each way of going on; one that is no polynomial at all has
    none.
    """
    found: list[Row] = []
    for straight in _straight(form)[:MOST_FORMS]:
        for side in fraction(together(straight)):
            try:
                coefficients = Poly(side, letter).all_coeffs()
            except PolynomialError:
                continue
            if len(coefficients) > 1:
                found.append([code(c) for c in coefficients])
    return found


def is_polynomial(form: Expr, letter: Symbol) -> bool:
    """Whether all zeros along a letter are found by `rows`."""
    return not form.atoms(*BENT, AppliedUndef) and all(
        side.is_polynomial(letter) for side in fraction(together(form))
    )


def _straight(form: Expr) -> list[Expr]:
    """The form with each bend replaced by what it can be on one side of it."""
    bend = next(
        (b for b in sorted(form.atoms(*BENT), key=str) if not any(a.has(*BENT) for a in b.args)),
        None,
    )
    if bend is None:
        return [form]
    if isinstance(bend, Abs):
        ways = [bend.args[0], -bend.args[0]]
    elif isinstance(bend, Max | Min):
        ways = list(bend.args)
    elif isinstance(bend, Piecewise):
        ways = [value for value, _ in bend.args]
    else:
        ways = [bend.args[0]]
    return [made for way in ways for made in _straight(form.xreplace({bend: way}))][:MOST_FORMS]


def zeros(row: Row, env: Env) -> list[Zero] | None:
    """The real zeros in a world: rational ones exactly, others between two numbers; None where they
    are not found."""
    try:
        values = [c(env) for c in row]
    except (ZeroDivisionError, NotReadable):
        return None
    while values and exact(values[0]) and values[0] == 0:
        values.pop(0)
    if len(values) < 2:
        return []
    if len(values) > MOST_DEGREE + 1:
        return None
    if not all(map(exact, values)):
        return _about(*values) if len(values) == 2 else None
    if len(values) == 2:
        return [Fraction(-values[1]) / Fraction(values[0])]
    found: list[Zero] = []
    for factor, _ in Poly(
        [Rational(*Fraction(v).as_integer_ratio()) for v in values], Symbol("x")
    ).factor_list()[1]:
        if factor.degree() == 1:
            a, b = factor.all_coeffs()
            found.append(Fraction(int(-b.p * a.q), int(b.q * a.p)))
        else:
            found += [
                tuple(Fraction(int(e.p), int(e.q)) for e in ends)  # type: ignore[misc]
                for ends, _ in factor.intervals(eps=Rational(1, 10**6))
            ]
    return found


def _about(a: Any, b: Any) -> list[Zero] | None:
    """The zero of a x + b, known in intervals."""
    if not exact(a) and 0 in a:
        return None
    zero = -interval(b) / interval(a)
    low, high = (
        Fraction(int(WIDER.floor(WIDER.mpf(end) * UNIT)), UNIT) for end in (zero.a.a, zero.b.b)
    )
    room = (abs(low) + abs(high) + 1) / 10**6
    return [(low - room, high + room)]


def cells(found: Iterable[Zero], counts: bool, rng: random.Random) -> list[Fraction]:
    """Each zero and a value in each piece between them; for a letter that counts, whole numbers at
    and beside them."""
    ends = sorted((zero, zero) if isinstance(zero, Fraction) else zero for zero in set(found))
    if not ends:
        return []
    part = Fraction(rng.randint(1, 998), 999)
    if counts:
        near = {
            n + d for end in ends for e in set(end) for n in (floor(e), ceil(e)) for d in (-1, 0, 1)
        }
        return [Fraction(n) for n in sorted(near | {ceil(ends[-1][1]) + rng.randint(2, 9)})]
    made = [low for low, high in ends if low == high]
    made += [a[1] + (b[0] - a[1]) * part for a, b in pairwise(ends) if a[1] < b[0]]
    return [*made, ends[0][0] - 4 * part, ends[-1][1] + 4 * part]


def grid(low: Fraction | None, high: Fraction | None, counts: bool) -> list[Fraction]:
    """Values far and near, within bounds."""
    if counts:
        return [ceil(low or 0) + n for n in STEPS if high is None or (low or 0) + n <= high]
    if low is not None and high is not None:
        return [low + (high - low) * part for part in PARTS]
    values = (s + (low if low is not None else high if high is not None else 0) for s in SCALE)
    return sorted(v for v in values if (low is None or v > low) and (high is None or v < high))


def crossings(
    at: Callable[[Fraction], int | None], values: Sequence[Fraction], counts: bool
) -> list[Fraction]:
    """Values on both sides of, and where they can be seen on, the places where a sign changes
    between neighbours."""
    found: list[Fraction] = []
    signs = [(v, at(v)) for v in values]
    for (low, before), (high, after) in pairwise(signs):
        if before is None or after is None or before == after:
            continue
        found += [low, high, *_halved(at, low, high, before, counts)]
    return found


def _halved(
    at: Callable[[Fraction], int | None], low: Fraction, high: Fraction, before: int, counts: bool
) -> list[Fraction]:
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if counts:
            middle = Fraction(floor(middle))
            if middle == low:
                break
        sign = at(middle)
        if sign is None:
            break
        low, high = (middle, high) if sign == before else (low, middle)
    near = [] if counts else [(low + (high - low) / 2).limit_denominator(n) for n in (1, 12, 1_000)]
    return [low, high, *near]

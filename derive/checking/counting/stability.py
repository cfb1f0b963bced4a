"""Is a claim about convergence right? The roots of the polynomial in many worlds, as numbers,
beside what the conditions say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import mpmath
from sympy import Basic, Expr, Float, I, Poly, Rational, Symbol

from derive.checking.counting.kinds import rational
from derive.checking.numbers.evaluate import evaluate
from derive.checking.numbers.intervals import middle
from derive.model.language.claims import Root, Verdict, free_symbols, sequence
from derive.model.language.conditions import Conditions

WORLDS, TRIES, CLOSE = 60, 3000, 1e-9


def check_stability(
    polynomial: Expr, variable: Symbol, conditions: Sequence[Basic], ranges: Sequence[Basic]
) -> Verdict:
    """Whether all roots lie inside the unit circle exactly where all conditions hold; worlds on its
    rim do not count.

    Worlds on either side are looked for; where the ranges leave only one kind, that kind alone is
    counted.
    """
    rng, known = random.Random(20), Conditions(ranges)
    letters = [s for s in free_symbols(polynomial, *conditions, *ranges) if s != variable]
    inside = outside = 0
    for _ in range(TRIES):
        env: dict = {}
        for s in letters:
            low, high = known.lower(s), known.upper(s)
            env[s.name] = rational(
                rng, *(None if b is None else Fraction(b.value) for b in (low, high))
            )
        if not all(evaluate(r, env) for r in ranges):
            continue
        size = _size(polynomial, variable, env)
        if size is None or abs(size - 1) < CLOSE:
            continue
        if all(evaluate(c, env) for c in conditions) != (size < 1):
            shown = tuple((name, str(value)) for name, value in env.items())
            return Verdict(
                "FAILS", "counted", inside + outside, shown, "the conditions and the roots differ"
            )
        inside, outside = inside + (size < 1), outside + (size > 1)
        if not letters or min(inside, outside) >= WORLDS // 2 or inside + outside >= 10 * WORLDS:
            break
    if not inside + outside:
        return Verdict("UNCHECKED", "counted", reason="no world was met")
    return Verdict("COUNTED", "counted", inside + outside)


def check_rate(
    polynomial: Expr,
    variable: Symbol,
    answer: Any,
    where: Sequence[Root],
    ranges: Sequence[Basic],
) -> Verdict:
    """Whether the answer is the largest absolute value of a root, in worlds that meet the
    ranges."""
    rng, known, agreed = random.Random(21), Conditions(ranges), 0
    letters = [s for s in free_symbols(polynomial, *ranges) if s != variable]
    for _ in range(WORLDS):
        env: dict = {}
        for s in letters:
            low, high = known.lower(s), known.upper(s)
            env[s.name] = rational(
                rng, *(None if b is None else Fraction(b.value) for b in (low, high))
            )
        if not all(evaluate(r, env) for r in ranges):
            continue
        size = _size(polynomial, variable, env)
        if size is None:
            continue
        said = float(_at(answer, env, where))
        if abs(said - size) > CLOSE * max(1, size):
            shown = tuple((name, str(value)) for name, value in env.items())
            return Verdict("FAILS", "counted", agreed, shown, f"the largest root has size {size}")
        agreed += 1
    if not agreed:
        return Verdict("UNCHECKED", "counted", reason="no world was met")
    return Verdict("COUNTED", "counted", agreed)


def _at(answer: Any, env: dict, where: Sequence[Root]) -> Any:
    if not isinstance(answer, Basic):
        return answer
    if where:
        return answer.xreplace(_numbers(env, where)).evalf()
    found = evaluate(answer, env)
    return found if isinstance(found, int | Fraction) else middle(found)


def _numbers(env: dict, where: Sequence[Root]) -> dict[Basic, Basic]:
    """Letters and named roots, the latter in any order, as numbers."""
    found: dict[Basic, Basic] = {
        Symbol(n): Rational(v.numerator, v.denominator) for n, v in env.items()
    }
    for root in where:
        coefficients = Poly(root.polynomial, root.variable).all_coeffs()
        values = [evaluate(c, env) for c in coefficients]
        row = [middle(c) for c in values]
        for n, v in enumerate(mpmath.polyroots(row, maxsteps=200), 1):
            found[sequence(root.name)(n)] = Float(v.real) + I * Float(v.imag)
    return found


def _size(polynomial: Expr, variable: Symbol, env: dict) -> float | None:
    """The size of the largest root in a world; None where a coefficient has no value."""
    try:
        return largest_root([evaluate(c, env) for c in Poly(polynomial, variable).all_coeffs()])
    except ZeroDivisionError:
        return None


def largest_root(coefficients: Sequence) -> float:
    """The largest absolute value of a root; coefficients from the highest power on."""
    row = [middle(c) for c in coefficients]
    while row and row[-1] == 0:
        row.pop()
    return (
        max((abs(r) for r in mpmath.polyroots(row, maxsteps=200, extraprec=200)), default=0.0)
        if len(row) > 1
        else 0.0
    )

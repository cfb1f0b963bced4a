"""The transform of what drives a recurrence: polynomials times powers, cosines among the powers,
and values at one index only."""

from __future__ import annotations

from typing import Any

from sympy import Add, Expr, KroneckerDelta, Mul, Pow, Symbol, cos, cosh, exp, sin, sinh
from sympy.functions.combinatorial.factorials import FallingFactorial, binomial

from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational
from derive.solving.recurrences.kernel.algebra.fractions import Fraction

HIGHEST = 60


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

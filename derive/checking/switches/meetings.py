"""Where two forms in the same letters are zero at once: worlds that no move along one letter
reaches."""

from __future__ import annotations

from fractions import Fraction

from sympy import Expr, Poly, PolynomialError, Rational, Symbol, fraction, together
from sympy.core.function import AppliedUndef

from derive.checking.numbers.evaluate import Env, evaluate
from derive.checking.numbers.intervals import NotReadable
from derive.checking.numbers.raised import exact

MOST_DEGREE = 6


def meetings(
    one: Expr, other: Expr, x: Symbol, y: Symbol, env: Env
) -> list[tuple[Fraction, Fraction]]:
    """The rational (x, y) at which both are zero, the other letters as they are."""
    first, second = _poly(one, x, y, env), _poly(other, x, y, env)
    if first is None or second is None:
        return []
    found = []
    for at_y in _rational(first.resultant(second)):
        left = first.eval(y, _as(at_y))
        found += [
            (at_x, at_y)
            for at_x in _rational(left)
            if second.eval({x: _as(at_x), y: _as(at_y)}) == 0
        ]
    return found


def _poly(form: Expr, x: Symbol, y: Symbol, env: Env) -> Poly | None:
    if form.atoms(AppliedUndef):
        return None
    try:
        top = Poly(fraction(together(form))[0], x, y)
        terms = {monom: evaluate(c, env) for monom, c in top.terms()}
    except (PolynomialError, ZeroDivisionError, NotReadable):
        return None
    if not all(map(exact, terms.values())) or top.total_degree() > MOST_DEGREE:
        return None
    return Poly({monom: _as(Fraction(c)) for monom, c in terms.items()}, x, y, domain="QQ")


def _rational(poly: Poly) -> list[Fraction]:
    """The rational zeros; none of what is zero everywhere."""
    if poly.is_zero or not isinstance(poly, Poly):
        return []
    zeros = (
        -b / a
        for factor, _ in poly.factor_list()[1]
        if factor.degree() == 1
        for a, b in [factor.all_coeffs()]
    )
    return [Fraction(int(z.p), int(z.q)) for z in zeros]


def _as(value: Fraction) -> Rational:
    return Rational(value.numerator, value.denominator)

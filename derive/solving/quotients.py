"""Quotients whose top and bottom share a factor, cancelled; all others stay as they are written."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import gcd, prod
from typing import Any

from sympy import Add, Expr, Mul, Pow, Rational
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.piecewise import ExprCondPair

NEAR = 1_000  # divisors up to it are shared by chance
FAR, PRIME = 1_000_003, 2**61 - 1  # letters are powers of the one modulo the other

PARTS = (Expr, ExprCondPair)


def cancelled(expr: Any) -> Any:
    """`expr` with each quotient in it cancelled: (c - b*c)/(1 - b) as c, (b - 1)/(1 - b) as -1."""
    if not isinstance(expr, PARTS) or isinstance(expr, AppliedUndef):
        return expr
    args = [cancelled(a) if a.args else a for a in expr.args]
    same = all(a is b for a, b in zip(args, expr.args, strict=True))
    made = expr if same else expr.func(*args)
    return _without_shared(made) if made.is_Mul else made


def _below(line: Expr) -> list[Expr]:
    """The factors that divide, and are sums: of others sympy cancels what is shared."""
    return [
        f
        for f in Mul.make_args(line)
        if f.is_Pow and f.exp.is_Integer and f.exp.p < 0 and f.base.is_Add
    ]


def _without_shared(line: Expr) -> Expr:
    """Factors that share one, each above and each below, put together until none does."""
    below = _below(line)
    if not below:
        return line
    above = [f for f in Mul.make_args(line) if f not in below and not isinstance(f, Rational)]
    for top, bottom in product(above, below):
        if (one := _quotient(top, bottom)) is not None:
            rest = (f for f in Mul.make_args(line) if f not in (top, bottom))
            return _without_shared(Mul(*rest, one))
    return line


def _quotient(top: Expr, bottom: Expr) -> Expr | None:
    """The product of both, term by term or in factors; None where they share none."""
    if not _may_share(top, bottom.base):
        return None
    from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational  # few come here

    try:
        field = Field((top, bottom))
        over, under = field.element(top), field.element(bottom)
    except NotRational:
        return None
    if not field.letters or over.numer.gcd(under.denom).is_ground:
        return None
    terms = [_without_shared(term * bottom) for term in top.args] if top.is_Add else []
    alike = (bottom.base, -bottom.base)
    if not terms or any(f.base in alike for term in terms for f in _below(term)):
        return field.expr(over * under)
    return Add(*terms)


def _may_share(one: Expr, other: Expr) -> bool:
    """Whether values at a place far out have a large divisor in common, as they have where a factor
    is shared: most have none, and need no polynomials to show it."""
    place: dict[Expr, int] = {}
    try:
        a, b = (_value(expr, place) for expr in (one, other))
    except ZeroDivisionError:
        return True
    return gcd(a.numerator, b.numerator) > NEAR


def _value(expr: Expr, place: dict[Expr, int]) -> int | Fraction:
    """The value where each letter, or what stands for one, has a number of its own."""
    if isinstance(expr, Rational):
        return expr.p if expr.q == 1 else Fraction(expr.p, expr.q)
    if isinstance(expr, Add):
        return sum(_value(a, place) for a in expr.args)
    if isinstance(expr, Mul):
        return prod(_value(a, place) for a in expr.args)
    if isinstance(expr, Pow) and expr.exp.is_Integer:
        base, times = _value(expr.base, place), int(expr.exp)
        return base**times if times > 0 else Fraction(base) ** times
    return place.setdefault(expr, pow(FAR, len(place) + 5, PRIME))

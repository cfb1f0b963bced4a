"""Quotients whose top and bottom share a factor, cancelled; all others stay as they are written."""

from __future__ import annotations

from itertools import product
from typing import Any

from sympy import Add, Expr, Mul, Pow
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.piecewise import ExprCondPair

from derive.solving.recurrences.kernel.fields import Field, NotRational


def cancelled(expr: Any) -> Any:
    """`expr` with each quotient in it cancelled: (c - b*c)/(1 - b) as c, (b - 1)/(1 - b) as -1."""
    if not isinstance(expr, Expr | ExprCondPair) or isinstance(expr, AppliedUndef):
        return expr
    args = [cancelled(a) for a in expr.args]
    same = all(a is b for a, b in zip(args, expr.args, strict=True))
    made = expr if same else expr.func(*args)
    return _without_shared(made) if isinstance(made, Mul) else made


def _below(line: Expr) -> list[Expr]:
    """The factors that divide."""
    factors = Mul.make_args(line)
    return [f for f in factors if isinstance(f, Pow) and f.exp.is_Integer and f.exp < 0]


def _without_shared(line: Expr) -> Expr:
    """Factors that share one, each above and each below, put together until none does."""
    factors, below = Mul.make_args(line), _below(line)
    above = [f for f in factors if f not in below and not f.is_number]
    for top, bottom in product(above, below):
        if top.free_symbols & bottom.free_symbols and (one := _quotient(top, bottom)) is not None:
            rest = (f for f in factors if f not in (top, bottom))
            return _without_shared(Mul(*rest, one))
    return line


def _quotient(top: Expr, bottom: Expr) -> Expr | None:
    """The product of both, term by term or in factors; None where they share none."""
    try:
        field = Field((top, bottom))
        over, under = field.element(top), field.element(bottom)
    except NotRational:
        return None
    if over.numer.gcd(under.denom).is_ground:
        return None
    terms = [_without_shared(term * bottom) for term in top.args] if top.is_Add else []
    alike = (bottom.base, -bottom.base)
    if not terms or any(f.base in alike for term in terms for f in _below(term)):
        return field.expr(over * under)
    return Add(*terms)

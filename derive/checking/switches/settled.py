"""An expression without the switches that what is known leaves on one side: |1 - b| is 1 - b where
b < 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy import Basic, Expr, Ge, Le
from sympy.core.function import AppliedUndef

from derive.checking.switches.bounds import excluded
from derive.model.language.conditions import Conditions


def settled(expr: Expr, known: Conditions) -> Expr:
    """`expr` with the switches taken out of it that can be on one side only."""
    if not expr.args or isinstance(expr, AppliedUndef):
        return expr
    if isinstance(expr, sp.Sum | sp.Product):
        return _settled_sum(expr, known)
    args = [settled(a, known) for a in expr.args]  # type: ignore[arg-type]
    made = expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
    settle = _SETTLED.get(type(made))
    return settle(made, known) if settle is not None else made


def _settled_sum(expr: Expr, known: Conditions) -> Expr:
    """Its index lies between its limits."""
    if len(expr.limits) > 1:  # type: ignore[attr-defined]
        return expr
    index, low, high = expr.limits[0]  # type: ignore[attr-defined]
    own = sp.Dummy(index.name)
    inside = known.plus((Ge(own, low, evaluate=False), Le(own, high, evaluate=False)))
    body = settled(expr.function.xreplace({index: own}), inside)  # type: ignore[attr-defined]
    return expr.func(
        body.xreplace({own: index}), (index, settled(low, known), settled(high, known))
    )


def _settled_size(expr: Expr, known: Conditions) -> Expr:
    (inner,) = expr.args
    never = excluded(inner, known)  # type: ignore[arg-type]
    return inner if -1 in never else -inner if 1 in never else expr  # type: ignore[return-value, operator]


def _settled_sign(expr: Expr, known: Conditions) -> Expr:
    inner = expr.args[0]
    never = excluded(inner, known) | excluded(inner.expand(), known)  # type: ignore[arg-type]
    left = {-1, 0, 1} - never
    return sp.Integer(left.pop()) if len(left) == 1 else expr


def _settled_largest(expr: Expr, known: Conditions) -> Expr:
    """The greatest or least of several, without those that another is never behind."""
    behind = 1 if isinstance(expr, sp.Max) else -1
    for one in expr.args:
        gaps = (other - one for other in expr.args if other != one)  # type: ignore[operator]
        if all(behind in _never(gap, known) for gap in gaps):
            return one  # type: ignore[return-value]
    return expr


def _never(gap: Expr, known: Conditions) -> frozenset[int]:
    """Signs that a difference never has: as it is; or as a product, p - q as p (1 - q/p)."""
    terms = sp.Add.make_args(gap.expand())
    if len(terms) != 2:
        return excluded(gap, known)
    products = (sp.Mul(p, 1 + sp.powsimp(q / p), evaluate=False) for p, q in (terms, terms[::-1]))
    return excluded(gap, known).union(*(excluded(product, known) for product in products))


def _settled_relation(expr: Basic, known: Conditions) -> Basic:
    left = {-1, 0, 1} - excluded(expr.args[0] - expr.args[1], known)  # type: ignore[operator]
    meant = _MEANT[type(expr)]
    return sp.true if left <= meant else sp.false if not left & meant else expr


def _settled_pieces(expr: Expr, known: Conditions) -> Expr:
    pieces = [(value, condition) for value, condition in expr.args if condition != False]  # noqa: E712
    return pieces[0][0] if pieces and pieces[0][1] == True else expr  # noqa: E712


def _settled_delta(expr: Expr, known: Conditions) -> Expr:
    return sp.Integer(0) if 0 in excluded(expr.args[0] - expr.args[1], known) else expr  # type: ignore[operator]


_MEANT = {sp.Eq: {0}, sp.Ne: {-1, 1}, sp.Lt: {-1}, sp.Gt: {1}, sp.Le: {-1, 0}, sp.Ge: {0, 1}}
_SETTLED: dict[type, Callable[..., Any]] = {
    sp.Abs: _settled_size,
    sp.sign: _settled_sign,
    sp.Max: _settled_largest,
    sp.Min: _settled_largest,
    sp.KroneckerDelta: _settled_delta,
    sp.Piecewise: _settled_pieces,
    **dict.fromkeys(_MEANT, _settled_relation),
}

"""Does a condition follow from the ranges and the conditions already stated? Yes, or not seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sympy import Basic, Expr, Integer, Ne, Pow, Symbol, floor, true
from sympy.core.relational import GreaterThan, LessThan, Relational, StrictGreaterThan, StrictLessThan

ORDERS = (LessThan, StrictLessThan, GreaterThan, StrictGreaterThan)


class Above(NamedTuple):
    """`expr >= 0`, or `expr > 0` where strict."""

    expr: Expr
    strict: bool


class Bound(NamedTuple):
    """A number that a quantity does not pass; excluded where it does not reach it either."""

    value: Any
    excluded: bool


class Signs(NamedTuple):
    """Names of symbols known to be >= 0 and <= 0."""

    positive: frozenset[str] = frozenset()
    negative: frozenset[str] = frozenset()


NO_SIGNS = Signs()


def above(known: Iterable[Basic]) -> list[Above]:
    """The orders among the relations, each as something above zero."""
    found = []
    for r in known:
        if isinstance(r, ORDERS):
            rising = isinstance(r, LessThan | StrictLessThan)
            found.append(Above(r.rhs - r.lhs if rising else r.lhs - r.rhs, isinstance(r, StrictLessThan | StrictGreaterThan)))
    return found


def plain(need: Basic) -> Basic:
    """`L - 1 >= 0` as `L >= 1`; anything but one letter and a number as it is."""
    if isinstance(need, GreaterThan):
        number, rest = (need.lhs - need.rhs).as_coeff_Add()
        if isinstance(rest, Symbol):
            return rest >= -number
    return need


def lower(symbol: Symbol, known: Iterable[Basic]) -> Bound | None:
    """The greatest number that `symbol` is known not to lie below."""
    found = [Bound(symbol - a.expr, a.strict) for a in above(known) if (symbol - a.expr).is_Rational]
    return max(found, key=lambda b: (b.value, b.excluded), default=None)


def upper(symbol: Symbol, known: Iterable[Basic]) -> Bound | None:
    """The least number that `symbol` is known not to lie above."""
    found = [Bound(symbol + a.expr, a.strict) for a in above(known) if (symbol + a.expr).is_Rational]
    return min(found, key=lambda b: (b.value, not b.excluded), default=None)


def signs(known: Iterable[Basic]) -> Signs:
    """The names of symbols known to be >= 0, and of those known to be <= 0."""
    known = tuple(known)
    symbols: set[Any] = set().union(*(r.free_symbols for r in known))
    low = {s.name for s in symbols if (b := lower(s, known)) is not None and b.value >= 0}
    high = {s.name for s in symbols if (b := upper(s, known)) is not None and b.value <= 0}
    return Signs(frozenset(low), frozenset(high - low))


def least(expr: Expr, known: Iterable[Basic]) -> int:
    """The least whole value >= 0 that stated relations `expr >= n` leave to `expr` (an index t, or a distance L - l)."""
    gaps = [expr - a.expr for a in above(known) if not a.strict]
    return max([0, *(int(g) for g in gaps if g.is_Integer)])


def follows(need: Basic, known: Iterable[Basic]) -> bool:
    """Whether `need` is among the known relations or is read off their bounds."""
    known = tuple(known)
    if need == true or need in known:
        return True
    if isinstance(need, Ne):
        return _nonzero(need.lhs - need.rhs, known)
    if isinstance(need, ORDERS) and isinstance(need, Relational):
        (wanted,) = above((need,))
        low = _least_value(wanted.expr, known)
        return low is not None and (low.value > 0 or (low.value == 0 and (low.excluded or not wanted.strict)))
    return False


def _least_value(expr: Expr, known: tuple[Basic, ...]) -> Bound | None:
    """A lower bound of a linear expression: a known one with the same letters, else from the bounds of each."""
    same = [Bound(expr - a.expr, a.strict) for a in above(known) if (expr - a.expr).is_Rational]
    if same:
        return max(same, key=lambda b: (b.value, b.excluded))
    total, excluded = Integer(0), False
    for symbol, factor in expr.as_coefficients_dict().items():
        if symbol == 1:
            total += factor
            continue
        if isinstance(symbol, floor) and factor > 0 and _quotient(symbol.args[0], known):
            continue
        if not isinstance(symbol, Symbol):
            return None
        bound = lower(symbol, known) if factor > 0 else upper(symbol, known)
        if bound is None:
            return None
        total += factor * bound.value
        excluded |= bound.excluded
    return Bound(total, excluded)


def _quotient(expr: Expr, known: tuple[Basic, ...]) -> bool:
    """Whether n/S is >= 0, seen from n >= 0 and S > 0."""
    top, bottom = expr.as_numer_denom()
    return follows(top >= 0, known) and follows(bottom > 0, known)


def _nonzero(expr: Expr, known: tuple[Basic, ...]) -> bool:
    """A bound on one side of zero; or 1 - b**n with 0 <= b < 1 and n >= 1; or a product of such."""
    if expr.is_Mul:
        return all(_nonzero(a, known) for a in expr.args)
    for side in (expr, -expr):
        low = _least_value(side, known)
        if low is not None and (low.value > 0 or (low.value == 0 and low.excluded)):
            return True
        power = 1 - side
        if isinstance(power, Pow):
            base, exponent = power.args
            inside = follows(base >= 0, known) and follows(base < 1, known)
            if inside and follows(exponent >= 1, known):
                return True
    return False

"""Does a condition follow from the ranges and the conditions already stated? Yes, or not seen."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from math import ceil
from typing import NamedTuple

from sympy import Add, Basic, Expr, Ne, Pow, S, Symbol, ceiling, factor_list, floor, true
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan
from sympy.polys.polyerrors import PolynomialError

from derive.model.language.orders import (
    ONE,
    ORDERS,
    Above,
    Bound,
    Linear,
    above,
    gap_of,
    less,
    linear,
)
from derive.model.language.spans import Span, span_of
from derive.model.language.whole import Whole


class Signs(NamedTuple):
    """Names of symbols known to be >= 0 and <= 0."""

    positive: frozenset[str] = frozenset()
    negative: frozenset[str] = frozenset()


NO_SIGNS = Signs()


def plain(need: Basic) -> Basic:
    """`L - 1 >= 0` as `L >= 1` and `1 - b != 1` as `b != 0`; what is not one term and a number
    stays as it is."""
    if isinstance(need, GreaterThan):
        number, rest = (need.lhs - need.rhs).as_coeff_Add()
        if isinstance(rest, Symbol):
            return GreaterThan(rest, -number, evaluate=False)
    if isinstance(need, Ne) and need.lhs.is_Add:
        number, rest = (need.lhs - need.rhs).as_coeff_Add()
        factor, letter = rest.as_coeff_Mul()
        if not letter.is_Add:
            return Ne(letter, -number / factor)
    if (
        isinstance(need, Ne)
        and need.rhs == 0
        and isinstance(need.lhs, Pow)
        and need.lhs.exp.is_positive
    ):
        return Ne(need.lhs.base, need.rhs)  # sqrt(b) != 0
    return need


class Conditions:
    """Relations known to hold, each read once."""

    def __init__(self, relations: Iterable[Basic], before: Conditions | None = None):
        self.relations = tuple(relations)
        self._before = before
        self._seen: dict[Expr, Span] = {}

    @cached_property
    def orders(self) -> list[Above]:
        """The orders among the relations, each as something above zero."""
        if self._before is None:
            return above(self.relations)
        return [*self._before.orders, *above(self.relations[len(self._before.relations) :])]

    def plus(self, relations: Iterable[Basic]) -> Conditions:
        """These and more."""
        return Conditions((*self.relations, *relations), self)

    def lower(self, symbol: Symbol) -> Bound | None:
        """The greatest number that `symbol` is known not to lie below."""
        found = [
            Bound(gap, a.strict)
            for a in self.orders
            if (gap := gap_of(Linear({symbol: 1}, 0), a.form)) is not None
        ]
        return max(found, default=None)

    def upper(self, symbol: Symbol) -> Bound | None:
        """The least number that `symbol` is known not to lie above."""
        found = [
            Bound(-gap, a.strict)
            for a in self.orders
            if (gap := gap_of(Linear({symbol: -1}, 0), a.form)) is not None
        ]
        return min(found, key=lambda b: (b.value, not b.excluded), default=None)

    @cached_property
    def signs(self) -> Signs:
        """The names of symbols known to be >= 0, and of those known to be <= 0."""
        symbols = {
            letter for a in self.orders for letter in a.form.letters if isinstance(letter, Symbol)
        }
        low = {s.name for s in symbols if (b := self.lower(s)) is not None and b.value >= 0}
        high = {s.name for s in symbols if (b := self.upper(s)) is not None and b.value <= 0}
        return Signs(frozenset(low), frozenset(high - low))

    @cached_property
    def wholes(self) -> dict[str, int]:
        """The names of letters that are whole numbers, not below zero, each with the least that it
        can be."""
        letters = [r.args[0] for r in self.relations if isinstance(r, Whole)]
        bounds = {s: self.lower(s) for s in letters if isinstance(s, Symbol)}
        return {s.name: ceil(b.value) for s, b in bounds.items() if b is not None and b.value >= 0}

    def least(self, expr: Expr) -> int:
        """The least whole value >= 0 that stated relations `expr >= n` leave to `expr` (an index t,
        or a distance L - l)."""
        form = linear((1, expr))
        gaps = [
            gap for a in self.orders if not a.strict and (gap := gap_of(form, a.form)) is not None
        ]
        return max([0, *(int(g) for g in gaps if g.denominator == 1)])

    def give(self, need: Basic) -> bool:
        """Whether `need` is among the relations or is read off their bounds; False only says that
        it is not seen."""
        if need == true or need in self.relations:
            return True
        if isinstance(need, Ne):
            turned = Ne(need.rhs - need.lhs, S.Zero, evaluate=False)  # to compare, not to decide
            return (
                plain(need) in self.relations
                or turned in self.relations
                or self._nonzero(need.lhs - need.rhs)
            )
        return isinstance(need, ORDERS) and (
            all(map(self._is_above, above((need,)))) or self._spans(need)
        )

    def span(self, expr: Expr) -> Span:
        """Between which numbers an expression lies."""
        if expr not in self._seen:
            self._seen[expr] = span_of(expr, self)
        return self._seen[expr]

    def _spans(self, need: Basic) -> bool:
        """An order that the spans of its letters leave no choice in."""
        rising = isinstance(need, LessThan | StrictLessThan)
        left, right = need.args if rising else need.args[::-1]
        gap = self.span(right - left)  # type: ignore[operator]
        strict = isinstance(need, StrictLessThan | StrictGreaterThan)
        return gap.above if strict else gap.never_below

    def _is_above(self, wanted: Above) -> bool:
        """By bounds; or by one of the orders and bounds, as b1 < 1 by b1 < b2 and b2 < 1."""
        return self._is_bounded(wanted, False) or any(
            self._is_bounded(Above(less(wanted.form, a.form), wanted.strict), a.strict)
            for a in self.orders
            if len(a.form.letters) > 1 and a.form.letters.keys() & wanted.form.letters.keys()
        )

    def _is_bounded(self, wanted: Above, strict: bool) -> bool:
        low = self._least_value(wanted.form)
        return low is not None and (
            low.value > 0 or (low.value == 0 and (strict or low.excluded or not wanted.strict))
        )

    def _least_value(self, form: Linear) -> Bound | None:
        """A lower bound of a linear form: a known one with the same letters, else from the bounds
        of each."""
        same = [
            Bound(gap, a.strict) for a in self.orders if (gap := gap_of(form, a.form)) is not None
        ]
        if same:
            return max(same)
        total, excluded = form.number, False
        for letter, factor in form.letters.items():
            if (
                isinstance(letter, floor | ceiling)
                and factor > 0
                and self._quotient(letter.args[0])
            ):
                continue
            if not isinstance(letter, Symbol):
                return None
            bound = self.lower(letter) if factor > 0 else self.upper(letter)
            if bound is None:
                return None
            total += factor * bound.value
            excluded |= bound.excluded
        return Bound(total, excluded)

    def _quotient(self, expr: Expr) -> bool:
        """Whether n/S is >= 0, seen from n >= 0 and S > 0."""
        top, bottom = expr.as_numer_denom()
        return self._is_above(Above(linear((1, top)), False)) and self._is_above(
            Above(linear((1, bottom)), True)
        )

    def _nonzero(self, expr: Expr) -> bool:
        """A bound on one side of zero; or 1 - b**n with 0 <= b < 1 and n >= 1; or a product of
        such, written so or not."""
        if expr.is_Mul:
            return all(self._nonzero(a) for a in expr.args)
        for side in (expr, -expr):
            if self._is_above(Above(linear((1, side)), True)):
                return True
            power = 1 - side
            if isinstance(power, Pow):
                base, exponent = power.args
                inside = (
                    Above(linear((1, base)), False),
                    Above(linear((1, ONE), (-1, base)), True),
                )
                if all(
                    map(self._is_above, (*inside, Above(linear((1, exponent), (-1, ONE)), False)))
                ):
                    return True
        span = self.span(expr)
        if span.above or span.below:
            return True
        if not any(expr.free_symbols & r.free_symbols for r in self.relations):
            return False
        factors = _factors(expr)
        return bool(factors) and all(self.give(Ne(f, 0)) for f in factors)


def _factors(expr: Expr) -> list[Expr]:
    """The factors of a sum that is a product of several, or a power of one."""
    if not isinstance(expr, Add) or all(term.is_number or term.is_Symbol for term in expr.args):
        return []
    try:
        _, factors = factor_list(expr)
    except PolynomialError:
        return []
    return [f for f, _ in factors] if factors != [(expr, 1)] else []

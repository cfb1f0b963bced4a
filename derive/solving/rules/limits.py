"""Rules for sums beside each other: limits are moved until the sums cancel or come together."""

from __future__ import annotations

from sympy import Add, Basic, Function, Ge, Integer, Lambda, Sum, Symbol
from sympy.core.function import AppliedUndef

from derive.model.language.claims import Binding, Law
from derive.solving.chain import Known, by_law, is_sum
from derive.solving.rules.sums import limits

p, q, k, t, c = (Symbol(s) for s in "pqktc")
f, h = Function("f"), Function("h")


def _zero_term(part: Basic, known: Known) -> Binding | None:
    """Only for a sum of a state from 1 whose start is zero: the term is m(0)."""
    if not isinstance(part.function, AppliedUndef) or known.recurrence is None:
        return None
    index, low, high = limits(part)
    start = known.recurrence.start.get(part.function.func.__name__)
    if start != (0,) or part.function.args != (index,) or low != known.recurrence.first + 1:
        return None
    return {f: Lambda(index, part.function), p: low, q: high, k: index}


zero_term = by_law(
    "add a zero term",
    Law(
        Sum(f(k), (k, p, q)),
        Sum(f(k), (k, p - 1, q)),
        (Ge(q, p - 2),),
        given=((f(p - 1), Integer(0)),),
    ),
    _zero_term,
    line="before",
)


def _last_term(part: Basic, known: Known) -> Binding | None:
    """For a sum whose last term stands beside it with the other sign, so that both cancel."""
    for term in part.args:
        sign, rest = term.as_coeff_Mul()
        if is_sum(rest):
            index, low, high = limits(rest)
            if -sign * rest.function.xreplace({index: high}) in part.args:
                return {f: Lambda(index, rest.function), p: low, q: high, k: index}
    return None


last_term = by_law(
    "cancel the last term",
    Law(Sum(f(k), (k, p, q)), Sum(f(k), (k, p, q - 1)) + f(q), (Ge(q, p),)),
    _last_term,
    lambda: (
        (c**t - Sum(c**k, (k, 1, t)), -Sum(c**k, (k, 1, t - 1))),
        (Sum(c**k, (k, 1, t)), None),
    ),
    within=Add,
)


def _beside(part: Basic, low_gap: int, high_gap: int) -> Binding | None:
    """A sum beside another one whose limits lie so much lower and higher."""
    sums = [t.as_coeff_Mul()[1] for t in part.args if is_sum(t.as_coeff_Mul()[1])]
    for here in sums:
        index, low, high = limits(here)
        if any(
            low - limits(other)[1] == low_gap and limits(other)[2] - high == high_gap
            for other in sums
        ):
            return {f: Lambda(index, here.function), p: low, q: high, k: index}
    return None


shift_index = by_law(
    "shift the index",
    Law(Sum(f(k), (k, p, q)), Sum(f(k - 1), (k, p + 1, q + 1))),
    lambda part, known: _beside(part, 0, 1),
    lambda: (
        (
            Sum(k**2, (k, 1, t)) - Sum(c**k, (k, 1, t - 1)),
            Sum(k**2, (k, 1, t)) - Sum(c ** (k - 1), (k, 2, t)),
        ),
        (Sum(c**k, (k, 1, t)), None),
    ),
    line="after",
    within=Add,
)

first_term = by_law(
    "add and take off the first term",
    Law(Sum(f(k), (k, p, q)), Sum(f(k), (k, p - 1, q)) - f(p - 1), (Ge(q, p - 1),)),
    lambda part, known: _beside(part, 1, 0),
    lambda: (
        (
            Sum(k**2, (k, 1, t)) - Sum(c**k, (k, 2, t)),
            Sum(k**2, (k, 1, t)) - Sum(c**k, (k, 1, t)) + c,
        ),
        (Sum(c**k, (k, 1, t)), None),
    ),
    line="after",
    within=Add,
)


def _together(part: Basic, known: Known) -> Binding | None:
    sums = [t for t in part.args if is_sum(t)]
    negated = [-t for t in part.args if is_sum(-t)]
    for plus in sums:
        for minus in negated:
            (index, low, high), other = limits(plus), limits(minus)
            if (low, high) == other[1:]:
                return {
                    f: Lambda(index, plus.function),
                    h: Lambda(other[0], minus.function),
                    p: low,
                    q: high,
                    k: index,
                }
    return None


together = by_law(
    "put the sums together",
    Law(Sum(f(k), (k, p, q)) - Sum(h(k), (k, p, q)), Sum(f(k) - h(k), (k, p, q))),
    _together,
    lambda: (
        (Sum(k**2, (k, 1, t)) - Sum(c**k, (k, 1, t)), Sum(k**2 - c**k, (k, 1, t))),
        (Sum(k, (k, 1, t)) - Sum(c, (k, 0, t)), None),
    ),
    line="after",
    within=Add,
)

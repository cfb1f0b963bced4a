"""Between which numbers an expression lies, seen from the ranges of its letters."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import ceil, floor, isqrt
from typing import Any, NamedTuple, Protocol

import sympy as sp
from sympy import Basic, Expr, Symbol
from sympy.core.function import AppliedUndef

MOST_BITS = 2_000


class Span(NamedTuple):
    """All numbers from `low` to `high` (None: without end); `over` and `under`: the end itself is
    not among them."""

    low: Fraction | None = None
    high: Fraction | None = None
    over: bool = True
    under: bool = True

    @property
    def never_below(self) -> bool:
        return self.low is not None and self.low >= 0

    @property
    def never_above(self) -> bool:
        return self.high is not None and self.high <= 0

    @property
    def above(self) -> bool:
        return self.low is not None and (self.low > 0 or (self.low == 0 and self.over))

    @property
    def below(self) -> bool:
        return self.high is not None and (self.high < 0 or (self.high == 0 and self.under))


class Known(Protocol):
    """What is known: relations, and the bounds that they set to a letter."""

    @property
    def relations(self) -> tuple[Basic, ...]: ...

    def lower(self, symbol: Any) -> Any: ...

    def upper(self, symbol: Any) -> Any: ...


ANY, NOT_BELOW, ABOVE = Span(), Span(Fraction(0), None, False), Span(Fraction(0))


def span_of(expr: Basic, known: Known) -> Span:
    """Where the values of `expr` lie; ANY where nothing is seen."""

    def of(part: Basic) -> Span:
        return span_of(part, known)

    if isinstance(expr, sp.Sum | sp.Product):
        return _over(expr, known)

    if isinstance(expr, Symbol | AppliedUndef):
        low, high = known.lower(expr), known.upper(expr)
        least = Fraction(low.value) if low is not None else None
        most = Fraction(high.value) if high is not None else None
        return Span(least, most, low is None or low.excluded, high is None or high.excluded)
    if expr.is_Rational:
        value = Fraction(int(expr.p), int(expr.q))  # type: ignore[attr-defined]
        return Span(value, value, False, False)
    make = _SPANS.get(type(expr))
    return make(expr, of) if make is not None else ANY


def plus(a: Span, b: Span) -> Span:
    low = a.low + b.low if a.low is not None and b.low is not None else None
    high = a.high + b.high if a.high is not None and b.high is not None else None
    return Span(low, high, a.over or b.over, a.under or b.under)


def minus(a: Span) -> Span:
    return Span(
        None if a.high is None else -a.high, None if a.low is None else -a.low, a.under, a.over
    )


def times(a: Span, b: Span) -> Span:
    """The product, where each factor is on one side of zero; or where both are bounded."""
    if a.never_above and not a.never_below:
        return minus(times(minus(a), b))
    if b.never_above and not b.never_below:
        return minus(times(a, minus(b)))
    if a.never_below and b.never_below:
        assert a.low is not None and b.low is not None
        low, high = a.low * b.low, None if a.high is None or b.high is None else a.high * b.high
        over = a.above and b.above if low == 0 else a.over or b.over
        return Span(low, high, over, high is None or ((a.under or b.under) and high != 0))
    ends = [
        x * y for x in (a.low, a.high) for y in (b.low, b.high) if x is not None and y is not None
    ]
    return Span(min(ends), max(ends), False, False) if len(ends) == 4 else ANY


def _power(expr: Expr, of: Callable[[Basic], Span]) -> Span:
    base, exponent = of(expr.args[0]), of(expr.args[1])
    n = exponent.low if exponent.low == exponent.high else None
    if n is not None and n.denominator == 1:
        return _whole_power(base, int(n))
    if n is not None and n == Fraction(1, 2):
        return _root(base)
    if not base.never_below:
        return ANY
    if base.high is not None and base.high <= 1 and exponent.never_below:
        less = base.high < 1 or base.under
        return Span(Fraction(0), Fraction(1), base.above, exponent.above and less)
    if base.low is not None and base.low >= 1 and exponent.never_below:
        return Span(Fraction(1), None, exponent.above and (base.low > 1 or base.over))
    return ABOVE if base.above else NOT_BELOW


def _root(base: Span) -> Span:
    """The square root, its ends rational: no further in than they are."""
    if not base.never_below:
        return NOT_BELOW
    assert base.low is not None
    low, exact = _root_below(base.low)
    if base.high is None:
        return Span(low, None, base.over or not exact)
    high, even = _root_below(base.high)
    high += 0 if even else Fraction(1, base.high.denominator)
    return Span(low, high, base.over or not exact, base.under or not even)


def _root_below(value: Fraction) -> tuple[Fraction, bool]:
    """A number not above the root of one, and whether it is the root."""
    root = Fraction(isqrt(value.numerator * value.denominator), value.denominator)
    return root, root**2 == value


def _whole_power(base: Span, n: int) -> Span:
    if n < 0:
        turned = _whole_power(base, -n)
        if not turned.above:
            return ANY
        low = Fraction(0) if turned.high is None else 1 / turned.high
        return Span(
            low,
            1 / turned.low if turned.low else None,
            low == 0 or turned.under,
            not turned.low or turned.over,
        )
    if n == 1:
        return base
    ends = [e for e in (base.low, base.high) if e is not None]
    if (
        base.never_below
        and max(max(e.numerator.bit_length(), e.denominator.bit_length()) for e in ends) * n
        < MOST_BITS
    ):
        assert base.low is not None
        return Span(base.low**n, None if base.high is None else base.high**n, base.over, base.under)
    if n % 2 == 0 or base.never_below:
        return ABOVE if base.above or base.below else NOT_BELOW
    return ANY


def _hull(spans: list[Span]) -> Span:
    lows = [(s.low, s.over) for s in spans if s.low is not None]
    highs = [(s.high, not s.under) for s in spans if s.high is not None]
    low, over = min(lows) if len(lows) == len(spans) else (None, True)
    high, closed = max(highs) if len(highs) == len(spans) else (None, False)
    return Span(low, high, over, not closed)


def _largest(spans: list[Span]) -> Span:
    lows = [(s.low, s.over) for s in spans if s.low is not None]
    low, over = max(lows) if lows else (None, True)
    return _hull(spans)._replace(low=low, over=over)


def _size(expr: Expr, of: Callable[[Basic], Span]) -> Span:
    inner = of(expr.args[0])
    if inner.never_below:
        return inner
    return minus(inner) if inner.never_above else NOT_BELOW


def _rest(expr: Expr, of: Callable[[Basic], Span]) -> Span:
    by = of(expr.args[1])
    return Span(Fraction(0), by.high, False, True) if by.above else ANY


def _rounded(expr: Expr, of: Callable[[Basic], Span]) -> Span:
    """Down or up, to a whole number."""
    inner = of(expr.args[0])
    low = None if inner.low is None else Fraction(floor(inner.low))
    high = None if inner.high is None else Fraction(ceil(inner.high))
    return Span(low, high, low is None, high is None)


def _over(expr: Expr, known: Known) -> Span:
    """A sum or product of what never lies below zero; its index is nothing that is known."""
    taken = {s for r in known.relations if not r.atoms(AppliedUndef) for s in r.free_symbols}
    bound = {limit[0]: sp.Dummy() for limit in expr.limits if limit[0] in taken}  # type: ignore[attr-defined]
    body = span_of(expr.function.xreplace(bound), known)  # type: ignore[attr-defined]
    if isinstance(expr, sp.Product):
        return ABOVE if body.above else NOT_BELOW if body.never_below else ANY
    return NOT_BELOW if body.never_below else minus(NOT_BELOW) if body.never_above else ANY


UNIT = Span(Fraction(0), Fraction(1), False, False)
_SPANS: dict[type, Callable[[Expr, Callable[[Basic], Span]], Span]] = {
    sp.Add: lambda expr, of: reduce(plus, map(of, expr.args)),
    sp.Mul: lambda expr, of: reduce(times, map(of, expr.args)),
    sp.Pow: _power,
    sp.Abs: _size,
    sp.Max: lambda expr, of: _largest([of(a) for a in expr.args]),
    sp.Min: lambda expr, of: minus(_largest([minus(of(a)) for a in expr.args])),
    sp.Mod: _rest,
    sp.floor: _rounded,
    sp.ceiling: _rounded,
    sp.KroneckerDelta: lambda expr, of: UNIT,
    sp.sign: lambda expr, of: Span(Fraction(-1), Fraction(1), False, False),
    sp.factorial: lambda expr, of: ABOVE if of(expr.args[0]).never_below else ANY,
    sp.exp: lambda expr, of: ABOVE,
    sp.cos: lambda expr, of: Span(Fraction(-1), Fraction(1), False, False),
    sp.sin: lambda expr, of: Span(Fraction(-1), Fraction(1), False, False),
    sp.Piecewise: lambda expr, of: _hull([of(value) for value, _ in expr.args]),  # type: ignore[misc]
}

"""Functions at exact numbers: exactly where the value is rational, else in intervals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp

from derive.checking.numbers.factorials import (
    binomial,
    factorial,
    falling,
    gamma,
    harmonic,
    polygamma,
    rising,
)
from derive.checking.numbers.intervals import (
    INTERVALS,
    WIDER,
    Interval,
    NotReadable,
    Open,
    enclosed,
    interval,
    ulp,
)
from derive.model.language.whole import Whole


def _floor(value: Any) -> int:
    if not isinstance(value, Interval):
        return int(value.numerator // value.denominator)
    low, high = (int(WIDER.floor(WIDER.mpf(end))) for end in (value.a.a, value.b.b))
    if low != high:
        raise Open("the floor of a number that may be whole")
    return low


def _acos(value: Any) -> Any:
    if isinstance(value, Interval):
        if not (value.a >= -1 and value.b <= 1):
            raise ZeroDivisionError("acos outside [-1, 1]")
        ends = [WIDER.acos(WIDER.mpf(end)) for end in (value.b.b, value.a.a)]
        slack = ulp()
        return INTERVALS.mpf([ends[0] - slack, ends[1] + slack])
    if not -1 <= value <= 1:
        raise ZeroDivisionError("acos outside [-1, 1]")
    return enclosed(WIDER.acos, value)


def _log(value: Any) -> Any:
    if value == 1:
        return 0
    if not interval(value).a > 0:
        raise ZeroDivisionError("log of a number that is not positive")
    return INTERVALS.log(interval(value))


def _exactly(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*values: Any) -> Any:
        if any(isinstance(v, Interval) for v in values):
            raise NotReadable("a function of a number known only in an interval")
        return function(*values)

    return call


def _sign(x: Any) -> int:
    """Raises ZeroDivisionError where an interval leaves it open."""
    return int(_below(0, x)) - int(_below(x, 0)) if isinstance(x, Interval) else (x > 0) - (x < 0)


def _largest(*values: Any) -> Any:
    """The greatest; of intervals that overlap one around both."""
    if not any(isinstance(v, Interval) for v in values):
        return max(values)
    ends = [interval(v) for v in values]
    return INTERVALS.mpf([max(e.a.a for e in ends), max(e.b.b for e in ends)])


def _least(*values: Any) -> Any:
    return (
        min(values)
        if not any(isinstance(v, Interval) for v in values)
        else -_largest(*(-v for v in values))
    )


def _exp(x: Any) -> Any:
    return 1 if x == 0 else INTERVALS.exp(interval(x))


def _same(a: Any, b: Any) -> bool:
    """Whether two values are equal. Raises ZeroDivisionError where intervals leave that open: the
    world does not count."""
    if isinstance(a, Interval) or isinstance(b, Interval):
        if 0 in interval(a) - interval(b):
            raise Open("two values that may be equal")
        return False
    return bool(a == b)


def _below(a: Any, b: Any) -> bool:
    """Whether a < b. Raises ZeroDivisionError where intervals leave that open."""
    return not _same(a, b) and bool(
        interval(a) < interval(b) if isinstance(a, Interval) or isinstance(b, Interval) else a < b
    )


# 2*cos(n*pi/6) where it is rational: by Niven's theorem nowhere else in a turn
COSINES = {0: 2, 2: 1, 3: 0, 4: -1, 6: -2, 8: -1, 9: 0, 10: 1}


def _cosine(q: Any) -> Any:
    """cos(q*pi)."""
    if not isinstance(q, Interval) and 6 * q % 12 in COSINES:
        return Fraction(COSINES[int(6 * q % 12)], 2)
    return INTERVALS.cos(INTERVALS.pi * interval(q))


HALF_TURNS: dict[type, Callable[..., Any]] = {
    sp.cos: _cosine,
    sp.sin: lambda q: _cosine(q - (interval(0.5) if isinstance(q, Interval) else Fraction(1, 2))),
}

FUNCTIONS: dict[type, Callable[..., Any]] = {
    sp.floor: _floor,
    sp.ceiling: lambda x: -_floor(-x),
    sp.Mod: _exactly(lambda a, b: a % b),
    sp.Abs: abs,
    sp.sign: _sign,
    sp.Max: _largest,
    sp.Min: _least,
    sp.KroneckerDelta: lambda a, b: int(_same(a, b)),
    sp.cos: lambda x: 1 if x == 0 else INTERVALS.cos(interval(x)),
    sp.sin: lambda x: 0 if x == 0 else INTERVALS.sin(interval(x)),
    sp.tan: lambda x: INTERVALS.sin(interval(x)) / INTERVALS.cos(interval(x)),
    sp.exp: _exp,
    sp.cosh: lambda x: (_exp(x) + 1 / interval(_exp(x))) / 2,
    sp.sinh: lambda x: (_exp(x) - 1 / interval(_exp(x))) / 2,
    sp.acos: _acos,
    sp.log: _log,
    sp.harmonic: harmonic,
    sp.digamma: lambda x: polygamma(0, x),
    sp.polygamma: _exactly(polygamma),
    sp.gamma: gamma,
    sp.factorial: factorial,
    sp.binomial: binomial,
    sp.RisingFactorial: rising,
    sp.FallingFactorial: falling,
    sp.Ne: lambda a, b: not _same(a, b),
    sp.Eq: lambda a, b: _same(a, b),
    sp.Lt: lambda a, b: _below(a, b),
    sp.Gt: lambda a, b: _below(b, a),
    sp.Le: lambda a, b: not _below(b, a),
    sp.Ge: lambda a, b: not _below(a, b),
    Whole: lambda x: not isinstance(x, Interval) and Fraction(x).denominator == 1,
    sp.And: lambda *sides: all(sides),
    sp.Or: lambda *sides: any(sides),
    sp.Not: lambda side: not side,
}

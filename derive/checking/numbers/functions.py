"""Functions at exact numbers: exactly where the value is rational, else in intervals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import comb, factorial
from operator import mul
from typing import Any

import sympy as sp

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

LONGEST_FACTORIAL = 25_000
LONGEST_SUM = 1_000_000


class TooLarge(ZeroDivisionError):
    """A number too large to work with: the world does not count."""


def _whole(value: Any) -> int:
    if isinstance(value, Interval) or Fraction(value).denominator != 1:
        raise ZeroDivisionError(f"a whole number is wanted, not {value}")
    return int(value)


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


def harmonic(n: Any, power: Any = 1) -> Any:
    """Sum of k**(-power) over k = 1..n; exact for a whole power."""
    n = _whole(n)
    if n < 0 or n > LONGEST_SUM:
        raise ZeroDivisionError(f"harmonic({n})")
    if not isinstance(power, Interval) and Fraction(power).denominator == 1:
        return sum((Fraction(k) ** -int(power) for k in range(1, n + 1)), Fraction(0))
    exponent = interval(power)
    return sum(
        (INTERVALS.exp(-exponent * INTERVALS.log(k)) for k in range(1, n + 1)), INTERVALS.mpf(0)
    )


def _polygamma(order: Any, x: Any) -> Any:
    if Fraction(x).denominator == 1 and x <= 0:
        raise ZeroDivisionError("a pole")
    return enclosed(lambda y: WIDER.psi(_whole(order), y), x)


def _gamma(x: Any) -> Any:
    if not isinstance(x, Interval) and Fraction(x).denominator == 1:
        if x <= 0:
            raise ZeroDivisionError("a pole")
        return factorial(int(x) - 1)
    return enclosed(WIDER.gamma, x)


def _rising(x: Any, n: Any) -> Any:
    """x (x + 1) ... (x + n - 1), as a product: it has no poles."""
    n = _whole(n)
    if n < 0:
        raise ZeroDivisionError("a rising factorial of negative length")
    return reduce(mul, (x + i for i in range(n)), 1)


def _falling(x: Any, n: Any) -> Any:
    n = _whole(n)
    if n < 0:
        raise ZeroDivisionError("a falling factorial of negative length")
    return reduce(mul, (x - i for i in range(n)), 1)


def _factorial(n: Any) -> Any:
    if isinstance(n, Interval) or Fraction(n).denominator != 1:
        return enclosed(lambda x: WIDER.gamma(x + 1), n)
    if n < 0:
        raise ZeroDivisionError("the factorial of a negative number")
    if n > LONGEST_FACTORIAL:
        raise TooLarge(f"the factorial of {n}")
    return factorial(int(n))


def _binomial(x: Any, k: Any) -> Any:
    k = _whole(k)
    if k < 0:
        return 0
    if isinstance(x, int) and x >= 0:
        return comb(x, k)
    falling = _falling(x, k)
    return (
        falling / factorial(k)
        if isinstance(falling, Interval)
        else falling * Fraction(1, factorial(k))
    )


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
    sp.digamma: lambda x: _polygamma(0, x),
    sp.polygamma: _exactly(_polygamma),
    sp.gamma: _exactly(_gamma),
    sp.factorial: _exactly(_factorial),
    sp.binomial: _binomial,
    sp.RisingFactorial: _rising,
    sp.FallingFactorial: _falling,
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

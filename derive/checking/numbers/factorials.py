"""Factorials and their kin at exact numbers, and what has no value or too large a one."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import comb
from math import factorial as whole_factorial
from operator import mul
from typing import Any

from derive.checking.numbers.intervals import INTERVALS, WIDER, Interval, enclosed, interval

LONGEST_FACTORIAL = 25_000
LONGEST_SUM = 1_000_000
LONGEST_HARMONIC = 20_000


class TooLarge(ZeroDivisionError):
    """A number too large to work with: the world does not count."""


class Pole(ZeroDivisionError):
    """A factorial of a whole number below zero: what is divided by it is zero."""


def whole(value: Any) -> int:
    """An integer, as an index or a limit must be. Raises ZeroDivisionError otherwise: the world
    does not count."""
    if type(value) is int:
        return value
    if isinstance(value, Interval) or Fraction(value).denominator != 1:
        raise ZeroDivisionError(f"a whole number is wanted, not {value}")
    return int(value)


def zero_at_poles(value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The value of 1/n!, 1/Gamma(n): 0 where what is below has a pole."""

    def call(env: Any) -> Any:
        try:
            return value(env)
        except Pole:
            return 0

    return call


def harmonic(n: Any, power: Any = 1) -> Any:
    """Sum of k**(-power) over k = 1..n; exact for a whole power."""
    n = whole(n)
    if n < 0:
        raise ZeroDivisionError(f"harmonic({n})")
    if n > LONGEST_HARMONIC:
        raise TooLarge(f"harmonic({n})")
    if not isinstance(power, Interval) and Fraction(power).denominator == 1:
        return sum((Fraction(k) ** -int(power) for k in range(1, n + 1)), Fraction(0))
    exponent = interval(power)
    return sum(
        (INTERVALS.exp(-exponent * INTERVALS.log(k)) for k in range(1, n + 1)), INTERVALS.mpf(0)
    )


def polygamma(order: Any, x: Any) -> Any:
    """psi_order(x); it has poles at 0, -1, ..."""
    if Fraction(x).denominator == 1 and x <= 0:
        raise ZeroDivisionError("a pole")
    return enclosed(lambda y: WIDER.psi(whole(order), y), x)


def gamma(x: Any) -> Any:
    """Gamma(x), exact at whole numbers; it has poles at 0, -1, ..."""
    if isinstance(x, Interval):
        return _between(x)
    if Fraction(x).denominator == 1:
        if x <= 0:
            raise Pole("a pole")
        return whole_factorial(int(x) - 1)
    return enclosed(WIDER.gamma, x)


def _between(x: Interval) -> Interval:
    """Gamma of a number known in an interval only."""
    value = INTERVALS.gamma(x)
    if not WIDER.isfinite(value.a) or not WIDER.isfinite(value.b):
        raise ZeroDivisionError("an interval with a pole")
    return value


def rising(x: Any, n: Any) -> Any:
    """x (x + 1) ... (x + n - 1), as a product: it has no poles."""
    n = whole(n)
    if n < 0:
        raise ZeroDivisionError("a rising factorial of negative length")
    return reduce(mul, (x + i for i in range(n)), 1)


def falling(x: Any, n: Any) -> Any:
    """x (x - 1) ... (x - n + 1)."""
    n = whole(n)
    if n < 0:
        raise ZeroDivisionError("a falling factorial of negative length")
    return reduce(mul, (x - i for i in range(n)), 1)


def factorial(n: Any) -> Any:
    """n!, which is Gamma(n + 1); exact at whole numbers. Raises Pole below zero."""
    if isinstance(n, Interval) or Fraction(n).denominator != 1:
        return gamma(n + 1)
    if n < 0:
        raise Pole("the factorial of a negative number")
    if n > LONGEST_FACTORIAL:
        raise TooLarge(f"the factorial of {n}")
    return whole_factorial(int(n))


def binomial(x: Any, k: Any) -> Any:
    """x (x - 1) ... (x - k + 1)/k!; 0 where k < 0."""
    k = whole(k)
    if k < 0:
        return 0
    if isinstance(x, int) and x >= 0:
        return comb(x, k)
    product = falling(x, k)
    return (
        product / whole_factorial(k)
        if isinstance(product, Interval)
        else product * Fraction(1, whole_factorial(k))
    )

"""Powers and roots of numbers: exact where they are rational, else intervals."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any

from derive.checking.numbers.factorials import TooLarge
from derive.checking.numbers.intervals import INTERVALS, Interval
from derive.checking.numbers.intervals import interval as _interval
from derive.checking.numbers.roots import Residue

MOST_DIGITS = 4 * 10**6  # binary digits of a power


def exact(value: Any) -> bool:
    return not isinstance(value, Interval)


def power(base: Any, exponent: Any) -> Any:
    """base ** exponent: exact where it is rational. 0**0 = 1, as in an empty product; no root of a
    negative number."""
    if type(exponent) is int and exact(base):
        _size(base, exponent)
        return (Fraction(base) if exponent < 0 and type(base) is int else base) ** exponent
    if isinstance(exponent, Residue):
        exponent = exponent.rational()
    if not exact(exponent):
        return _real_power(base, exponent)
    exponent = Fraction(exponent)
    if exponent.denominator == 1:
        n = exponent.numerator
        _size(base, n)
        if exact(base):
            return Fraction(base) ** n if n < 0 else base**n
        if n < 0 and 0 in base:
            raise ZeroDivisionError
        return base**n
    if exact(base) and base == 0 and exponent > 0:
        return 0
    if exponent.denominator != 2:
        return _real_power(base, exponent)
    return power(root(base), Fraction(exponent.numerator))


def _real_power(base: Any, exponent: Any) -> Any:
    """A power by its logarithm: of what is above zero. Raises ZeroDivisionError else."""
    if exact(base):
        base = base.rational() if isinstance(base, Residue) else base
        if base == 0 and exponent > 0:
            return 0
        if base == 1:
            return 1
    base = _interval(base)
    if not base > 0:
        raise ZeroDivisionError("a power of a negative number")
    return INTERVALS.exp(INTERVALS.log(base) * _interval(exponent))


def _size(base: Any, exponent: int) -> None:
    """Raises TooLarge where a power has more binary digits than are worked with."""
    if isinstance(base, int | Fraction) and abs(exponent) > 64 and base not in (0, 1, -1):
        digits = max(abs(base.numerator), base.denominator).bit_length()
        if digits * abs(exponent) > MOST_DIGITS:
            raise TooLarge(f"a power with more than {MOST_DIGITS} binary digits")


def root(value: Any) -> Any:
    """The square root: exact for squares of rationals, else an interval. Raises ZeroDivisionError
    below zero."""
    if exact(value):
        value = Fraction(value.rational() if isinstance(value, Residue) else value)
        if value < 0:
            raise ZeroDivisionError("root of a negative number")
        top, bottom = isqrt(value.numerator), isqrt(value.denominator)
        if top * top == value.numerator and bottom * bottom == value.denominator:
            return Fraction(top, bottom)
    elif not value.a >= 0:
        raise ZeroDivisionError("root of a negative number")
    return INTERVALS.sqrt(_interval(value))

"""Intervals of 60 digits, for values that are not rational."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import mpmath
from mpmath.ctx_iv import MPIntervalContext

DIGITS = 60


class NotReadable(ValueError):
    """An expression that this evaluator has no meaning for: a claim with it is UNCHECKED, never
    true."""


def _context() -> MPIntervalContext:
    context = MPIntervalContext()
    context.dps = DIGITS
    return context


INTERVALS = _context()
Interval = INTERVALS.mpf(0).__class__
WIDER = mpmath.mp.clone()  # a working precision well above the intervals' own
WIDER.dps = 2 * DIGITS


class Open(ZeroDivisionError):
    """A value that is there, and that intervals do not tell: the world does not count."""


@contextmanager
def digits(number: int) -> Iterator[None]:
    """Intervals of so many digits inside."""
    INTERVALS.dps, WIDER.dps = number, 2 * number
    try:
        yield
    finally:
        INTERVALS.dps, WIDER.dps = DIGITS, 2 * DIGITS


def ulp() -> Any:
    """By how much a value of mpmath's is widened: far more than its last digits can be off."""
    return WIDER.mpf(10) ** (-INTERVALS.dps - 20)


def interval(value: Any) -> Any:
    """A value as an interval around it."""
    if isinstance(value, Interval):
        return value
    if hasattr(value, "enclosed"):
        return value.enclosed()
    value = Fraction(value)
    return INTERVALS.mpf(value.numerator) / value.denominator


def middle(value: Any) -> Any:
    """A number of mpmath's: of an interval its middle."""
    if isinstance(value, Interval):
        return mpmath.mp.make_mpf(value.mid._mpi_[0])
    return mpmath.mpf(value.numerator) / value.denominator


def enclosed(function: Callable[..., Any], *arguments: Any) -> Any:
    """A function of mpmath's at exact numbers, widened by far more than what its last digits can be
    off."""
    exact = [WIDER.mpf(Fraction(a).numerator) / Fraction(a).denominator for a in arguments]
    value = function(*exact)
    if not isinstance(value, WIDER.mpf) or not WIDER.isfinite(value):
        raise ZeroDivisionError("not a real number")
    slack = (abs(value) + 1) * ulp()
    return INTERVALS.mpf([value - slack, value + slack])

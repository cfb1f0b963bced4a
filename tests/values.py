"""The value of an expression at a point, by exact rationals where they last and 40 digits
elsewhere; none of derive's own code.

Written for the tests of the reader, which must not be judged by the checker that they feed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp
from sympy.core.relational import Relational

DIGITS = 40
LARGEST = 10**6  # of an exact exponent times the digits of its base
LONGEST = 200  # terms of a sum

Number = Any  # Fraction, mpf or mpc


class NoValue(ValueError):
    """There is no value here, or none that this module can give."""


def value(expr: sp.Basic, point: Mapping[str, Fraction]) -> Number:
    """The value where each letter has the value of its name. Raises NoValue."""
    with mpmath.workdps(DIGITS):
        try:
            found = _value(expr, dict(point))
        except (
            ZeroDivisionError,
            OverflowError,
            ValueError,
            TypeError,
            mpmath.libmp.ComplexResult,
        ) as error:
            raise NoValue(str(error)) from None
        if not isinstance(found, Fraction) and not mpmath.isfinite(found):
            raise NoValue("not finite")
        return found


def alike(one: Number, other: Number) -> bool:
    """The same number, or the same but for the last of 40 digits."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    with mpmath.workdps(DIGITS):
        a, b = _real(one), _real(other)
        return bool(abs(a - b) <= mpmath.mpf(10) ** -25 * max(1, abs(a), abs(b)))


def _real(number: Number) -> Any:
    return (
        mpmath.mpf(number.numerator) / number.denominator
        if isinstance(number, Fraction)
        else number
    )


def _value(expr: Any, point: dict[str, Fraction]) -> Number:
    if expr.is_Symbol:
        return point[expr.name]
    if expr.is_Rational:
        return Fraction(int(expr.p), int(expr.q))
    if expr.is_Float:
        return Fraction(str(expr))
    if isinstance(expr, sp.Sum | sp.Product):
        return _over(expr, point)
    if isinstance(expr, sp.Piecewise):
        for part, condition in expr.args:
            if _holds(condition, point):
                return _value(part, point)
        raise NoValue("no piece")
    if expr in CONSTANTS:
        return +CONSTANTS[expr]
    args = [_value(a, point) for a in expr.args]
    if isinstance(expr, sp.Add):
        return sum(args[1:], args[0]) if _exact(args) else mpmath.fsum(map(_real, args))
    if isinstance(expr, sp.Mul):
        result = args[0] if _exact(args) else _real(args[0])
        for arg in args[1:]:
            result = result * (arg if isinstance(result, Fraction) else _real(arg))
        return result
    if isinstance(expr, sp.Pow):
        return _power(*args)
    if isinstance(expr, sp.exp):
        return mpmath.exp(_real(args[0]))
    if type(expr) not in FUNCTIONS:
        raise NoValue(f"{type(expr).__name__} is not known")
    return FUNCTIONS[type(expr)](*args)


def _exact(args: list[Number]) -> bool:
    return all(isinstance(a, Fraction) for a in args)


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        if abs(exponent) * max(abs(base.numerator), base.denominator).bit_length() > LARGEST:
            raise NoValue("too large")
        return base ** int(exponent)
    found = mpmath.power(_real(base), _real(exponent))
    if not mpmath.isfinite(found) or abs(mpmath.mag(found)) > LARGEST:
        raise NoValue("too large")
    return found


def _over(expr: Any, point: dict[str, Fraction]) -> Number:
    (index, low, high), *more = expr.limits
    first, last = (_value(x, point) for x in (low, high))
    if (
        more
        or not _exact([first, last])
        or (last - first).denominator != 1
        or last - first > LONGEST
    ):
        raise NoValue("limits")
    result: Number = Fraction(0 if isinstance(expr, sp.Sum) else 1)
    for n in range(int(last - first) + 1):
        term = _value(expr.function, point | {index.name: first + n})
        if not _exact([result, term]):
            result, term = _real(result), _real(term)
        result = result + term if isinstance(expr, sp.Sum) else result * term
    return result


def _holds(condition: Any, point: dict[str, Fraction]) -> bool:
    if condition in (sp.true, True):
        return True
    if condition in (sp.false, False):
        return False
    if isinstance(condition, sp.And):
        return all(_holds(c, point) for c in condition.args)
    if isinstance(condition, sp.Or):
        return any(_holds(c, point) for c in condition.args)
    assert isinstance(condition, Relational)
    left, right = _ordered([_value(side, point) for side in condition.args])
    return bool(SIGNS[condition.rel_op](left, right))


def _ordered(numbers: list[Number]) -> list[Number]:
    """Numbers that can be compared with each other."""
    if any(isinstance(number, mpmath.mpc) for number in numbers):
        raise NoValue("complex numbers have no order")
    return numbers if _exact(numbers) else [_real(number) for number in numbers]


def _floor(number: Number) -> Number:
    return (
        Fraction(number.numerator // number.denominator)
        if isinstance(number, Fraction)
        else mpmath.floor(number)
    )


def _sign(number: Number) -> Number:
    return (
        Fraction((number > 0) - (number < 0))
        if isinstance(number, Fraction)
        else mpmath.sign(number)
    )


def _harmonic(n: Number, power: Number = Fraction(1)) -> Number:
    if not (_exact([n, power]) and n.denominator == power.denominator == 1 and 0 <= n <= LONGEST):
        raise NoValue("harmonic numbers of whole numbers only")
    return sum((Fraction(1, k) ** int(power) for k in range(1, int(n) + 1)), Fraction(0))


def _of_reals(function: Callable[..., Number]) -> Callable[..., Number]:
    return lambda *args: function(*map(_real, args))


SIGNS: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip
CONSTANTS: dict[Any, Any] = {sp.pi: mpmath.pi, sp.E: mpmath.e}
FUNCTIONS: dict[Any, Callable[..., Number]] = {
    sp.floor: _floor,
    sp.ceiling: lambda n: -_floor(-n),
    sp.sign: _sign,
    sp.Abs: abs,
    sp.conjugate: lambda n: n if isinstance(n, Fraction) else mpmath.conj(n),
    sp.Max: lambda *args: max(_ordered([*args])),
    sp.Min: lambda *args: min(_ordered([*args])),
    sp.Mod: lambda a, b: a - b * _floor(a / b) if _exact([a, b]) else _real(a) - _real(b) * _floor(_real(a) / _real(b)),
    sp.harmonic: _harmonic,
    sp.KroneckerDelta: lambda a, b: Fraction(a == b),
    sp.log: lambda x, *base: mpmath.log(_real(x), *map(_real, base)),
    sp.factorial: _of_reals(mpmath.factorial),
    sp.binomial: _of_reals(mpmath.binomial),
    sp.gamma: _of_reals(mpmath.gamma),
    sp.digamma: _of_reals(mpmath.digamma),
    sp.polygamma: lambda n, x: mpmath.polygamma(int(n), _real(x)),
    sp.RisingFactorial: _of_reals(mpmath.rf),
    sp.FallingFactorial: _of_reals(mpmath.ff),
    **{getattr(sp, name): _of_reals(getattr(mpmath, name)) for name in (
        "sin", "cos", "tan", "sec", "csc", "asin", "acos", "sinh", "cosh",
    )},
}  # fmt: skip

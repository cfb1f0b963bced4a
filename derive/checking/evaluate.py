"""Any expression at a point, by counting: exactly in the rationals, else in intervals of 60 digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import isqrt
from operator import add, mul
from typing import Any

from mpmath.ctx_iv import MPIntervalContext
from sympy import (
    Abs,
    Add,
    Basic,
    Integer,
    Max,
    Min,
    Mod,
    Mul,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    floor,
    sign,
)
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Half, NegativeOne, One, Zero
from sympy.core.relational import Equality, GreaterThan, LessThan, StrictGreaterThan, StrictLessThan, Unequality

Env = dict[Any, Any]  # by the names of symbols and sequences; and values kept of sums
Code = Callable[[Env], Any]

DIGITS = 60
LONGEST_SUM = 1_000_000


class NotReadable(ValueError):
    """An expression that this evaluator has no meaning for: a claim with it is UNCHECKED, never true."""


def _context() -> MPIntervalContext:
    context = MPIntervalContext()
    context.dps = DIGITS
    return context


INTERVALS = _context()
Interval = INTERVALS.mpf(0).__class__


def evaluate(expr: Basic, env: Mapping[str, Any]) -> Any:
    """The value of `expr` where `env` gives numbers to symbols and callables to sequences, all by name.

    A Fraction or int, an interval where roots are irrational, a bool for a relation. A sum or product whose upper limit is
    below its lower is empty. Raises ZeroDivisionError where a part is undefined, NotReadable for an unknown function.
    """
    return code(expr)(dict(env))


def agree(a: Any, b: Any) -> bool:
    """Equal, or, where intervals are all there is, not shown to differ."""
    if isinstance(a, Interval) or isinstance(b, Interval):
        return 0 in (_interval(a) - _interval(b))
    return a == b


def exact(value: Any) -> bool:
    return not isinstance(value, Interval)


def code(expr: Basic, inside: bool = False) -> Code:
    """`expr` compiled to a function of the environment; `inside` a sum, its indices change from term to term."""
    make = _CODES.get(type(expr))
    if make is None:
        if isinstance(expr, AppliedUndef):
            return _sequence(expr, inside)
        raise NotReadable(f"cannot evaluate {type(expr).__name__}: {expr}")
    return make(expr, inside)


def _interval(value: Any) -> Any:
    if isinstance(value, Interval):
        return value
    value = Fraction(value)
    return INTERVALS.mpf(value.numerator) / value.denominator


def _number(expr: Any, inside: bool) -> Code:
    value = Fraction(int(expr.p), int(expr.q))
    constant = value.numerator if value.denominator == 1 else value
    return lambda env: constant


def _symbol(expr: Any, inside: bool) -> Code:
    name = expr.name

    def read(env: Env) -> Any:
        if name not in env:
            raise NotReadable(f'no value for "{name}"')
        return env[name]

    return read


def _sequence(expr: Any, inside: bool) -> Code:
    name = expr.func.__name__
    arguments = [code(a, inside) for a in expr.args]

    def call(env: Env) -> Any:
        if name not in env:
            raise NotReadable(f'no meaning for "{name}(...)"')
        return env[name](*(a(env) for a in arguments))

    return call


def same_kind(*values: Any) -> Sequence[Any]:
    """The values as they are, or all as intervals where one is: mpmath does not mix them with fractions."""
    return [_interval(v) for v in values] if Interval in map(type, values) else values


def _add(expr: Basic, inside: bool) -> Code:
    parts = [code(a, inside) for a in expr.args]

    return lambda env: reduce(add, same_kind(*[p(env) for p in parts]))


def _mul(expr: Basic, inside: bool) -> Code:
    parts = [code(a, inside) for a in expr.args]

    return lambda env: reduce(mul, same_kind(*[p(env) for p in parts]))


def _pow(expr: Any, inside: bool) -> Code:
    base, exponent = code(expr.args[0], inside), code(expr.args[1], inside)
    return lambda env: power(base(env), exponent(env))


def power(base: Any, exponent: Any) -> Any:
    """base ** exponent: exact where it is rational. 0**0 = 1, as in an empty product; no root of a negative number."""
    if type(exponent) is int and exact(base):
        return (Fraction(base) if exponent < 0 and type(base) is int else base) ** exponent
    if not exact(exponent):
        raise NotReadable("an irrational exponent")
    exponent = Fraction(exponent)
    if exponent.denominator == 1:
        n = exponent.numerator
        if exact(base):
            return Fraction(base) ** n if n < 0 else base**n
        if n < 0 and 0 in base:
            raise ZeroDivisionError
        return base**n
    if exponent.denominator != 2:
        raise NotReadable(f"an exponent of {exponent}")
    return power(root(base), Fraction(exponent.numerator))


def root(value: Any) -> Any:
    """The square root: exact for squares of rationals, else an interval. Raises ZeroDivisionError below zero."""
    if exact(value):
        value = Fraction(value)
        if value < 0:
            raise ZeroDivisionError("root of a negative number")
        top, bottom = isqrt(value.numerator), isqrt(value.denominator)
        if top * top == value.numerator and bottom * bottom == value.denominator:
            return Fraction(top, bottom)
    elif not value.a >= 0:
        raise ZeroDivisionError("root of a negative number")
    return INTERVALS.sqrt(_interval(value))


def _over(expr: Any, inside: bool) -> Code:
    """A sum or a product, term by term; over several indices the first is the innermost.

    Outside of others its value is kept in the environment: the lines of a chain have their sums in common.
    """
    body = code(expr.function, True)
    for index, lower, upper in expr.limits:
        body = _over_index(body, index.name, code(lower, True), code(upper, True), isinstance(expr, Sum))

    def kept(env: Env) -> Any:
        if expr not in env:
            env[expr] = body(env)
        return env[expr]

    return body if inside else kept


def _over_index(body: Code, name: str, first: Code, last: Code, adds: bool) -> Code:
    def run(env: Env) -> Any:
        low, high = whole(first(env)), whole(last(env))
        if high - low > LONGEST_SUM:
            raise NotReadable(f"a sum of {high - low} terms")
        inner = dict(env)
        terms = []
        for k in range(low, high + 1):
            inner[name] = k
            terms.append(body(inner))
        if not terms:
            return 0 if adds else 1
        return reduce(add if adds else mul, same_kind(*terms))

    return run


def whole(value: Any) -> int:
    """An integer, as an index or a limit must be. Raises ZeroDivisionError otherwise: the world does not count."""
    if type(value) is int:
        return value
    if not exact(value) or Fraction(value).denominator != 1:
        raise ZeroDivisionError(f"an index of {value}")
    return int(value)


def _exactly(function: Callable[..., Any]) -> Callable[[Basic, bool], Code]:
    """A function that is only taken of exact numbers."""

    def make(expr: Basic, inside: bool) -> Code:
        arguments = [code(a, inside) for a in expr.args]

        def call(env: Env) -> Any:
            values = [a(env) for a in arguments]
            if not all(exact(v) for v in values):
                raise NotReadable(f"{type(expr).__name__} of an interval")
            return function(*values)

        return call

    return make


_CODES: dict[type, Callable[[Any, bool], Code]] = {
    **dict.fromkeys((Integer, Rational, Zero, One, NegativeOne, Half), _number),
    Symbol: _symbol,
    Add: _add,
    Mul: _mul,
    Pow: _pow,
    Sum: _over,
    Product: _over,
    floor: _exactly(lambda x: x.numerator // x.denominator),
    Mod: _exactly(lambda a, b: a % b),
    Abs: _exactly(abs),
    sign: _exactly(lambda x: (x > 0) - (x < 0)),
    Max: _exactly(max),
    Min: _exactly(min),
    Equality: _exactly(lambda a, b: a == b),
    Unequality: _exactly(lambda a, b: a != b),
    StrictLessThan: _exactly(lambda a, b: a < b),
    StrictGreaterThan: _exactly(lambda a, b: a > b),
    LessThan: _exactly(lambda a, b: a <= b),
    GreaterThan: _exactly(lambda a, b: a >= b),
}

"""Any expression at a point, by counting: exactly in the rationals, else in intervals of 60
digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import Any

import sympy as sp
from sympy import Basic
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from derive.checking.numbers.factorials import LONGEST_SUM, whole, zero_at_poles
from derive.checking.numbers.functions import FUNCTIONS, HALF_TURNS
from derive.checking.numbers.intervals import INTERVALS, Interval, NotReadable, Open
from derive.checking.numbers.intervals import interval as _interval
from derive.checking.numbers.raised import power
from derive.checking.numbers.roots import Residue, Roots

Env = dict[Any, Any]  # by the names of symbols and sequences; and values kept of sums
Code = Callable[[Env], Any]

SHARP = INTERVALS.mpf("1e-12")  # how wide an interval may be against the value in it


def evaluate(expr: Basic, env: Mapping[str, Any]) -> Any:
    """The value of `expr` where `env` gives numbers to symbols and callables to sequences, all by
    name.

    A Fraction or int, an interval where roots are irrational, a bool for a relation. A sum or
    product whose upper limit is below its lower is empty. Raises ZeroDivisionError where a part is
    undefined, NotReadable for an unknown function.
    """
    return code(expr)(dict(env))


def agree(a: Any, b: Any) -> bool:
    """Equal, or, where intervals are all there is, not shown to differ. Raises ZeroDivisionError
    where they say too little."""
    if isinstance(a, Interval) or isinstance(b, Interval):
        gap, size = _interval(a) - _interval(b), abs(_interval(a)) + 1
        if gap.delta > size.b * SHARP:
            raise Open("an interval too wide to tell")
        return 0 in gap
    return a == b


def code(expr: Basic, inside: bool = False) -> Code:
    """`expr` compiled to a function of the environment; `inside` a sum, its indices change from
    term to term."""
    make = _CODES.get(type(expr))
    if make is None:
        if isinstance(expr, AppliedUndef):
            return _sequence(expr, inside)
        raise NotReadable(f"cannot evaluate {type(expr).__name__}: {expr}")
    return make(expr, inside)


def _number(expr: Any, inside: bool) -> Code:
    value = Fraction(int(expr.p), int(expr.q))
    constant = value.numerator if value.denominator == 1 else value
    return lambda env: constant


def _symbol(expr: Any, inside: bool) -> Code:
    name = expr.name

    def read(env: Env) -> Any:
        if name in env:
            return env[name]
        raise NotReadable(f'no value for "{name}"')

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
    """The values as they are, or all as intervals where one is: mpmath does not mix them with
    fractions."""
    return [_interval(v) for v in values] if Interval in map(type, values) else values


def _folded(operation: Callable[[Any, Any], Any]) -> Callable[[Basic, bool], Code]:
    def make(expr: Basic, inside: bool) -> Code:
        parts = [code(a, inside) for a in expr.args]
        return lambda env: reduce(operation, same_kind(*[p(env) for p in parts]))

    return make


def _pow(expr: Any, inside: bool) -> Code:
    base, exponent = code(expr.args[0], inside), code(expr.args[1], inside)

    def raised(env: Env) -> Any:
        return power(base(env), exponent(env))

    below = isinstance(expr.args[0], sp.factorial | sp.gamma) and expr.args[1].is_negative
    return zero_at_poles(raised) if below else raised


def _over(expr: Any, inside: bool) -> Code:
    """A sum or a product, term by term; over several indices the first is the innermost.

    Outside of others its value is kept in the environment: the lines of a chain have their sums in
    common. Inside, it may change with their index.
    """
    inner = body = code(expr.function, True)
    roots = _named_roots(expr)
    for index, lower, upper in expr.limits:
        body = _over_index(
            body, index.name, code(lower, True), code(upper, True), isinstance(expr, sp.Sum)
        )

    def value(env: Env) -> Any:
        name = next((n for n in roots if isinstance(env.get(n), Roots)), None)
        return body(env) if name is None else _over_roots(expr, inner, name, env)

    def kept(env: Env) -> Any:
        if expr not in env:
            env[expr] = value(env)
        return env[expr]

    return kept if not inside else value if roots else body


def _named_roots(expr: Any) -> list[str]:
    """What may be named roots in a sum over one index: r(i)."""
    (index, low, _), *more = expr.limits
    if more or low != 1 or not isinstance(expr, sp.Sum):
        return []
    return sorted(
        {a.func.__name__ for a in expr.function.atoms(AppliedUndef) if a.args == (index,)}
    )


def _over_roots(expr: Any, body: Code, name: str, env: Env) -> Any:
    """A sum over all roots, of which one stands for any: exact, though no root by itself is
    rational."""
    roots = env[name]
    if expr.limits[0][2] != roots.degree:
        raise NotReadable(f"a sum over some of the roots {name}")
    value = body(env | {name: lambda number: roots.any, expr.limits[0][0].name: 0})
    return value.over(name, roots.degree) if isinstance(value, Residue) else value * roots.degree


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


def _call(function: Callable[..., Any]) -> Callable[[Basic, bool], Code]:
    def make(expr: Basic, inside: bool) -> Code:
        arguments = [code(a, inside) for a in expr.args]
        return lambda env: function(*[a(env) for a in arguments])

    return make


def _angle(expr: Basic, inside: bool) -> Code:
    """A cosine or sine; of a multiple of pi exactly, where it is rational."""
    (angle,) = expr.args
    turns = angle.coeff(sp.pi)
    if sp.expand(angle - turns * sp.pi) != 0:
        return _call(FUNCTIONS[expr.func])(expr, inside)
    value, function = code(turns, inside), HALF_TURNS[expr.func]
    return lambda env: function(value(env))


def _pieces(expr: Any, inside: bool) -> Code:
    """The first piece whose condition holds; the others are not evaluated."""
    pieces = [(code(value, inside), code(condition, inside)) for value, condition in expr.args]

    def choose(env: Env) -> Any:
        value = next((value for value, condition in pieces if condition(env)), None)
        if value is None:
            raise ZeroDivisionError("no piece holds")
        return value(env)

    return choose


def _determinant(expr: Any, inside: bool) -> Code:
    """By expansion along the first row: small matrices only."""
    matrix = expr.arg
    entries = [[code(matrix[i, j], inside) for j in range(matrix.cols)] for i in range(matrix.rows)]

    def minor(env: Env, rows: tuple[int, ...], columns: tuple[int, ...]) -> Any:
        if not rows:
            return 1
        first, *rest = rows
        parts = []
        for sign, j in enumerate(columns):
            value = entries[first][j](env)
            if value != 0:
                below = minor(env, tuple(rest), tuple(c for c in columns if c != j))
                parts.append(reduce(mul, same_kind((-1) ** sign, value, below)))
        return reduce(add, same_kind(*parts)) if parts else 0

    return lambda env: minor(env, tuple(range(matrix.rows)), tuple(range(matrix.cols)))


def _constant(value: Callable[[], Any]) -> Callable[[Basic, bool], Code]:
    return lambda expr, inside: lambda env: value()


_CODES: dict[type, Callable[[Any, bool], Code]] = {
    **dict.fromkeys({*map(type, map(sp.Rational, ("0", "1", "-1", "1/2", "2", "1/3")))}, _number),
    **{kind: _call(function) for kind, function in FUNCTIONS.items()},
    **dict.fromkeys(HALF_TURNS, _angle),
    sp.Symbol: _symbol,
    sp.Add: _folded(add),
    sp.Mul: _folded(mul),
    sp.Pow: _pow,
    sp.Sum: _over,
    sp.Product: _over,
    sp.Piecewise: _pieces,
    sp.Determinant: _determinant,
    BooleanTrue: _constant(lambda: True),
    BooleanFalse: _constant(lambda: False),
    type(sp.pi): _constant(lambda: INTERVALS.mpf(INTERVALS.pi)),
    type(sp.E): _constant(lambda: INTERVALS.exp(1)),
    type(sp.EulerGamma): _constant(lambda: INTERVALS.mpf(INTERVALS.euler)),
}

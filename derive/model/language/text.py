"""A text as an expression, read by Python's `ast` through a whitelist; nothing of it is ever
executed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from sympy import (
    Abs,
    Basic,
    Eq,
    Expr,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    Max,
    Min,
    Mod,
    Ne,
    Piecewise,
    Rational,
    S,
    Symbol,
    binomial,
    ceiling,
    cos,
    cosh,
    exp,
    factorial,
    floor,
    gamma,
    harmonic,
    im,
    log,
    nan,
    pi,
    re,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    true,
    zoo,
)

from derive.errors import DeriveError, short
from derive.model.language.claims import relation, sequence
from derive.model.language.syntax import RELATIONS, Anything, check
from derive.model.language.typed import has_comma, plain, unread

LONGEST = 2_000


def _size(x: Expr) -> Expr:
    """|x| of a real x, as every letter is; of |5**t| sympy makes 5**re(t)."""
    made = Abs(x)
    return (
        made.replace(re, lambda part: part).replace(im, lambda part: S.Zero)
        if made.has(re, im)
        else made
    )  # type: ignore[no-any-return]


CALLS: dict[str, Callable[..., Expr]] = {
    "sqrt": sqrt,
    "abs": _size,
    "sign": sign,
    "max": Max,
    "min": Min,
    "Abs": _size,
    "Max": Max,
    "Min": Min,
}
FUNCTIONS: dict[str, Callable[..., Expr]] = CALLS | {
    f.__name__: f
    for f in (
        Mod,
        binomial,
        ceiling,
        cos,
        cosh,
        exp,
        factorial,
        floor,
        gamma,
        harmonic,
        log,
        sin,
        sinh,
        tan,
    )
}
FUNCTIONS["ln"] = log
STEEP = {"factorial", "gamma", "harmonic", "binomial", "exp", "sinh", "cosh"}
GREATEST = 10_000  # number that these are taken of: more takes for ever to write down
MOST_DIGITS = 20_000  # binary digits of a power of numbers


def parse(text: str, place: str, calls: Iterable[str] = FUNCTIONS) -> ast.expr:
    """The checked syntax tree of one expression or chain of comparisons.

    Raises DeriveError naming `place` for anything outside numbers, names, + - * / ** and `calls`.
    """
    if not isinstance(text, str):
        raise DeriveError(f"{place}: expected an expression in quotes, found {text!r}")
    if len(text) > LONGEST:
        raise DeriveError(f"{place}: {len(text)} characters; an expression has at most {LONGEST}")
    try:
        tree = ast.parse(plain(text).strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise unread(text, place, getattr(error, "msg", str(error))) from None
    if isinstance(tree, ast.Tuple) and has_comma(text):
        raise DeriveError(f"{place}: {short(text.strip())}: a decimal is written with a point, 0.5")
    check(tree, place, calls if isinstance(calls, Anything) else frozenset(calls), 0)
    return tree


def number(value: int | float) -> Fraction:
    """The decimal a person typed, exactly: 0.9 is 9/10."""
    return Fraction(str(value))


def expression(
    node: ast.expr, name: Callable[[str], Any] = Symbol, **calls: Callable[..., Any]
) -> Expr:
    """A checked tree as a sympy expression; `name` gives each name its meaning, `calls` adds to
    FUNCTIONS."""
    functions = FUNCTIONS | calls

    def condition(n: ast.AST) -> Any:
        match n:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                return relation(Eq, walk(left), walk(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return compare(walk(left), RELATIONS[type(op)], walk(right))
            case ast.Call(func=ast.Name(id=kind), args=[left, right]):
                return relation(Eq if kind == "Eq" else Ne, walk(left), walk(right))
        return true

    def walk(n: ast.AST) -> Any:
        match n:
            case ast.Constant(value=int() as value):
                return Integer(value)
            case ast.Constant(value=float() as value):
                exact = number(value)
                return Rational(exact.numerator, exact.denominator)
            case ast.Name(id="pi"):
                return pi
            case ast.Name(id=text):
                return name(text)
            case ast.UnaryOp(op=op, operand=operand):
                return -walk(operand) if isinstance(op, ast.USub) else walk(operand)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = walk(left), walk(right)
                match op:
                    case ast.Add():
                        return a + b
                    case ast.Sub():
                        return a - b
                    case ast.Mult():
                        return a * b
                    case ast.Div():
                        return a / b
                return _power(a, b)
            case ast.Call(func=ast.Name(id="Piecewise"), args=args):
                return Piecewise(*((walk(a.elts[0]), condition(a.elts[1])) for a in args))  # type: ignore[attr-defined]
            case ast.Call(func=ast.Name(id="where"), args=[when, one, other]):
                return Piecewise((walk(one), condition(when)), (walk(other), True))
            case ast.Call(func=ast.Name(id=text), args=args) if text not in functions:
                return sequence(text)(*map(walk, args))
            case ast.Call(func=ast.Name(id=text), args=args):
                return functions[text](*_moderate(text, [walk(a) for a in args]))
        raise AssertionError(ast.dump(n))  # parse lets nothing else through

    return walk(node)


def _moderate(function: str, values: list[Expr]) -> list[Expr]:
    """The values; raises DeriveError where a function is steep and a number too large for it, of a
    binomial the lower one."""
    told = values[-1:] if function == "binomial" else values
    if function in STEEP and any(v.is_number and abs(v) > GREATEST for v in told):
        raise DeriveError(f"{function}(...) of a number over {GREATEST:,} is not worked with")
    return values


def _power(base: Expr, exponent: Expr) -> Expr:
    """Raises DeriveError for a number with more binary digits than are worked with."""
    if base.is_Rational and exponent.is_Integer:
        digits = max(int(base.p).bit_length(), int(base.q).bit_length())
        if digits * abs(int(exponent)) > MOST_DIGITS:
            raise DeriveError(f"{short(str(base))}**{exponent} has too many digits")
    return base**exponent


def read(
    text: str,
    place: str,
    name: Callable[[str], Any] = Symbol,
    calls: Iterable[str] = FUNCTIONS,
) -> Expr:
    """The expression a person typed, on plain symbols. Raises DeriveError naming `place`."""
    tree = parse(text, place, calls)
    if isinstance(tree, ast.Compare):
        raise DeriveError(f"{place}: {short(text)} compares; an expression is wanted here")
    value = expression(tree, name)
    if value.has(zoo, nan):
        raise DeriveError(f"{place}: {short(text)} divides by zero")
    return value


def relations(text: str, place: str, name: Callable[[str], Any] = Symbol) -> tuple[Basic, ...]:
    """`"0 < beta < 1"` as sympy relations, one for each sign. Raises DeriveError where there is no
    comparison."""
    tree = parse(text, place)
    if not isinstance(tree, ast.Compare):
        raise DeriveError(
            f'{place}: {short(text)} is not a range; write for example "0 < beta < 1"'
        )
    sides = [expression(side, name) for side in (tree.left, *tree.comparators)]
    return tuple(
        compare(a, RELATIONS[type(op)], b)
        for a, op, b in zip(sides, tree.ops, sides[1:], strict=False)
    )


def compare(a: Expr, sign_: str, b: Expr) -> Basic:
    """A sympy relation from its sign."""
    return relation({"<": Lt, "<=": Le, ">": Gt, ">=": Ge, "!=": Ne}[sign_], a, b)

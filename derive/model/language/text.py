"""A program's text, read by Python's `ast` through a whitelist; nothing of it is ever executed."""

from __future__ import annotations

import ast
import difflib
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
    log,
    nan,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    true,
    zoo,
)

from derive.model.language.claims import DeriveError, relation, sequence

LONGEST = 2_000
DEEPEST = 60
LARGEST_EXPONENT = 64

ARITY = {
    "max": range(1, 99),
    "min": range(1, 99),
    "Mod": (2,),
    "binomial": (2,),
    "harmonic": (1, 2),
}
CALLS: dict[str, Callable[..., Expr]] = {
    "sqrt": sqrt,
    "abs": Abs,
    "sign": sign,
    "max": Max,
    "min": Min,
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
RELATIONS: dict[type, str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.NotEq: "!=",
}
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "adam"?`, or the list of what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    return f'; did you mean "{close[0]}"?' if close else f"; there is {', '.join(names) or 'none'}"


def parse(text: str, place: str, calls: Iterable[str] = FUNCTIONS) -> ast.expr:
    """The checked syntax tree of one expression or chain of comparisons.

    Raises DeriveError naming `place` for anything outside numbers, names, + - * / ** and `calls`.
    """
    if not isinstance(text, str):
        raise DeriveError(f"{place}: expected an expression in quotes, found {text!r}")
    if len(text) > LONGEST:
        raise DeriveError(f"{place}: {len(text)} characters; an expression has at most {LONGEST}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise DeriveError(
            f"{place}: cannot read {short(text)}: {getattr(error, 'msg', error)}"
        ) from None
    _check(tree, place, calls if isinstance(calls, Anything) else frozenset(calls), 0)
    return tree


def short(text: str) -> str:
    """A text in quotes, as far as a line of an error has room for it."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


class Anything(frozenset[str]):
    """Names of calls, and any other name with one argument: a sequence. Pieces are allowed too."""

    def __contains__(self, name: object) -> bool:
        return True


def _check(node: ast.AST, place: str, calls: frozenset[str], depth: int) -> None:
    if depth > DEEPEST:
        raise DeriveError(f"{place}: nested deeper than {DEEPEST}; write it in several lines")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            if len(ast.unparse(node)) > 30 or value in (float("inf"), float("-inf")):
                raise DeriveError(f"{place}: a number with more than 30 characters, or too large")
            children: list[ast.AST] = []
        case ast.Name():
            if "__" in node.id or node.id.startswith("_"):
                raise DeriveError(f'{place}: "{node.id}" is not a name that may be used here')
            children = []
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            children = [operand]
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
            children = [left, right]
            if isinstance(op, ast.Pow):
                _check_power(left, right, place)
        case ast.Compare(left=left, ops=ops, comparators=rest) if depth == 0 and all(
            type(o) in RELATIONS for o in ops
        ):
            children = [left, *rest]
        case ast.Call(func=ast.Name(id="Piecewise"), args=args, keywords=[]) if isinstance(
            calls, Anything
        ):
            children = [side for arg in args for side in _piece(arg, place)]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in calls:
            children = list(args)
            if len(args) not in ARITY.get(name, (1,)):
                raise DeriveError(
                    f"{place}: {name} takes {'one argument' if name not in ARITY else 'arguments'}"
                )
        case ast.Call(func=ast.Name(id=name)):
            raise DeriveError(f'{place}: no function "{name}"{nearest(name, calls)}')
        case _:
            raise DeriveError(
                f"{place}: {short(ast.unparse(node))} is not allowed; "
                f"use numbers, names, + - * / ** and {', '.join(sorted(calls))}"
            )
    for child in children:
        _check(child, place, calls, depth + 1)


def _piece(node: ast.AST, place: str) -> list[ast.AST]:
    """The value of a piece, and the two sides of its condition: `(c, t < T)`, `(c, Eq(Mod(t, k),
    0))`, `(0, True)`."""
    match node:
        case ast.Tuple(elts=[value, ast.Constant(value=True)]):
            return [value]
        case ast.Tuple(elts=[value, ast.Compare(left=left, ops=[op], comparators=[right])]) if (
            type(op) in RELATIONS
        ):
            return [value, left, right]
        case ast.Tuple(
            elts=[value, ast.Call(func=ast.Name(id="Eq" | "Ne"), args=[left, right], keywords=[])]
        ):
            return [value, left, right]
    raise DeriveError(
        f"{place}: {short(ast.unparse(node))} is not a piece; write (value, condition), the "
        f"last one (value, True)"
    )


def _check_power(base: ast.expr, exponent: ast.expr, place: str) -> None:
    """Refuse towers of numbers: `9**9**9**9` and `((9**64)**64)**64` would be computed while they
    are read."""
    numbers = [
        n.value
        for n in ast.walk(exponent)
        if isinstance(n, ast.Constant) and isinstance(n.value, int | float)
    ]
    if any(abs(n) > LARGEST_EXPONENT for n in numbers) or _has(exponent, ast.Pow):
        raise DeriveError(
            f"{place}: an exponent holds a number over {LARGEST_EXPONENT} or another power"
        )
    if _has(base, ast.Pow) and not _has(base, ast.Name):
        raise DeriveError(f"{place}: a power of a power of numbers; write the number")


def _has(tree: ast.expr, kind: type[ast.AST]) -> bool:
    return any(isinstance(node, kind) for node in ast.walk(tree))


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
                return a**b
            case ast.Call(func=ast.Name(id="Piecewise"), args=args):
                return Piecewise(*((walk(a.elts[0]), condition(a.elts[1])) for a in args))  # type: ignore[attr-defined]
            case ast.Call(func=ast.Name(id=text), args=args) if text not in functions:
                return sequence(text)(*map(walk, args))
            case ast.Call(func=ast.Name(id=text), args=args):
                return functions[text](*map(walk, args))
        raise AssertionError(ast.dump(n))  # parse lets nothing else through

    return walk(node)


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

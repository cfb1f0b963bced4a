"""Which syntax trees are let through: numbers, names, + - * / ** and some calls, within limits."""

from __future__ import annotations

import ast
import re

from derive.errors import DeriveError, nearest, short

DEEPEST = 60
LARGEST_EXPONENT = 64

ARITY = {
    "max": range(1, 99),
    "min": range(1, 99),
    "Max": range(1, 99),
    "Min": range(1, 99),
    "Mod": (2,),
    "binomial": (2,),
    "harmonic": (1, 2),
}
RELATIONS: dict[type, str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.NotEq: "!=",
}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


class Anything(frozenset[str]):
    """Names of calls, and any other name with one argument: a sequence. Pieces are allowed too."""

    def __contains__(self, name: object) -> bool:
        return True


def check(node: ast.AST, place: str, calls: frozenset[str], depth: int) -> None:
    """Raises DeriveError naming `place` for what is no expression with these `calls`, or for more
    than a person types."""
    if depth > DEEPEST:
        raise DeriveError(f"{place}: nested deeper than {DEEPEST}; write it in several lines")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            if len(ast.unparse(node)) > 30 or value in (float("inf"), float("-inf")):
                raise DeriveError(f"{place}: a number with more than 30 characters, or too large")
            children: list[ast.AST] = []
        case ast.Name(id="oo" | "zoo" | "nan" | "inf" as name):
            raise DeriveError(f'{place}: "{name}" is no number that can be worked with')
        case ast.Name():
            if not NAME.fullmatch(node.id):
                raise DeriveError(
                    f'{place}: "{node.id}" is not a name that may be used here; names are letters '
                    "a to z, digits behind them, and parts joined by _"
                )
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
        case ast.Call(func=ast.Name(id="where"), args=[condition, one, other], keywords=[]) if (
            "where" in calls
        ):
            sides = _condition(condition)
            if sides is None:
                raise DeriveError(
                    f"{place}: {short(ast.unparse(condition))} is no condition; write "
                    "where(t > 1, a, b), with < <= > >= == or !="
                )
            children = [*sides, one, other]
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
        check(child, place, calls, depth + 1)


def _piece(node: ast.AST, place: str) -> list[ast.AST]:
    """The value of a piece, and the two sides of its condition: `(c, t < T)`, `(c, Eq(Mod(t, k),
    0))`, `(0, True)`."""
    match node:
        case ast.Tuple(elts=[value, ast.Constant(value=True)]):
            return [value]
        case ast.Tuple(elts=[value, condition]):
            sides = _condition(condition)
            if sides is not None:
                return [value, *sides]
    raise DeriveError(
        f"{place}: {short(ast.unparse(node))} is not a piece; write (value, condition), the "
        f"last one (value, True)"
    )


def _condition(node: ast.AST) -> list[ast.AST] | None:
    """The two sides of a comparison, `t < T`, `t == 1`, `Eq(Mod(t, k), 0)`; None of another."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(
            op
        ) in RELATIONS or isinstance(op, ast.Eq):
            return [left, right]
        case ast.Call(func=ast.Name(id="Eq" | "Ne"), args=[left, right], keywords=[]):
            return [left, right]
    return None


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

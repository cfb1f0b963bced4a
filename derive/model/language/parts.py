"""What an expression is made of: its parts, and itself again with other parts, its groupings as
they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import is_

from sympy import Add, Basic, Expr, Mul, Pow, Product, S, Sum, Tuple
from sympy.core.relational import Relational

from derive.model.language.claims import relation


def is_grouped(expr: Basic) -> bool:
    """Whether a sum or product was built to keep its order and brackets, as in `S W + (K - S)` or
    `1 + 2 + 8`.

    Told by what sympy's own sums and products never have: one in itself, a number not in front, a
    number times a bracket.
    """
    kind = type(expr)
    if kind is not Add and kind is not Mul:
        return False
    first, *rest = expr.args
    if type(first) is kind:
        return True
    for part in rest:
        if part.is_Number or type(part) is kind:
            return True
    if len(rest) != 1 or kind is not Mul or not first.is_Number:
        return False
    return rest[0].is_Add or (rest[0].is_Pow and rest[0].base.is_Number and rest[0].exp == -1)


def rebuild(expr: Basic, args: tuple[Basic, ...]) -> Basic:
    """`expr` with these arguments; brackets that were kept are kept."""
    if isinstance(expr, Relational):
        return relation(expr.func, *args)
    if isinstance(expr, Mul) and S.Zero in args:
        return S.Zero  # sympy would first ask whether the other factors are finite
    if isinstance(expr, Tuple):
        return Tuple(*args, sympify=False)
    if isinstance(expr, Sum | Product) and type(args[0]) is not type(expr):
        made = Expr.__new__(
            type(expr), *args
        )  # its limits have been read before: reading them again costs as much as a rule
        made.is_commutative = True
        return made
    return (
        expr.func(*args, evaluate=False)
        if _stays(expr, args) or is_grouped(expr)
        else expr.func(*args)
    )


def _stays(expr: Basic, args: tuple[Basic, ...]) -> bool:
    """`b**(t + 1)` and `-b**t`, which sympy leaves as they are, but not before asking whether t + 1
    is zero: a millisecond."""
    if isinstance(expr, Pow):
        return args[0].is_Symbol and not args[1].is_Number
    if not isinstance(expr, Mul) or len(args) != 2 or args[0] is not S.NegativeOne:
        return False
    return not args[1].is_Number and (
        args[1].base.is_Symbol if args[1].is_Pow else not isinstance(args[1], Add | Mul)
    )


def parts(expr: Basic) -> Iterator[Basic]:
    """`expr` and all below it, outermost first."""
    waiting = [expr]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(part.args))


def transform(expr: Basic, change: Callable[[Basic], Basic | None]) -> Basic:
    """`expr` with each outermost part for which `change` gives something else replaced by that."""
    changed = change(expr)
    if changed is not None:
        return changed
    args = expr.args
    if not args:
        return expr
    new = tuple([transform(a, change) for a in args])
    return expr if all(map(is_, new, args)) else rebuild(expr, new)

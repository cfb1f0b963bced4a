"""How an expression is linear in some values of sequences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Mul, S
from sympy.core.function import AppliedUndef


@dataclass(frozen=True)
class Linear:
    """`sum of slopes[a] * a + rest`: an expression as linear in some values of sequences."""

    slopes: Mapping[AppliedUndef, Expr]
    rest: Expr


def linear_in(expr: Expr, names: frozenset[str]) -> Linear | None:
    """How `expr` is linear in values of the named sequences, its coefficients as they are written;
    None where it is not."""
    if isinstance(expr, AppliedUndef) and expr.func.__name__ in names:
        return Linear({expr: S.One}, S.Zero)
    if not any(
        isinstance(a, AppliedUndef) and a.func.__name__ in names for a in expr.atoms(AppliedUndef)
    ):
        return Linear({}, expr)
    if isinstance(expr, Add):
        slopes: dict[AppliedUndef, list[Expr]] = {}
        rest = []
        for term in expr.args:
            part = linear_in(term, names)
            if part is None:
                return None
            rest.append(part.rest)
            for value, slope in part.slopes.items():
                slopes.setdefault(value, []).append(slope)
        return Linear({value: Add(*found) for value, found in slopes.items()}, Add(*rest))
    if isinstance(expr, Mul):
        parts = [linear_in(factor, names) for factor in expr.args]
        moving = [p for p in parts if p is None or p.slopes]
        if len(moving) != 1 or moving[0] is None:
            return None
        times = Mul(*(p.rest for p in parts if p is not None and not p.slopes))
        inner = moving[0]
        return Linear(
            {value: slope * times for value, slope in inner.slopes.items()},
            inner.rest * times if inner.rest != 0 else S.Zero,
        )
    return None

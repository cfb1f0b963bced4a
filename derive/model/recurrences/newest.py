"""Equations that are not written for the value they make, 2*x(t+1) = x(t) or x(t+1) - x(t) = 3:
solved for the newest one."""

from __future__ import annotations

from sympy import Dummy, Expr, S
from sympy.core.function import AppliedUndef

from derive.errors import DeriveError, short
from derive.model.recurrences.linear import linear_in

Sides = tuple[Expr, Expr]


def solved_for(left: Expr, right: Expr, top: AppliedUndef) -> Expr:
    """What `left = right` says that `top` is, in which it is linear. Raises DeriveError."""
    others = {a: Dummy() for a in (left - right).atoms(AppliedUndef) if a != top}
    form = linear_in((left - right).xreplace(others).expand(), frozenset((top.func.__name__,)))
    if form is None or not form.slopes.get(top, S.Zero):
        raise DeriveError(
            f"{left} = {right}: cannot be solved for {top}, which stands in it in a way that "
            f"is not linear"
        )
    back = {letter: value for value, letter in others.items()}
    return (-form.rest / form.slopes[top]).xreplace(back)  # type: ignore[no-any-return]


def for_newest(equations: list[Sides]) -> list[Sides]:
    """Each equation with one value alone on its left. Raises DeriveError where it is not seen
    which."""
    made = {left.func.__name__ for left, _ in equations if isinstance(left, AppliedUndef)}
    found = []
    for left, right in equations:
        if not isinstance(left, AppliedUndef):
            top = _newest(left, right, made)
            made.add(top.func.__name__)
            left, right = top, solved_for(left, right, top)
        found.append((left, right))
    return found


def _newest(left: Expr, right: Expr, made: set[str]) -> AppliedUndef:
    """The value at the highest place, of a sequence that no other equation makes."""
    values = [
        a
        for a in sorted((left - right).atoms(AppliedUndef), key=str)
        if a.func.__name__ not in made and len(a.args) == 1 and len(a.args[0].free_symbols) == 1
    ]
    highest = [a for a in values if not any(_gap(b, a).is_positive for b in values)]
    if len(highest) != 1 or any(not _gap(b, highest[0]).is_Integer for b in values):
        several = f", one of {', '.join(map(str, highest))}," if len(highest) > 1 else ""
        raise DeriveError(
            f"{short(f'{left} = {right}')}: write the value that is made{several} alone on the "
            "left, as in m(t+1) = ..."
        )
    return highest[0]


def _gap(one: AppliedUndef, other: AppliedUndef) -> Expr:
    """How much further on a value stands."""
    return one.args[0] - other.args[0]

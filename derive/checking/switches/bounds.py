"""Which sign an expression never has, seen from what is known; so that a side is known not to
exist."""

from __future__ import annotations

from sympy import Expr, Ge, Gt, Le, Lt, Ne

from derive.model.language.conditions import Conditions

SIGNS = {-1: Ge, 0: Ne, 1: Le}  # with what is given a sign is never met


def excluded(form: Expr, known: Conditions) -> frozenset[int]:
    """Which of -1, 0, 1 the sign of `form` cannot be where these conditions hold."""
    for kind, others in ((Gt, {-1, 0}), (Lt, {0, 1})):
        if known.give(kind(form, 0, evaluate=False)):
            return frozenset(others)
    return frozenset(
        sign for sign, kind in SIGNS.items() if known.give(kind(form, 0, evaluate=False))
    )

"""Whole numbers, as far as they are seen from their letters: signs, rests, floors, conditions."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive.checking.proof.ratios import ONE, RING, Ratio, Unknown, number


def delta(normal: Any, args: list[Ratio]) -> Ratio:
    gap = (args[0] - args[1]).reduced()
    constant = gap.constant()
    if constant is not None:
        return number(int(constant == 0))
    if positive(normal, gap) or positive(normal, -gap):
        return number(0)
    raise Unknown("two indices that may be equal")


def positive(normal: Any, value: Ratio) -> bool:
    """Whether a whole number is seen to be at least 1."""
    less = (value - number(1)).reduced()
    return less.bottom == ONE and normal.letters.is_natural(less.top)


def natural(normal: Any, value: Ratio) -> bool:
    """Whether a whole number is seen to be at least 0."""
    here = value.reduced()
    return here.bottom == ONE and normal.letters.is_natural(here.top)


def remainder(normal: Any, args: list[Ratio]) -> Ratio:
    """The rest by a number, where all but the constant is a multiple of it; by a letter, where the
    whole part is in sight."""
    return _quotient(normal, args[0], args[1])[1]


def _quotient(normal: Any, value: Ratio, by: Ratio) -> tuple[Ratio, Ratio]:
    """(q, r) with value = q by + r, 0 <= r < by."""
    top, constant = value.polynomial(), by.constant()
    if not all(_is_whole(normal, side) for side in (top, by.polynomial())):
        raise Unknown("a rest of what may be no whole number")
    if constant is not None:
        modulus = int(constant)
        if constant.denominator != 1 or modulus <= 0:
            raise Unknown("a rest by what is no whole number")
        rest = int(top.coeff(1)) % modulus
        multiple = top - RING(rest)
        if any(int(c) % modulus for c in multiple.itercoeffs()):
            raise Unknown("a rest that is not in sight")
        return Ratio(multiple.quo_ground(modulus)), number(rest)
    whole, left = (Ratio(part.copy()) for part in divmod(top, by.polynomial()))
    for less in (
        0,
        1,
    ):  # which letter leads the division is chance: the rest may come out below zero
        q, r = whole - number(less), left + by * number(less)
        if natural(normal, r) and positive(normal, by - r):
            return q, r
    raise Unknown("a rest that is not in sight")


def _is_whole(normal: Any, poly: Any) -> bool:
    """Whether a polynomial is a whole number, seen from its letters."""
    kinds = normal.letters.kinds
    return all(
        kinds[i] in ("natural", "bound")
        for monom in poly.itermonoms()
        for i, e in enumerate(monom)
        if e
    )


def whole_part(normal: Any, args: list[Ratio]) -> Ratio:
    return _quotient(normal, Ratio(args[0].top), Ratio(args[0].bottom))[0]


def ceiling(normal: Any, args: list[Ratio]) -> Ratio:
    quotient, rest = _quotient(normal, Ratio(args[0].top), Ratio(args[0].bottom))
    if rest.constant() == 0:
        return quotient
    if not positive(normal, rest):
        raise Unknown("a rest that may be zero")
    return quotient + number(1)


def piece(normal: Any, expr: Any, env: Any) -> Ratio:
    """The first piece whose condition is decided to hold, all before it decided not to."""
    for value, condition in expr.args:
        if decided(normal, condition, env):
            return normal.of(value, env)
    raise Unknown("no piece holds")


def decided(normal: Any, condition: Any, env: Any) -> bool:
    """Whether a relation between whole numbers holds. Raises Unknown where that is not in sight."""
    if condition in (True, False):
        return bool(condition)
    if isinstance(condition, sp.And | sp.Or):
        held = [decided(normal, c, env) for c in condition.args]
        return all(held) if isinstance(condition, sp.And) else any(held)
    gap = (normal.of(condition.args[0], env) - normal.of(condition.args[1], env)).reduced()
    if gap.bottom.is_ground:  # and above zero: the sign is that of the top
        gap = Ratio(gap.top)
    signs = {0: gap.constant() == 0, 1: positive(normal, gap), -1: positive(normal, -gap)}
    kind = type(condition)
    holds = {sp.Eq: {0}, sp.Ne: {1, -1}, sp.Lt: {-1}, sp.Gt: {1}, sp.Le: {0, -1}, sp.Ge: {0, 1}}[
        kind
    ]
    for sign, held in signs.items():
        if held:
            return sign in holds
    if holds in ({0, 1}, {-1}) and natural(normal, gap):
        return kind is sp.Ge
    if holds in ({0, -1}, {1}) and natural(normal, -gap):
        return kind is sp.Le
    raise Unknown("a condition that is not decided")

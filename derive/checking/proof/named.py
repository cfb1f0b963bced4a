"""Normal forms of named roots: each a letter with its polynomial as relation; sums over all roots
by Euler's formula."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

from sympy import Expr, Poly, Product, Sum, degree
from sympy.core.function import AppliedUndef

from derive.checking.proof.letters import place_of
from derive.checking.proof.ratios import ONE, Ratio, Unknown, number
from derive.model.language.claims import Root

ANY = 0  # no root's number


def root_letter(normal: Any, root: Root, which: int) -> Ratio:
    """The first of the roots; the second of two is what their sum leaves; number ANY is the one
    that a sum runs over."""
    made: Ratio = normal.letters.letter("algebraic", (root.name, which == ANY))
    relations = normal.letters.relations
    if place_of(made) not in relations:
        row = [normal.of(c) for c in Poly(root.polynomial, root.variable).all_coeffs()[::-1]]
        relations[place_of(made)] = [(-c * row[-1] ** -1).reduced() for c in row[:-1]]
    if which in (1, ANY):
        return made
    relation: list[Ratio] = relations[place_of(made)]
    if which == 2 and len(relation) == 2:
        return relation[1] - made
    raise Unknown(f"root number {which} by itself")


def summed_root(normal: Any, expr: Expr) -> Root | None:
    """The named root over all of which a sum runs."""
    if not isinstance(expr, Sum) or len(expr.limits) != 1:
        return None
    index, low, high = expr.limits[0]
    for value in sorted(expr.function.atoms(AppliedUndef), key=str):
        root = normal.where.get(value.func.__name__)
        if (
            isinstance(root, Root)
            and value.args == (index,)
            and low == 1
            and high == degree(root.polynomial, root.variable)
        ):
            return root
    return None


def over_roots(normal: Any, expr: Sum | Product, root: Root, env: Any) -> Ratio:
    """The sum of body(r) over all roots r: a letter, for the sum over all roots of what it
    multiplies over P'(r).

    Raises Unknown where the body divides by what holds r, but for factors of P'(r).
    """
    r = root_letter(normal, root, ANY)
    place, relation = place_of(r), normal.letters.relations[place_of(r)]
    body: Ratio = normal.of(expr.function, {**env, expr.limits[0][0]: number(ANY)})
    if normal.opaque:
        return normal.letters.letter("sum", ("all roots", root.name)) * body
    over: Ratio = normal.letters.letter("all roots", root.name)
    normal.letters.sums[place_of(over)] = place
    size = len(relation)
    inner = [-c * number(j) * r ** (j - 1) for j, c in enumerate(relation) if j]
    slope = reduce(add, inner, number(size) * r ** (size - 1))  # P'(r)
    if body.bottom is ONE or place not in normal.letters.inside(Ratio(body.bottom)):
        return over * body * slope
    top, bottom = slope.top.cofactors(body.bottom)[1:]
    if place in normal.letters.inside(Ratio(bottom)):
        raise Unknown("a sum over roots that divides by them")
    return over * Ratio(body.top * top, bottom * slope.bottom)

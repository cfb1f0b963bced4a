"""How coefficients are written beside what they multiply: a bracket for each start value, a common
factor in front where that is shorter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Add, Expr, Mul, S, Symbol

from derive.solving.recurrences.kernel.algebra.fields import Field


def assembled(
    terms: Sequence[tuple[Any, Expr]], field: Field, linear: tuple[Symbol, ...] = ()
) -> Expr:
    """The sum of coefficient times shape: one bracket for each start value, the shorter of two ways
    to write the rest."""
    groups: dict[Symbol | None, list[tuple[Any, Expr]]] = {}
    for coefficient, shape in terms:
        for letter, part in _split(coefficient, field, linear):
            groups.setdefault(letter, []).append((part, shape))
    found = []
    for letter in (*linear, None):
        if letter in groups:
            found.append((letter or S.One) * _group(groups[letter], field))
    return Add(*found)


def _split(
    element: Any, field: Field, linear: tuple[Symbol, ...]
) -> list[tuple[Symbol | None, Any]]:
    """The element as a sum over start letters, each times what stands with it; None for the
    rest."""
    if not linear or not hasattr(element, "field"):
        return [(None, element)]
    gens = field.domain.field.ring.gens
    places = {gens.index(field.element(s).numer): s for s in linear if s in field.letters}
    found: dict[Symbol | None, Any] = {}
    for monom, c in element.numer.iterterms():
        own = next((p for p in places if monom[p]), None)
        key = None if own is None else places[own]
        rest = monom if own is None else (*monom[:own], monom[own] - 1, *monom[own + 1 :])
        part = element.numer.ring({rest: c})
        found[key] = found.get(key, element.numer.ring.zero) + part
    return [(key, element.field(top) / element.field(element.denom)) for key, top in found.items()]


def _group(terms: list[tuple[Any, Expr]], field: Field) -> Expr:
    """Term by term, or with the common factor in front: what is shorter."""
    apart = Add(*(field.expr(c) * shape for c, shape in terms))
    if len(terms) == 1 or not hasattr(terms[0][0], "field"):
        return apart
    ring = terms[0][0].field.ring
    below, above = ring.one, ring.zero
    for c, _ in terms:
        below, above = below.lcm(c.denom), above.gcd(c.numer)
    common = terms[0][0].field(above) / terms[0][0].field(below)
    inner = [(c / common, shape) for c, shape in terms]
    if inner[0][0].numer.LC < 0 and len(inner[0][0].numer) == 1:
        common, inner = -common, [(-c, shape) for c, shape in inner]
    if field.expr(common).could_extract_minus_sign():
        common, inner = -common, [(-c, shape) for c, shape in inner]
    together = Mul(field.expr(common), Add(*(field.plain(c) * shape for c, shape in inner)))
    return together if _weight(together) <= _weight(apart) + 1 else apart


def _weight(expr: Expr) -> int:
    """How much there is to read."""
    return 1 + sum(map(_weight, expr.args))

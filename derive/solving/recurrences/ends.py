"""Where a sequence ends: the first of its values that divides by zero, or takes a root of what is
below zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from sympy import Basic, Expr, I, Integer, Le, Poly, Pow, Rational, Symbol, nan, zoo

from derive.model.language.claims import relation
from derive.model.language.parts import parts
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.walk import step_by_step

FAR = 100  # indices at which what is no polynomial is looked at
SOON = 4  # values after the start without which there is nothing to solve
FEW = 2  # values that are made from given ones


class End(NamedTuple):
    """A value that there is not: its place, whose it is, and why."""

    place: int
    name: str
    why: str


def end(model: Stated, names: Sequence[str]) -> End | None:
    """The first value that there is not, whatever the values before are, or with those that are
    given."""
    first = int(model.first)
    found: list[End] = []
    for name in names:
        divided = [p for p in parts(model.equations[name]) if _may_stop(p)]
        order = model.order(name)
        places = {at for p in divided for at in _places(p, model.index) if at >= first}
        values = [(at + order, _made(model, name, at)) for at in sorted(places)]
        if divided and len(names) == 1:
            given = range(first + order, first + order + FEW)
            values += [(at, step_by_step(model, name, at)) for at in given]
        found += [End(at, name, _why(value)) for at, value in values if value.has(zoo, nan, I)]
    return min(found, default=None)


def up_to(found: Solution, model: Stated, place: int) -> Solution:
    """The same, said up to the last value before a place."""
    last = relation(Le, model.index, Integer(place - 1))
    others = tuple(up_to(other, model, place) for other in found.others)
    return replace(found, needs=(*found.needs, last), others=others)


def _made(model: Stated, name: str, at: int) -> Expr:
    return model.equations[name].xreplace({model.index: Integer(at)})


def _why(value: Expr) -> str:
    return "divides by zero" if value.has(zoo, nan) else "takes a root of what is below zero"


def _may_stop(part: Basic) -> bool:
    """Whether it divides by what is no number, or is its square root."""
    if not isinstance(part, Pow) or part.base.is_number:
        return False
    return bool(part.exp.could_extract_minus_sign() or part.exp == Rational(1, 2))


def _places(part: Pow, t: Symbol) -> Iterator[int]:
    """The indices at which a base may be zero, or a root's be below zero."""
    base = part.base
    if t not in base.free_symbols:
        return
    whole = base.is_polynomial(t) and part.exp.could_extract_minus_sign()
    poly = Poly(base, t) if whole else None
    if poly is None or not poly.domain.is_QQ | poly.domain.is_ZZ:
        yield from range(-FAR, FAR)
    else:
        yield from (int(r) for r in poly.ground_roots() if r.is_Integer)

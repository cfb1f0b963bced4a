"""Where a sequence ends: the first of its values that divides by zero, or takes a root or another
power of what is below zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from sympy import (
    Basic,
    Expr,
    Function,
    I,
    Integer,
    Le,
    Piecewise,
    Poly,
    Pow,
    Symbol,
    factorial,
    gamma,
    harmonic,
    log,
    nan,
    zoo,
)
from sympy.core.function import AppliedUndef

from derive.model.language.claims import relation
from derive.model.language.parts import parts
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.walk import step_by_step

FAR = 100  # indices at which what is no polynomial is looked at
SOON = 4  # values after the start without which there is nothing to solve
NEAR = 10  # and a factorial, whose poles lie below 0
POLES = (factorial, gamma, harmonic, log)
FEW, MANY = 2, 12  # values that are made from given letters, from given numbers


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
        places = {(at, p) for p in divided for at in _places(p, model.index) if at >= first}
        values = [(at + order, _made(model, name, at, p)) for at, p in places]
        if divided and len(names) == 1:
            given = range(first + order, first + order + _many(model, name))
            values += [(at, step_by_step(model, name, at)) for at in given]
        found += [End(at, name, why) for at, value in values if (why := _why(value))]
    return min(found, default=None)


def up_to(found: Solution, model: Stated, place: int) -> Solution:
    """The same, said up to the last value before a place."""
    last = relation(Le, model.index, Integer(place - 1))
    others = tuple(up_to(other, model, place) for other in found.others)
    return replace(found, needs=(*found.needs, last), others=others)


def is_zero_at(power: Pow, t: Symbol) -> bool:
    """Whether a power's base is zero at some index."""
    return t in power.base.free_symbols and any(
        power.base.xreplace({t: Integer(at)}) == 0 for at in range(FAR)
    )


def _made(model: Stated, name: str, at: int, part: Expr) -> Expr:
    """A part of an equation at an index, where it is read; else all of it: sympy takes 1/(5/t) to
    be 0 at t = 0."""
    equation = model.equations[name]
    read = equation if equation.has(Piecewise) or isinstance(part, POLES) else part
    return read.xreplace({model.index: Integer(at)})  # type: ignore[no-any-return]


def _many(model: Stated, name: str) -> int:
    """How many values are made from those that are given."""
    equation = model.equations[name]
    letters = model.free or equation.free_symbols - {model.index}
    made = equation.atoms(Function) | {p for p in equation.atoms(Pow) if not p.exp.is_Integer}
    plain = all(isinstance(part, AppliedUndef) for part in made)
    numbers = plain and not letters and all(v.is_Rational for v in model.start[name])
    return MANY if numbers else FEW


def _why(value: Expr) -> str:
    """Why a value is none; empty where it is one."""
    if value.has(zoo, nan):
        return "divides by zero"
    below = (p for p in value.atoms(Pow) if p.base.is_Rational and p.base < 0)
    if value.has(I) or any(p.exp.free_symbols for p in below):
        return "takes a power of what is below zero"
    return ""


def _may_stop(part: Basic) -> bool:
    """Whether it divides by what is no number, or is another power of it than a whole one, or a
    function with poles."""
    if isinstance(part, POLES):
        return True
    if not isinstance(part, Pow) or part.base.is_number:
        return False
    return bool(part.exp.could_extract_minus_sign() or not part.exp.is_Integer)


def _places(part: Basic, t: Symbol) -> Iterator[int]:
    """The indices at which a base may be zero, or below."""
    base = part.args[0]
    if t not in base.free_symbols:
        return
    if not isinstance(part, Pow):
        yield from range(-NEAR, NEAR)
        return
    whole = base.is_polynomial(t) and part.exp.could_extract_minus_sign()
    poly = Poly(base, t) if whole else None
    if poly is None or not poly.domain.is_QQ | poly.domain.is_ZZ:
        yield from range(-FAR, FAR)
    else:
        yield from (int(r) for r in poly.ground_roots() if r.is_Integer)

"""Equations that change at some indices: one set before the first of them, another from it on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import (
    Basic,
    Eq,
    Expr,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    Ne,
    Piecewise,
    Rational,
    S,
    Symbol,
    ceiling,
    false,
    floor,
    powsimp,
    true,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from derive.model.language.claims import relation
from derive.model.language.conditions import Conditions
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution, put_known
from derive.solving.recurrences.strategies.pieces import Solve, thresholds
from derive.solving.recurrences.walk import step_by_step
from derive.solving.rules.algebra import fewer_terms


def threshold(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr], solve: Solve
) -> Solution | None:
    """One set of equations before the index T0, another from T0 on: the second starts where the
    first ends."""
    t = model.index
    written = {name: put_known(model.equations[name], known, t) for name in names}
    equations = {name: on_whole_indices(e, t) for name, e in written.items()}
    own = Stated(
        equations,
        {name: model.start[name] for name in names},
        more_ranges=model.more_ranges,
        integers=model.integers,
        index=t,
        around=model.taken,
    )
    if int(model.first) != 0:
        return None
    if equations != written:
        return solve(own)
    place = _first_place(own)
    if place is None:
        return None
    sides = [{n: _side(e, t, place, s, own) for n, e in equations.items()} for s in (-1, 1)]
    before = solve(replace(own, equations=sides[0]))
    longest = max(model.order(name) for name in names)
    if not place.is_Integer and (before.where or longest > 1):
        return None
    seam = {
        name: tuple(_at(own, before, name, place + j) for j in range(model.order(name)))
        for name in names
    }
    later = {n: on_whole_indices(_later(e, t, place), t) for n, e in sides[1].items()}
    after = solve(replace(own, equations=later, start=seam))
    roots = dict.fromkeys((*before.where, *after.where))
    if after.first or before.first or len({root.name for root in roots}) < len(roots):
        return None
    values = {}
    for name in names:
        late = powsimp(fewer_terms(after.values[name].xreplace({t: t - place})))
        pieces = late.args if isinstance(late, Piecewise) else ((late, true),)
        early, until = before.values[name], place + model.order(name)
        if place == longest == 1:  # only the first step is another
            early, until = model.start[name][0], S.One
        values[name] = Piecewise((early, relation(Lt, t, until)), *_solved_for(pieces, t))
    needs = tuple(dict.fromkeys((*before.needs, *after.needs, relation(Ge, place, S.Zero))))
    return Solution(values, needs, tuple(roots), how="threshold")


def _at(model: Stated, before: Solution, name: str, place: Expr) -> Expr:
    """The value at a place: by the form before it, or, where that has named roots, step by step."""
    if before.where:
        return step_by_step(model, name, int(place))
    return before.values[name].xreplace({model.index: place})  # type: ignore[no-any-return]


def _solved_for(pieces: Sequence[Basic], t: Symbol) -> list[tuple[Basic, Basic]]:
    """Pieces with conditions on the index alone: t - 3 < 2 as t < 5."""
    return [(value, on_whole_indices(c, t)) for value, c in pieces]  # type: ignore[misc, arg-type]


def _first_place(model: Stated) -> Expr | None:
    """The first index at which the equations change; None where there is none, or it is not known
    which is the first."""
    t, known = model.index, Conditions(model.ranges)
    found = {part for e in model.equations.values() for part in e.atoms(Relational)}
    conditions = sorted(thresholds(found, t), key=str)
    places = dict.fromkeys(p for c in conditions for p in _switches(c, t))
    first = (p for p in places if all(known.give(relation(Ge, q, p)) for q in places))
    place = next(first, None)
    return place if place is not None and _is_whole(place, model) else None


def _is_whole(place: Expr, model: Stated) -> bool:
    """A sum of whole numbers times letters that are whole numbers."""
    terms = place.as_coefficients_dict()
    return all(
        times.is_Integer and (letter == 1 or getattr(letter, "name", "") in model.integers)
        for letter, times in terms.items()
    )


def on_whole_indices(expr: Expr, t: Symbol) -> Expr:
    """`expr` with what its conditions say of a whole index t >= 0: t < 5/2 is t < 3."""
    return expr.replace(
        lambda e: isinstance(e, Relational) and t in e.free_symbols, lambda e: _on_whole(e, t)
    )  # type: ignore[no-any-return]


def _on_whole(condition: Basic, t: Symbol) -> Basic:
    """A condition that is linear in t with t on its left; numbers beside it rounded."""
    gap = condition.lhs - condition.rhs  # type: ignore[attr-defined]
    slope = gap.diff(t)
    if not slope.is_Rational or slope == 0:
        return condition
    place = (t - gap / slope).expand()
    kind = condition.func if slope > 0 else condition.reversed.func  # type: ignore[attr-defined]
    if place.is_Rational:
        kind, place = _rounded(kind, place)
        if place < 0 or (place == 0 and kind in (Lt, Ge)):
            return true if kind in (Ge, Ne) else false
    return relation(kind, t, place)


def _rounded(kind: type[Relational], place: Rational) -> tuple[type[Relational], Integer]:
    """The whole index from which a condition on it says something else; -1 where none does."""
    if kind in (Eq, Ne):
        return kind, place if place.is_Integer else S.NegativeOne
    here = ceiling(place) if kind in (Lt, Ge) else floor(place) + 1
    return Lt if kind in (Lt, Le) else Ge, here


def _later(expr: Expr, t: Symbol, place: Expr) -> Expr:
    """What the equation says at t + place, its sequences counted from there."""
    moved = expr.xreplace({t: t + place})
    return moved.xreplace({a: a.func(a.args[0] - place) for a in moved.atoms(AppliedUndef)})


def _switches(condition: Basic, t: Symbol) -> list[Expr]:
    """The first places from which a condition on the index says something else."""
    condition = _on_whole(condition, t)  # Piecewise writes t < a as a > t
    if condition in (True, False) or condition.lhs != t:  # type: ignore[attr-defined]
        return []
    after = {Lt: [0], Ge: [0], Le: [1], Gt: [1], Eq: [0, 1], Ne: [0, 1]}
    places = [condition.rhs + n for n in after.get(condition.func, [])]  # type: ignore[attr-defined]
    return [p for p in places if not p.is_number or p > 0]


def _side(expr: Expr, t: Symbol, place: Expr, side: int, model: Stated) -> Expr:
    """The equations on one side of a place: conditions that are decided there, chosen."""
    known = Conditions(model.ranges)

    def decide(written: Basic) -> Basic:
        condition = _on_whole(written, t)
        if condition in (True, False) or condition.lhs != t:  # type: ignore[attr-defined]
            return condition
        if side < 0 and place == 1 and condition.rhs.is_number:  # type: ignore[attr-defined]
            return condition.xreplace({t: S.Zero}).doit()
        kind, gap = condition.func, condition.rhs - place  # type: ignore[attr-defined]
        if side > 0:  # t >= place
            order = relation(Le, gap, S.Zero if kind in (Ge, Lt) else S.NegativeOne)
            held = kind in (Ge, Gt, Ne)
        else:  # t < place
            order = relation(Ge, gap, S.NegativeOne if kind in (Le, Gt) else S.Zero)
            held = kind in (Lt, Le, Ne)
        return written if not known.give(order) else true if held else false

    return expr.replace(lambda e: isinstance(e, Relational) and t in e.free_symbols, decide)  # type: ignore[no-any-return]

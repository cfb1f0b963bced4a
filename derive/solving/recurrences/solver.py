"""From a Stated model to its solution: sequences in an order in which each may use those before it,
strategies tried in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import (
    Basic,
    Expr,
    Ne,
    Pow,
    Product,
    S,
    Sum,
    Symbol,
    acos,
)
from sympy.core.function import AppliedUndef
from sympy.utilities.iterables import strongly_connected_components

from derive.model.language.claims import NoClosedForm, relation
from derive.model.language.conditions import Conditions
from derive.model.language.told import lean
from derive.model.recurrences.stated import Stated
from derive.solving.quotients import cancelled
from derive.solving.recurrences.choice import first_found, reason
from derive.solving.recurrences.down import turned
from derive.solving.recurrences.strategies.constant import Solution, put_known
from derive.solving.recurrences.walk import step_by_step
from derive.solving.rules.roots import HALVES, roots_taken


def solution(model: Stated) -> Solution:
    """Closed forms of all sequences of a model. Raises NoClosedForm where none is known, with the
    reason."""
    model = untangled(model)
    values: dict[str, Expr] = {}
    found: list[Solution] = []
    since: dict[str, int] = {}
    for names in components(model):
        names, found = _with_roots(model, names, found)
        read = {other for name in names for other in model.reads(name)} - set(names)
        place = max((since[other] for other in read), default=int(model.first))
        part = moved(_squares_taken(model, names, values), names, values, place)
        if part is None:
            raise NoClosedForm(", ".join(names), *reason(model, names))
        values |= part.values
        since |= dict.fromkeys(names, max(part.first, int(model.first)))
        found.append(part)
    return Solution(
        {
            name: cancelled(
                values[name] if model.down is None else turned(values[name], model.down)
            )
            for name in model.equations
        },
        lean(
            (
                *(need for part in found for need in part.needs),
                *_wholes(model, values),
                *_raised_below_zero(model),
            ),
            Conditions(model.ranges),
        ),
        tuple(dict.fromkeys(root for part in found for root in part.where)),
        max(part.first for part in found),
        tuple(dict.fromkeys(what for part in found for what in part.not_covered)),
        found[-1].how,
        _others(found[0]) if len(found) == 1 else (),
        {name: part.ansatz[name] for part in found for name in part.ansatz},
        {name: part.how for part in found for name in part.values},
        since,
        {need: short for part in found for need, short in part.told.items()},
    )


def _squares_taken(model: Stated, names: Sequence[str], values: Mapping[str, Expr]) -> Stated:
    """Roots of the squares of what is known to be positive, or negative, taken in the equations of
    some names, with what they read put in."""
    known, equations = Conditions(model.ranges), dict(model.equations)
    for name in names:
        parts = (equations[name], *(values[n] for n in model.reads(name) & values.keys()))
        if not any(p.exp in HALVES for part in parts for p in part.atoms(Pow)):
            continue  # most have none
        written = put_known(equations[name], values, model.index)
        taken = roots_taken(written, known)
        if taken != written:
            equations[name] = taken
    return replace(model, equations=equations) if equations != model.equations else model


def _wholes(model: Stated, values: Mapping[str, Expr]) -> Iterator[Basic]:
    """Which letters of the closed forms must be whole numbers."""
    letters = {s for value in values.values() for s in value.free_symbols}
    return (whole for whole in model.wholes if whole.free_symbols & letters)


def _raised_below_zero(model: Stated) -> Iterator[Basic]:
    """Not zero: letters that the equations raise to -t."""
    t = model.index
    for written in model.equations.values():
        for power in sorted(written.atoms(Pow), key=str):
            base, exponent = power.args
            slope = exponent.expand().coeff(t)
            if base.is_Symbol and base != t and slope.is_negative:
                yield relation(Ne, base, S.Zero)


def _others(part: Solution) -> tuple[Solution, ...]:
    """What holds where its needs fail."""
    return tuple(
        replace(other, values={name: cancelled(v) for name, v in other.values.items()})
        for other in part.others
    )


def _with_roots(
    model: Stated, names: tuple[str, ...], found: list[Solution]
) -> tuple[tuple[str, ...], list[Solution]]:
    """Names to solve for together: those whose values these read join them where they have named
    roots, which no field holds."""
    if len(names) == 1 and not model.order(names[0]):
        return names, found  # it is what it is made from
    rooted = [p for p in found if _rooted(p) and any(model.reads(n) & set(p.values) for n in names)]
    joined = (*(n for p in rooted for n in p.values), *names)
    return joined, [p for p in found if p not in rooted]


def _rooted(part: Solution) -> bool:
    """Whether values have named roots, or cosines of a complex pair."""
    return bool(part.where) or any(v.has(acos) for v in part.values.values())


def moved(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr], place: int
) -> Solution | None:
    """The solution of some equations from `place` on, found with the index counted from there."""
    t = model.index
    if place == 0:
        return first_found(model, names, known, solution)
    equations = {}
    for name, value in model.equations.items():
        later = value.xreplace({t: t + place})
        own = {
            a: a.func(a.args[0] - place)
            for a in later.atoms(AppliedUndef)
            if a.func.__name__ in model.equations
        }
        equations[name] = later.xreplace(own)
    start = {
        name: tuple(step_by_step(model, name, place + j) for j in range(model.order(name)))
        for name in names
    }
    there = replace(model, equations=equations, start={**model.start, **start}, first=S.Zero)
    later_known = {name: value.xreplace({t: t + place}) for name, value in known.items()}
    found = first_found(there, names, later_known, solution)
    return None if found is None else _back(found, t, place)


def _back(found: Solution, t: Symbol, place: int) -> Solution:
    """The same with the index counted from 0 again."""
    others = tuple(_back(other, t, place) for other in found.others)
    values = {
        name: _from(value.xreplace({t: t - place}), t, place)
        for name, value in found.values.items()
    }
    needs = tuple(_moved_back(need, t, place) for need in found.needs)
    return replace(
        found, values=values, needs=needs, first=found.first + place, others=others, ansatz={}
    )


def _moved_back(need: Basic, t: Symbol, place: int) -> Basic:
    """A condition on the index, counted from 0 again."""
    return relation(type(need), t, need.rhs + place) if getattr(need, "lhs", 0) == t else need  # type: ignore[attr-defined]


def _from(value: Basic, t: Symbol, place: int) -> Basic:
    """Sums and products up to t - place - 1 with their own index moved: the sum of f(k + place)
    becomes that of f(k) to t - 1."""
    if not value.has(Sum, Product):
        return value
    value = value.func(*(_from(a, t, place) for a in value.args))
    if (
        not isinstance(value, Sum | Product)
        or len(value.limits) > 1
        or t not in value.limits[0][2].free_symbols
    ):
        return value
    index, low, high = value.limits[0]
    return value.func(
        value.function.xreplace({index: index - place}), (index, low + place, high + place)
    )


def untangled(model: Stated) -> Stated:
    """The same, with a quantity that every step makes anew put in by its equation where what it is
    made from is made from it."""
    t, equations = model.index, dict(model.equations)
    for name in [n for group in components(model) if len(group) > 1 for n in group]:
        if model.order(name):
            continue
        for other, value in equations.items():
            made = [a for a in value.atoms(AppliedUndef) if a.func.__name__ == name]
            if other != name and made:
                put = {a: equations[name].xreplace({t: a.args[0]}) for a in made}
                equations[other] = value.xreplace(put)
    return replace(model, equations=equations)


def components(model: Stated) -> list[tuple[str, ...]]:
    """Sequences that need each other, together; each after those it reads."""
    names = list(model.equations)
    arrows = [
        (name, other) for name in names for other in sorted(model.reads(name)) if other != name
    ]
    groups = strongly_connected_components((names, arrows))
    return [tuple(n for n in names if n in group) for group in groups]

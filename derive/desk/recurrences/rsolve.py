"""`rsolve`, with the arguments of sympy's: sympy's equations in, a plain sympy expression out, or
an error that says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from warnings import warn

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Poly,
    S,
    Symbol,
    default_sort_key,
    denom,
    linsolve,
    nan,
    numer,
    roots,
    together,
    zoo,
)
from sympy.core.function import AppliedUndef

from derive.desk.budget import SECONDS, limit, stage
from derive.desk.recurrences.outside import Given, Outside
from derive.desk.recurrences.solved import Solved
from derive.desk.recurrences.written import written
from derive.model.language.claims import DeriveError, sequence
from derive.model.recurrences.equations import state
from derive.model.recurrences.linear import linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.ends import end
from derive.solving.recurrences.solver import solution
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.walk import step_by_step

FARTHEST = 200  # places over which given values are carried back to the start


def rsolve(f: Any, y: Any = None, init: Any = None, seconds: float | None = SECONDS) -> Any:
    """The closed form of a recurrence, `rsolve(y(n+1) - 2*y(n), y(n), {y(0): 1})`, as sympy.rsolve
    takes it.

    `f` is an expression that is zero, an Eq, or a list of such with `y` a list of sequences (then a
    list comes back). `init` holds values by number or by applied function, or as a list from 0 on;
    where it leaves some open, C0, C1, ... stay; a value that the equation leaves free is told by a
    warning. Raises DeriveError (a ValueError) where no closed
    form is found or none could be confirmed, TooHard when `seconds` are over.
    """
    if isinstance(f, str):
        raise DeriveError(f'rsolve takes sympy\'s expressions; for a text: solve("{f:.60}").answer')
    with limit(seconds):
        stage("reading")
        outside = Outside.of(f, y, init)
        expressions = _closed_forms(outside)
    return expressions if isinstance(f, list | tuple) else expressions[0]


def _closed_forms(outside: Outside) -> list[Expr]:
    """The closed forms in the caller's symbols, each confirmed."""
    t, given = outside.index, outside.given
    loose = state(outside.equations, outside.names, t, {})
    for name in outside.names:
        if loose.order(name) == 0:
            raise DeriveError(
                f"{name}: no other value of it is in its equation; that is no recurrence"
            )
    stage("solving")
    first = min((at for each in given.values() for at in each), default=0)
    whole = all(
        set(given[name]) == set(range(first, first + loose.order(name))) for name in outside.names
    )
    _say_what_is_free(replace(loose, first=Integer(first)), given)
    if whole and first >= _regular(loose):
        run = Solved(state(outside.equations, outside.names, t, given), seconds=None)
    else:
        run = Solved(*_general(loose, given, outside), seconds=None)
    return [written(run, name, outside) for name in outside.names]


def _say_what_is_free(model: Stated, given: Given) -> None:
    """A warning where an equation says nothing of a value, as 0*y(3) = 0, and none is given: the
    form that is found is then one of many."""
    stop, places = end(model, list(model.equations)), [at for each in given.values() for at in each]
    if stop is not None and places and max(places) < stop.place:
        at = stop.place - model.order(stop.name)
        warn(
            f"{stop.name}({stop.place}) is free: at {model.index} = {at} its equation multiplies "
            f"it by 0; the form found takes one value of many, give it to have another",
            stacklevel=4,
        )


def _general(model: Stated, given: Given, outside: Outside) -> tuple[Stated, Solution]:
    """With constants C0, C1, ... where the start is open, and those values met that are given."""
    t = model.index
    letters = [Symbol(f"C{n}") for n in range(sum(map(model.order, model.equations)))]
    waiting, places = iter(letters), [at for each in given.values() for at in each]
    first = max(_regular(model), 0 if not places or min(places) >= 0 else min(places))
    start = {
        name: tuple(next(waiting) for _ in range(model.order(name))) for name in model.equations
    }
    open_ = replace(model, start=start, first=Integer(first))
    if len(places) >= len(letters) and min(places) >= first and max(places) - first <= FARTHEST:
        needs = [
            step_by_step(open_, name, at) - v
            for name, each in given.items()
            for at, v in each.items()
        ]
        put = _met(needs, letters)
        if not set(letters) & {s for v in put.values() for s in v.free_symbols}:
            closed = replace(
                open_,
                start={
                    name: tuple(v.xreplace(put) for v in values) for name, values in start.items()
                },
            )
            return closed, solution(closed)
    found = solution(open_)
    values = _with_constants(found, letters, t)
    since = max(first, found.first)
    if places and min(places) < since and not _reaches(values, outside, min(places), since):
        raise DeriveError(
            f"the closed form holds from index {since} on only; give values from there on"
        )
    needs = [
        values[name].xreplace({t: Integer(at)}) - v
        for name, each in given.items()
        for at, v in each.items()
    ]
    if needs:
        values = {name: v.xreplace(_met(needs, letters)) for name, v in values.items()}
    started = {
        n: tuple(v.xreplace({t: Integer(since + j)}) for j in range(model.order(n)))
        for n, v in values.items()
    }
    at = replace(model, start=started, first=Integer(since))
    return at, replace(found, values=values, ansatz={}, first=0, since={}, kinds={})


def _met(needs: Sequence[Expr], letters: Sequence[Symbol]) -> dict[Symbol, Expr]:
    """The constants with which all needs are zero. Raises DeriveError where there are none."""
    solved = linsolve(list(needs), list(letters))
    if not solved:
        raise DeriveError("init: no solution has all these values")
    return dict(zip(letters, next(iter(solved)), strict=True))


def _with_constants(found: Solution, letters: Sequence[Symbol], t: Symbol) -> dict[str, Expr]:
    """The closed forms; of one sequence as a sum of constant times shape where it has that form,
    numbered as sympy does."""
    if len(found.values) > 1:
        return dict(found.values)
    ((name, value),) = found.values.items()
    if name in found.ansatz and not found.first:
        ansatz = found.ansatz[name]()
        shapes, rest = [shape for _, shape in ansatz.terms], ansatz.particular
        if ansatz.rest != 0:
            return {name: value}
    else:
        rest = value.xreplace(dict.fromkeys(letters, S.Zero))
        terms = Add.make_args(
            (value - rest).expand() if value.has(*letters) and len(letters) == 1 else value - rest
        )
        shapes = list(dict.fromkeys(_shape(term, letters, t) for term in terms))
    if len(shapes) != len(letters) or any(set(letters) & shape.free_symbols for shape in shapes):
        return {name: value}
    ordered = sorted(shapes, key=default_sort_key)
    return {name: Add(*(c * shape for c, shape in zip(letters, ordered, strict=True)), rest)}


def _shape(term: Expr, letters: Sequence[Symbol], t: Symbol) -> Expr:
    """The factors that hold the index, b**(t - 2) as b**t; the constants stand for the others."""
    found = []
    for factor in Mul.make_args(term):
        if t not in factor.free_symbols:
            continue
        base, power = factor.as_base_exp()
        gap = (power - t).is_number if t not in base.free_symbols else False
        found.append(base**t if gap else factor)
    return Mul(*found)


def _regular(model: Stated) -> int:
    """The first index from which no equation divides by zero, nor loses the oldest value that it
    reads."""
    t = model.index
    found = [0]
    for name, equation in model.equations.items():
        form = linear_in(equation.expand(), frozenset(model.equations))
        oldest = S.Zero if form is None else form.slopes.get(sequence(name)(t), S.Zero)
        below = denom(
            together(equation.xreplace({a: Dummy() for a in equation.atoms(AppliedUndef)}))
        )
        for part in (below, numer(together(oldest)) if model.order(name) > 1 else S.One):
            if part.is_polynomial(t) and t in part.free_symbols:
                found += [int(r) + 1 for r in roots(Poly(part, t), filter="Z")]
    return max(found)


def _reaches(values: Mapping[str, Expr], outside: Outside, low: int, since: int) -> bool:
    """Whether the closed forms meet the equations, as they are given, also at indices before
    `since`, from `low` on."""
    t = outside.index
    for left, right in outside.equations:
        put = {
            a: values[a.func.__name__].xreplace({t: a.args[0]})
            for a in (left - right).atoms(AppliedUndef)
        }
        rest = (left - right).xreplace(put)
        for place in range(low, since):
            here = rest.xreplace({t: Integer(place)})
            if here.has(zoo, nan) or here.expand() != 0:
                return False
    return True

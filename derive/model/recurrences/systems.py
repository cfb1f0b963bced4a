"""A program as a linear system: how what it keeps, and the place where it takes the gradient, are
linear in what it kept before and in the gradient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Expr, S, Symbol

from derive.errors import DeriveError
from derive.model.language.claims import T, sequence
from derive.model.recurrences.linear import Linear, linear_in
from derive.model.recurrences.lines import GRADIENT, PARAMETER
from derive.model.recurrences.program import Program
from derive.model.recurrences.stated import Stated
from derive.model.recurrences.training import gradient_place, trained

START = Symbol("w_0")  # of the parameter


def linear_steps(model: Stated, main: str, driver: str) -> dict[str, Linear] | str:
    """How each kept name that `main` is made from is linear in the values before it and in a
    sequence that drives it; or the name of one that is not."""
    kept = [n for n in model.made_from(main) if model.order(n)]
    put = new_values(model)
    found = {}
    for name in kept:
        own = frozenset({*kept, driver})
        step = linear_in(put[sequence(name)(model.index + 1)].expand(), own)
        if step is None or any(x.args[0] != model.index for x in step.slopes):
            return name
        found[name] = step
    return found


def new_values(model: Stated) -> dict[Expr, Expr]:
    """All values after a step in the values before it."""
    t = model.index
    put: dict[Expr, Expr] = {}
    for name in model.equations:  # each may read the new values before it
        new = model.equations[name]
        new = new if model.order(name) else new.xreplace({t: t + 1})
        put[sequence(name)(t + 1)] = new.xreplace(put)
    return put


@dataclass(frozen=True)
class System:
    """x(t+1) = matrix x(t) + push g, g the gradient at place x(t); x(0) = start."""

    states: tuple[str, ...]
    matrix: tuple[tuple[Expr, ...], ...]
    push: tuple[Expr, ...]
    place: tuple[Expr, ...]
    start: tuple[Expr, ...]


def system(program: Program, values: Mapping[str, Expr] | None = None) -> System:
    """The linear system of a program from w(0) = w_0, its hyperparameters letters or `values`.
    Raises DeriveError where a step is not linear, or changes with t."""
    model = trained(program, None, {PARAMETER: START}, values)
    steps = linear_steps(model, PARAMETER, GRADIENT)
    if isinstance(steps, str):
        raise DeriveError(f"{program.name}: {steps} is not linear in what is kept and the gradient")
    gradient = sequence(GRADIENT)(T)
    states = tuple(steps)
    place = gradient_place(program, values or {}).xreplace(new_values(model))
    at = linear_in(place.expand(), frozenset(states))
    rows = [*steps.values(), *([at] if at is not None else [])]
    if at is None or any(row.rest != 0 for row in rows):
        raise DeriveError(f"{program.name}: its step has a constant beside what is kept")
    if any(T in slope.free_symbols for row in rows for slope in row.slopes.values()):
        raise DeriveError(f"{program.name}: its step changes with t")

    def slopes(row: Linear) -> tuple[Expr, ...]:
        return tuple(row.slopes.get(sequence(name)(T), S.Zero) for name in states)

    push = tuple(step.slopes.get(gradient, S.Zero) for step in steps.values())
    start = tuple(model.start[name][0] for name in states)
    return System(states, tuple(map(slopes, steps.values())), push, slopes(at), start)

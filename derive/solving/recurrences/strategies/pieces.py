"""Equations that change with the index: a period of whole steps, a pulse every k steps, a
threshold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import gcd, lcm

from sympy import (
    Basic,
    Eq,
    Expr,
    Integer,
    Mod,
    Piecewise,
    S,
    Symbol,
    ceiling,
    floor,
    true,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from derive.model.language.claims import relation, sequence
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution, put_known

Solve = Callable[[Stated], Solution]
LONGEST = 12  # the longest period that is unrolled


def changes(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> set[Basic]:
    """The parts of the equations that depend on the index by cases."""
    t = model.index
    equations = [put_known(model.equations[name], known, t) for name in names]
    return {
        part
        for e in equations
        for part in e.atoms(Mod, Piecewise, floor, ceiling)
        if t in part.free_symbols
    }


def periodic(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr], solve: Solve
) -> Solution | None:
    """Coefficients with a period p: from p n to p n + p the steps are one map that does not change;
    then r steps on."""
    t = model.index
    found = changes(model, names, known)
    rests = {m for part in found for m in part.atoms(Mod) if m.args[0].diff(t).is_Integer}
    steps = {f for part in found for f in part.atoms(floor, ceiling)}
    if any(_rounded(f, t) is None for f in steps):
        return None
    lengths = {m.args[1] for m in rests} | {Integer(f.args[0].diff(t).q) for f in steps}
    if not lengths or not all(n.is_Integer and n > 0 for n in lengths) or thresholds(found, t):
        return None
    if not all(m.args[0].xreplace({t: S.Zero}).is_Integer for m in rests):
        return None  # counted from a letter on, even or odd
    period = lcm(*(int(n) for n in lengths))
    if not 1 <= period <= LONGEST or int(model.first) != 0:
        return None
    n = t
    state = [(name, j) for name in names for j in range(model.order(name))]
    letter = {at: sequence(f"_{at[0]}_{at[1]}") for at in state}
    values: dict[tuple[str, int], Expr] = {at: letter[at](n) for at in state}
    for step in range(period):
        for name in _in_order(model, names):
            here = at_place(put_known(model.equations[name], known, t), t, period * n + step)
            values[name, step + model.order(name)] = here.xreplace(
                {
                    a: values[a.func.__name__, int(a.args[0] - period * n)]
                    for a in here.atoms(AppliedUndef)
                    if a.func.__name__ in names
                }
            )
    equations = {letter[name, j].__name__: values[name, j + period] for name, j in state}
    start = {letter[name, j].__name__: (model.start[name][j],) for name, j in state}
    inner = solve(replace(model, equations=equations, start=start, around=model.taken))
    put = {letter[at](n): inner.values[letter[at].__name__] for at in state}
    pieces = {}
    for name in names:
        by_rest = []
        for r in range(period):
            value = values[name, r].xreplace(put).xreplace({n: (t - r) / period})
            if value.is_polynomial(t):
                value = min(value, value.expand(), key=Expr.count_ops)
            by_rest.append(
                (value, relation(Eq, Mod(t, period), Integer(r)) if r < period - 1 else true)
            )
        pieces[name] = Piecewise(*by_rest)
    return replace(inner, values=pieces, first=inner.first * period, how="periodic")


def _in_order(model: Stated, names: Sequence[str]) -> list[str]:
    """Names such that each new value is made after the new values that it reads."""
    t = model.index
    waiting, found = list(names), []
    while waiting:
        ready = [
            name
            for name in waiting
            if not any(
                sequence(other)(t + model.order(other)) in model.equations[name].atoms(AppliedUndef)
                for other in waiting
            )
        ]
        if not ready:
            return list(names)
        found += ready
        waiting = [name for name in waiting if name not in ready]
    return found


def at_place(expr: Expr, t: Symbol, place: Expr) -> Expr:
    """`expr` at an index of which the rest modulo its periods is known: each Mod is a number, each
    condition decided."""
    moved = expr.xreplace({t: place})
    mods = {
        m: Integer(int(m.args[0].xreplace({t: S.Zero})) % int(m.args[1])) for m in moved.atoms(Mod)
    }
    steps = {f: _rounded(f, t) or f for f in moved.atoms(floor, ceiling)}
    return _decided(moved.xreplace(mods).xreplace(steps))


def _rounded(step: Basic, t: Symbol) -> Expr | None:
    """floor(c t + r) as c t + floor(r) where c is a whole number; None where c or r is no rational
    number."""
    slope, rest = step.args[0].diff(t), step.args[0].xreplace({t: S.Zero})
    if not (slope.is_Rational and rest.is_Rational):
        return None
    return slope * t + step.func(rest) if slope.is_Integer else step  # type: ignore[no-any-return]


def _decided(expr: Expr) -> Expr:
    """Pieces whose conditions hold numbers only, chosen."""
    return expr.replace(
        lambda e: isinstance(e, Relational) and not e.free_symbols, lambda e: e.doit()
    )  # type: ignore[no-any-return]


def thresholds(found: set[Basic], t: Symbol) -> set[Basic]:
    """What the index is compared with, in conditions `t < T0` and the like."""
    return {
        r
        for part in found
        for r in part.atoms(Relational)
        if r.lhs == t or r.rhs == t or (r.has(t) and not r.has(Mod, floor, ceiling))
    }


def interlaced(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr], solve: Solve
) -> Solution | None:
    """x(t + 2 m) from x(t), x(t + m), ...: m sequences side by side, each of lower order, x(m n +
    r) for r = 0, ..., m - 1."""
    t = model.index
    (name, *more) = names
    places = {
        int(a.args[0] - t)
        for a in model.equations[name].atoms(AppliedUndef)
        if a.func.__name__ == name
    }
    step = gcd(model.order(name), *places)
    if more or step < 2 or step > LONGEST or int(model.first) != 0:
        return None
    equation, this = put_known(model.equations[name], known, t), sequence(name)
    pieces: list[tuple[Expr, Basic]] = []
    needs: list[Basic] = []
    first = 0
    for r in range(step):
        there = equation.xreplace({t: step * t + r})
        own = {this(step * t + r + j): this(t + j // step) for j in places}
        start = tuple(model.start[name][r + step * j] for j in range(model.order(name) // step))
        part = solve(replace(model, equations={name: there.xreplace(own)}, start={name: start}))
        if part.where:
            return None
        value = part.values[name].xreplace({t: (t - r) / step})
        pieces.append((value, relation(Eq, Mod(t, step), Integer(r)) if r < step - 1 else true))
        needs += part.needs
        first = max(first, step * part.first)
    return Solution(
        {name: Piecewise(*pieces)}, tuple(dict.fromkeys(needs)), first=first, how="interlaced"
    )

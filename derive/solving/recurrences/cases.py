"""What a closed form divides by may be zero: each such case is a model of its own, solved by
itself."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import (
    Basic,
    Eq,
    Ne,
    Symbol,
    cos,
    false,
    nan,
    sin,
    true,
    zoo,
)
from sympy.core.relational import Relational

from derive.model.language.claims import DeriveError, relation
from derive.model.language.conditions import Conditions
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.degenerate import degenerate, moved, put_into
from derive.solving.recurrences.solver import solution
from derive.solving.recurrences.strategies.constant import Solution

DEEPEST = 3  # conditions that may hold at once
MOST = 40  # branches


@dataclass(frozen=True)
class Branch:
    """The solution of `model`, which is the stated one where `conditions` hold; None where none is
    known."""

    conditions: tuple[Basic, ...]
    model: Stated
    solution: Solution | None


def branches(model: Stated, general: Solution) -> list[Branch]:
    """The general solution and, for each of its needs that may fail, those of the degenerate
    models; the general one first."""
    found: list[Branch] = []
    _collect(model, general, (), found)
    return found


def _collect(
    model: Stated, general: Solution, conditions: tuple[Basic, ...], found: list[Branch]
) -> None:
    for each in (general, *general.others):
        if any(isinstance(n, Ne) and n.negated in conditions for n in each.needs):
            raise DeriveError("its conditions contradict each other")
        found.append(Branch(tuple(dict.fromkeys((*conditions, *each.needs))), model, each))
    if len(_telling(conditions)) >= DEEPEST:
        return
    for need in general.needs:
        for special, smaller in degenerate(model, need):
            held = _together(conditions, special)
            if (
                held is None
                or _is_excluded(special, model)
                or (smaller is not None and not _has_values(smaller))
                or len(found) >= MOST
                or any(_telling(held) == _telling(b.conditions) for b in found)
            ):
                continue
            try:
                if smaller is None:
                    raise DeriveError("no solution is known here")
                _collect(smaller, solution(smaller), held, found)
            except DeriveError:
                found.append(Branch(held, smaller or model, None))


def _has_values(model: Stated) -> bool:
    """Whether there is a recurrence at all: x(t)/a is none for a = 0."""
    return not any(value.has(zoo, nan) for value in model.equations.values())


def _telling(conditions: tuple[Basic, ...]) -> set[Basic]:
    """What tells one case from another."""
    return {c for c in conditions if not isinstance(c, Ne)}


def _together(
    conditions: tuple[Basic, ...], special: tuple[Basic, ...]
) -> tuple[Basic, ...] | None:
    """Both, values put in; None where they contradict each other, as S1 = 1/S2 and S2 = 0 do."""
    put = {c.lhs: c.rhs for c in special if isinstance(c, Eq) and isinstance(c.lhs, Symbol)}
    before = [
        relation(type(c), c.lhs.xreplace(put) if isinstance(c, Ne) else c.lhs, c.rhs.xreplace(put))
        for c in conditions
    ]  # type: ignore[arg-type]
    if any(c is false or c.has(zoo, nan) for c in before):
        return None
    flat = {
        c.lhs.args[0]
        for c in (*before, *special)
        if isinstance(c, Eq) and isinstance(c.lhs, sin) and c.rhs == 0
    }
    waves = [
        put.get(c.lhs, c.lhs)
        for c in before
        if isinstance(c, Eq) and isinstance(c.rhs, cos) and c.rhs.args[0] in flat
    ]
    if any(value.is_number and value not in (1, -1) for value in waves):
        return None  # cos(w) is 1 or -1 where sin(w) is 0
    return tuple(dict.fromkeys((*(c for c in before if c is not true), *special)))


def _is_excluded(special: tuple[Basic, ...], model: Stated) -> bool:
    """Whether the ranges leave no room for a case, as 0 < b < 1 leaves none for b = 1."""
    put = {c.lhs: c.rhs for c in special if isinstance(c, Eq) and isinstance(c.lhs, Symbol)}
    known = Conditions(model.ranges)
    there = Conditions(put_into(model, put).ranges)
    there_too = [moved(r, put) for r in model.ranges]
    return (
        false in there_too
        or any(known.give(c.negated) for c in special)
        or any(there.give(r.negated) for r in there_too if isinstance(r, Relational))
    )

"""Rules of guessing and checking: what meets the start and the equation is the solution; what it is made of."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Basic, Expr, Integer, Lambda, Symbol
from sympy.core.function import AppliedUndef

from derive.model.claims import Claim, Law, Rule, Step, T, sequence
from derive.model.stated import Stated

n = Symbol("n")
x, y = sequence("x"), sequence("y")


def same_law(order: int, first: Expr) -> Law:
    """Two sequences that start alike and are carried on alike, of any order."""
    h = sequence("h")
    starts = tuple((x(first + j), y(first + j)) for j in range(order))
    carried = tuple((f(n + order), h(*(f(n + j) for j in range(order)), n)) for f in (x, y))
    return Law(x(n), y(n), given=(*starts, *carried))


def same_start(name: str, value: Expr, model: Stated, needs: tuple[Basic, ...], first: int, reason: str = "", **shown: str) -> Step:
    """`name(T) = value`: both start alike and the equation carries both on; `reason` names how the value was found."""
    order = model.order(name)
    old = [Symbol(f"_old{j}") for j in range(order)]
    own = {sequence(name)(T + j): old[j] for j in range(order)}
    binding: dict[Basic, Basic] = {
        x: Lambda(n, sequence(name)(n)),
        y: Lambda(T, value),
        sequence("h"): Lambda((*old, T), model.equations[name].xreplace(own)),
        n: T,
    }
    rule = Rule(reason or "same start, same equation", same_law(order, Integer(first)), lambda goal, known: None, line="own")
    return Step(Claim(sequence(name)(T), value, needs), rule, binding)  # type: ignore[arg-type]


def algebra(reason: str, line: str = "own") -> Rule:
    """A step of plain algebra under a name of its own."""
    return Rule(reason, None, lambda goal, known: None, line=line)


def reads_itself_alone(name: str, model: Stated) -> bool:
    """Whether the equation of `name` reads no other sequence of the model."""
    return all(a.func.__name__ in (name, *model.free) for a in model.equations[name].atoms(AppliedUndef))


def put(expr: Expr, values: Mapping[Basic, Expr]) -> Expr:
    return expr.xreplace(dict(values))  # type: ignore[no-any-return]

"""Rules of guessing and checking: what meets the start and the equation is the solution; what it is
made of."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic, Expr, Integer, Lambda, Symbol

from derive.model.language.claims import Claim, Law, Rule, Step, sequence
from derive.model.recurrences.stated import Stated

n = Symbol("n")
x, y, h = sequence("x"), sequence("y"), sequence("h")


def same_law(order: int, first: Expr) -> Law:
    """Two sequences that start alike and are carried on alike are the same, for any order."""
    starts = tuple((x(first + j), y(first + j)) for j in range(order))
    carried = tuple((f(n + order), h(*(f(n + j) for j in range(order)), n)) for f in (x, y))
    return Law(x(n), y(n), given=(*starts, *carried))


def same_start(
    goal: Expr,
    after: Expr,
    order: int,
    value: Expr,
    t: Symbol,
    needs: Iterable[Basic] = (),
    first: int = 0,
    reason: str = "same start, same equation",
) -> Step:
    """`goal = value` where both start alike and `after`, the goal `order` steps on, is carried on
    alike.

    `goal` is any expression in t and `after` reads the goal's values as it shows at t, t + 1, ...,
    t + order - 1.
    """
    old = [Symbol(f"_old{j}") for j in range(order)]
    own = {goal.xreplace({t: t + j}): old[j] for j in range(order)}
    binding: dict[Basic, Basic] = {
        x: Lambda(n, goal.xreplace({t: n})),
        y: Lambda(t, value),
        h: Lambda((*old, t), after.xreplace(own)),
        n: t,
    }
    rule = Rule(reason, same_law(order, Integer(first)))
    return Step(Claim(goal, value, tuple(needs)), rule, binding)  # type: ignore[arg-type]


def found(
    name: str,
    value: Expr,
    model: Stated,
    needs: tuple[Basic, ...],
    first: int,
    reason: str = "same start, same equation",
) -> Step:
    """`name(index) = value` for a sequence of the model."""
    t = model.index
    return same_start(
        sequence(name)(t), model.equations[name], model.order(name), value, t, needs, first, reason
    )


def algebra(
    reason: str,
    left: Expr,
    right: Expr,
    needs: Iterable[Basic] = (),
    uses: tuple[Claim, ...] = (),
    line: str = "own",
) -> Step:
    """A line that follows by algebra alone, once what it uses is put in."""
    return Step(
        Claim(left, right, tuple(needs)),
        Rule(reason, None, line=line),
        {},
        uses,
    )

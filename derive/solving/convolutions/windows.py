"""One layer: how many outputs it has, what input it needs, what an output reads."""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Eq, Expr, Mod, Mul, Symbol, floor

from derive.model.convolutions.windows import OUTPUT, Window
from derive.model.language.claims import Claim, Derivation, Law, Rule, Step
from derive.solving.chain import Known, by_law, carry, grow, make
from derive.solving.rules.algebra import work_out
from derive.solving.rules.sums import of_constant

x, y = Symbol("x"), Symbol("y")
positions = Rule("count the windows that fit", None)
ends = Rule("the first and the last position read", None)


def _divides(part: Expr, known: Known) -> dict[Symbol, Expr] | None:
    top, bottom = part.args[0].as_numer_denom()
    return {x: top, y: bottom}


exact_division = by_law(
    "$S$ divides",
    Law(floor(x / y), x / y, (Eq(Mod(x, y), 0),)),
    _divides,
    lambda: ((floor(x / 3), x / 3), (x / 3, None)),
)


def size(window: Window) -> Derivation:
    """The number of outputs, the least input, or the span read, of one layer."""
    known = Known(None, window.ranges)
    fact = window.definition
    rule = positions if window.asked == "out" else ends
    step = make(rule, window.goal, fact.right, known, uses=(fact,))
    assert step is not None
    step = Step(Claim(step.claim.left, step.claim.right, fact.needs), rule, {}, (fact,))
    tidy = (of_constant, work_out)
    return grow(window.goal, [step], tidy, known)


def room(window: Window) -> Derivation:
    """How far the last position that output o reads lies before the end of the padded input: o
    exists while this is >= 0."""
    last, end = window.layer.reads(OUTPUT)[1], window.given + window.layer.padding[1] - 1
    goal = Add(end, Mul(-1, last, evaluate=False), evaluate=False)
    step = work_out.apply(goal, Known(None, window.ranges))
    return Derivation(goal, (step,) if step else ())


def exact_size(window: Window, size_: Derivation) -> Derivation | None:
    """The number of outputs where the stride divides what is left, from the general one."""
    known = Known(None, window.ranges)
    step = exact_division.apply(size_.answer, known)
    if step is None:
        return None
    return Derivation(
        size_.answer,
        carry(
            [replace(step, claim=replace(step.claim, needs=(*size_.needs, *step.claim.needs)))],
            known,
        ),
    )

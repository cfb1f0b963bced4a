"""The number of outputs of a stack: its rounded quotients, one inside the other, collapse to a single one."""

from __future__ import annotations

from dataclasses import replace

from sympy import Ge, Integer, Lambda, Symbol

from derive.model.claims import Claim, Derivation, Rule, Step
from derive.model.sizes import SIZE, Sizes
from derive.model.stacks import LEVEL
from derive.model.terms import instantiate
from derive.solving.chain import Known, carry, make
from derive.solving.rules.floors import collapse, collapsed, nested_floor

windows = Rule("count the windows that fit", None, lambda expr, known: None)
before = Rule("the same for the layer before", None, lambda expr, known: None)
at = Symbol("_l")


def stack_size(model: Sizes) -> Derivation:
    """O(l) for every layer l of a stack with letters: one layer, two, and all."""
    known = Known(None, model.ranges)
    goal = SIZE(LEVEL)
    below, two = SIZE(LEVEL - 1), SIZE(LEVEL - 2)
    one = model.layer(below, LEVEL)
    fact = Claim(goal, one, (Ge(LEVEL, 1),))
    earlier = Claim(below, model.layer(two, LEVEL - 1), (Ge(LEVEL, 2),))
    nested = model.layer(earlier.right, LEVEL)
    steps = [Step(fact, windows, {}, (fact,)), Step(Claim(one, nested, (Ge(LEVEL, 2),)), before, {}, (earlier,))]
    flat = nested_floor.apply(nested, known)
    assert flat is not None and collapse.law is not None
    steps.append(replace(flat, claim=replace(flat.claim, needs=(Ge(LEVEL, 2), *flat.claim.needs))))
    heads = (
        Lambda(at, SIZE(at)),
        Lambda(at, model.added(at)),
        Lambda(at, model.stack.of("S", at)),
    )
    binding = collapsed(heads, LEVEL)
    start = Claim(SIZE(Integer(0)), model.given)
    all_ = instantiate(collapse.law.right, binding).xreplace({start.left: start.right})
    last = make(collapse, goal, all_, known, binding, (start,))
    assert last is not None
    return Derivation(goal, carry((*steps, last), known))

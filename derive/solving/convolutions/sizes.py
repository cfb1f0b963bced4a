"""The number of outputs of a stack: its rounded quotients, one inside the other, collapse to a
single one."""

from __future__ import annotations

from dataclasses import replace

from sympy import Basic, Expr, Ge, Integer, Lambda, Product, Sum, Symbol

from derive.model.convolutions.sizes import SIZE, Sizes
from derive.model.language.claims import LEVEL, Claim, Derivation, Rule, Step
from derive.model.language.terms import apart, fresh, instantiate
from derive.solving.chain import Known, carry, make
from derive.solving.rules.floors import collapse, collapsed, nested_floor
from derive.solving.rules.updates import b, k, n, sum_updates, x
from derive.solving.rules.updates import last as first

windows = Rule("count the windows that fit", None)
before = Rule("the same for the layer before", None)
at = Symbol("_l")


def stack_size(
    model: Sizes, answer: Expr | None = None, needs: tuple[Basic, ...] = ()
) -> Derivation:
    """O(l) for every layer l of a stack with letters: one layer, two, and all; of a regular one
    down to its `answer`.

    `needs` are what the answer needs.
    """
    known = Known(None, model.ranges)
    goal = SIZE(LEVEL)
    below, two = SIZE(LEVEL - 1), SIZE(LEVEL - 2)
    one = model.layer(below, LEVEL)
    fact = Claim(goal, one, (Ge(LEVEL, 1),))
    earlier = Claim(below, model.layer(two, LEVEL - 1), (Ge(LEVEL, 2),))
    nested = model.layer(earlier.right, LEVEL)
    steps = [Step(fact, windows, {}, (fact,))]
    flat = nested_floor.apply(nested, known)
    if flat is not None:
        steps.append(Step(Claim(one, nested, (Ge(LEVEL, 2),)), before, {}, (earlier,)))
        steps.append(
            replace(flat, claim=replace(flat.claim, needs=(Ge(LEVEL, 2), *flat.claim.needs)))
        )
    last = _unrolled(model, goal, known)
    if answer is None:
        return Derivation(goal, carry((*steps, last), known))
    from derive.solving.recurrences.ways.varying import closed
    from derive.solving.rules.ansatz import (
        algebra,
    )  # a key about other things need not wait for the solver

    ended = list(closed(last.claim.right, known, (*last.claim.needs, *needs), 0))
    before_it = (ended or [last])[-1].claim
    if before_it.right.has(Sum, Product):
        ended.append(algebra("collect", before_it.right, answer, before_it.needs))
    return Derivation(goal, carry((*steps, last, *ended), known))


def _unrolled(model: Sizes, goal: Expr, known: Known) -> Step:
    """All layers at once: the law of nested floors, or, where every stride is 1, the layers'
    changes added up."""
    start = Claim(SIZE(Integer(0)), model.given)
    size, added = Lambda(at, SIZE(at)), Lambda(at, model.added(at))
    if model.stack.of("S", at) == 1:
        rule, binding = (
            sum_updates,
            {
                x: size,
                b: Lambda(at, model.added(at + 1)),
                n: LEVEL,
                k: fresh(model.added(at), model.given, LEVEL),
                first: Integer(0),
            },
        )
    else:
        rule = collapse
        taken = frozenset(s.name for s in model.given.free_symbols) | model.stack.letters
        binding = dict(
            apart(
                rule.law,  # type: ignore[arg-type]
                collapsed((size, added, Lambda(at, model.stack.of("S", at))), LEVEL),
                taken,
            )
        )
    assert rule.law is not None
    line = instantiate(rule.law.right, binding).xreplace({start.left: start.right})
    made = make(rule, goal, line, known, binding, (start,))
    assert made is not None
    return made

"""First order: unroll to a sum, or add the updates up, and close the sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Sum
from sympy.core.function import AppliedUndef

from derive.model.language.claims import Claim, Derivation, Step, sequence
from derive.model.recurrences.recurrence import Recurrence
from derive.model.recurrences.stated import Stated
from derive.solving.chain import Known, carry, grow
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.ways.lines import TIDY
from derive.solving.recurrences.ways.varying import telescoped
from derive.solving.rules.ansatz import algebra, found
from derive.solving.rules.updates import add_up, closed_forms, linear, unroll, update

LONGEST = 11


def unrolled(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """The chain from one update over its unrolling to the closed form; None where its sums do not
    close in a few steps."""
    t = model.index
    if model.order(name) != 1 or model.first != 0 or solved.begins(name) or solved.where:
        return None
    recurrence = Recurrence({name: model.equations[name]}, t, {name: model.start[name]})
    closed = tuple(
        Claim(sequence(n)(t), v, solved.needs) for n, v in solved.values.items() if n != name
    )
    known = Known(recurrence, model.ranges, closed, model.taken)
    form = linear(name, known)
    if (
        form is None
        or t in form[0].free_symbols
        or (form[0] != 1 and (t in form[1].free_symbols or form[1].has(AppliedUndef)))
    ):
        return None
    goal = sequence(name)(t)
    if form[1] == 0:
        one = update.apply(goal, known)
        return (
            None
            if one is None
            else Derivation(
                goal, (one, found(name, solved.values[name], model, solved.needs, 0, "unroll"))
            )
        )
    first = add_up.apply(goal, known) or unroll.apply(goal, known)
    if first is None:
        return None
    start = [] if first.rule is add_up else [update.apply(goal, known)]
    chain: Derivation | None = grow(goal, [*start, first], TIDY, known)
    assert chain is not None
    if len(chain.steps) > LONGEST:
        chain = Derivation(goal, tuple(_joined(chain.steps)))
    if chain.answer.has(Sum) or chain.answer.has(AppliedUndef) or len(chain.steps) > LONGEST:
        chain = _telescoped(goal, first, known, solved) if first.rule is add_up else None
    if chain is None:
        return None
    steps = list(chain.steps)
    answer = solved.values[name]
    if chain.answer != answer:
        steps.append(algebra("collect", chain.answer, answer, solved.needs))
    return Derivation(goal, carry(steps, known), (), solved.where)


def _telescoped(goal: Expr, first: Step, known: Known, solved: Solution) -> Derivation | None:
    """The sum of the updates as one that telescopes, where its parts are too many to close one by
    one."""
    put = closed_forms.apply(first.claim.right, known)
    line = first.claim.right if put is None else put.claim.right
    sums = [s for s in line.atoms(Sum) if len(s.limits) == 1]
    if len(sums) != 1:
        return None
    step = telescoped(sums[0], known, line, solved.needs)
    return (
        None
        if step is None
        else Derivation(goal, tuple(s for s in (first, put, step) if s is not None))
    )


def _joined(steps: Sequence[Step]) -> Iterator[Step]:
    """Steps of the same rule that follow each other, as one: it is used on several parts of the
    line."""
    last: Step | None = None
    for step in steps:
        if (
            last is not None
            and step.rule is last.rule
            and step.rule.law is not None
            and not (step.uses or last.uses)
        ):
            needs = tuple(dict.fromkeys((*last.claim.needs, *step.claim.needs)))
            last = replace(
                last,
                claim=Claim(last.claim.left, step.claim.right, needs),
                again=(*last.again, step.binding),
            )
            continue
        if last is not None:
            yield last
        last = step
    if last is not None:
        yield last

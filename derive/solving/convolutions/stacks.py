"""Receptive fields of a stack of convolutions, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr, Integer, Le, Mul, Product, Sum, floor

from derive.errors import DeriveError
from derive.model.convolutions.stacks import WIDTH, Stack
from derive.model.language.claims import LEVEL, Claim, Derivation, Rule, Step, sequence
from derive.model.language.terms import put_in
from derive.solving.chain import Known, carry, grow, make, put_all_in
from derive.solving.rules.algebra import (
    collect,
    kept,
    multiply_out,
    regrouped,
    term_values,
    work_out,
)
from derive.solving.rules.limits import first_term, last_term, shift_index, together
from derive.solving.rules.products import LONGEST, absorb, empty_product, write_out
from derive.solving.rules.sums import constant_factor, split, split_difference
from derive.solving.rules.updates import linear, start_facts, unroll_down, update

EXPANSIONS = 3
FEW = 5  # layers whose strides are shown as a product of numbers
SHOWN = 12  # layers whose terms are written out with letters


regroup = Rule("multiply out", None)
expand = Rule("the same for the next layer", None)
at_zero = Rule("put in", None)
put_in_form = Rule("put in", None)
at_start = Rule("the start", None)
by_formula = Rule("the formula for $L$ layers", None)
numbers = Rule("put in the numbers", None)
counted = Rule("count the positions one by one", None)


def general(stack: Stack, name: str, closed: tuple[Claim, ...] = ()) -> Derivation:
    """name(l) = ... for every layer l: the update, unrolled to the last layer, or with the `closed`
    form it rests on put in.

    W of a stack without dilation and padding is expanded for a few layers first, which shows where
    the sum comes from.
    """
    known = Known(stack.recurrence, stack.ranges, (), stack.letters)
    goal = sequence(name)(LEVEL)
    first = update.apply(goal, known)
    assert first is not None
    steps: list[Step | None] = [first]
    if closed:
        line, uses = put_all_in(first.claim.right, closed, LEVEL)
        steps.append(make(put_in_form, first.claim.right, line, known, uses=uses))
    else:
        form = linear(name, known)
        assert form is not None
        unrolled = unroll_down.apply(goal, known)
        assert unrolled is not None
        if name == "W":
            steps += [
                *_expanded(
                    stack, first.claim.right, regrouped(form[0], WIDTH(LEVEL + 1), form[1]), known
                ),
                unrolled,
            ]
        else:
            line, uses = put_all_in(unrolled.claim.right, start_facts(known), LEVEL)
            steps += [unrolled, make(at_start, unrolled.claim.right, line, known, uses=uses)]
    return Derivation(goal, carry((s for s in steps if s is not None), known))


def _expanded(stack: Stack, line: Expr, grouped: Expr, known: Known) -> Iterator[Step | None]:
    """The update with the one of the next layer put in, a few times."""
    fact = Claim(WIDTH(LEVEL), grouped)
    yield make(regroup, line, grouped, known)
    line = grouped
    for level in range(2, EXPANSIONS + 1):
        if stack.depth.is_number and stack.depth < level:
            break
        expanded = put_in(line, fact, LEVEL)
        step = make(expand, line, expanded, known, uses=(fact,))
        assert step is not None
        one_more, used = (
            Le(LEVEL, stack.depth - level),
            replace(fact, needs=(Le(LEVEL, stack.depth - 1),)),
        )
        yield Step(Claim(line, step.claim.right, (one_more,)), expand, {}, (used,))
        line = step.claim.right


SIMPLIFY = (
    multiply_out,
    split_difference,
    split,
    constant_factor,
    absorb,
    last_term,
    shift_index,
    first_term,
    empty_product,
    together,
    collect,
)


def at_input(stack: Stack, name: str, unrolled: Claim) -> Derivation:
    """name(0), such as the receptive field W(0), from the unrolled form; written out where the
    depth is a small number."""
    known = Known(stack.recurrence, stack.ranges, (), stack.letters)
    goal = sequence(name)(Integer(0))
    line, uses = put_all_in(goal, (unrolled, *start_facts(known)), LEVEL)
    rules = SIMPLIFY if name == "W" and stack.varies == "KS" else (constant_factor,)
    rules = (*rules, write_out) if stack.depth.is_number and stack.depth <= SHOWN else rules
    return _ordered(
        grow(goal, [make(at_zero, goal, line, known, uses=uses)], (), known), rules, known
    )


def _ordered(chain: Derivation, rules: tuple[Rule, ...], known: Known) -> Derivation:
    """Each rule in turn, as often as it fits: `together` must not undo `split`."""
    steps = list(chain.steps)
    for rule in rules:
        while (step := rule.apply(steps[-1].claim.right, known)) is not None:
            steps.append(step)
    return Derivation(chain.goal, carry(steps, known))


def example(stack: Stack, fact: Claim, known: Known) -> Derivation:
    """A value of a stack with numbers, from the `fact` that the formula for any stack gives.

    Raises DeriveError for more than LONGEST layers.
    """
    if stack.depth > LONGEST:
        raise DeriveError(
            f"{stack.depth} layers: a stack of numbers is written out for at most {LONGEST}"
        )
    goal = fact.left
    steps = [make(by_formula, goal, fact.right, known, uses=(fact,))]
    line = fact.right
    while (written := write_out.apply(line, known)) is not None:
        steps.append(written)
        line = written.claim.right
        if not line.has(Sum):
            break
    values = {c.left: c.right for c in _values(stack, line)}
    # sympy asks what is under a floor whether it is whole, and of numbers that are not worked out
    # that can fail
    filled = line.xreplace(values) if line.has(floor) else kept(line, values)
    put = make(numbers, line, filled, known, uses=tuple(Claim(k, v) for k, v in values.items()))
    if put is not None:
        terms = term_values(put.claim.right)
        middle = make(work_out, put.claim.right, terms, known) if terms is not None else None
        steps += [
            put,
            middle,
            work_out.apply(middle.claim.right if middle else put.claim.right, known),
        ]
    return Derivation(goal, tuple(s for s in steps if s is not None))


def _values(stack: Stack, line: Expr) -> Iterator[Claim]:
    """The stack's numbers as facts: each size in the line, and each product of strides: of a few as
    a product of numbers."""
    assert stack.values is not None
    for part in sorted(
        (p for p in line.atoms(Product) if p.limits[0][2].is_number), key=lambda p: p.limits[0][2]
    ):
        strides = stack.values["S"][: part.limits[0][2]]
        few = strides and stack.depth <= FEW and not line.has(floor)
        yield Claim(part, Mul(*strides, evaluate=False) if few else Mul(*strides))
    for letter in stack.varies:
        for level, size_ in enumerate(stack.values[letter], 1):
            if line.has(sequence(letter)(level)):
                yield Claim(sequence(letter)(level), size_)


def really_read(stack: Stack) -> Derivation:
    """How many positions one output really reads: the windows of each layer's positions put
    together, layer by layer."""
    assert stack.values is not None
    found = {0}
    for level in range(int(stack.depth), 0, -1):
        size_, stride, dilation = (
            int(stack.values[x][level - 1]) if x in stack.varies else 1 for x in "KSD"
        )
        found = {stride * output + dilation * tap for output in found for tap in range(size_)}
    fact = Claim(sequence("read")(Integer(0)), Integer(len(found)))
    return Derivation(fact.left, (Step(fact, counted, {}, (fact,)),))

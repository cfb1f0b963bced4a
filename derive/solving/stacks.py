"""Receptive fields and sizes of convolutions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Add, Eq, Expr, Integer, Le, Mod, Mul, Product, Symbol, floor

from derive.model.claims import Claim, Derivation, DeriveError, Law, Rule, Step
from derive.model.recurrence import sequence
from derive.model.stacks import KERNEL, LEVEL, WIDTH, Stack
from derive.model.terms import put_in
from derive.model.windows import OUTPUT, Window
from derive.solving.chain import Known, by_law, carry, grow, make, put_all_in
from derive.solving.rules.algebra import collect, kept, multiply_out, regrouped, term_values, work_out
from derive.solving.rules.products import LONGEST, absorb, empty_product, write_out
from derive.solving.rules.sums import (
    constant_factor,
    first_term,
    last_term,
    of_constant,
    shift_index,
    split,
    split_difference,
    together,
)
from derive.solving.rules.updates import linear, start_facts, unroll_down, update

x, y = Symbol("x"), Symbol("y")
EXPANSIONS = 3
FEW = 5  # layers whose strides are shown as a product of numbers
SHOWN = 12  # layers whose terms are written out with letters


def never(expr: Expr, known: Known) -> Step | None:
    return None


regroup = Rule("multiply out", None, never)
expand = Rule("the same for the next layer", None, never)
at_zero = Rule("put in", None, never)
by_formula = Rule("the formula for $L$ layers", None, never)
numbers = Rule("put in the numbers", None, never)
positions = Rule("count the windows that fit", None, never)
ends = Rule("the first and the last position read", None, never)
counted = Rule("count the positions one by one", None, never)


def general(stack: Stack) -> Derivation:
    """W(l) = ... for every layer l: the update, expanded as far as shown, unrolled to the last layer."""
    known = Known(stack.recurrence, stack.ranges)
    goal = WIDTH(LEVEL)
    first = update.apply(goal, known)
    form = linear("W", known)
    assert first is not None and form is not None
    grouped = regrouped(form[0], WIDTH(LEVEL + 1), form[1])
    second = make(regroup, first.claim.right, grouped, known)
    steps = [first, second]
    fact = Claim(goal, grouped)
    line: Expr = grouped
    for level in range(2, EXPANSIONS + 1):
        if stack.depth.is_number and stack.depth < level:
            break
        expanded = put_in(line, Claim(goal, grouped))
        step = make(expand, line, expanded, known, uses=(fact,))
        assert step is not None
        one_more, used = Le(LEVEL, stack.depth - level), Claim(goal, grouped, (Le(LEVEL, stack.depth - 1),))
        steps.append(Step(Claim(line, step.claim.right, (one_more,)), expand, {}, (used,)))
        line = step.claim.right
    return Derivation(goal, carry((s for s in (*steps, unroll_down.apply(goal, known)) if s is not None), known))


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


def receptive_field(stack: Stack, unrolled: Claim) -> Derivation:
    """W(0), the receptive field, from the unrolled form; written out where the depth is a small number."""
    known = Known(stack.recurrence, stack.ranges)
    goal = WIDTH(Integer(0))
    line, uses = put_all_in(goal, (unrolled, *start_facts(known)))
    rules = (*SIMPLIFY, write_out) if stack.depth.is_number and stack.depth <= SHOWN else SIMPLIFY
    return _ordered(grow(goal, [make(at_zero, goal, line, known, uses=uses)], (), known), rules, known)


def _ordered(chain: Derivation, rules: tuple[Rule, ...], known: Known) -> Derivation:
    """Each rule in turn, as often as it fits: `together` must not undo `split`."""
    steps = list(chain.steps)
    for rule in rules:
        while (step := rule.apply(steps[-1].claim.right, known)) is not None:
            steps.append(step)
    return Derivation(chain.goal, carry(steps, known))


def example(stack: Stack, formula: Claim) -> Derivation:
    """W(0) of a stack with numbers, by the formula for any stack. Raises DeriveError for more than LONGEST layers."""
    if stack.depth > LONGEST:
        raise DeriveError(f"{stack.depth} layers: a stack of numbers is written out for at most {LONGEST}")
    known = Known(stack.recurrence, stack.ranges)
    goal = WIDTH(Integer(0))
    fact = Claim(goal, formula.right.xreplace({Symbol("L"): stack.depth}))
    steps = [make(by_formula, goal, fact.right, known, uses=(fact,))]
    written = write_out.apply(fact.right, known)
    steps.append(written)
    line = written.claim.right if written else fact.right
    values = {c.left: c.right for c in _values(stack, line)}
    put = make(numbers, line, kept(line, values), known, uses=tuple(Claim(k, v) for k, v in values.items()))
    if put is not None:
        terms = term_values(put.claim.right)
        middle = make(work_out, put.claim.right, terms, known) if terms is not None else None
        steps += [put, middle, work_out.apply(middle.claim.right if middle else put.claim.right, known)]
    return Derivation(goal, tuple(s for s in steps if s is not None))


def _values(stack: Stack, line: Expr) -> Iterator[Claim]:
    """The stack's numbers as facts: each K(l) in the line, and each product of strides: of a few as a product of numbers."""
    assert stack.kernel_sizes is not None and stack.strides is not None
    for part in sorted(line.atoms(Product), key=lambda p: p.limits[0][2]):
        strides = stack.strides[: part.limits[0][2]]
        yield Claim(part, Mul(*strides, evaluate=False) if strides and stack.depth <= FEW else Mul(*strides))
    for level, size_ in enumerate(stack.kernel_sizes, 1):
        if line.has(KERNEL(level)):
            yield Claim(KERNEL(level), size_)


def really_read(stack: Stack) -> Derivation:
    """How many positions one output really reads: the windows of each layer's positions put together, layer by layer."""
    assert stack.kernel_sizes is not None and stack.strides is not None
    found = {0}
    for size_, stride in zip(reversed(stack.kernel_sizes), reversed(stack.strides), strict=True):
        found = {int(stride) * output + tap for output in found for tap in range(int(size_))}
    fact = Claim(sequence("read")(Integer(0)), Integer(len(found)))
    return Derivation(fact.left, (Step(fact, counted, {}, (fact,)),))


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
    """How far the last position that output o reads lies before the end of the padded input: o exists while this is >= 0."""
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
        size_.answer, carry([replace(step, claim=replace(step.claim, needs=(*size_.needs, *step.claim.needs)))], known)
    )

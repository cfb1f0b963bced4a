"""First order with coefficients that vary: unroll to products in a sum, close the products, then
the sum."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from sympy import Basic, Expr, Ge, Integer, Lambda, Product, Sum, Symbol

from derive.model.language.claims import Binding, Claim, Derivation, Rule, Step, relation, sequence
from derive.model.language.conditions import plain
from derive.model.language.terms import fresh, instantiate, put_in, rewrite
from derive.model.recurrences.linear import linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.chain import Known, carry, make
from derive.solving.recurrences.kernel.sums.products import quotient_form
from derive.solving.recurrences.strategies.constant import Solution, put_known
from derive.solving.recurrences.strategies.summation import antidifference, sum_form
from derive.solving.recurrences.walk import step_by_step
from derive.solving.rules.ansatz import algebra
from derive.solving.rules.geometric import geometric_from_one
from derive.solving.rules.products import of_constant_product, telescoping_product
from derive.solving.rules.sums import constant_factor, telescope
from derive.solving.rules.updates import (
    b,
    i,
    k,
    last,
    n,
    s,
    sum_updates,
    unroll_by_products,
    unroll_products,
    x,
)

MOST = 8


def by_products(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """x(t) = product of the a's times x(p) + sum of b(k) times the a's after k."""
    t = model.index
    others = {n: v for n, v in solved.values.items() if n != name}
    form = linear_in(put_known(model.equations[name], others, t), frozenset((name,)))
    goal = sequence(name)(t)
    if form is None or model.order(name) != 1 or set(form.slopes) != {goal}:
        return None
    slope, rest = form.slopes[goal], form.rest
    first = max(int(model.first), solved.begins(name))
    known = Known(None, model.ranges, (), model.taken)
    needs = (*solved.needs, *((relation(Ge, t, Integer(first)),) if first > model.first else ()))
    index = fresh(slope, rest, *model.start[name], t, taken=model.taken)
    other = fresh(slope, rest, *model.start[name], t, index, taken=model.taken)
    rule = unroll_products if rest == 0 else sum_updates if slope == 1 else unroll_by_products
    binding: Binding = {
        x: Lambda(n, sequence(name)(n)),
        s: Lambda(t, slope),
        b: Lambda(t, rest),
        n: t,
        i: other,
        k: index,
        last: Integer(first),
    }
    fact = Claim(sequence(name)(Integer(first)), step_by_step(model, name, first))
    assert rule.law is not None
    line = put_in(instantiate(rule.law.right, binding), fact, t)
    started = make(rule, goal, line, known, binding, (fact,))
    if started is None:
        return None
    steps = [
        replace(started, claim=replace(started.claim, needs=needs)),
        *closed(line, known, needs, first),
    ]
    if len(steps) > MOST:
        return None
    if steps[-1].claim.right != solved.values[name]:
        steps.append(algebra("collect", steps[-1].claim.right, solved.values[name], needs))
    return Derivation(goal, carry(steps, known), (), solved.where)


def closed(line: Expr, known: Known, needs: tuple[Basic, ...], first: int) -> Iterator[Step]:
    """Each product, then each sum, closed where it has a form."""
    line = yield from _while(of_constant_product, line, known, needs)
    for part in sorted(line.atoms(Product), key=str):
        index, low, high = part.limits[0]
        made = quotient_form(part.function, index, first)
        if made is None:
            continue
        binding: Binding = {
            sequence("f"): Lambda(index, part.function),
            sequence("h"): Lambda(index, made[0]),
            Symbol("p"): low,
            Symbol("q"): high,
            Symbol("i"): index,
        }
        assert telescoping_product.law is not None
        right = rewrite(line, part, instantiate(telescoping_product.law.right, binding))
        step = make(telescoping_product, line, right, known, binding)
        if step is not None:
            more = tuple(map(plain, made[1]))
            yield replace(
                step,
                claim=replace(
                    step.claim, needs=tuple(dict.fromkeys((*needs, *more, *step.claim.needs)))
                ),
            )
            line = step.claim.right
    line = yield from _while(constant_factor, line, known, needs)
    line = yield from _while(geometric_from_one, line, known, needs)
    for total in sorted(line.atoms(Sum), key=str):
        step = telescoped(total, known, line, needs)
        if step is not None:
            yield step
            line = step.claim.right


def _while(
    rule: Rule, line: Expr, known: Known, needs: tuple[Basic, ...]
) -> Generator[Step, None, Expr]:
    """The rule as often as it fits; returns the line it leaves."""
    while (out := rule.apply(line, known)) is not None:
        yield replace(
            out, claim=replace(out.claim, needs=tuple(dict.fromkeys((*needs, *out.claim.needs))))
        )
        line = out.claim.right
    return line


def telescoped(total: Sum, known: Known, line: Expr, needs: tuple[Basic, ...]) -> Step | None:
    """A sum closed by what its terms are the differences of: an antidifference, else the sum up to
    k - 1 in closed form."""
    index, low, _ = total.limits[0]
    rising = antidifference(total.function, index)
    if rising is None:
        letter = fresh(total, taken=known.taken)
        made = sum_form(total.function.xreplace({index: letter}), letter, low, index - 1)
        if made is None:
            return None
        rising, needs = made[0], tuple(dict.fromkeys((*needs, *made[1])))
    return telescope(total, rising, known, line, needs)

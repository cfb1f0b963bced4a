"""Coefficients that stay as they are: the recurrence of the distance from a fixed number, unrolled
in one sum."""

from __future__ import annotations

from sympy import Lambda, Symbol

from derive.model.language.claims import Binding, Claim, Derivation, Step, sequence
from derive.model.recurrences.linear import linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.strategies.kept import centred
from derive.solving.rules.ansatz import algebra
from derive.solving.rules.kept import b, c, first, last, n, s, unroll_distance, x


def by_sum_of_products(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """The distance from c obeys a recurrence of its own; unrolled."""
    t = model.index
    form = linear_in(model.equations[name], frozenset((name,)))
    this = sequence(name)(t)
    if form is None or set(form.slopes) != {this}:
        return None
    a, rest, start = form.slopes[this], form.rest, model.start[name][0]
    centre, forcing = centred(a, rest, start)
    down, led = model.down is not None, start != centre
    at = Symbol("_i")
    slope, force = (
        Lambda(at, part.xreplace({t: at if model.down is None else model.down - at}))
        for part in (a, forcing)
    )
    binding: Binding = {
        x: Lambda(n, sequence(name)(n)), s: slope, b: force, n: t, c: centre, first: model.first
    }  # fmt: skip
    if model.down is not None:
        binding = {**binding, last: model.down}
    update = Claim(this.xreplace({t: t + 1}), model.equations[name])
    lemma = algebra(
        "take off what it starts from",
        update.left - centre,
        a * (this - centre) + forcing,
        (),
        (update,),
    )
    uses = (Claim(sequence(name)(model.first), start),) if led else ()
    step = Step(
        Claim(this, solved.values[name]), unroll_distance(down, led, forcing != 0), binding, uses
    )
    return Derivation(this, (step,), (lemma,) if centre != 0 else (), solved.where)

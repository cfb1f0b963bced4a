"""Equations that change with the index: a period taken as one step, pulses counted, pieces joined
where they meet."""

from __future__ import annotations

from sympy import Expr, Ge, Integer, Lambda, Le, Lt, Mod, Ne, Piecewise, S, Symbol, ceiling
from sympy.core.function import AppliedUndef

from derive.model.language.claims import Binding, Claim, Derivation, Rule, Step, relation, sequence
from derive.model.language.terms import instantiate, put_in, unused
from derive.model.recurrences.linear import linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.strategies.pieces import at_place
from derive.solving.rules import pieces as rules
from derive.solving.rules.ansatz import algebra, found, same_start
from derive.solving.rules.pieces import a, b, f, h, i, j, m, n, p, q, x, y

LONGEST_PERIOD = 8


def by_period(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """A whole period is one step that does not change; the rests follow from its start."""
    t = model.index
    value, this = solved.values[name], sequence(name)
    if (
        model.order(name) != 1
        or model.first != 0
        or not isinstance(value, Piecewise)
        or solved.where
    ):
        return None
    equation, old = model.equations[name], Symbol("_old")
    period = len(value.args)
    if period > LONGEST_PERIOD or equation.atoms(AppliedUndef) != {this(t)}:
        return None
    lemmas: list[Step] = []
    for rest in range(period):
        place = period * t + rest
        after = at_place(equation, t, place)
        binding: Binding = {
            x: Lambda(n, this(n)),
            m: place,
            h: Lambda((old, t), after.xreplace({this(place): old})),
        }
        lemmas.append(Step(Claim(this(place + 1), after, solved.needs), rules.one_update, binding))
    whole, used = this(period * t + period), [step.claim for step in reversed(lemmas)]
    after = this(period * t + period)
    for fact in used:
        after = after.xreplace({fact.left: fact.right})
    after = after.expand() if after.is_polynomial(*after.atoms(AppliedUndef)) else after
    form = linear_in(after, frozenset((name,)))
    if form is None:
        return None
    after = sum((c.factor() * v for v, c in form.slopes.items()), form.rest)
    lemmas.append(algebra("one period, put together", whole, after, solved.needs, tuple(used)))
    start = value.args[0][0].xreplace({t: period * t})
    lemmas.append(
        same_start(this(period * t), after, 1, start, t, solved.needs, 0, "unroll period by period")
    )
    step = found(name, value, model, solved.needs, 0, "and the steps from there")
    return Derivation(this(t), (step,), tuple(lemmas), solved.where)


def by_threshold(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """The closed form up to the change; from it on, started where the first one ends; both
    together."""
    t = model.index
    value, this = solved.values[name], sequence(name)
    if (
        model.order(name) != 1
        or model.first != 0
        or not isinstance(value, Piecewise)
        or len(value.args) != 2
    ):
        return None
    (before, condition), (late, _) = value.args
    if (
        not isinstance(condition, Lt)
        or condition.lhs != t
        or model.equations[name].atoms(AppliedUndef) != {this(t)}
    ):
        return None
    place = condition.rhs - 1
    until, since = (
        _one_side(name, model, v, place, late_) for v, late_ in ((before, False), (late, True))
    )
    first = Step(
        Claim(this(t), before, (*solved.needs, relation(Le, t, place))), until[0], until[1]
    )
    second = Step(Claim(this(t), late, (*solved.needs, relation(Ge, t, place))), since[0], since[1])
    step = found(name, value, model, solved.needs, 0, "both pieces together")
    return Derivation(this(t), (step,), (first, second), solved.where)


def _one_side(
    name: str, model: Stated, value: Expr, place: Expr, late: bool
) -> tuple[Rule, Binding]:
    """Same start, same equation, on one side of a place: with the values before, up to it; with the
    values after, from it on."""
    t = model.index
    old = Symbol("_old")
    after = model.equations[name].xreplace({sequence(name)(t): old})
    binding: Binding = {
        x: Lambda(n, sequence(name)(n)),
        y: Lambda(t, value),
        h: Lambda((old, t), after),
        n: t,
        p: place,
    }
    return (rules.since if late else rules.until), binding


def by_pulses(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """Unroll; only the multiples of k leave a term; the terms are a geometric sum."""
    t = model.index
    this = sequence(name)
    form = linear_in(model.equations[name], frozenset((name,)))
    if (
        form is None
        or set(form.slopes) != {this(t)}
        or not isinstance(form.rest, Piecewise)
        or model.first != 0
    ):
        return None
    slope, (height, condition) = form.slopes[this(t)], form.rest.args[0]
    k, start = condition.lhs.args[1], model.start[name][0]
    letter = Symbol(unused("ijklm", model.taken))
    other = Symbol(unused("jklmi", model.taken | {letter.name}))
    if slope in (0, 1, -1) or not isinstance(condition.lhs, Mod):
        return None
    binding: Binding = {x: Lambda(n, this(n)), a: slope, b: Lambda(t, form.rest), n: t, i: letter}
    powers = Lambda(letter, slope ** (t - 1 - letter))
    fact = Claim(this(Integer(0)), start)
    line = put_in(instantiate(rules.unroll_terms.law.right, binding), fact, t)  # type: ignore[union-attr]
    unrolled = Step(Claim(this(t), line), rules.unroll_terms, binding, (fact,))
    pulses: Binding = {
        a: height,
        b: Lambda(t, form.rest),
        f: powers,
        m: k,
        n: t,
        i: letter,
        j: other,
    }
    left = slope**t * start + instantiate(rules.multiples.law.right, pulses)  # type: ignore[union-attr]
    chosen = Step(Claim(unrolled.claim.right, left), rules.multiples, pulses)
    ratio: Binding = {
        f: Lambda(other, slope ** (t - 1 - k * other)),
        a: slope ** (-k),
        q: ceiling(t / k) - 1,
        j: other,
    }
    closed = slope**t * start + height * instantiate(rules.geometric.law.right, ratio)  # type: ignore[union-attr]
    needs = (relation(Ne, slope, S.Zero), relation(Ne, slope ** (-k), S.One), *solved.needs)
    summed = Step(Claim(left, closed, needs), rules.geometric, ratio)
    short = algebra("collect", closed, solved.values[name], needs)
    return Derivation(this(t), (unrolled, chosen, summed, short), (), solved.where)

"""Equations that change with the index: a period taken as one step, pulses counted, pieces joined where they meet."""

from __future__ import annotations

from sympy import Eq, Expr, Ge, Integer, Lambda, Le, Lt, Mod, Ne, Piecewise, S, Sum, Symbol, ceiling
from sympy.core.function import AppliedUndef

from derive.model.claims import Binding, Claim, Derivation, Law, Rule, Step, T, relation, sequence
from derive.model.equations import linear_in
from derive.model.stated import Stated
from derive.model.terms import instantiate, put_in
from derive.solving.constant import Solution
from derive.solving.pieces import at_place
from derive.solving.rules.ansatz import algebra, found, h, n, same_start, x, y

LONGEST_PERIOD = 8
f, s, b = sequence("f"), sequence("s"), sequence("b")
a, i, j, m, p, q = (Symbol(letter) for letter in "aijmpq")

one_update = Rule("the equation at this index", Law(x(m + 1), h(x(m), m)), lambda goal, known: None)


def by_period(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """A whole period is one step that does not change; the rests follow from its start."""
    value, this = solved.values[name], sequence(name)
    if model.order(name) != 1 or model.first != 0 or not isinstance(value, Piecewise) or solved.where:
        return None
    equation, old = model.equations[name], Symbol("_old")
    period = len(value.args)
    if period > LONGEST_PERIOD or equation.atoms(AppliedUndef) != {this(T)}:
        return None
    lemmas: list[Step] = []
    for rest in range(period):
        place = period * T + rest
        after = at_place(equation, place, {T: place})
        binding: Binding = {
            x: Lambda(n, this(n)),
            m: place,
            h: Lambda((old, T), after.xreplace({this(place): old})),
        }
        lemmas.append(Step(Claim(this(place + 1), after, solved.needs), one_update, binding))
    whole, used = this(period * T + period), [step.claim for step in reversed(lemmas)]
    after = this(period * T + period)
    for fact in used:
        after = after.xreplace({fact.left: fact.right})
    after = after.expand() if after.is_polynomial(*after.atoms(AppliedUndef)) else after
    form = linear_in(after, frozenset((name,)))
    if form is None:
        return None
    after = sum((c.factor() * v for v, c in form.slopes.items()), form.rest)
    lemmas.append(algebra("one period, put together", whole, after, solved.needs, tuple(used)))
    start = value.args[0][0].xreplace({T: period * T})
    lemmas.append(same_start(this(period * T), after, 1, start, solved.needs, 0, "unroll period by period"))
    step = found(name, value, model, solved.needs, 0, "and the steps from there")
    return Derivation(this(T), (step,), tuple(lemmas), solved.where)


def by_threshold(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """The closed form up to the change; from it on, started where the first one ends; both together."""
    value, this = solved.values[name], sequence(name)
    if model.order(name) != 1 or model.first != 0 or not isinstance(value, Piecewise) or len(value.args) != 2:
        return None
    (before, condition), (late, _) = value.args
    if not isinstance(condition, Lt) or condition.lhs != T or model.equations[name].atoms(AppliedUndef) != {this(T)}:
        return None
    place = condition.rhs - 1
    until, since = (_one_side(name, model, v, place, late_) for v, late_ in ((before, False), (late, True)))
    first = Step(Claim(this(T), before, (*solved.needs, relation(Le, T, place))), until[0], until[1])
    second = Step(Claim(this(T), late, (*solved.needs, relation(Ge, T, place))), since[0], since[1])
    step = found(name, value, model, solved.needs, 0, "both pieces together")
    return Derivation(this(T), (step,), (first, second), solved.where)


def _one_side(name: str, model: Stated, value: Expr, place: Expr, late: bool) -> tuple[Rule, Binding]:
    """Same start, same equation, on one side of a place: with the values before, up to it; with the values after, from it on."""
    old = Symbol("_old")
    after = model.equations[name].xreplace({sequence(name)(T): old})
    binding: Binding = {
        x: Lambda(n, sequence(name)(n)),
        y: Lambda(T, value),
        h: Lambda((old, T), after),
        n: T,
        p: place,
    }
    if late:
        carried = tuple((g(n + 1), h(g(n), n)) for g in (x, y))
        return Rule("from there on", Law(x(n), y(n), (Ge(n, p),), ((x(p), y(p)), *carried)), lambda goal, known: None), binding
    carried = tuple((g(n), h(g(n - 1), n - 1)) for g in (x, y))
    law = Law(x(n), y(n), (Le(n, p),), ((x(S.Zero), y(S.Zero)), *carried))
    return Rule("up to the change", law, lambda goal, known: None), binding


def by_pulses(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """Unroll; only the multiples of k leave a term; the terms are a geometric sum."""
    this = sequence(name)
    form = linear_in(model.equations[name], frozenset((name,)))
    if form is None or set(form.slopes) != {this(T)} or not isinstance(form.rest, Piecewise) or model.first != 0:
        return None
    slope, (height, condition) = form.slopes[this(T)], form.rest.args[0]
    k, start = condition.lhs.args[1], model.start[name][0]
    if slope in (0, 1, -1) or not isinstance(condition.lhs, Mod):
        return None
    binding: Binding = {x: Lambda(n, this(n)), a: slope, b: Lambda(T, form.rest), n: T, i: i}
    powers = Lambda(i, slope ** (T - 1 - i))
    fact = Claim(this(Integer(0)), start)
    line = put_in(instantiate(_UNROLL.law.right, binding), fact)  # type: ignore[union-attr]
    unrolled = Step(Claim(this(T), line), _UNROLL, binding, (fact,))
    pulses: Binding = {a: height, b: Lambda(T, form.rest), f: powers, m: k, n: T, i: i, j: j}
    left = slope**T * start + instantiate(_PULSES.law.right, pulses)  # type: ignore[union-attr]
    chosen = Step(Claim(unrolled.claim.right, left), _PULSES, pulses)
    ratio: Binding = {f: Lambda(j, slope ** (T - 1 - k * j)), a: slope ** (-k), q: ceiling(T / k) - 1, j: j}
    closed = slope**T * start + height * instantiate(_RATIO.law.right, ratio)  # type: ignore[union-attr]
    needs = (relation(Ne, slope, S.Zero), relation(Ne, slope ** (-k), S.One), *solved.needs)
    summed = Step(Claim(left, closed, needs), _RATIO, ratio)
    short = algebra("collect", closed, solved.values[name], needs)
    return Derivation(this(T), (unrolled, chosen, summed, short), (), solved.where)


_UNROLL = Rule(
    "unroll",
    Law(x(n), a**n * x(0) + Sum(b(i) * a ** (n - 1 - i), (i, 0, n - 1)), given=((x(n + 1), a * x(n) + b(n)),)),
    lambda goal, known: None,
)
_PULSES = Rule(
    "only multiples count",
    Law(
        Sum(b(i) * f(i), (i, 0, n - 1)),
        a * Sum(f(m * j), (j, 0, ceiling(n / m) - 1)),
        (Ge(m, 1),),
        ((b(i), Piecewise((a, Eq(Mod(i, m), 0)), (0, True))),),
    ),
    lambda goal, known: None,
)
_RATIO = Rule(
    "geometric sum",
    Law(Sum(f(j), (j, 0, q)), f(0) * (1 - a ** (q + 1)) / (1 - a), (Ne(a, 1), Ge(q, -1)), ((f(j + 1), a * f(j)),)),
    lambda goal, known: None,
)

"""Rules that start from a recurrence: one update, its unrolling, its closed forms put in."""

from __future__ import annotations

from sympy import Add, Basic, Expr, Function, Ge, Lambda, Le, Mul, Product, Sum, Symbol
from sympy.core.function import AppliedUndef

from derive.model.language.claims import LEVEL, Claim, Law, Rule, Step, sequence
from derive.model.language.terms import apart, fresh, instantiate, put_in
from derive.solving.chain import Known, make, put_all_in

a, n, k, i, j, last = (Symbol(s) for s in ("a", "n", "k", "i", "j", "N"))
x, y, b, s = (sequence(name) for name in ("x", "y", "b", "s"))


def update_fact(name: str, known: Known) -> Claim:
    """The recurrence's own equation for a sequence."""
    recurrence = known.recurrence
    assert recurrence is not None
    return Claim(sequence(name)(recurrence.at(name)), recurrence.equations[name])


def start_facts(known: Known) -> tuple[Claim, ...]:
    recurrence = known.recurrence
    assert recurrence is not None
    return tuple(
        Claim(sequence(name)(recurrence.first + j), value)  # type: ignore[arg-type]
        for name, values in recurrence.start.items()
        for j, value in enumerate(values)
    )


def _update(goal: Expr, known: Known) -> Step | None:
    """One step of the program or of the stack, put in for the goal."""
    recurrence = known.recurrence
    name = goal.func.__name__
    if recurrence is None or name not in recurrence.equations:
        return None
    fact = update_fact(name, known)
    step = make(update, goal, put_in(goal, fact, recurrence.index), known, uses=(fact,))
    if step is None:
        return None
    after = recurrence.first + recurrence.direction
    exists = recurrence.index >= after if recurrence.direction == 1 else Le(LEVEL, after)  # type: ignore[operator]
    return Step(
        Claim(step.claim.left, step.claim.right, (exists, *step.claim.needs)),
        step.rule,
        step.binding,
        step.uses,
    )


update = Rule("one update", None, _update, line="start")

_CONSTANT_LAW = Law(
    x(n),
    a**n * x(0) + Sum(a**k * b(n - 1 - k), (k, 0, n - 1)),
    given=((x(n + 1), a * x(n) + b(n)),),
)
_ADDED_LAW = Law(x(n), x(0) + a * Sum(b(k - 1), (k, 1, n)), given=((x(n + 1), x(n) + a * b(n)),))
h = Function("h")
p = Symbol("p")
_SAME_LAW = Law(
    x(n),
    y(n),
    (Ge(n, p),),
    given=((x(p), y(p)), (x(n + 1), h(x(n), n)), (y(n + 1), h(y(n), n))),
)
_DOWN_LAW = Law(
    x(n),
    Product(s(i), (i, n + 1, last)) * x(last)
    + Sum(b(j) * Product(s(i), (i, n + 1, j - 1)), (j, n + 1, last)),
    given=((x(n), s(n + 1) * x(n + 1) + b(n + 1)),),
)

_DOWN_PRODUCT_LAW = Law(
    x(n), Product(s(i), (i, n + 1, last)) * x(last), given=((x(n), s(n + 1) * x(n + 1)),)
)


def linear(name: str, known: Known) -> tuple[Expr, Expr] | None:
    """(a, b) where the sequence's new value is a*old + b, both free of the old value; None where it
    is not of that form.

    Kept as the program's terms show them; only where they do not, the update is expanded first.
    """
    recurrence = known.recurrence
    assert recurrence is not None
    old = sequence(name)(recurrence.index if recurrence.direction == 1 else recurrence.index + 1)
    equation = recurrence.equations[name]
    return _linear(equation, old) or _linear(equation.expand(), old)


def _linear(equation: Expr, old: Expr) -> tuple[Expr, Expr] | None:
    slope, rest = [], []
    for term in Add.make_args(equation):
        factors = list(Mul.make_args(term))
        if old in factors:
            factors.remove(old)
            slope.append(Mul(*factors))
        else:
            rest.append(term)
    if any(
        a.func.__name__ == old.func.__name__
        for part in (*slope, *rest)
        for a in part.atoms(AppliedUndef)
    ):
        return None
    return Add(*slope), Add(*rest)


def _unrolled(rule: Rule, binding: dict[Basic, Basic], goal: Expr, known: Known) -> Step | None:
    """The law of unrolling put in for the goal, and the start put in."""
    assert rule.law is not None
    binding = dict(apart(rule.law, binding, known.taken))  # type: ignore[arg-type]
    line, uses = put_all_in(instantiate(rule.law.right, binding), start_facts(known), index(known))  # type: ignore[arg-type]
    return make(rule, goal, line, known, binding, uses)  # type: ignore[arg-type]


def letter(known: Known) -> Symbol:
    """A letter for an index that the recurrence does not use itself."""
    recurrence = known.recurrence
    assert recurrence is not None
    begun = (value for values in recurrence.start.values() for value in values)
    parts = (*recurrence.equations.values(), *begun)
    return fresh(*parts, recurrence.index, taken=known.taken)


def index(known: Known) -> Symbol:
    """The letter that the recurrence counts with."""
    assert known.recurrence is not None
    return known.recurrence.index


def _unroll(goal: Expr, known: Known) -> Step | None:
    name = goal.func.__name__
    form, t = linear(name, known), index(known)
    if form is None or form[0] in (0, 1) or t in form[0].free_symbols or form[0].has(AppliedUndef):
        return None
    binding: dict[Basic, Basic] = {
        x: Lambda(n, sequence(name)(n)),
        a: form[0],
        b: Lambda(t, form[1]),
        n: t,
        k: letter(known),
    }
    return _unrolled(unroll, binding, goal, known)


def _add_up(goal: Expr, known: Known) -> Step | None:
    name = goal.func.__name__
    form, t = linear(name, known), index(known)
    if form is None or form[0] != 1:
        return None
    factors = Mul.make_args(form[1])
    constant = Mul(*(f for f in factors if not f.has(AppliedUndef, t)))
    rest = Mul(*(f for f in factors if f.has(AppliedUndef, t)))
    binding: dict[Basic, Basic] = {
        x: Lambda(n, sequence(name)(n)),
        a: constant,
        b: Lambda(t, rest),
        n: t,
        k: letter(known),
    }
    return _unrolled(add_up, binding, goal, known)


def _unroll_down(goal: Expr, known: Known) -> Step | None:
    recurrence = known.recurrence
    name = goal.func.__name__
    form = linear(name, known)
    if recurrence is None or form is None or recurrence.direction != -1:
        return None
    slope, rest = (Lambda(LEVEL, part.xreplace({LEVEL: LEVEL - 1})) for part in form)
    binding = {x: Lambda(n, sequence(name)(n)), s: slope, n: LEVEL, last: recurrence.first}
    rule = multiply_down
    if form[1] != 0:
        rule, binding = unroll_down, {**binding, b: rest}
    assert rule.law is not None
    binding = dict(apart(rule.law, binding, known.taken))
    return make(rule, goal, instantiate(rule.law.right, binding), known, binding)


_PRODUCT_LAW = Law(
    x(n),
    Product(s(i), (i, last, n - 1)) * x(last),
    (Ge(n, last),),
    given=((x(n + 1), s(n) * x(n)),),
)
_VARYING_LAW = Law(
    x(n),
    Product(s(i), (i, last, n - 1)) * x(last)
    + Sum(b(k) * Product(s(i), (i, k + 1, n - 1)), (k, last, n - 1)),
    (Ge(n, last),),
    given=((x(n + 1), s(n) * x(n) + b(n)),),
)

_SUMMED_LAW = Law(
    x(n), x(last) + Sum(b(k), (k, last, n - 1)), (Ge(n, last),), given=((x(n + 1), x(n) + b(n)),)
)

unroll = Rule("unroll", _CONSTANT_LAW, _unroll)
sum_updates = Rule("add up the updates", _SUMMED_LAW, lambda goal, known: None)
unroll_products = Rule("multiply up", _PRODUCT_LAW, lambda goal, known: None)
unroll_by_products = Rule("unroll", _VARYING_LAW, lambda goal, known: None)
add_up = Rule("add up the updates", _ADDED_LAW, _add_up)
unroll_down = Rule("unroll down to the last layer", _DOWN_LAW, _unroll_down)
multiply_down = Rule("multiply up to the last layer", _DOWN_PRODUCT_LAW, _unroll_down)


def same_update(name: str, value: Expr, known: Known) -> Step | None:
    """`name(t) = value`: both start alike and both are carried on by the update of `name`."""
    recurrence = known.recurrence
    assert recurrence is not None
    old, t = Symbol("_old"), recurrence.index
    anew = not recurrence.order(name)
    equation = recurrence.equations[name].xreplace({t: t + 1} if anew else {})
    after = equation.xreplace({sequence(name)(t): old})
    first = recurrence.first + int(anew)
    binding: dict[Basic, Basic] = {
        x: Lambda(n, sequence(name)(n)),
        y: Lambda(t, value),
        h: Lambda((old, t), after),
        n: t,
        p: first,
    }
    goal = sequence(name)(t)
    return make(same_start_and_update, goal, value, known, binding)  # type: ignore[arg-type]


same_start_and_update = Rule("same start, same update", _SAME_LAW, lambda goal, known: None)


def _closed(expr: Expr, known: Known) -> Step | None:
    """Every closed form that stands in the line."""
    names = {part.func.__name__ for part in known.parts(expr).get(AppliedUndef, ())}
    line, used = put_all_in(
        expr, (fact for fact in known.closed if fact.left.func.__name__ in names), index(known)
    )
    return make(closed_forms, expr, line, known, uses=used) if used else None


closed_forms = Rule("put in", None, _closed)

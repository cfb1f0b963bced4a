"""Rules for sums: take out, split, close."""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Basic, Expr, Function, Ge, Integer, Lambda, Mul, Ne, Pow, Sum, Symbol
from sympy.core.function import AppliedUndef

from derive.model.language.claims import Binding, Law, Rule, Step
from derive.model.language.terms import instantiate, rewrite
from derive.solving.chain import Known, by_law, free_of, is_sum, make

a, x, p, q, k = (Symbol(s) for s in "axpqk")
f, h = Function("f"), Function("h")
t, beta, c = Symbol("t"), Symbol("beta"), Symbol("c")


def limits(part: Basic) -> tuple[Symbol, Expr, Expr]:
    index, low, high = part.limits[0]  # type: ignore[attr-defined]
    return index, low, high


def _constant(part: Basic, known: Known) -> Binding | None:
    if not part.function.is_Mul:
        return None
    index, low, high = limits(part)
    outside = [g for g in part.function.args if free_of(g, index)]
    inside = [g for g in part.function.args if not free_of(g, index)]
    if not outside or not inside:
        return None
    return {a: Mul(*outside), f: Lambda(index, Mul(*inside)), p: low, q: high, k: index}


constant_factor = by_law(
    "take the constant factor out",
    Law(Sum(a * f(k), (k, p, q)), a * Sum(f(k), (k, p, q))),
    _constant,
    lambda: (
        (Sum(c * beta**k, (k, 0, t)), c * Sum(beta**k, (k, 0, t))),
        (Sum(k * beta**k, (k, 0, t)), None),
    ),
    line="silent",
)


def _split(part: Basic, known: Known) -> Binding | None:
    if not part.function.is_Add:
        return None
    index, low, high = limits(part)
    first, *rest = sorted(
        part.function.args, key=lambda g: (not free_of(g, index), part.function.args.index(g))
    )
    return {f: Lambda(index, first), h: Lambda(index, Add(*rest)), p: low, q: high, k: index}


def _difference(part: Basic, known: Known) -> Binding | None:
    """Two terms, the second with a minus."""
    binding = _split(part, known)
    if binding is None or not _negative(binding[h].expr) or _negative(binding[f].expr):
        return None
    return {**binding, h: Lambda(*binding[h].variables, -binding[h].expr)}


def _negative(term: Expr) -> bool:
    return bool(Mul.make_args(term)[0] == -1)


split_difference = by_law(
    "split the sum",
    Law(Sum(f(k) - h(k), (k, p, q)), Sum(f(k), (k, p, q)) - Sum(h(k), (k, p, q))),
    _difference,
    lambda: (
        (Sum(1 - beta**k, (k, 0, t)), Sum(1, (k, 0, t)) - Sum(beta**k, (k, 0, t))),
        (Sum(1 + beta**k, (k, 0, t)), None),
    ),
    line="after",
)

split = by_law(
    "split the sum",
    Law(Sum(f(k) + h(k), (k, p, q)), Sum(f(k), (k, p, q)) + Sum(h(k), (k, p, q))),
    _split,
    lambda: (
        (Sum(1 + beta**k, (k, 0, t)), Sum(1, (k, 0, t)) + Sum(beta**k, (k, 0, t))),
        (Sum(beta**k, (k, 0, t)), None),
    ),
    line="after",
)


def _of_constant(part: Basic, known: Known) -> Binding | None:
    index, low, high = limits(part)
    return {a: part.function, p: low, q: high, k: index} if free_of(part.function, index) else None


of_constant = by_law(
    "sum of a constant",
    Law(Sum(a, (k, p, q)), a * (q - p + 1), (Ge(q, p - 1),)),
    _of_constant,
    lambda: ((Sum(c, (k, 1, t)), c * t), (Sum(k, (k, 1, t)), None)),
    line="after",
)


def _geometric(part: Basic, known: Known) -> Binding | None:
    if not isinstance(part.function, Pow):
        return None
    index, low, high = limits(part)
    base, exponent = part.function.args
    return (
        {x: base, p: low, q: high, k: index} if exponent == index and free_of(base, index) else None
    )


geometric = by_law(
    "geometric sum",
    Law(Sum(x**k, (k, p, q)), (x**p - x ** (q + 1)) / (1 - x), (Ne(x, 1), Ge(q, p - 1))),
    _geometric,
    lambda: (
        (Sum(beta**k, (k, 0, t - 1)), (1 - beta**t) / (1 - beta)),
        (Sum(k**beta, (k, 0, t)), None),
    ),
)


def _geometric_from_one(part: Basic, known: Known) -> Binding | None:
    """From the term 1 on."""
    if not isinstance(part.function, Pow):
        return None
    index, low, high = limits(part)
    base, exponent = part.function.args
    return (
        {x: base, p: low, q: high, k: index}
        if low != 0 and exponent == index - low and free_of(base, index)
        else None
    )


geometric_from_one = by_law(
    "geometric sum",
    Law(Sum(x ** (k - p), (k, p, q)), (1 - x ** (q - p + 1)) / (1 - x), (Ne(x, 1), Ge(q, p - 1))),
    _geometric_from_one,
    lambda: (
        (Sum(beta ** (k - 1), (k, 1, t)), (1 - beta**t) / (1 - beta)),
        (Sum(beta ** (k - 2), (k, 1, t)), None),
    ),
)


def _geometric_down(part: Basic, known: Known) -> Binding | None:
    """sympy writes (1/2)**k as 2**(-k)."""
    if not isinstance(part.function, Pow):
        return None
    index, low, high = limits(part)
    base, exponent = part.function.args
    return (
        {x: base, p: low, q: high, k: index}
        if exponent == -index and free_of(base, index)
        else None
    )


geometric_down = by_law(
    "geometric sum",
    Law(
        Sum(x ** (-k), (k, p, q)),
        (x ** (-p) - x ** (-q - 1)) / (1 - 1 / x),
        (Ne(x, 1), Ne(x, 0), Ge(q, p - 1)),
    ),
    _geometric_down,
    lambda: ((Sum(2 ** (-k), (k, 0, t - 1)), 2 - 2 * 2 ** (-t)), (Sum(2**k, (k, 0, t)), None)),
)


def _zero_term(part: Basic, known: Known) -> Binding | None:
    """Only for a sum of a state from 1 whose start is zero: the term is m(0)."""
    if not isinstance(part.function, AppliedUndef) or known.recurrence is None:
        return None
    index, low, high = limits(part)
    start = known.recurrence.start.get(part.function.func.__name__)
    if start != 0 or part.function.args != (index,) or low != known.recurrence.first + 1:
        return None
    return {f: Lambda(index, part.function), p: low, q: high, k: index}


zero_term = by_law(
    "add a zero term",
    Law(
        Sum(f(k), (k, p, q)),
        Sum(f(k), (k, p - 1, q)),
        (Ge(q, p - 2),),
        given=((f(p - 1), Integer(0)),),
    ),
    _zero_term,
    line="before",
)


def _last_term(part: Basic, known: Known) -> Binding | None:
    """For a sum whose last term stands beside it with the other sign, so that both cancel."""
    for term in part.args:
        sign, rest = term.as_coeff_Mul()
        if is_sum(rest):
            index, low, high = limits(rest)
            if -sign * rest.function.xreplace({index: high}) in part.args:
                return {f: Lambda(index, rest.function), p: low, q: high, k: index}
    return None


last_term = by_law(
    "cancel the last term",
    Law(Sum(f(k), (k, p, q)), Sum(f(k), (k, p, q - 1)) + f(q), (Ge(q, p),)),
    _last_term,
    lambda: (
        (c**t - Sum(c**k, (k, 1, t)), -Sum(c**k, (k, 1, t - 1))),
        (Sum(c**k, (k, 1, t)), None),
    ),
    within=Add,
)


def _beside(part: Basic, low_gap: int, high_gap: int) -> Binding | None:
    """A sum beside another one whose limits lie so much lower and higher."""
    sums = [t.as_coeff_Mul()[1] for t in part.args if is_sum(t.as_coeff_Mul()[1])]
    for here in sums:
        index, low, high = limits(here)
        if any(
            low - limits(other)[1] == low_gap and limits(other)[2] - high == high_gap
            for other in sums
        ):
            return {f: Lambda(index, here.function), p: low, q: high, k: index}
    return None


shift_index = by_law(
    "shift the index",
    Law(Sum(f(k), (k, p, q)), Sum(f(k - 1), (k, p + 1, q + 1))),
    lambda part, known: _beside(part, 0, 1),
    lambda: (
        (
            Sum(k**2, (k, 1, t)) - Sum(c**k, (k, 1, t - 1)),
            Sum(k**2, (k, 1, t)) - Sum(c ** (k - 1), (k, 2, t)),
        ),
        (Sum(c**k, (k, 1, t)), None),
    ),
    line="after",
    within=Add,
)

first_term = by_law(
    "add and take off the first term",
    Law(Sum(f(k), (k, p, q)), Sum(f(k), (k, p - 1, q)) - f(p - 1), (Ge(q, p - 1),)),
    lambda part, known: _beside(part, 1, 0),
    lambda: (
        (
            Sum(k**2, (k, 1, t)) - Sum(c**k, (k, 2, t)),
            Sum(k**2, (k, 1, t)) - Sum(c**k, (k, 1, t)) + c,
        ),
        (Sum(c**k, (k, 1, t)), None),
    ),
    line="after",
    within=Add,
)


def _together(part: Basic, known: Known) -> Binding | None:
    sums = [t for t in part.args if is_sum(t)]
    negated = [-t for t in part.args if is_sum(-t)]
    for plus in sums:
        for minus in negated:
            (index, low, high), other = limits(plus), limits(minus)
            if (low, high) == other[1:]:
                return {
                    f: Lambda(index, plus.function),
                    h: Lambda(other[0], minus.function),
                    p: low,
                    q: high,
                    k: index,
                }
    return None


together = by_law(
    "put the sums together",
    Law(Sum(f(k), (k, p, q)) - Sum(h(k), (k, p, q)), Sum(f(k) - h(k), (k, p, q))),
    _together,
    lambda: (
        (Sum(k**2, (k, 1, t)) - Sum(c**k, (k, 1, t)), Sum(k**2 - c**k, (k, 1, t))),
        (Sum(k, (k, 1, t)) - Sum(c, (k, 0, t)), None),
    ),
    line="after",
    within=Add,
)


def telescope(
    part: Sum, antidifference: Expr, known: Known, line: Expr, needs: tuple[Basic, ...] = ()
) -> Step | None:
    """Sum(f(k)) as F(q + 1) - F(p), where F(k + 1) - F(k) = f(k)."""
    index, low, high = limits(part)
    binding: Binding = {
        f: Lambda(index, part.function),
        h: Lambda(index, antidifference),
        p: low,
        q: high,
        k: index,
    }
    assert telescoping.law is not None
    step = make(
        telescoping,
        line,
        rewrite(line, part, instantiate(telescoping.law.right, binding)),
        known,
        binding,
    )
    return (
        None
        if step is None
        else replace(
            step, claim=replace(step.claim, needs=tuple(dict.fromkeys((*needs, *step.claim.needs))))
        )
    )


telescoping = Rule(
    "telescoping sum",
    Law(Sum(f(k), (k, p, q)), h(q + 1) - h(p), (Ge(q, p - 1),), given=((h(k + 1) - h(k), f(k)),)),
    lambda expr, known: None,
)

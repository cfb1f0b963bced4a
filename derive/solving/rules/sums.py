"""Rules for one sum: take out, split, close."""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Basic, Expr, Function, Ge, Lambda, Mul, Sum, Symbol

from derive.model.language.claims import Binding, Law, Rule, Step
from derive.model.language.terms import instantiate, rewrite
from derive.solving.chain import Known, by_law, free_of, make

a, p, q, k = (Symbol(s) for s in "apqk")
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
)

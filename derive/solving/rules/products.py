"""Rules for products, and for writing short sums and products out."""

from __future__ import annotations

from sympy import Add, Basic, Expr, Function, Ge, Integer, Lambda, Mul, Product, Sum, Symbol

from derive.model.language.claims import Binding, Law, Rule, Step
from derive.model.language.parts import parts
from derive.model.language.terms import instantiate, rewrite
from derive.solving.chain import Known, by_law, make
from derive.solving.rules.sums import limits

n, p, q, i, j, t = (Symbol(s) for s in "npqijt")
f = Function("f")
s = Function("s")
LONGEST = 200


def _absorb(part: Basic, known: Known) -> Binding | None:
    """s(j) * Product(s(i), (i, p, j - 1))"""
    for factor in part.args:
        if isinstance(factor, Product):
            index, low, high = limits(factor)
            if factor.function.xreplace({index: high + 1}) in part.args:
                return {f: Lambda(index, factor.function), n: high + 1, p: low, i: index}
    return None


absorb = by_law(
    "take the factor into the product",
    Law(f(n) * Product(f(i), (i, p, n - 1)), Product(f(i), (i, p, n)), (Ge(n, p),)),
    _absorb,
    lambda: (
        (s(t) * Product(s(i), (i, 1, t - 1)), Product(s(i), (i, 1, t))),
        (s(t) * Product(s(i), (i, 1, t)), None),
    ),
)


def _empty(part: Basic, known: Known) -> Binding | None:
    index, low, high = limits(part)
    return {f: Lambda(index, part.function), p: low, i: index} if high == low - 1 else None


empty_product = by_law(
    "the empty product is 1",
    Law(Product(f(i), (i, p, p - 1)), Integer(1)),
    _empty,
    lambda: ((Product(s(i), (i, 1, 0)), Integer(1)), (Product(s(i), (i, 1, 1)), None)),
)


def _of_constant(part: Basic, known: Known) -> Binding | None:
    index, low, high = limits(part)
    return (
        {n: part.function, p: low, q: high, i: index}
        if index not in part.function.free_symbols
        else None
    )


of_constant_product = by_law(
    "product of a constant",
    Law(Product(n, (i, p, q)), n ** (q - p + 1), (Ge(q, p - 1),)),
    _of_constant,
    lambda: ((Product(Symbol("c"), (i, 1, t)), Symbol("c") ** t), (Product(s(i), (i, 1, t)), None)),
)


def _write_out(expr: Expr, known: Known) -> Step | None:
    """The first sum or product with a number of terms is written term by term; its law is that of
    this many terms."""
    for part in parts(expr):
        if isinstance(part, Sum | Product):
            index, low, high = limits(part)
            length = high - low + 1
            if length.is_Integer and 0 <= length <= LONGEST:
                joined = Add if isinstance(part, Sum) else Mul
                terms = joined(*(f(p + number) for number in range(int(length))))
                law = Law(part.func(f(j), (j, p, p + length - 1)), terms)
                binding = {f: Lambda(index, part.function), p: low, j: index}
                rule = Rule(write_out.name, law, _write_out, line=write_out.line)
                left, right = (instantiate(side, binding) for side in (law.left, law.right))
                return make(rule, expr, rewrite(expr, left, right), known, binding)
    return None


write_out = Rule(
    "write the terms out",
    None,
    _write_out,
    lambda: (
        (Sum(s(j), (j, 1, 3)), s(1) + s(2) + s(3)),
        (Product(s(j), (j, 2, 1)), Integer(1)),
        (Sum(s(j), (j, 1, t)), None),
    ),
    line="after",
)


h = Function("h")
telescoping_product = Rule(
    "telescoping product",
    Law(
        Product(f(i), (i, p, q)), h(q + 1) / h(p), (Ge(q, p - 1),), given=((h(i + 1), f(i) * h(i)),)
    ),
)

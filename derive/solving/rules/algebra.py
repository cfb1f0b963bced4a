"""Rules of plain algebra. They have no law: a step is replayed by the zero test, sums and products
as letters."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sympy import (
    Add,
    Basic,
    Expr,
    Function,
    Integer,
    Mul,
    Pow,
    Product,
    Sum,
    Symbol,
    Tuple,
    factor_terms,
    powsimp,
)

from derive.model.language.claims import Rule, Step
from derive.model.language.parts import parts, rebuild, transform
from derive.solving.chain import Known, make

a, b, x, i, j, t = (Symbol(s) for s in "abxijt")
s = Function("s")


def regrouped(slope: Expr, old: Expr, rest: Expr) -> Expr:
    """`slope * old + (rest)`, the bracket kept."""
    return Add(slope * old, rest, evaluate=False)


def _multiply_out(expr: Expr, known: Known) -> Step | None:
    """Inside a sum, a product with a bracket."""

    def change(part: Basic) -> Basic | None:
        if isinstance(part, Sum) and isinstance(part.function, Mul):
            for factor in part.function.args:
                if isinstance(factor, Add):
                    rest = Mul(*(g for g in part.function.args if g is not factor))
                    return Sum(Add(*(term * rest for term in factor.args)), *part.limits)
        return None

    return make(multiply_out, expr, transform(expr, change), known)


multiply_out = Rule(
    "multiply out",
    None,
    _multiply_out,
    lambda: (
        (Sum((a + j) * s(j), (j, 1, t)), Sum(a * s(j) + j * s(j), (j, 1, t))),
        (Sum(s(j), (j, 1, t)), None),
    ),
    line="after",
)


def _collect(expr: Expr, known: Known) -> Step | None:
    """Inside a sum, terms with a common factor."""

    def change(part: Basic) -> Basic | None:
        if not isinstance(part, Sum) or not isinstance(part.function, Add):
            return None
        terms = [list(Mul.make_args(term)) for term in part.function.args]
        shared = [g for g in terms[0] if not g.is_number and all(g in other for other in terms)]
        if not shared:
            return None
        for factors in terms:
            for g in shared:
                factors.remove(g)
        return Sum(Mul(Add(*(Mul(*factors) for factors in terms)), *shared), *part.limits)

    return make(collect, expr, transform(expr, change), known)


collect = Rule(
    "collect",
    None,
    _collect,
    lambda: (
        (Sum(a * s(j) - s(j), (j, 1, t)), Sum((a - 1) * s(j), (j, 1, t))),
        (Sum(a + s(j), (j, 1, t)), None),
    ),
)


def fewer_terms(expr: Expr) -> Expr:
    """Multiplied out, where that leaves fewer terms: c*b**t + c*(1 - b**t) is c."""
    made = powsimp(expr.expand())
    return made if len(Add.make_args(made)) < len(Add.make_args(expr)) else expr


def _add_like_terms(expr: Expr, known: Known) -> Step | None:
    """c*b + c*(1 - b) as c: brackets multiplied out, where fewer terms are left."""

    def change(part: Basic) -> Basic | None:
        if not isinstance(part, Add) or not any(isinstance(f, Add) for f in _factors(part)):
            return None
        made = fewer_terms(part)
        return made if made != part else None

    return make(add_like_terms, expr, transform(expr, change), known)


def _cancel(expr: Expr, known: Known) -> Step | None:
    """(c - c*b)/(1 - b) as c: a common factor in front, where a bracket below is then met above."""

    def change(part: Basic) -> Basic | None:
        if not isinstance(part, Mul):
            return None
        below = [f.base for f in part.args if isinstance(f, Pow) and f.exp == -1]
        for top in (f for f in part.args if isinstance(f, Add)):
            made = factor_terms(powsimp(top.expand()))
            for bracket in (b for b in below if isinstance(b, Add)):
                if bracket in made.args:
                    return part / top * made
                if -bracket in made.args:
                    return part / top * -(made / -bracket) * bracket
        return None

    return make(cancel, expr, transform(expr, change), known)


cancel = Rule(
    "cancel",
    None,
    _cancel,
    lambda: (
        ((a - a * b) / (1 - b), a),
        ((a * b - a) / (1 - b), -a),
        ((a - x * b) / (1 - b), None),
    ),
)


def _factors(expr: Add) -> list[Basic]:
    return [factor for term in expr.args for factor in Mul.make_args(term)]


add_like_terms = Rule(
    "add like terms",
    None,
    _add_like_terms,
    lambda: ((x * b + x * (1 - b), x), (a * b + x * (1 - b), None)),
    line="silent",
)


def _add(expr: Expr, known: Known) -> Step | None:
    """Brackets that were kept are worked out."""
    return make(work_out, expr, _evaluated(expr), known)


def _evaluated(expr: Basic) -> Basic:
    return (
        expr.func(*map(_evaluated, expr.args))
        if expr.args and not isinstance(expr, Sum | Product | Tuple)
        else expr
    )


work_out = Rule(
    "work out",
    None,
    _add,
    lambda: ((Add(Integer(1), Integer(2), evaluate=False), Integer(3)), (a + b, None)),
    line="plain",
)


def term_values(expr: Expr) -> Expr | None:
    """A kept sum with each term worked out, the sum still kept: 1 + 2*1 + 4*2 becomes 1 + 2 + 8."""
    if not isinstance(expr, Add):
        return None
    return Add(*map(_evaluated, expr.args), evaluate=False)


def kept(expr: Basic, values: Mapping[Basic, Basic]) -> Basic:
    """`expr` with values put in and nothing worked out, terms in the order of names: (K(2) - 1)
    S(1) becomes (5 - 1) 2."""
    if expr in values:
        return values[expr]
    if not any(p in values for p in parts(expr)):
        return expr
    if isinstance(expr, Add):
        return Add(*(kept(arg, values) for arg in sorted(expr.args, key=_place)), evaluate=False)
    if isinstance(expr, Mul):
        args = [
            kept(arg, values) for arg in sorted(expr.args, key=lambda g: not isinstance(g, Add))
        ]
        return Mul(*(g for arg in args for g in Mul.make_args(arg)), evaluate=False)
    return rebuild(expr, tuple(kept(arg, values) for arg in expr.args))


def _place(part: Basic) -> tuple[bool, str]:
    """Numbers last; K(2) before K(10)."""
    return bool(part.is_number), re.sub(r"\d+", lambda digits: digits[0].zfill(9), str(part))


def _common_number(expr: Expr, known: Known) -> Step | None:
    """10 - 10 q inside a product: the number comes out."""
    for part in Mul.make_args(expr) if isinstance(expr, Mul) else ():
        if isinstance(part, Add):
            numbers = [term.as_coeff_Mul()[0] for term in part.args]
            content = numbers[0] if all(abs(n) == abs(numbers[0]) for n in numbers) else 1
            if abs(content) != 1:
                inner = Add(*(term / abs(content) for term in part.args))
                rest = [g for g in expr.args if g is not part]
                return make(common_number, expr, Mul(abs(content), *rest, inner), known)
    return None


common_number = Rule("take the common number out", None, _common_number, line="silent")

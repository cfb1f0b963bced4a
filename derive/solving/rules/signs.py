"""Rules for signs, sizes and the greater of two values, where what is known decides them."""

from __future__ import annotations

from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    Ge,
    Gt,
    Integer,
    Max,
    Min,
    Mul,
    Pow,
    S,
    Symbol,
    expand_mul,
    factor_terms,
    powsimp,
    sign,
)

from derive.model.language.claims import Law, Rule, Step
from derive.model.language.conditions import Conditions
from derive.model.language.terms import binders_of, rewrite
from derive.solving.chain import Known, make

x, y, s = (Symbol(letter) for letter in "xys")


def is_at_least_zero(expr: Expr, known: Conditions, strictly: bool = False) -> bool:
    """Whether expr >= 0 (or > 0) is seen: from bounds, sums and products of such, and b**n <= 1
    where 0 <= b <= 1 and n >= 0."""
    if expr.is_number:
        return bool(expr > 0 if strictly else expr >= 0)
    if known.give((Gt if strictly else Ge)(expr, 0, evaluate=False)):
        return True
    if isinstance(expr, Abs) and not strictly:
        return True
    if isinstance(expr, Mul):
        signs = [_sign(factor, known, strictly) for factor in expr.args]
        return None not in signs and Mul(*signs) > 0
    if isinstance(expr, Pow):
        even = expr.exp.is_Integer and expr.exp % 2 == 0 and not strictly
        return even or is_at_least_zero(expr.base, known, strictly or bool(expr.exp.is_negative))
    if isinstance(expr, Add):
        return _adds_up(expr, known, strictly)
    return False


def _sign(expr: Expr, known: Conditions, strictly: bool) -> Integer | None:
    for one in (S.One, S.NegativeOne):
        if (one == 1 or expr.is_number) and is_at_least_zero(one * expr, known, strictly):
            return one
        if one == -1 and known.give((Gt if strictly else Ge)(-expr, 0, evaluate=False)):
            return one
    return None


def _adds_up(expr: Expr, known: Conditions, strictly: bool) -> bool:
    """All terms are >= 0, one above it; or 1 less what is at most 1; or so written as a product."""
    for form in dict.fromkeys((expr, expand_mul(expr))):
        terms = Add.make_args(form)
        if all(is_at_least_zero(a, known) for a in terms):
            return not strictly or any(is_at_least_zero(a, known, True) for a in terms)
        if _is_at_most_one(1 - form, known, strictly):
            return True
        if len(terms) == 2 and _is_greater(terms[0], terms[1], known, strictly):
            return True
    out = factor_terms(expr.expand())
    return isinstance(out, Mul) and is_at_least_zero(out, known, strictly)


def _is_greater(one: Expr, other: Expr, known: Conditions, strictly: bool) -> bool:
    """p - q, q a part of p: b**t - b**(t + 1)."""
    return any(
        is_at_least_zero(p, known, strictly) and _is_at_most_one(powsimp(-q / p), known, strictly)
        for p, q in ((one, other), (other, one))
    )


def _is_at_most_one(expr: Expr, known: Conditions, strictly: bool) -> bool:
    """A product of what lies between 0 and 1, one of it below 1; of powers of such."""

    def inside(factor: Expr, strictly: bool) -> bool:
        base, exponent = factor.as_base_exp()
        least = exponent - 1 if strictly else exponent
        below = (Gt if strictly else Ge)(1 - base, 0, evaluate=False)
        return known.give(below) and known.give(Ge(least, 0, evaluate=False))

    factors = Mul.make_args(expr)
    within = all(
        known.give(Ge(f.as_base_exp()[0], 0, evaluate=False)) and inside(f, False) for f in factors
    )
    return within and (not strictly or any(inside(f, True) for f in factors))


def decided(expr: Expr, known: Conditions) -> Expr:
    """`expr` with signs, sizes and the greatest or least of several where they are seen."""
    if not expr.args:
        return expr
    expr = expr.func(*(decided(a, known) for a in expr.args))
    if isinstance(expr, Max | Min):
        return _first_of(expr, known)
    if isinstance(expr, sign | Abs):
        one, rest = _known_factors(expr.args[0], known)
        if isinstance(expr, sign):
            return one * sign(rest)
        return one * expr.args[0] if rest == 1 else expr
    return expr


def _first_of(expr: Expr, known: Conditions) -> Expr:
    up = 1 if isinstance(expr, Max) else -1
    for one in expr.args:
        if all(is_at_least_zero(up * (one - other), known) for other in expr.args if other != one):
            return one  # type: ignore[no-any-return]
    return expr


def _known_factors(expr: Expr, known: Conditions) -> tuple[Integer, Expr]:
    """The sign of all factors whose sign is seen, and the other factors."""
    one, rest = S.One, []
    for factor in Mul.make_args(factor_terms(expr)):
        if is_at_least_zero(factor, known, True):
            continue
        if is_at_least_zero(-factor, known, True):
            one = -one
        else:
            rest.append(factor)
    return one, Mul(*rest)


def _apply(line: Expr, known: Known) -> Step | None:
    for part in known.parts(line).get(sign, ()):
        conditions = known.conditions.plus(r for r in binders_of(part, line) if not r.has(sign))
        inner = part.args[0]
        one, rest = _known_factors(inner, conditions)  # type: ignore[arg-type]
        if rest != inner:
            binding: dict[Basic, Expr] = {x: rest, y: inner / rest, s: one}  # type: ignore[operator]
            return make(known_sign, line, rewrite(line, part, one * sign(rest)), known, binding)
    return None


b, c = Symbol("beta"), Symbol("c")  # of the examples, 0 < beta < 1
known_sign = Rule(
    "sign",
    Law(sign(x * y), s * sign(x)),
    _apply,
    lambda: ((sign(c * (1 - b)), sign(c)), (sign(b - 1), S.NegativeOne), (sign(c), None)),
)

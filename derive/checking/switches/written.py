"""The switches written in an expression: where it goes on otherwise than before. Read off, not
solved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import sympy as sp
from sympy import Basic, Expr, Pow, Product, Sum, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

POINT, ORDER, SIGN, KINK, STEPS, REST = "point", "order", "sign", "kink", "steps", "rest"
LENGTH, SOFT, SAID = "length", "soft", "said"
MOST_FACTORS = 6
CLOSED = (sp.Le, sp.Ge, sp.Lt, sp.Gt)
JUMPS = (sp.KroneckerDelta, sp.Piecewise, sp.sign)
VANISHING = (sp.binomial, sp.FallingFactorial, sp.RisingFactorial)


@dataclass(frozen=True)
class Switch:
    """`form` is zero where it switches, as `shown` in the claim.

    What must be seen of it, by `kind`: a point (equal or not), an order (below and above; at it
    where that can be), a sign (all three), a kink (below and above: it has no jump), the steps of a
    rounding (wherever `form` is whole), a rest (`form` divided by `by`), the length of a sum; soft:
    what can be seen; said: the same of an inequality that a claim says to hold.
    """

    kind: str
    form: Expr
    shown: Basic
    by: Expr | None = None


def switches(*parts: Basic) -> tuple[Switch, ...]:
    """The switches in all parts, each once; those that depend on nothing are none."""
    found = [
        s
        for part in parts
        for s in _inside(part)
        if s.form.free_symbols or s.form.atoms(AppliedUndef)
    ]
    ways = {(s.form, type(s.shown)) for s in found if s.kind == ORDER}
    twice = {form for form, _ in ways if sum(f in (form, -form) for f, _ in ways) > 1}
    kept: dict[tuple[str, Expr, Expr | None], Switch] = {}
    for s in found:
        kind = (
            SIGN if s.kind == ORDER and s.form in twice else s.kind
        )  # two orders may leave a gap: a point of its own
        kept.setdefault((kind, s.form, s.by), Switch(kind, s.form, s.shown, s.by))
    return tuple(kept.values())


def _inside(part: Basic) -> Iterator[Switch]:
    if isinstance(part, Sum | Product):
        yield from _under(part)
        return
    yield from _own(part)
    for inner in part.args:
        yield from _inside(inner)


def _under(part: Sum | Product) -> Iterator[Switch]:
    """Those in a sum or product, where its index begins and where it ends; and whether it is empty,
    or its limits switch."""
    inside = list(_inside(part.function))
    if isinstance(part, Product) and _may_vanish(part.function):
        inside.append(Switch(SOFT, part.function, part))
    for index, low, high in part.limits:  # the innermost first
        inside = [
            Switch(s.kind, made, s.shown, s.by)
            for s in inside
            for made in dict.fromkeys((put(s.form, index, low), put(s.form, index, high)))
        ]
        inside += [Switch(LENGTH, high - low + 1, part), *_inside(low), *_inside(high)]
    yield from inside


def put(form: Expr, index: Symbol, value: Expr) -> Expr:
    """A form at a value of an index, which sums in it may bind again."""
    if index not in form.free_symbols:
        return form
    bound = any(index == limit[0] for total in form.atoms(Sum, Product) for limit in total.limits)
    return form.subs(index, value) if bound else form.xreplace({index: value})


def _may_vanish(body: Expr) -> bool:
    return not body.atoms(AppliedUndef) and bool(body.free_symbols)


def _own(part: Basic) -> Iterator[Switch]:
    """The switches that a part is itself."""
    match part:
        case Relational():
            kind = ORDER if isinstance(part, CLOSED) else POINT
            yield Switch(kind, part.args[0] - part.args[1], part)
        case sp.KroneckerDelta():
            yield Switch(POINT, part.args[0] - part.args[1], part)
        case sp.Max() | sp.Min():
            yield from (Switch(KINK, a - b, part) for a, b in combinations(part.args, 2))
        case sp.Abs():
            yield Switch(KINK, part.args[0], part)
        case sp.sign():
            yield Switch(SIGN, part.args[0], part)
        case sp.floor() | sp.ceiling():
            yield from _rounding(part)
        case sp.Mod():
            yield Switch(REST, part.args[0], part, part.args[1])
        case sp.acos():
            yield from (
                Switch(STEPS, a.args[0] / 3, part)
                for a in sorted(part.args[0].atoms(sp.cos, sp.sin), key=str)
            )  # pi is no fraction
        case Pow():
            yield from _power(part)
        case _ if isinstance(part, VANISHING):
            yield Switch(SOFT, part.args[0] - part.args[1], part)  # (t over 26) is zero up to 25


def _rounding(part: Expr) -> Iterator[Switch]:
    top, bottom = part.args[0].as_numer_denom()
    whole = top.is_polynomial(*top.free_symbols) and not top.atoms(AppliedUndef)
    if whole and bottom.is_Integer and bottom > 1:
        yield Switch(REST, top, part, bottom)
    else:
        yield Switch(STEPS, part.args[0], part)


def _power(part: Pow) -> Iterator[Switch]:
    """A power of 0 is 1 at one place; a root of a square is the one or the other."""
    base, exponent = part.args
    if base == 0:
        yield Switch(POINT, exponent, part)
    elif exponent.is_Rational and exponent.q % 2 == 0:
        yield from (
            Switch(KINK if n % 2 == 0 else SOFT, factor, part) for factor, n in _factors(base)
        )


def _factors(base: Expr) -> list[tuple[Expr, int]]:
    """What stands squared under a root, or could."""
    if isinstance(base, Pow) and base.args[1].is_Integer:
        return [(base.args[0], int(base.args[1]))]
    if isinstance(base, sp.Mul):
        return [pair for factor in base.args for pair in _factors(factor)][:MOST_FACTORS]
    try:
        letters = sorted(base.free_symbols, key=str)
        found = (
            sp.Poly(base, *letters, domain=sp.QQ).sqf_list()[1]
            if letters and isinstance(base, sp.Add)
            else []
        )
        return [(f.as_expr(), n) for f, n in found][:MOST_FACTORS] or [(base, 1)]
    except (sp.PolynomialError, sp.CoercionFailed):
        return [(base, 1)]


def poles_of(expr: Basic) -> tuple[Switch, ...]:
    """Where an expression divides by zero, or takes a factorial of less: (t - 60)/(t - 60) has no
    value at 60."""
    powers = (p for p in expr.atoms(Pow) if p.args[1].is_negative and p.args[0].free_symbols)
    bases = {
        p.args[0]
        for p in (*powers, *expr.atoms(sp.factorial, sp.gamma))
        if not p.args[0].atoms(AppliedUndef)
    }
    return tuple(Switch(SOFT, base, base) for base in sorted(bases, key=str) if base.free_symbols)


def may_be_open(expr: Basic) -> bool:
    """Whether it may have no value on a side of a switch: no piece may hold there, or it divides by
    what jumps to zero."""
    bases = (p.args[0] for p in expr.atoms(Pow) if p.args[1].is_negative)
    return any(p.args[-1][1] != sp.true for p in expr.atoms(sp.Piecewise)) or any(
        base.atoms(*JUMPS) for base in bases
    )  # type: ignore[index]

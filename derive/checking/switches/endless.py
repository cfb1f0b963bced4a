"""Roundings whose steps do not come round: of roots, powers, logarithms, squares. No number of
worlds shows all of them."""

from __future__ import annotations

from sympy import (
    Expr,
    Poly,
    PolynomialError,
    Pow,
    Product,
    Sum,
    Symbol,
    ceiling,
    floor,
    fraction,
    together,
)
from sympy.core.function import AppliedUndef

from derive.checking.switches.keys import MOST_RESTS
from derive.checking.switches.moved import Mover
from derive.checking.switches.written import REST, STEPS, Switch


def is_endless(switch: Switch, mover: Mover) -> bool:
    """Whether a rounding takes its steps at places that neither come round nor are so many
    apart."""
    if switch.kind not in (STEPS, REST) or not switch.form.free_symbols:
        return False
    form, by = switch.form, switch.by
    degree = _degree(form, mover)
    if degree is None or (by is not None and _degree(by, mover) is None):
        return True
    most = by if by is not None and by.is_number else None
    if degree > 1 and all(
        map(mover.counts, mover.handles(form))
    ):  # whole numbers: their squares leave rests that come round
        return most is not None and bool(most > MOST_RESTS)
    return degree > 1


def _degree(form: Expr, mover: Mover) -> int | None:
    """The degree of a rational function in what is moved, whole numbers that are divided by aside;
    None where it is none."""
    put = {part: Symbol(f"_w{n}") for n, part in enumerate(_wholes(form, mover))}
    top, bottom = fraction(together(form.xreplace(put)))
    letters = sorted(top.free_symbols | bottom.free_symbols, key=str)
    if not letters:
        return 0
    try:
        poly, below = Poly(top, *letters), Poly(bottom, *letters)
    except PolynomialError:
        return None
    real = [s for s in below.free_symbols if s not in put.values() and not mover.counts(s)]
    irrational = any(not c.is_Rational for c in (*poly.coeffs(), *below.coeffs()))
    if (
        real
        or irrational
        or top.has(AppliedUndef, Sum, Product)
        or bottom.has(AppliedUndef, Sum, Product)
    ):
        return None
    return int(poly.total_degree())


def _wholes(form: Expr, mover: Mover) -> list[Expr]:
    """What is a whole number by itself: roundings, sizes of layers, products of them, their
    powers."""
    windows = not mover.model.stepwise
    found: list[Expr] = [
        *form.atoms(floor, ceiling),
        *(p for p in form.atoms(Sum, Product) if windows),
    ]
    found += [a for a in form.atoms(AppliedUndef) if windows]
    bases = (
        (p, p.base.is_Symbol and mover.counts(p.base))
        for p in form.atoms(Pow)
        if not p.exp.is_number
    )
    powers = [p for p, counts in bases if counts or (windows and p.base.is_Integer and p.base > 0)]
    return sorted([*found, *powers], key=lambda e: (-len(str(e)), str(e)))

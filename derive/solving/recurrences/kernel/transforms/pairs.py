"""Complex pairs of roots, rho e^(+-i phi)."""

from __future__ import annotations

from typing import Any

from sympy import Expr, acos, cos, sin, sqrt
from sympy.polys.rings import PolyElement

from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational


def complex_pair(root: PolyElement, f: Field) -> tuple[Expr, Expr, Expr] | None:
    """(rho, phi, rho sin phi) where the roots are rho e^(+-i phi), known to be no real
    numbers."""
    if root.degree() != 2:
        return None
    p, q = -coefficient(root, 1), coefficient(root, 0)
    for letter in f.letters:
        if isinstance(letter, cos):
            rho = p / (f.element(letter) * 2)
            gap, angle = f.plain(rho * rho - q), letter.args[0]
            if gap.subs(sin(angle) ** 2, 1 - letter**2).expand() == 0:
                size = f.expr(rho)
                return size, angle, size * sin(angle)
    p_, q_ = f.expr(p), f.expr(q)
    if not (p_.free_symbols | q_.free_symbols):
        apart = (p_**2 - 4 * q_).is_negative
        return (sqrt(q_), acos(p_ / (2 * sqrt(q_))), sqrt(q_ - p_**2 / 4)) if apart else None
    try:
        size, left = f.square(q)
    except NotRational:
        return None
    turn = p_ / (2 * size) if left == 1 else p_
    if left == 1 and turn.is_number and (turn**2 - 1).is_negative:
        return size, acos(turn), size * sqrt(1 - turn**2)
    return None


def coefficient(poly: PolyElement, degree: int) -> Any:
    """The coefficient of a power of z."""
    return poly.coeff(poly.ring.gens[0] ** degree) if degree else poly.coeff(1)

"""Rules for roots."""

from __future__ import annotations

from sympy import Basic, Expr, Mul, Pow, Rational, Symbol, sqrt

from derive.model.language.claims import Binding, Law
from derive.solving.chain import Known, by_law

x, y, n, c = (Symbol(s) for s in "xync")


def _square(part: Basic, known: Known) -> Binding | None:
    """(x**2 y)**(n/2), n = 1 or -1: x is taken as positive unless the ranges say it is negative."""
    if part.exp not in (Rational(1, 2), Rational(-1, 2)):
        return None
    for factor in Mul.make_args(part.base):
        if isinstance(factor, Pow) and factor.exp == 2:
            root: Expr = factor.base
            return {
                x: -root if known.conditions.give(root < 0) else root,
                y: part.base / factor,
                n: 2 * part.exp,
            }
    return None


square = by_law(
    "root of a square",
    Law((x**2 * y) ** (n / 2), x**n * y ** (n / 2), (x > 0,)),
    _square,
    lambda: ((sqrt(c**2), c), (1 / sqrt(c**2), 1 / c), (sqrt(c**3), None)),
)

"""Rules for roots."""

from __future__ import annotations

from sympy import Add, Basic, Expr, Mul, Pow, Rational, Symbol, factor_terms, powsimp, sqrt

from derive.model.language.claims import Binding, Law, Rule, Step
from derive.model.language.conditions import Conditions
from derive.model.language.parts import transform
from derive.solving.chain import Known, by_law, make

x, y, n, c, b = (Symbol(s) for s in "xyncb")
HALVES = (Rational(1, 2), Rational(-1, 2))


def _square(part: Basic, known: Known) -> Binding | None:
    """(x**2 y)**(n/2), n = 1 or -1: x is taken as positive unless the ranges say it is negative."""
    if part.exp not in HALVES:
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


def roots_taken(expr: Expr, known: Conditions) -> Expr:
    """`expr` with the roots of squares taken, of what is known to be positive or negative."""

    def taken(part: Expr) -> Expr:
        for factor in Mul.make_args(part.base):
            if isinstance(factor, Pow) and factor.exp == 2:
                for root in (factor.base, -factor.base):
                    if known.give(root > 0):
                        return root ** (2 * part.exp) * Pow(part.base / factor, part.exp)  # type: ignore[no-any-return]
        return part

    return expr.replace(lambda e: isinstance(e, Pow) and e.exp in HALVES, taken)  # type: ignore[no-any-return]


square = by_law(
    "root of a square",
    Law((x**2 * y) ** (n / 2), x**n * y ** (n / 2), (x > 0,)),
    _square,
    lambda: ((sqrt(c**2), c), (1 / sqrt(c**2), 1 / c), (sqrt(c**3), None)),
)


def _gather(expr: Expr, known: Known) -> Step | None:
    """Under a root: like terms added up, common factors in front, where that is shorter."""

    def change(part: Basic) -> Basic | None:
        if not isinstance(part, Pow) or part.exp not in HALVES or not part.base.has(Add):
            return None
        sides = part.base.as_numer_denom()
        top, bottom = (powsimp(factor_terms(side.expand())) for side in sides)
        shorter = top / bottom
        return shorter**part.exp if shorter.count_ops() < part.base.count_ops() else None

    return make(gather, expr, transform(expr, change), known)


gather = Rule(
    "gather under the root",
    None,
    _gather,
    lambda: (
        (sqrt(x * b + x * (1 - b)), sqrt(x)),
        (sqrt((x * b + x * (1 - b)) / (1 - c)), sqrt(x / (1 - c))),
        (sqrt(x + b), None),
    ),
)

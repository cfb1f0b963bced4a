"""A confirmed form as sympy writes it: roots in radicals or as a RootSum, numbers multiplied in."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import (
    Add,
    Expr,
    Integer,
    Lambda,
    Mul,
    Piecewise,
    Poly,
    Product,
    RootSum,
    Sum,
    Symbol,
    sqrt,
)

from derive.checking.proof.prove import same
from derive.desk.recurrences.outside import Outside
from derive.desk.recurrences.solved import Solved
from derive.model.language.claims import Root, sequence
from derive.model.language.terms import fresh


def written(run: Solved, name: str, outside: Outside) -> Expr:
    """The confirmed form as sympy writes it: two roots in radicals, a number multiplied into a
    bracket where that is the same."""
    chain = run.confirmed(name)
    roots = [root for root in run.solution.where if isinstance(root, Root)]
    expr = _radicals(chain.answer, roots)
    spread = _spread(expr, run.model.index)
    expr = outside.back(spread if same(spread, expr, run.sample(run.main)) else expr)
    sums = ((s, root) for root in roots for s in expr.atoms(Sum) if s.has(sequence(root.name)))
    return expr.xreplace(
        {s: _root_sum(s, root, outside) for s, root in sums}
    )  # last: sympy evaluates a RootSum it puts things in


def _spread(expr: Expr, t: Symbol) -> Expr:
    """A number times a bracket multiplied out, as sympy writes it, where there are no parameters to
    keep together."""
    if expr.free_symbols != {t} or expr.has(Sum, Product, Piecewise):
        return expr
    expr = expr.expand(
        deep=False, basic=False, log=False, mul=False, multinomial=False, power_base=False
    )
    moving = [g for g in Mul.make_args(expr) if t in g.free_symbols]
    if len(moving) != 1 or not isinstance(moving[0], Add):
        return expr
    outside = Mul(*(g for g in Mul.make_args(expr) if g is not moving[0]))
    return Add(*(outside * term for term in moving[0].args))


def _radicals(expr: Expr, roots: Sequence[Root]) -> Expr:
    """Two named roots by the quadratic formula."""
    for root in reversed(roots):
        r, coefficients = sequence(root.name), Poly(root.polynomial, root.variable).all_coeffs()
        if len(coefficients) == 3:
            a, b, c = coefficients
            signs = {r(Integer(1)): 1, r(Integer(2)): -1}
            expr = expr.xreplace(
                {
                    value: (-b + sign * sqrt(b**2 - 4 * a * c)) / (2 * a)
                    for value, sign in signs.items()
                }
            )
    return expr


def _root_sum(total: Sum, root: Root, outside: Outside) -> Expr:
    """A sum over all roots, as sympy's RootSum."""
    index = total.limits[0][0]
    z = fresh(total, letters=("z", "zeta", "xi"))
    body = total.function.xreplace({sequence(root.name)(index): z})
    polynomial = outside.back(root.polynomial).xreplace({root.variable: z})
    return RootSum(Poly(polynomial, z), Lambda(z, body), auto=False)  # type: ignore[no-any-return]

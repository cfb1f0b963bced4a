"""What a solution of a linear recurrence with constant coefficients is made of: powers of the
roots, each times a constant that the start fixes, and one particular solution that the forcing asks
for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, S, Symbol
from sympy.polys.rings import PolyElement

from derive.model.language.claims import sequence
from derive.solving.recurrences.kernel.algebra.fractions import Part
from derive.solving.recurrences.kernel.transforms.pairs import complex_pair
from derive.solving.recurrences.kernel.transforms.shapes import Shapes


@dataclass(frozen=True)
class Ansatz:
    """`sum of constant * shape over terms + rest + particular`.

    `terms` solve the equation without forcing, `rest` does too where it is a sum over named roots;
    `characteristic` and `factors` are the characteristic polynomial in `variable`, expanded and in
    factors.
    """

    terms: tuple[tuple[Expr, Expr], ...]  # (constant, shape)
    rest: Expr
    particular: Expr
    characteristic: Expr
    variable: Symbol
    factors: Expr

    @staticmethod
    def of(
        parts: Sequence[Part],
        factors: Mapping[PolyElement, int],
        shapes: Shapes,
        meant: Mapping[Symbol, Expr],
    ) -> Ansatz:
        """From partial fractions; `meant` are the start values that letters stand for."""
        terms: list[tuple[Expr, Expr]] = []
        rest: list[tuple[Expr, Expr]] = []
        particular: list[tuple[Expr, Expr]] = []
        for part in parts:
            times = factors.get(part.root, 0)
            if part.root.degree() == 1 and part.root.coeff(1):
                for c, shape in shapes.powers(part):
                    free = _degree(shape, shapes.t) < times
                    (terms if free else particular).append(
                        (shapes.field.expr(c).xreplace(dict(meant)), shape)
                    )  # type: ignore[arg-type]
            elif (pair := complex_pair(part.root, shapes.field)) is not None:
                found = shapes.waves(part, *pair)
                terms += [(c.xreplace(dict(meant)), shape) for c, shape in found[: 2 * times]]
                particular += found[2 * times :]
            elif part.root.degree() == 2 and len(part.coefficients) == 1 and times:
                (one, r), (other, q), bottom = shapes.two(part)
                for sign, side, root in ((1, one, r), (-1, other, q)):
                    terms.append(((sign * side / bottom).xreplace(dict(meant)), root**shapes.t))
            elif part.root.degree() > 1:
                (rest if times else particular).append(
                    (S.One, shapes.all_roots(part).xreplace(dict(meant)))
                )
        total = shapes.field.ring.one
        for factor, power in factors.items():
            total *= factor**power
        shown = Mul(*(_factor(f, shapes) ** power for f, power in factors.items()))
        return Ansatz(
            tuple(terms),
            Add(*(c * shape for c, shape in rest)),
            Add(*(c * shape for c, shape in particular)),
            shapes.field.polynomial(total, shapes.variable),
            shapes.variable,
            shown,
        )


def _factor(factor: PolyElement, shapes: Shapes) -> Expr:
    """z - r; (z - r_1)(z - r_2); (z - rho cos phi)^2 + (rho sin phi)^2; a polynomial of higher
    degree as it is."""
    if factor.degree() == 2:
        pair = complex_pair(factor, shapes.field)
        if pair is not None:
            half = -factor.coeff(shapes.field.z) / 2
            return (shapes.variable - shapes.field.expr(half)) ** 2 + pair[2] ** 2
        if factor in shapes.roots:
            r = sequence(shapes.roots[factor].name)
            return (shapes.variable - r(Integer(1))) * (shapes.variable - r(Integer(2)))
    return shapes.field.polynomial(factor, shapes.variable)


def _degree(shape: Expr, t: Symbol) -> int:
    """k of t**k times a power."""
    return sum(
        int(f.exp) if f.is_Pow else 1
        for f in Mul.make_args(shape)
        if f == t or (f.is_Pow and f.base == t)
    )

"""Quadratic maps that are squaring in another letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import (
    Expr,
    Gt,
    Integer,
    Le,
    Ne,
    Pow,
    Rational,
    S,
    acos,
    cos,
    nan,
    sqrt,
    together,
    zoo,
)

from derive.model.language.claims import relation
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.strategies.nonlinear import (
    X,
    fixed_points,
    rational_map,
)


def quadratic(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """x' = A x^2 + B x + C: y = A x + B/2 has y' = y^2 + kappa, solved for kappa = 0 (a square) and
    -2 (an angle doubled)."""
    t = model.index
    given = rational_map(model, names)
    if given is None:
        return None
    name, _, start, sides = given
    if sides[0].degree() != 2 or sides[1].degree() != 0:
        return None
    a, b, c = (sides[0].coeff_monomial(X**n) / sides[1].LC() for n in (2, 1, 0))
    try:
        field = Field([a, b, c])
        kappa = field.expr(field.element(a * c + b / 2 - b**2 / 4))
    except NotRational:
        return None
    first = a * start + b / 2
    divided = (relation(Ne, a, S.Zero),) if a.free_symbols else ()
    if kappa == 0:
        return Solution({name: (first ** (2**t) - b / 2) / a}, divided, how="squaring")
    if kappa != -2:
        return None
    inside = (*divided, Le(first**2, 4, evaluate=False))
    angle = Solution({name: (2 * cos(2**t * acos(first / 2)) - b / 2) / a}, inside, how="doubling")
    root = (first + sqrt(first**2 - 4)) / 2
    outside = Solution(
        {name: (root ** (2**t) + root ** (-(2**t)) - b / 2) / a},
        (*divided, Gt(first**2, 4, evaluate=False)),
        how="doubling",
    )
    if first.is_number and (first**2 - 4).is_positive is not None:
        chosen = outside if (first**2 - 4).is_positive else angle
        return Solution(chosen.values, how="doubling")
    return Solution(angle.values, inside, how="doubling", others=(outside,))


def factor_of_square(value: Expr, f: Expr, g: Expr) -> Expr:
    """k of z' = k z^2 for z = (x - f)/(x - g), read off at one x."""
    probe = next(
        Integer(n)
        for n in range(2, 9)
        if n not in (f, g) and not value.xreplace({X: Integer(n)}).has(zoo, nan)
    )
    image = value.xreplace({X: probe})
    return together((image - f) / (image - g) / ((probe - f) / (probe - g)) ** 2).cancel()  # type: ignore[no-any-return]


def squaring(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """A rational map of degree 2 with two critical fixed points f, g: z = (x - f)/(x - g) has z' =
    k z^2 (Newton's root)."""
    t = model.index
    given = rational_map(model, names)
    if given is None:
        return None
    name, value, start, sides = given
    if max(p.degree() for p in sides) != 2 or sides[1].degree() == 0:
        return None
    ends = fixed_points(*sides)
    if ends is None:
        return None
    f, g = ends
    if start == g:
        return Solution({name: g}, how="squaring")
    z0 = (start - f) / (start - g)
    k = factor_of_square(value, f, g)
    z = k ** (2**t - 1) * z0 ** (2**t) if k != 1 else z0 ** (2**t)
    roots = (r for r in sorted(f.atoms(Pow), key=str) if r.exp == Rational(1, 2))
    needs = (*(relation(Gt, r.base, S.Zero) for r in roots), relation(Ne, start, g))
    return Solution(
        {name: (f - g * z) / (1 - z)}, tuple(n for n in needs if n.free_symbols), how="squaring"
    )

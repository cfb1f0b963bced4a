"""Maps that become linear in another letter: linear fractional ones, products of powers; what all
maps of first order need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import (
    Add,
    Eq,
    Expr,
    I,
    Integer,
    Mod,
    Mul,
    Piecewise,
    Poly,
    S,
    Symbol,
    cancel,
    degree,
    fraction,
    gcd,
    roots,
    together,
    true,
)
from sympy.core.function import AppliedUndef
from sympy.polys.polyerrors import PolynomialError

from derive.model.language.claims import Root, relation, sequence
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution, constant

X = Symbol("_x")
LONGEST = 12  # steps after which products of powers come round


def first_order_map(model: Stated, names: Sequence[str]) -> tuple[str, Expr, Expr] | None:
    """(name, value in X, start) of one first-order equation whose coefficients do not vary."""
    t = model.index
    if len(names) != 1 or model.order(names[0]) != 1:
        return None
    (name,) = names
    value = model.equations[name].xreplace({sequence(name)(t): X})
    return (
        None
        if value.has(AppliedUndef) or t in value.free_symbols
        else (name, value, model.start[name][0])
    )


def _polynomials(value: Expr) -> tuple[Poly, Poly] | None:
    """Numerator and denominator in X."""
    try:
        top, bottom = (Poly(side, X) for side in fraction(together(value)))
    except PolynomialError:
        return None
    return (
        None
        if any(X in c.free_symbols for p in (top, bottom) for c in p.all_coeffs())
        else (top, bottom)
    )


def rational_map(
    model: Stated, names: Sequence[str]
) -> tuple[str, Expr, Expr, tuple[Poly, Poly]] | None:
    """A map of first order that is a rational function: its name, value, start, and both sides."""
    given = first_order_map(model, names)
    sides = None if given is None else _polynomials(given[1])
    return None if given is None or sides is None else (*given, sides)


def moebius(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """x' = (p x + q)/(r x + s): with x = u/v a linear system (u, v)' = ((p, q), (r, s)) (u, v)."""
    t = model.index
    given = rational_map(model, names)
    if given is None:
        return None
    name, value, start, sides = given
    if max(p.degree() for p in sides) != 1 or sides[1].degree() != 1:
        return None
    if (
        X not in (same := cancel(value)).free_symbols
    ):  # p s = q r: the same value whatever stood before
        return constant(replace(model, equations={name: same}), (name,), {})
    (p, q), (r, s) = ([side.coeff_monomial(X), side.coeff_monomial(1)] for side in sides)
    u, v = (sequence(letter)(t) for letter in ("_u", "_v"))
    linear = Stated(
        {"_u": p * u + q * v, "_v": r * u + s * v},
        {"_u": (start,), "_v": (S.One,)},
        more_ranges=model.more_ranges,
        index=t,
        around=model.taken,
    )
    found = constant(linear, ("_u", "_v"), {})
    if found is None:
        return None
    return Solution(
        {name: _quotient(found.values["_u"], found.values["_v"])},
        found.needs,
        found.where,
        found.first,
        how="moebius",
        told=found.told,
    )


def _quotient(top: Expr, bottom: Expr) -> Expr:
    """top/bottom, their own denominators cancelled."""
    (a, b), (c, d) = fraction(together(top)), fraction(together(bottom))
    return Mul(a, d) / Mul(b, c)


def powers(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """x(t+n) = A x(t)^e_0 ... x(t+n-1)^e_(n-1): the exponents of A and of the start values are
    linear recurrences."""
    t = model.index
    if len(names) != 1:
        return None
    (name,) = names
    order = model.order(name)
    exponents, rest = [S.Zero] * order, []
    for factor in Mul.make_args(model.equations[name]):
        base, exponent = factor.as_base_exp()
        if isinstance(base, AppliedUndef) and base.func.__name__ == name and exponent.is_Rational:
            exponents[int(base.args[0] - t)] += exponent
        else:
            rest.append(factor)
    constant_factor = Mul(*rest)
    if (
        constant_factor.has(AppliedUndef)
        or t in constant_factor.free_symbols
        or (sum(exponents) in (0, 1) and order == 1)
    ):
        return None
    bases = (*model.start[name], constant_factor)
    around = _around(exponents)
    if around is not None:
        pieces = [Mul(*(b**e for b, e in zip(bases, row, strict=True))) for row in around]
        rests = [relation(Eq, Mod(t, len(pieces)), Integer(r)) for r in range(len(pieces) - 1)]
        return Solution({name: Piecewise(*zip(pieces, [*rests, true], strict=True))}, how="powers")
    y = sequence("_y")
    found: dict[Expr, Expr] = {}  # the exponent of each base
    where: dict[Root, None] = {}
    for place, base in enumerate(bases):  # the last is the factor: it comes in at every step
        equation = Add(*(e * y(t + j) for j, e in enumerate(exponents)), int(place == order))
        unit = tuple(Integer(j == place) for j in range(order))
        solution = constant(
            Stated({"_y": equation}, {"_y": unit}, index=t, around=model.taken), ("_y",), {}
        )
        if solution is None:
            return None
        found[base] = found.get(base, S.Zero) + solution.values["_y"]
        where |= dict.fromkeys(solution.where)
    for base in [b for b in found if b.is_Rational and b.p == 1 and 1 / b in found]:
        found[1 / base] = (found[1 / base] - found.pop(base)).expand()
    value = Mul(*(base**exponent for base, exponent in found.items()))
    return Solution({name: value}, where=tuple(where), how="powers")


def _around(exponents: Sequence[Expr]) -> list[list[Expr]] | None:
    """The exponents of the starts and of the factor at t = 0, 1, ... where they come round, as
    those of x(t+2) = x(t+1)/x(t) do after six; None where they do not soon."""
    order = len(exponents)
    if order == 1 or not all(e.is_Integer for e in exponents):
        return None
    rows = [[Integer(i == j) for i in range(order)] + [S.Zero] for j in range(order)]
    while len(rows) < LONGEST + order:
        columns = zip(*rows[-order:], strict=True)
        *new, factor = (sum(e * x for e, x in zip(exponents, c, strict=True)) for c in columns)
        rows.append([*new, factor + 1])
    periods = range(2, LONGEST + 1)
    return next((rows[:p] for p in periods if rows[p : p + order] == rows[:order]), None)


def fixed_points(top: Poly, bottom: Poly) -> tuple[Expr, Expr] | None:
    """The two fixed points at which the derivative of top/bottom is zero; None where they are not
    real."""
    fixed = gcd(top - Poly(X, X) * bottom, top.diff(X) * bottom - top * bottom.diff(X))
    if degree(fixed, X) != 2:
        return None
    found = sorted(roots(fixed), key=lambda e: (e.could_extract_minus_sign(), str(e)))
    return (found[0], found[1]) if len(found) == 2 and not found[0].has(I) else None


Why = tuple[str, tuple[tuple[Expr, Expr], ...]]


def why_not(model: Stated, names: Sequence[str]) -> Why:
    """Why no closed form is known, in words and equations: of a quadratic map, to which constant it
    comes down."""
    t = model.index
    given = rational_map(model, names)
    if given is None:
        return "it is not linear in its values, and no substitution that makes it so is known", ()
    name, _, _, sides = given
    if sides[0].degree() == 2 and sides[1].degree() == 0:
        a, b, c = (sides[0].coeff_monomial(X**n) / sides[1].LC() for n in (2, 1, 0))
        kappa = together(a * c + b / 2 - b**2 / 4).factor()
        y = sequence("y" if name != "y" else "u")
        lines = ((y(t), a * sequence(name)(t) + b / 2), (y(t + 1), y(t) ** 2 + kappa))
        return (
            "it comes down to a square and a constant, and only for the constants 0 and -2 is "
            "one known",
            lines,
        )
    return (
        f"it is a rational map of degree {max(p.degree() for p in sides)} that is not known to "
        f"be conjugate to a linear one",
        (),
    )

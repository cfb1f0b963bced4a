"""Rational functions of an index as polynomials in z over a field of parameters, factored there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sympy import Add, Basic, Expr, Mul, Ne, Pow, Rational, S, Symbol
from sympy.polys.polyerrors import BasePolynomialError
from sympy.polys.rings import PolyElement

from derive.model.language.claims import relation
from derive.solving.recurrences.kernel.algebra import fractions
from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational

Needs = tuple[Basic, ...]


@dataclass(frozen=True)
class Factored:
    """number times the product of the factors (monic, irreducible in z), each to its power."""

    number: Any
    factors: dict[PolyElement, int]


def parameters(expr: Expr, k: Symbol) -> list[Expr]:
    """The parts free of k of a rational function in k. Raises NotRational where it is none."""
    if k not in expr.free_symbols:
        return [expr]
    if expr == k:
        return []
    if isinstance(expr, Add | Mul):
        return [p for a in expr.args for p in parameters(a, k)]
    if isinstance(expr, Pow) and expr.exp.is_Integer:
        return parameters(expr.base, k)
    raise NotRational(f"{expr} is not rational in {k}")


def over(expr: Expr, k: Symbol, field: Field) -> tuple[PolyElement, PolyElement]:
    """Numerator and denominator of a rational function in k, without a common factor. Raises
    NotRational."""
    parameters(expr, k)
    symbols = field.generators
    wide = Field(
        [expr, k, *symbols]
    )  # cancelled with k as one more letter: over a field of fractions coefficients grow
    value = element(expr, wide)
    if set(wide.generators) != {k, *symbols} or wide.ground != field.ground:
        raise NotRational(f"{expr} is not in the field")
    return _in_z(value.numer, k, wide, field), _in_z(value.denom, k, wide, field)


def _in_z(poly: PolyElement, k: Symbol, wide: Field, field: Field) -> PolyElement:
    """A polynomial in k and the letters as one in z."""
    own = wide.generators.index(k)
    places = [wide.generators.index(s) for s in field.generators]
    found: dict[int, dict[tuple[int, ...], Any]] = {}
    for monom, c in poly.iterterms():
        found.setdefault(monom[own], {})[tuple(monom[p] for p in places)] = c
    if not places:
        return field.ring.from_dict(
            {(e,): field.domain.convert(terms[()]) for e, terms in found.items()}
        )
    letters = field.domain.field
    ring = letters.ring
    return field.ring.from_dict(
        {(e,): letters.raw_new(ring.from_dict(terms), ring.one) for e, terms in found.items()}
    )


def element(expr: Expr, field: Field) -> Any:
    """The element of the field; NotRational too where the number is of a larger one."""
    try:
        return field.element(expr)
    except (BasePolynomialError, NotImplementedError) as error:
        raise NotRational(f"{expr} is not in the field") from error


def factored(top: PolyElement, bottom: PolyElement, field: Field) -> Factored:
    """top/bottom by its irreducible factors. Raises NotRational where the field cannot factor."""
    if not top or not bottom:
        raise NotRational("nothing to factor")
    try:
        found = dict(fractions.factored(top.monic(), field))
        for factor, power in fractions.factored(bottom.monic(), field).items():
            found[factor] = found.get(factor, 0) - power
    except (BasePolynomialError, NotImplementedError) as error:
        raise NotRational("no factors are known over this field") from error
    return Factored(
        top.LC / bottom.LC, {f: p for f, p in sorted(found.items(), key=lambda i: str(i[0])) if p}
    )


def shifted(poly: PolyElement, by: int, field: Field) -> PolyElement:
    """poly(z + by)."""
    return poly.compose(field.z, field.z + by) if by and poly.degree() > 0 else poly


def number_of(value: Any, field: Field) -> Rational | None:
    """An element as a rational number, None where letters stand in it."""
    if not value:
        return S.Zero
    if field.letters and not (value.numer.is_ground and value.denom.is_ground):
        return None
    found = field.expr(value)
    return found if isinstance(found, Rational) else None


def integer_roots(poly: PolyElement, field: Field) -> list[int]:
    """The whole numbers at which a polynomial in z is zero. Raises NotRational."""
    if poly.degree() <= 0:
        return []
    shifts = [
        number_of(-f.coeff(1), field)
        for f in factored(poly, field.ring.one, field).factors
        if f.degree() == 1
    ]
    return sorted(int(r) for r in shifts if r is not None and r.is_Integer)


def needs_of(field: Field) -> Needs:
    """What the expressions given out by a field divide by is not zero."""
    return tuple(
        relation(Ne, d, S.Zero) for d in sorted(field.divisors, key=lambda d: (len(str(d)), str(d)))
    )


def is_rational(expr: Expr, k: Symbol) -> bool:
    """Whether it is a rational function of k over a field of parameters."""
    try:
        return Field(parameters(expr, k)) is not None
    except NotRational:
        return False


def linear_parts(expr: Expr, k: Symbol) -> tuple[Expr, Expr]:
    """(a, b) of a k + b. Raises NotRational."""
    expr = expr.expand()
    rest = expr.xreplace({k: S.Zero})
    rate = expr.coeff(k)
    if k in rate.free_symbols or (expr - rate * k - rest).expand() != 0:
        raise NotRational(f"{expr} is not linear in {k}")
    return rate, rest


def reduced(top: PolyElement, bottom: PolyElement, field: Field) -> tuple[PolyElement, PolyElement]:
    """Without a common factor: by the factors of the denominator, since remainders over a field of
    fractions grow."""
    for factor, power in factored(bottom, field.ring.one, field).factors.items():
        for _ in range(power):
            quotient, rest = top.div(factor)
            if rest:
                break
            top, bottom = quotient, bottom.quo(factor)
    return top, bottom


def written(top: PolyElement, bottom: PolyElement, field: Field, at: Expr) -> Expr:
    """top/bottom at z = `at`, factored, no fractions in the factors. Raises NotRational."""
    if not top:
        return S.Zero
    parts = factored(top, bottom, field)
    number, pieces = parts.number, []
    for factor, power in parts.factors.items():
        if field.letters:
            below = factor.LC.field(
                reduce(lambda x, c: x.lcm(c.denom), factor.coeffs(), factor.LC.denom)
            )
            number, factor = number / below**power, factor * below
        content, rest = field.polynomial(factor, at).expand().primitive()
        pieces += [content**power, rest**power]
    return Mul(field.expr(number), *pieces)


def tidy(expr: Expr, t: Symbol) -> Expr:
    """A rational function with its numerator and denominator factored; all else as it is."""
    try:
        field = Field(parameters(expr, t))
        return written(*over(expr, t, field), field, t)
    except NotRational:
        return expr


def cleared(
    exprs: Sequence[Expr], t: Symbol, field: Field
) -> tuple[list[PolyElement], PolyElement]:
    """Rational functions of t over one denominator: numerators and that."""
    sides = [over(e, t, field) for e in exprs]
    below = reduce(lambda x, side: x * side[1].quo(x.gcd(side[1])), sides, field.ring.one)
    return [top * below.quo(bottom) for top, bottom in sides], below

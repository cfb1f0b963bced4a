"""When all roots of a polynomial lie inside the unit circle: the conditions of Jury (1964), solved
for a parameter where they are linear in it."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Basic, Expr, Gt, Lt, Poly, S, Symbol, false, true

from derive.model.language.claims import relation
from derive.model.language.conditions import Conditions
from derive.solving.recurrences.kernel.algebra.fields import in_factors


def jury(polynomial: Expr, variable: Symbol) -> list[Expr]:
    """Expressions that are all above zero exactly where every root is smaller than 1.

    For z^2 + a z + b: 1 - b, 1 + a + b, 1 - a + b. Higher degrees by Jury's table, each row half as
    long.
    """
    row = Poly(polynomial, variable).all_coeffs()
    row = [c / row[0] for c in row]
    degree = len(row) - 1
    at_one, at_minus = (
        sum((c * s**k for k, c in enumerate(reversed(row))), S.Zero) for s in (1, -1)
    )
    if degree == 1:
        return [in_factors(1 + row[1]), in_factors(1 - row[1])]
    found = [
        in_factors(at_one),
        in_factors((-1) ** degree * at_minus),
        *map(in_factors, (1 - row[-1], 1 + row[-1])),
    ]
    if degree == 2:
        return [found[2], found[0], found[1]]
    table = row[::-1]
    for _ in range(degree - 2):
        first, last = table[0], table[-1]
        table = [
            in_factors(first * a - last * b) for a, b in zip(table[:-1], table[:0:-1], strict=True)
        ]
        low, high = (
            table[0],
            table[-1],
        )  # low^2 - high^2 > 0, by its factors, which are half as long
        found.append(in_factors(low - high) * in_factors(low + high))
    return found


def conditions(
    positive: Sequence[Expr], ranges: Sequence[Basic], parameter: Symbol | None = None
) -> list[Basic]:
    """Each expression as a condition `> 0`: those that the ranges give left out, solved for the
    parameter where it is linear."""
    known, found = Conditions(ranges), []
    for expr in positive:
        need = relation(Gt, expr, S.Zero)
        if (
            need is true
            or known.give(need)
            or all(known.give(relation(Gt, f, S.Zero)) for f in expr.as_ordered_factors())
        ):
            continue
        if need is false:
            return [false]
        found.append(_solved(expr, known, parameter) if parameter in expr.free_symbols else need)
    return list(dict.fromkeys(found))


def _solved(expr: Expr, known: Conditions, parameter: Symbol | None) -> Basic:
    """a p + b > 0 as p > -b/a or p < -b/a, where the sign of a is known."""
    need = relation(Gt, expr, S.Zero)
    if parameter is None or not expr.is_polynomial(parameter):
        return need
    poly = Poly(expr, parameter)
    if poly.degree() != 1:
        return need
    a, b = poly.all_coeffs()
    bound = in_factors(-b / a)
    if known.give(relation(Gt, a, S.Zero)) or _all(known, a, 1):
        return relation(Gt, parameter, bound)
    if known.give(relation(Lt, a, S.Zero)) or _all(known, a, -1):
        return relation(Lt, parameter, bound)
    return need


def _all(known: Conditions, expr: Expr, sign: int) -> bool:
    """Whether a product has a sign, seen from its factors."""
    number, rest = expr.as_coeff_Mul()
    factors = rest.as_ordered_factors() if rest != 1 else []
    return bool(number * sign > 0) and all(known.give(relation(Gt, f, S.Zero)) for f in factors)

"""Polynomial solutions of linear recurrences whose coefficients are polynomials in the index.

Petkovsek, Wilf, Zeilberger, A = B, chapter 8. An operator is a row p_0, ..., p_d of polynomials in
z over a field of parameters: it stands for the sum of p_i(k) x(k + i).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement

from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational
from derive.solving.recurrences.kernel.algebra.rational import integer_roots, number_of

HIGHEST = 60  # the degree of a polynomial solution
# the same where parameters stand in the operator: longer ones say less than the sum they stand for
SHORT = 8
Row = Sequence[PolyElement]


def linear_solutions(
    columns: Sequence[Sequence[Any]], right: Sequence[Any], field: Field
) -> tuple[list[Any] | None, list[list[Any]]]:
    """Of sum c_j columns[j] = right: one solution c, or None; and a basis of those for 0."""
    size = len(columns)
    rows = [[*(column[i] for column in columns), -right[i]] for i in range(len(right))]
    reduced, pivots = DomainMatrix(rows, (len(rows), size + 1), field.domain).to_field().rref()
    entries = reduced.to_list()
    free = [j for j in range(size) if j not in pivots]

    def read(column: int) -> list[Any]:
        values = [field.zero] * size
        for row, pivot in zip(entries, pivots, strict=False):
            if pivot < size:
                values[pivot] = -row[column]
        return values

    basis = []
    for j in free:
        basis.append(read(j))
        basis[-1][j] = field.one
    return (None if size in pivots else read(size)), basis


def polynomial_solutions(
    row: Row, right: PolyElement, field: Field
) -> tuple[PolyElement | None, list[PolyElement]]:
    """One polynomial y with sum p_i(k) y(k + i) = right, or None; and a basis of those for 0.
    Raises NotRational."""
    degree = _degree(row, right, field)
    if degree < 0:
        return (field.ring.zero if not right else None), []
    if degree > (
        SHORT if any(number_of(c, field) is None for p in row for c in p.coeffs()) else HIGHEST
    ):
        raise NotRational(f"a polynomial of degree {degree}")
    images = []
    powers = [field.ring.one for _ in row]
    for _ in range(degree + 1):
        images.append(sum((p * q for p, q in zip(row, powers, strict=True)), field.ring.zero))
        powers = [q * (field.z + i) for i, q in enumerate(powers)]
    height = max(*(p.degree() for p in (*images, right)), 0) + 1

    def listed(poly: PolyElement) -> list[Any]:
        return [poly.coeff(field.z**e) if e else poly.coeff(1) for e in range(height)]

    one, basis = linear_solutions([listed(p) for p in images], listed(right), field)
    made = [
        field.ring.from_dict({(e,): c for e, c in enumerate(values or ()) if c})
        for values in (one, *basis)
    ]
    return None if one is None else made[0], made[1:]


def _degree(row: Row, right: PolyElement, field: Field) -> int:
    """The highest degree of a polynomial solution, -1 for none: as sum r_j D^j, where D = E - 1
    lowers the degree by one."""
    zero = field.ring.zero
    differences = [
        sum((p * comb(i, j) for i, p in enumerate(row) if i >= j), zero) for j in range(len(row))
    ]
    gain = max((r.degree() - j for j, r in enumerate(differences) if r), default=0)
    indicial, falling = zero, field.ring.one
    for j, r in enumerate(differences):
        if r and r.degree() - j == gain:
            indicial += falling * r.LC
        falling *= field.z - j
    found = [-gain - 1, *integer_roots(indicial, field)]
    return max(-1, *found, right.degree() - gain if right else -1)

"""Hypergeometric terms, h(k + 1)/h(k) rational: polynomial solutions, Gosper's and Petkovsek's
algorithms.

Petkovsek, Hypergeometric solutions of linear recurrences with polynomial coefficients (1992);
Petkovsek, Wilf, Zeilberger, A = B, chapters 5 and 8. An operator is a row p_0, ..., p_d of
polynomials in z over a field of parameters: it stands for the sum of p_i(k) x(k + i).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product as all_pairs
from typing import Any

from sympy import Expr, Integer, Mul, Symbol, binomial, factorial, ff, gamma, rf
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement

from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational
from derive.solving.recurrences.kernel.algebra.rational import (
    factored,
    is_rational,
    linear_parts,
    number_of,
    shifted,
)
from derive.solving.recurrences.kernel.sums.polynomials import Row, polynomial_solutions

MOST = 300  # pairs of factors that are tried
FARTHEST = 30  # between two factors of a denominator
STEEPEST = 4  # factorial(4 k) is read, factorial(5 k) is not

FACTORIALS: dict[
    type, Callable[..., tuple[tuple[int, Expr], ...]]
] = {  # which factorials they are made of
    factorial: lambda x: ((1, x),),
    gamma: lambda x: ((1, x - 1),),
    rf: lambda x, n: ((1, x + n - 1), (-1, x - 1)),
    ff: lambda x, n: ((1, x), (-1, x - n)),
    binomial: lambda x, n: ((1, x), (-1, n), (-1, x - n)),
}
Sides = tuple[PolyElement, PolyElement]


def ratio(term: Expr, k: Symbol) -> Expr:
    """term(k + 1)/term(k) as a rational function of k. Raises NotRational where it is none."""
    return Mul(*(_step(factor, k) for factor in Mul.make_args(term)))


def _step(factor: Expr, k: Symbol) -> Expr:
    if k not in factor.free_symbols:
        return Integer(1)
    base, power = factor.as_base_exp()
    if k not in base.free_symbols:
        return base ** linear_parts(power, k)[0]
    if not power.is_Integer:
        raise NotRational(f"{factor} is not hypergeometric")
    if is_rational(base, k):
        return (base.xreplace({k: k + 1}) / base) ** power
    if type(base) not in FACTORIALS:
        raise NotRational(f"{factor} is not hypergeometric")
    return Mul(
        *(_grown(u.expand(), k) ** (sign * power) for sign, u in FACTORIALS[type(base)](*base.args))
    )


def _grown(u: Expr, k: Symbol) -> Expr:
    """(u(k + 1))! / u(k)! for u = a k + b."""
    if k not in u.free_symbols:
        return Integer(1)
    if not is_linear(u, k):
        raise NotRational(f"the factorial of {u} is not hypergeometric")
    slope = int(u.coeff(k))
    return Mul(*(u + i for i in range(1, slope + 1))) / Mul(*(u - i for i in range(-slope)))


def is_linear(u: Expr, k: Symbol) -> bool:
    """Whether u = a k + b with a small whole number a that is not 0."""
    try:
        slope = linear_parts(u, k)[0]
    except NotRational:
        return False
    return bool(slope.is_Integer and 0 < abs(slope) <= STEEPEST)


def _apart(f: PolyElement, g: PolyElement, field: Field) -> int | None:
    """The whole number h with f(k) = g(k + h), for monic irreducible f and g."""
    degree = f.degree()
    if degree != g.degree():
        return None
    below = [p.coeff(field.z ** (degree - 1)) if degree > 1 else p.coeff(1) for p in (f, g)]
    gap = number_of((below[0] - below[1]) / field.domain.convert(degree), field)
    if gap is None or not gap.is_Integer or abs(gap) > FARTHEST:
        return None
    return int(gap) if shifted(g, int(gap), field) == f else None


def _split(top: PolyElement, bottom: PolyElement, field: Field) -> list[tuple[int, PolyElement]]:
    """(h, f) with f(k) a factor of top and f(k - h) one of bottom, h >= 0, each taken once, the
    nearest first."""
    above, below = (factored(p, field.ring.one, field).factors for p in (top, bottom))
    pairs = []
    for i, f in enumerate(above):
        gaps = [(_apart(f, g, field), j) for j, g in enumerate(below)]
        pairs += [(h, i, j) for h, j in gaps if h is not None and h >= 0]
    tops, bottoms, found = list(above), list(below), []
    for h, i, j in sorted(pairs):
        times = min(above[tops[i]], below[bottoms[j]])
        above[tops[i]], below[bottoms[j]] = above[tops[i]] - times, below[bottoms[j]] - times
        found += [(h, tops[i])] * times
    return found


def gosper(top: PolyElement, bottom: PolyElement, field: Field) -> Sides | None:
    """y with D(y h) = h where h(k + 1)/h(k) = top/bottom; None where there is none. Raises
    NotRational."""
    a, b, c = top * (field.one / bottom.LC), bottom.monic(), field.ring.one
    for h, f in _split(top, bottom, field):
        a, b = a.quo(f), b.quo(shifted(f, -h, field))
        for j in range(1, h + 1):
            c *= shifted(f, -j, field)
    before = shifted(b, -1, field)
    x, _ = polynomial_solutions([-before, a], c, field)
    return None if x is None else (before * x, c)


@dataclass(frozen=True)
class Term:
    """c(k) times the product of top/bottom up to k - 1, from `at` on, where its values are
    `values`, `values[0]` = c(at)."""

    top: PolyElement
    bottom: PolyElement
    polynomial: PolyElement
    values: tuple[Any, ...]


def hyper(row: Row, at: int, field: Field) -> list[Term]:
    """All hypergeometric solutions of sum p_i(k) x(k + i) = 0 for k >= at, independent of each
    other. Raises NotRational.

    p_0(k) and p_d(k - d + 1) must not be zero there. Petkovsek's Hyper: the ratio is z a(k)/b(k)
    c(k + 1)/c(k), where a divides p_0(k) and b divides p_d(k - d + 1).
    """
    order = len(row) - 1
    found: list[Term] = []
    for a, b in _pairs(row[0], shifted(row[-1], 1 - order, field), field):
        turned = []
        for i, p in enumerate(row):
            for j in range(order):
                p = p * shifted(a if j < i else b, j, field)
            turned.append(p)
        for z in _leading(turned, field):
            _, basis = polynomial_solutions(
                [p * z**i for i, p in enumerate(turned)], field.ring.zero, field
            )
            for c in basis:
                term = Term(a * z, b, c, _values(a * z, b, c, at, order, field))
                if _independent([*found, term], field):
                    found.append(term)
        if len(found) == order:
            break
    return found


def _pairs(top: PolyElement, bottom: PolyElement, field: Field) -> Iterator[Sides]:
    """Monic divisors of both, of low degree first. Raises NotRational where there are too many."""
    sides = [_divisors(side, field) for side in (top, bottom)]
    if len(sides[0]) * len(sides[1]) > MOST:
        raise NotRational("too many factors")
    yield from sorted(all_pairs(*sides), key=lambda pair: pair[0].degree() + pair[1].degree())


def _divisors(poly: PolyElement, field: Field) -> list[PolyElement]:
    found = [field.ring.one]
    for factor, power in factored(poly, field.ring.one, field).factors.items():
        found = [one * factor**e for one in found for e in range(power + 1)]
        if len(found) > MOST:
            raise NotRational("too many factors")
    return found


def _leading(row: Row, field: Field) -> list[Any]:
    """The numbers z != 0 for which the highest powers in sum z**i p_i(k) c(k + i) cancel."""
    height = max(p.degree() for p in row)
    poly = field.ring.from_dict(
        {(i,): p.LC for i, p in enumerate(row) if p and p.degree() == height}
    )
    roots = [-f.coeff(1) for f in factored(poly, field.ring.one, field).factors if f.degree() == 1]
    return [z for z in roots if z]


def _values(
    top: PolyElement, bottom: PolyElement, c: PolyElement, at: int, order: int, field: Field
) -> tuple[Any, ...]:
    """The term at at, ..., at + order - 1."""
    running, found = field.one, []
    for k in range(at, at + order):
        here = [
            sum((x * k**e for (e,), x in poly.iterterms()), field.zero) for poly in (c, top, bottom)
        ]
        found.append(running * here[0])
        running = running * here[1] / here[2]
    return tuple(found)


def _independent(terms: Sequence[Term], field: Field) -> bool:
    shape = (len(terms), len(terms[0].values))
    return (
        shape[0] <= shape[1]
        and DomainMatrix([list(t.values) for t in terms], shape, field.domain).rank() == shape[0]
    )

"""How partial fractions are written: polynomials times powers, cosines for complex pairs, named
roots for all else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as entry
from math import factorial
from typing import Any

from sympy import (
    Add,
    Basic,
    Expr,
    Integer,
    KroneckerDelta,
    Ne,
    Pow,
    S,
    Sum,
    Symbol,
    cos,
    ff,
    sin,
)
from sympy.polys.rings import PolyElement

from derive.model.language.claims import Root, relation, sequence
from derive.model.language.conditions import plain
from derive.model.language.terms import unused
from derive.solving.recurrences.kernel.algebra.fields import Field
from derive.solving.recurrences.kernel.algebra.fractions import Part
from derive.solving.recurrences.kernel.algebra.powers import joined, power_to
from derive.solving.recurrences.kernel.transforms.coefficients import assembled
from derive.solving.recurrences.kernel.transforms.pairs import coefficient, complex_pair

NAMES = "rsquvxy"  # for named roots: the first that the recurrence does not use


@dataclass
class Shapes:
    """Parts of one recurrence as expressions in t; collects the roots it names. `taken` are names
    in use."""

    field: Field
    t: Symbol
    taken: frozenset[str] = frozenset()
    linear: tuple[
        Symbol, ...
    ] = ()  # letters of start values: answers are linear in them, and are written so
    roots: dict[PolyElement, Root] = entry(default_factory=dict)

    @property
    def variable(self) -> Symbol:
        """What polynomials are written in: a letter that the recurrence does not use."""
        letters = (
            ("z", "xi", "zeta") if "lam" in self.taken else ("z", "lambda", "xi", "zeta")
        )  # lam is how lambda is typed
        return Symbol(unused(letters, self.taken))

    def expression(self, parts: Iterable[Part]) -> Expr:
        """The sum of the parts."""
        plain: list[tuple[Any, Expr]] = []
        named: list[Expr] = []
        for part in parts:
            if part.root.degree() == 1:
                plain += self.powers(part)
            elif (pair := complex_pair(part.root, self.field)) is not None:
                named += [coefficient * shape for coefficient, shape in self.waves(part, *pair)]
            elif part.root.degree() == 2 and len(part.coefficients) == 1:
                named.append(self._two(part))
            else:
                named.append(self.all_roots(part))
        return joined(Add(assembled(plain, self.field, self.linear), *named))

    def needs(self) -> tuple[Basic, ...]:
        """What must not be zero: divisors, for two named roots their difference, c of z^n = c."""
        found = dict(self.field.divisors)
        for polynomial in self.roots:
            if polynomial.degree() == 2:
                p, q = coefficient(polynomial, 1), coefficient(polynomial, 0)
                found |= dict.fromkeys(self.field.factors(p * p - q * 4))
            elif _is_pure(polynomial):
                found |= dict.fromkeys(self.field.factors(coefficient(polynomial, 0)))
        return tuple(
            plain(relation(Ne, expr, S.Zero))
            for expr in sorted(found, key=lambda e: (len(str(e)), str(e)))
        )

    def told(self) -> dict[Basic, Basic]:
        """Needs that are said shorter: a factor of a discriminant is not zero where the two roots
        differ."""
        found: dict[Basic, Basic] = {}
        for polynomial, root in self.roots.items():
            if polynomial.degree() == 2:
                p, q = coefficient(polynomial, 1), coefficient(polynomial, 0)
                r = sequence(root.name)
                differ = relation(Ne, r(Integer(1)), r(Integer(2)))
                found |= {
                    plain(relation(Ne, f, S.Zero)): differ
                    for f in self.field.factors(p * p - q * 4)
                }
        return found

    @property
    def not_covered(self) -> tuple[Expr, ...]:
        """What the conditions do not say: of a polynomial of higher degree with letters in it, when
        two roots are equal."""
        large = [r.polynomial for p, r in self.roots.items() if p.degree() > 2 and not _is_pure(p)]
        return tuple(p for p in large if p.free_symbols != {self.variable})

    def powers(self, part: Part) -> list[tuple[Any, Expr]]:
        """(coefficient, t^k base^t), k rising."""
        f = self.field
        base = -part.root.coeff(1)
        values = [c.coeff(1) for c in part.coefficients]
        if not base:
            return [(value, KroneckerDelta(self.t, j)) for j, value in enumerate(values) if value]
        power = power_to(f.expr(base), self.t)
        powers = [f.zero] * len(values)
        for j, value in enumerate(values):
            scaled = value / base**j / f.domain.convert(factorial(j))
            for k, number in enumerate(_falling(j)):
                powers[k] += scaled * f.domain.convert(number)
        return [(c, self.t**k * power) for k, c in enumerate(powers) if c]

    def waves(self, part: Part, size: Expr, angle: Expr, height: Expr) -> list[tuple[Expr, Expr]]:
        """Coefficients and shapes of 2 size^t (a cos(angle t) - b height sin(angle t)) for c(r) = a
        + b (r - p/2)."""
        f, t, found = self.field, self.t, []
        half, square = -coefficient(part.root, 1) / 2, coefficient(part.root, 0)
        for j, c in enumerate(part.coefficients):
            b = coefficient(c, 1)
            a = coefficient(c, 0) + b * half
            other = b * (square - half * half)  # b height^2
            shorter = _size(other) < _size(b)
            sine = f.expr(-other * 2) / height if shorter else f.expr(-b * 2) * height
            if shorter:
                f.divisors |= dict.fromkeys(e for e in (size, sin(angle)) if e.free_symbols)
            times = ff(t, j) / factorial(j) * size ** (t - j)
            found += [
                (f.expr(a * 2), times * cos(angle * (t - j))),
                (sine, times * sin(angle * (t - j))),
            ]
        return found

    def _root(self, polynomial: PolyElement) -> Root:
        if polynomial not in self.roots:
            used = self.taken | {root.name for root in self.roots.values()}
            name = unused(NAMES, used)
            self.roots[polynomial] = Root(
                name, self.field.polynomial(polynomial, self.variable), self.variable
            )
        return self.roots[polynomial]

    def _two(self, part: Part) -> Expr:
        """(A(r_1) r_1^t - A(r_2) r_2^t) / (r_1 - r_2) over a common bottom."""
        (one, r), (other, q), bottom = self.two(part)
        return (one * r**self.t - other * q**self.t) / bottom

    def two(self, part: Part) -> tuple[tuple[Expr, Expr], tuple[Expr, Expr], Expr]:
        """(A(r_1), r_1), (A(r_2), r_2) and the bottom, A linear, written in the other root where
        that is shorter."""
        f = self.field
        name = sequence(self._root(part.root).name)
        r = [name(Integer(1)), name(Integer(2))]
        top = (part.coefficients[0] * part.root.diff(f.z)).rem(part.root)
        slope, rest, trace = coefficient(top, 1), coefficient(top, 0), -coefficient(part.root, 1)
        turned = rest + slope * trace
        other = _size(turned) < _size(rest)
        below = _lcm(turned if other else rest, slope)
        rest, slope = (turned * below, -slope * below) if other else (rest * below, slope * below)
        sides = [f.expr(rest) + f.expr(slope) * r[1 - i if other else i] for i in (0, 1)]
        return (sides[0], r[0]), (sides[1], r[1]), f.expr(below) * (r[0] - r[1])

    def all_roots(self, part: Part) -> Expr:
        """Sum over all roots of A(r) r^t / P'(r); of the coefficients as they are where roots
        repeat."""
        f, t, root = self.field, self.t, self._root(part.root)
        i = Symbol(unused("ijkl", self.taken))
        r = sequence(root.name)(i)
        if len(part.coefficients) == 1:
            slope = part.root.diff(f.z)
            top = (part.coefficients[0] * slope).rem(part.root)
            body = f.polynomial(top, r) * r**t / f.polynomial(slope, r)
        else:
            body = Add(
                *(
                    f.polynomial(c, r) * ff(t, j) / factorial(j) * r ** (t - j)
                    for j, c in enumerate(part.coefficients)
                )
            )
        return Sum(body, (i, 1, part.root.degree()))


def still_divided(needs: tuple[Basic, ...], values: Iterable[Expr]) -> tuple[Basic, ...]:
    """The needs, of sines those by which a value still divides."""
    if not any(n.has(sin) for n in needs):
        return needs
    below = [p.base for v in values for p in v.atoms(Pow) if p.exp.is_negative]
    return tuple(n for n in needs if not n.has(sin) or any(b.has(n.lhs) for b in below))


def without_opposites(value: Expr) -> Expr:
    """Without sums over the same roots that cancel each other."""
    sums = [term for term in Add.make_args(value) if isinstance(term, Sum)]
    if len(sums) < 2:
        return value
    over = {limits: [s for s in sums if s.limits == limits] for limits in (s.limits for s in sums)}
    gone = [s for each in over.values() if Add(*(s.function for s in each)) == 0 for s in each]
    return Add(*(term for term in Add.make_args(value) if term not in gone)) if gone else value


def _is_pure(polynomial: PolyElement) -> bool:
    """z^n - c: two of its roots are equal where c is zero, and nowhere else."""
    return not any(coefficient(polynomial, k) for k in range(1, polynomial.degree()))


def _size(element: Any) -> int:
    """How many terms an element has."""
    return (
        len(element.numer) + len(element.denom) if hasattr(element, "field") else int(bool(element))
    )


def _falling(j: int) -> list[int]:
    """t (t - 1) ... (t - j + 1) in powers of t."""
    row = [1]
    for k in range(j):
        row = [
            (row[i - 1] if i else 0) - k * (row[i] if i < len(row) else 0)
            for i in range(len(row) + 1)
        ]
    return row


def _lcm(*elements: Any) -> Any:
    """The common denominator, as an element."""
    first = elements[0]
    if not hasattr(first, "field"):
        return first * 0 + 1
    total = first.field.ring.one
    for e in elements:
        total = total.lcm(e.denom)
    return first.field(total)

"""Products over an index in closed form: telescoping ratios, rising factorials, factorials, powers.

Rational functions of the index are kept as polynomials in z over a field of parameters
(fields.Field), factored there. A rising factorial rf(a, n) = a (a + 1) ... (a + n - 1) has no
poles, so that it says the same for whole numbers a as for all others (Graham, Knuth, Patashnik,
Concrete Mathematics, 2.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import (
    Add,
    Basic,
    Expr,
    Mul,
    Ne,
    Poly,
    Pow,
    Product,
    Rational,
    S,
    Symbol,
    binomial,
    factorial,
    rf,
)

from derive.model.language.claims import relation
from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational
from derive.solving.recurrences.kernel.algebra.powers import power_of
from derive.solving.recurrences.kernel.algebra.rational import (
    Needs,
    factored,
    integer_roots,
    is_rational,
    linear_parts,
    needs_of,
    number_of,
    over,
    parameters,
)
from derive.solving.recurrences.kernel.sums.telescoping import FARTHEST, telescoped


def product_form(f: Expr, k: Symbol, low: Expr, high: Expr) -> tuple[Expr, Needs] | None:
    """The product of f(k) for k = low, ..., high, 1 where high = low - 1; what has no form in it
    stays a Product.

    `low` is a whole number, or one plus letters that stand for whole numbers >= 0. None where no
    factor has a form.
    """
    length = Add(high, -low, 1)
    rational, closed, rest = S.One, [], []
    for factor in Mul.make_args(f):
        if (power := _power(factor, k, low, high, length)) is not None:
            closed.append(power)
        elif is_rational(factor, k):
            rational *= factor
        elif k not in factor.free_symbols:
            closed.append(factor**length)
        elif (whole := _power_of_rational(factor, k, low, high)) is not None:
            closed.append(whole)
        else:
            rest.append(factor)
    ends, rest, needs = telescoped(rest, k, low, high)
    closed += ends
    if rational != 1:
        found = _rational(rational, k, low, high, length)
        if found is None:
            return None
        closed.append(found[0])
        needs, rest = (*needs, *found[1]), [*found[2], *rest]
    if rest and not any(c != 1 for c in closed):
        return None
    return Mul(*closed, *((Product(Mul(*rest), (k, low, high)),) if rest else ())), needs


def _power(factor: Expr, k: Symbol, low: Expr, high: Expr, length: Expr) -> Expr | None:
    """The product of base**(a k + b)."""
    base, exponent = factor.as_base_exp()
    if k in base.free_symbols or k not in exponent.free_symbols:
        return None
    try:
        rate, rest = linear_parts(exponent, k)
    except NotRational:
        return None
    return base ** (rate * length * (low + high) / 2 + rest * length).expand()


def _power_of_rational(factor: Expr, k: Symbol, low: Expr, high: Expr) -> Expr | None:
    """The product of r(k)**p, p not a whole number: wherever all its factors are real, r is not
    below zero."""
    base, exponent = factor.as_base_exp()
    if k in exponent.free_symbols or not is_rational(base, k):
        return None
    found = product_form(base, k, low, high)
    if found is None or found[0].has(Product) or found[1]:
        return None
    top, bottom = found[0].as_numer_denom()
    letter = next(iter(high.free_symbols - low.free_symbols))
    alone = bottom.free_symbols == {letter} and bottom.is_polynomial(letter)
    apart = alone and all(c >= 0 for c in Poly(bottom, letter).coeffs())
    return top**exponent / bottom**exponent if apart else found[0] ** exponent


def _rational(
    f: Expr, k: Symbol, low: Expr, high: Expr, length: Expr
) -> tuple[Expr, Needs, list[Expr]] | None:
    """The closed part, its needs, and the factors that have no form."""
    try:
        field = Field(parameters(f, k))
        parts = factored(*over(f, k, field), field)
        linear = {p.coeff(1): power for p, power in parts.factors.items() if p.degree() == 1}
        rest = [
            field.polynomial(p, k) ** power for p, power in parts.factors.items() if p.degree() > 1
        ]
    except NotRational:
        return None
    ends, number = Ends(low, high, length, field), parts.number
    pieces, extra = ends.telescoped(linear)
    central = _central(linear, field) if low == 0 else None
    if central is not None:
        number, pieces = number / 4, [*pieces, binomial(2 * length, length), *central(length)]
    pieces += [ends.rising(a, power) for a, power in linear.items() if power]
    form = Mul(*([] if number == field.one else [power_of(field.expr(number), length)]), *pieces)
    return form, tuple(dict.fromkeys((*needs_of(field), *extra))), rest


def _central(linear: dict[Any, int], field: Field) -> Callable[[Expr], list[Expr]] | None:
    """4**n rf(1/2, n)/n! is the central binomial coefficient: taken out of `linear`; what (n + 1)!
    has beside n! is returned."""
    half = next(
        (a for a, power in linear.items() if power == 1 and number_of(a, field) == S.Half), None
    )
    whole = next(
        (a for a, power in linear.items() if power == -1 and number_of(a, field) in (1, 2)), None
    )
    if half is None or whole is None:
        return None
    linear[half] = linear[whole] = 0
    return (lambda n: [1 / (n + 1)]) if number_of(whole, field) == 2 else (lambda n: [])


@dataclass
class Ends:
    """The limits of a product over k."""

    low: Expr
    high: Expr
    length: Expr
    field: Field

    def start(self, shift: Any) -> Rational | None:
        """The least value of k + shift, where it is a number."""
        found = number_of(shift, self.field)
        return None if found is None else found + self.low.as_coeff_Add()[0]

    def rising(self, shift: Any, power: int) -> Expr:
        """The product of (k + shift)**power."""
        start, a = self.start(shift), self.field.expr(shift)
        if start is not None and start.is_Integer and start >= 1:
            return (factorial(self.high + a) / factorial(self.low + a - 1)) ** power
        return rf(self.low + a, self.length) ** power

    def telescoped(self, linear: dict[Any, int]) -> tuple[list[Expr], Needs]:
        """Pairs (k + a)/(k + b) with a - b a small whole number, taken out of `linear`: only
        factors at the ends are left."""
        found: list[Expr] = []
        needs: list[Basic] = []
        for a, b, gap in self._pairs(list(linear)):
            times = min(max(linear[a], 0), max(-linear[b], 0))
            if not times:
                continue
            start = self.start(b if gap > 0 else a)
            if start is not None and start.is_Integer and -abs(gap) < start < 1:
                continue  # a factor at the low end is zero: what would be left is 0/0
            linear[a], linear[b] = linear[a] - times, linear[b] + times
            least = b if gap > 0 else a
            steps = [self.field.expr(least + self.field.one * i) for i in range(abs(gap))]
            turned = (-1) ** sum((self.low + s).could_extract_minus_sign() for s in steps)
            last, first = (
                turned * Mul(*(end + s for s in steps)) for end in (self.high + 1, self.low)
            )
            found.append((last / first) ** (times if gap > 0 else -times))
            if gap < 0 and start is None:
                low = self.low.as_coeff_Add()[0]
                zeros = [
                    f
                    for i in range(-gap)
                    for f in self.field.factors(a + self.field.one * (int(low) + i))
                ]
                needs += [relation(Ne, zero, S.Zero) for zero in zeros]
        return found, tuple(needs)

    def _pairs(self, shifts: Sequence[Any]) -> Iterable[tuple[Any, Any, int]]:
        """Shifts that differ by a whole number, the nearest first."""
        found = []
        for i, a in enumerate(shifts):
            for j, b in enumerate(shifts):
                gap = number_of(a - b, self.field) if i != j else None
                if gap is not None and gap.is_Integer and abs(gap) <= FARTHEST:
                    found.append((abs(int(gap)), i, j, int(gap)))
        return [(shifts[i], shifts[j], gap) for _, i, j, gap in sorted(found)]


def steps(f: Expr, count: int) -> Expr:
    """What n! or rf(a, n) must be multiplied by to get (n + count)! or rf(a, n + count)."""
    return Mul(
        *((1 if isinstance(f, factorial) else f.args[0]) + f.args[-1] + i for i in range(count))
    )


def quotient_form(f: Expr, k: Symbol, first: int = 0) -> tuple[Expr, Needs] | None:
    """G(k) with G(k + 1)/G(k) = f(k) for k >= first: the product up to k - 1 but for a factor free
    of k.

    None where f has a zero or a pole at a whole number from `first` on, or no form.
    """
    try:
        field = Field(parameters(f, k))
        places = [r for side in over(f, k, field) for r in integer_roots(side, field) if r >= 0]
    except NotRational:
        return None
    j = Symbol("_j")
    found = product_form(f.xreplace({k: j}), j, S(first if places else 0), k - 1)
    if max(places, default=-1) >= first or found is None or found[0].has(Product):
        return None
    return _without_constants(found[0], k), found[1]


def _without_constants(expr: Expr, k: Symbol) -> Expr:
    """The factors that hold k; b**(k - 1) as b**k."""
    kept = []
    for factor in Mul.make_args(expr.as_content_primitive()[1] if expr.is_Add else expr):
        if k in factor.free_symbols:
            exponent = (
                factor.exp.expand()
                if isinstance(factor, Pow) and k not in factor.base.free_symbols
                else S.Zero
            )
            kept.append(
                factor.base ** (exponent - exponent.xreplace({k: S.Zero}))
                if exponent != 0
                else factor
            )
    return Mul(*kept)

"""Sums over an index in closed form: Gosper's algorithm, harmonic numbers and digamma for rational
functions, summation by parts.

Petkovsek, Wilf, Zeilberger, A = B, chapter 5; Graham, Knuth, Patashnik, Concrete Mathematics, 2.6
and 6.3. What has no closed form, such as the sum of 1/k!, is left to whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from dataclasses import field as made
from math import factorial as whole_factorial
from typing import Any

from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    S,
    Symbol,
    cos,
    factorial,
    harmonic,
    nan,
    polygamma,
    rf,
    sin,
    zoo,
)
from sympy.polys.polyerrors import BasePolynomialError

from derive.model.language.claims import sequence
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.kernel import products
from derive.solving.recurrences.kernel import sequences as kernel
from derive.solving.recurrences.kernel.fields import Field, NotRational
from derive.solving.recurrences.kernel.hypergeometric import (
    gosper,
    is_linear,
    ratio,
    reduced,
    written,
)
from derive.solving.recurrences.kernel.products import (
    Needs,
    factored,
    integer_roots,
    is_rational,
    linear_parts,
    needs_of,
    over,
    parameters,
    shifted,
)
from derive.solving.recurrences.strategies.constant import constant

FARTHEST = 12  # how far apart the poles of one harmonic number may be
HIGHEST = 4  # the highest power of a bracket that is multiplied out


@dataclass
class Summed:
    """A sum as far as it has a form: closed terms, what they divide by, and the summands that are
    left."""

    closed: list[Expr] = made(default_factory=list)
    needs: Needs = ()
    rest: list[Expr] = made(default_factory=list)


def antidifference(f: Expr, k: Symbol) -> Expr | None:
    """F(k) with F(k + 1) - F(k) = f(k); None where none is found."""
    found = [_indefinite(rational, key, k) for rational, key in grouped(f, k)]
    return None if None in found else Add(*(part.value for part in found if part is not None))


def sum_form(f: Expr, k: Symbol, low: Expr, high: Expr) -> tuple[Expr, Needs] | None:
    """The sum of f(k) for k = low, ..., high, 0 where high = low - 1, and what it divides by; None
    where it has no form."""
    found = summed(f, k, low, high)
    return None if found.rest else (Add(*found.closed), found.needs)


def summed(f: Expr, k: Symbol, low: Expr, high: Expr) -> Summed:
    """The same, term by term."""
    total = Summed()
    for rational, key in grouped(f, k):
        found = _definite(rational, key, k, low, high)
        if found is None:
            total.rest.append(Mul(rational, key))
        else:
            total.closed += [term for term in found[0] if term != 0]
            total.needs = tuple(dict.fromkeys((*total.needs, *found[1])))
    return total


def grouped(f: Expr, k: Symbol) -> list[tuple[Expr, Expr]]:
    """f as a sum of a rational function times a key that is none (a factorial, a power, ...), each
    key once."""
    groups: dict[Expr, list[Expr]] = {}
    for term in _distributed(f, k):
        rational, key = normal(term, k)
        groups.setdefault(key, []).append(rational)
    return [(Add(*rationals), key) for key, rationals in groups.items()]


def _distributed(f: Expr, k: Symbol) -> Iterator[Expr]:
    """The terms of f, brackets that hold more than rational functions of k multiplied out."""
    if isinstance(f, Add) and not is_rational(f, k):
        for arg in f.args:
            yield from _distributed(arg, k)
        return
    for n, factor in enumerate(f.args if isinstance(f, Mul) else (f,)):
        base, power = factor.as_base_exp()
        if (
            isinstance(base, Add)
            and power.is_Integer
            and 0 < power <= HIGHEST
            and not is_rational(base, k)
        ):
            others = (
                Mul(*f.args[:n], *f.args[n + 1 :], base ** (power - 1))
                if isinstance(f, Mul)
                else base ** (power - 1)
            )
            for arg in base.args:
                yield from _distributed(others * arg, k)
            return
    yield f


def normal(term: Expr, k: Symbol) -> tuple[Expr, Expr]:
    """(rational function of k, key) of a product: (k + 1)! = (k + 1) k!, c**(k + 1) = c c**k, so
    that like terms have one key."""
    rational: list[Expr] = []
    key: list[Expr] = []
    for factor in Mul.make_args(term):
        if is_rational(factor, k):
            rational.append(factor)
            continue
        base, power = factor.as_base_exp()
        if k in power.free_symbols and k not in base.free_symbols:
            rest = power.expand().xreplace({k: S.Zero})
            rational.append(base**rest)
            key.append(_written(base, (power - rest).expand()))
        else:
            outer, inner = _moved(base, k)
            rational.append(outer**power)
            key.append(inner**power)
    return Mul(*rational), Mul(*key)


def _written(base: Expr, exponent: Expr) -> Expr:
    """(1/2)**k as 2**(-k)."""
    return (
        (1 / base) ** (-exponent) if isinstance(base, Rational) and base.p == 1 else base**exponent
    )


def _moved(f: Expr, k: Symbol) -> tuple[Expr, Expr]:
    """factorial(u + n) as a rational function times factorial(u); the same of rising factorials."""
    if isinstance(f, factorial | rf) and is_linear(f.args[-1], k):
        n, u = f.args[-1].as_coeff_Add()
        start = S.One if isinstance(f, factorial) else f.args[0]
        if n.is_Integer and abs(n) <= FARTHEST and k not in start.free_symbols:
            steps = Mul(*(start + u + i for i in range(int(min(n, 0)), int(max(n, 0)))))
            return steps if n > 0 else 1 / steps, f.func(*f.args[:-1], u)
    return S.One, f


@dataclass(frozen=True)
class Closed:
    """An antidifference, what it divides by, and the whole numbers at which it has poles."""

    value: Expr
    needs: Needs = ()
    poles: tuple[int, ...] = ()


def _indefinite(rational: Expr, key: Expr, k: Symbol) -> Closed | None:
    """The antidifference: by the kernel for cosines, by parts for harmonic numbers, else by
    Gosper."""
    if key.atoms(cos, sin):
        return _waves(rational * key, k)
    if key.atoms(harmonic, polygamma):
        parts = _by_parts(rational, key, k)
        rest = None if parts is None else antidifference(parts[1], k)
        return (
            None
            if parts is None or rest is None
            else replace(parts[0], value=parts[0].value - rest)
        )
    try:
        step = ratio(key, k)
        field = Field([*parameters(rational, k), *parameters(step, k)])
        (top, bottom), (up, down) = over(rational, k, field), over(step, k, field)
        if not top:
            return Closed(S.Zero)
        y = gosper(
            *reduced(
                up * shifted(top, 1, field) * bottom, down * shifted(bottom, 1, field) * top, field
            ),
            field,
        )
        if y is None:
            return None
        sides = reduced(y[0] * top, y[1] * bottom, field)
        value, poles = written(*sides, field, k), integer_roots(sides[1], field)
    except (NotRational, BasePolynomialError):
        return None
    return Closed(value * key, needs_of(field), tuple(poles))


def _waves(f: Expr, k: Symbol) -> Closed | None:
    """Polynomials times powers times cosines, by the kernel: F(k + 1) = F(k) + f(k), F(0) = 0."""
    name = "_sum"
    equation = sequence(name)(k) + f
    found = constant(Stated({name: equation}, {name: (S.Zero,)}, index=k), (name,), {})
    if found is None or found.where or found.first:
        return None
    return Closed(found.values[name], found.needs)


def _by_parts(rational: Expr, key: Expr, k: Symbol) -> tuple[Closed, Expr] | None:
    """(Q H, what is still to be summed and taken off) for g H: D(Q H) = g H + Q(k + 1) D H where D
    Q = g."""
    logs = [f for f in Mul.make_args(key) if isinstance(f, harmonic | polygamma)]
    others = Mul(*(f for f in Mul.make_args(key) if f not in logs))
    if len(logs) != 1 or others.atoms(harmonic, polygamma):
        return None
    grows = _grows(logs[0], k)
    found = None if grows is None else _indefinite(rational, others, k)
    if grows is None or found is None:
        return None
    pole, power = grows
    q = found.value
    if (
        others == 1 and not found.poles
    ):  # the constant in Q is free: chosen so that Q(k + 1) is zero where D H is not defined
        q = q - q.xreplace({k: pole + 1})
    return Closed(q * logs[0], found.needs, found.poles), q.xreplace({k: k + 1}) * (k - pole) ** (
        -power
    )


def _grows(log: Expr, k: Symbol) -> tuple[Expr, Expr] | None:
    """(a, m) where log(k + 1) - log(k) = (k - a)**(-m)."""
    place = log.args[0] if isinstance(log, harmonic) else log.args[1]
    shift = (place - k).expand()
    if k in shift.free_symbols:
        return None
    if isinstance(log, harmonic):
        return -shift - 1, log.args[1] if len(log.args) > 1 else S.One
    return (-shift, S.One) if log.args[0] == 0 else None


Terms = tuple[list[Expr], Needs]


def _definite(rational: Expr, key: Expr, k: Symbol, low: Expr, high: Expr) -> Terms | None:
    """The sum of rational * key as terms, and what they divide by."""
    least = low.as_coeff_Add()[0]
    found = _indefinite(rational, key, k)
    if found is not None:
        ends = [found.value.xreplace({k: high + 1}), -found.value.xreplace({k: low})]
        bad = any(pole >= least for pole in found.poles) or any(e.has(zoo, nan) for e in ends)
        return None if bad else (ends, found.needs)
    if key == 1:
        return _fractions(rational, k, low, high)
    if isinstance(key, Pow) and k not in rational.free_symbols:
        return _roots(rational, key, k, low, high)
    by_parts = _by_parts(rational, key, k)
    if by_parts is None or by_parts[0].poles:
        return None
    whole, rest = by_parts[0].value, summed(by_parts[1], k, low, high)
    ends = [whole.xreplace({k: high + 1}), -whole.xreplace({k: low})]
    if rest.rest or any(e.has(zoo, nan) for e in ends):
        return None
    return [*ends, *(-term for term in rest.closed)], (*by_parts[0].needs, *rest.needs)


def _roots(number: Expr, key: Pow, k: Symbol, low: Expr, high: Expr) -> Terms | None:
    """The sum of (p (k + a))**(-s), p a number and a whole, as harmonic numbers of order s."""
    power = -key.exp
    rate, rest = (
        linear_parts(key.base, k)
        if is_rational(key.base, k) and key.base.is_polynomial(k)
        else (S.Zero, S.Zero)
    )
    if not (
        power.is_Rational
        and power > 0
        and rate.is_Rational
        and rate > 0
        and (rest / rate).is_Integer
    ):
        return None
    unit = _unit(rest / rate, power, low, high)
    return None if unit is None else ([number * rate ** (-power) * unit], ())


def _unit(a: Expr, m: Expr, low: Expr, high: Expr) -> Expr | None:
    """The sum of (k + a)**(-m): harmonic numbers for whole a, and for half ones and m = 1;
    polygamma functions else."""
    least = low.as_coeff_Add()[0] + a
    order = () if m == 1 else (m,)
    if a.is_Integer:
        return harmonic(high + a, *order) - harmonic(low + a - 1, *order) if least >= 1 else None
    if a.is_Rational and (2 * a).is_Integer and m == 1 and least > 0:
        ends = (high + a + S.Half, low + a - S.Half)
        above, below = (2 * harmonic(2 * n) - harmonic(n) for n in ends)
        return above - below
    above, below = (polygamma(m - 1, end + a) for end in (high + 1, low))
    return S.NegativeOne ** (m - 1) * (above - below) / whole_factorial(int(m) - 1)


def _fractions(rational: Expr, k: Symbol, low: Expr, high: Expr) -> Terms | None:
    """The sum of a rational function whose denominator has linear factors, by partial fractions."""
    try:
        field = Field(parameters(rational, k))
        top, bottom = over(rational, k, field)
        whole, rest = (top * (field.one / bottom.LC)).div(bottom.monic())
        factors = factored(bottom, field.ring.one, field).factors
    except NotRational:
        return None
    polynomial = _definite(field.polynomial(whole, k), S.One, k, low, high) if factors else None
    if polynomial is None or any(f.degree() > 1 for f in factors):
        return None
    terms, classes = (
        list(polynomial[0]),
        _classes(kernel.parts(kernel.Fraction(rest, factors), field), field),
    )
    for power, anchor, poles in classes:
        m, a = Integer(power), field.expr(anchor)
        unit = _unit(a, m, low, high)
        if unit is None or any(gap > FARTHEST for gap, _ in poles):
            return None
        terms.append(field.expr(sum((c for _, c in poles), field.zero)) * unit)
        for gap, c in poles:  # 1/(k + a + gap) sums to the same but for what is at the ends
            steps = ((high + 1 + a + j) ** -m - (low + a + j) ** -m for j in range(gap))
            terms.append(field.expr(c) * Add(*steps))
    return terms, tuple(dict.fromkeys((*polynomial[1], *needs_of(field))))


def _classes(
    parts: list[kernel.Part], field: Field
) -> list[tuple[int, Any, list[tuple[int, Any]]]]:
    """(m, a, [(gap, c)]) for the fractions c/(k + a + gap)**m, those together whose gaps are whole
    numbers >= 0."""
    found: list[tuple[int, Any, list[tuple[int, Any]]]] = []
    poles = [
        (n + 1, part.root.coeff(1), c.coeff(1))
        for part in parts
        for n, c in enumerate(part.coefficients)
        if c
    ]
    for m, a, c in poles:
        gaps = [
            (products.number_of(a - anchor, field), n)
            for n, (power, anchor, _) in enumerate(found)
            if power == m
        ]
        near = next(((int(gap), n) for gap, n in gaps if gap is not None and gap.is_Integer), None)
        if near is None:
            found.append((m, a, [(0, c)]))
            continue
        gap, n = near
        _, anchor, others = found[n]
        low = min(gap, 0)
        found[n] = (
            m,
            a if gap < 0 else anchor,
            [*((g - low, x) for g, x in others), (gap - low, c)],
        )
    return found


def one_power(expr: Expr) -> Expr:
    """A product with the powers of a base in one: sympy leaves c**(k + 1)*c**(-k - 1)."""
    exponents: dict[Expr, list[Expr]] = {}
    for base, power in (f.as_base_exp() for f in Mul.make_args(expr) if isinstance(f, Pow)):
        if power.free_symbols:
            exponents.setdefault(base, []).append(power)
    twice = {base: powers for base, powers in exponents.items() if len(powers) > 1}
    others = (
        f
        for f in Mul.make_args(expr)
        if not (f.as_base_exp()[0] in twice and f.as_base_exp()[1].free_symbols)
    )
    return (
        Mul(*others, *(base ** Add(*powers).expand() for base, powers in twice.items()))
        if twice
        else expr
    )

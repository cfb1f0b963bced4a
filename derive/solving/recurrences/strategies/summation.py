"""Sums over an index in closed form: Gosper's algorithm, harmonic numbers and digamma for rational
functions, summation by parts.

Petkovsek, Wilf, Zeilberger, A = B, chapter 5; Graham, Knuth, Patashnik, Concrete Mathematics, 2.6
and 6.3. What has no closed form, such as the sum of 1/k!, is left to whoever asks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as made

from sympy import Add, Expr, Mul, Pow, S, Symbol, cos, harmonic, nan, polygamma, sin, zoo
from sympy.polys.polyerrors import BasePolynomialError

from derive.model.language.claims import sequence
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational
from derive.solving.recurrences.kernel.algebra.rational import (
    Needs,
    integer_roots,
    needs_of,
    over,
    parameters,
    reduced,
    shifted,
    written,
)
from derive.solving.recurrences.kernel.sums.harmonic import fractions, roots
from derive.solving.recurrences.kernel.sums.hypergeometric import gosper, ratio
from derive.solving.recurrences.kernel.sums.terms import grouped
from derive.solving.recurrences.strategies.constant import constant


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
        return _rational(rational, k, low, high)
    if isinstance(key, Pow) and k not in rational.free_symbols:
        value = roots(rational, key, k, low, high)
        return None if value is None else ([value], ())
    by_parts = _by_parts(rational, key, k)
    if by_parts is None or by_parts[0].poles:
        return None
    whole, rest = by_parts[0].value, summed(by_parts[1], k, low, high)
    ends = [whole.xreplace({k: high + 1}), -whole.xreplace({k: low})]
    if rest.rest or any(e.has(zoo, nan) for e in ends):
        return None
    return [*ends, *(-term for term in rest.closed)], (*by_parts[0].needs, *rest.needs)


def _rational(rational: Expr, k: Symbol, low: Expr, high: Expr) -> Terms | None:
    """The polynomial part by Gosper, the partial fractions by harmonic numbers."""
    found = fractions(rational, k, low, high)
    whole = None if found is None else _definite(found[0], S.One, k, low, high)
    if found is None or whole is None:
        return None
    return [*whole[0], *found[1]], tuple(dict.fromkeys((*whole[1], *found[2])))

"""Divide and conquer: f(n) = a f(n/b) + g(n) at n = b**k is x(k+1) = a x(k) + g(b**(k+1)), and its
growth read off the solution.

Bentley, Haken, Saxe, A general method for solving divide-and-conquer recurrences (1980); Cormen,
Leiserson, Rivest, Stein, Introduction to Algorithms, 4.5 and 4.6. The three cases are not quoted:
they are which term of the solved sum is the largest.
"""

from __future__ import annotations

from sympy import Add, Expr, Mul, Pow, S, Symbol, log

from derive.model.language.claims import sequence
from derive.model.language.terms import fresh, unused
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import constant

NAME = "f"  # of the sequence by which the growth is told
HIGHEST = 12  # powers of the logarithm


def unfolded(a: Expr, b: Expr, g: Expr, n: Symbol, start: Expr) -> Stated:
    """The recurrence in k of f(b**k), f(1) = `start`: b a whole number >= 2 or a letter, g in n."""
    t = fresh(a, b, g, n, start)
    name = unused("fghuvw", {s.name for part in (a, b, g, n, start, t) for s in part.free_symbols})
    return Stated(
        {name: a * sequence(name)(t) + at_power(g, n, b, t + 1)}, {name: (start,)}, index=t
    )


def at_power(g: Expr, n: Symbol, b: Expr, k: Expr) -> Expr:
    """g at n = b**k, with n**d as b**(d k) and log(n) as k log(b)."""
    if g == n:
        return b**k
    if isinstance(g, Pow) and g.base == n and n not in g.exp.free_symbols:
        return b ** (g.exp * k)
    if g == log(n):
        return k * log(b)
    return g.func(*(at_power(arg, n, b, k) for arg in g.args)) if n in g.free_symbols else g


def theta(a: Expr, b: Expr, g: Expr, n: Symbol) -> tuple[Expr, str] | None:
    """(class, reason) of f for g = c n**d log(n)**e with numbers a > 0, b >= 2, c > 0, d >= 0,
    whole e >= 0; None for all else.

    f(b**k) = a**k (f(1) + c log(b)**e times the sum of i**e (b**d/a)**i for i = 1, ..., k), solved
    with 1 for f(1) and what is before the sum, since neither is below 0; of its terms k**j base**k
    that with the largest base, then power, is the class.
    """
    form = _shape(g, n)
    if form is None or not (a.is_number and a > 0 and b.is_Integer and b >= 2):
        return None
    d, e = form
    level, t = b**d, fresh(a, b)
    found = constant(
        Stated(
            {NAME: a * sequence(NAME)(t) + (t + 1) ** e * level ** (t + 1)},
            {NAME: (S.One,)},
            index=t,
        ),
        (NAME,),
        {},
    )
    if found is None or found.where:
        return None
    base, power = _largest(found.values[NAME], t, (a, level))
    if base == a and a != level:
        return n ** log(
            a, b
        ), f"a = {a} > b**d = {level}: the terms of the sum fall, the leaves cost most"
    shape = n**d * log(n) ** power
    if a == level:
        return (
            shape,
            f"a = b**d = {level}: each of the log(n)/log({b}) levels costs the same, but for "
            f"powers of log(n)",
        )
    return shape, f"a = {a} < b**d = {level}: the terms of the sum grow, the root costs most"


def _shape(g: Expr, n: Symbol) -> tuple[Expr, Expr] | None:
    """(d, e) of c n**d log(n)**e."""
    c, d, e = S.One, S.Zero, S.Zero
    for factor in Mul.make_args(g):
        base, power = factor.as_base_exp()
        if n not in factor.free_symbols:
            c *= factor
        elif base == n and n not in power.free_symbols:
            d += power
        elif base == log(n) and power.is_Integer:
            e += power
        else:
            return None
    fits = c.is_number and c.is_positive and d.is_Rational and d >= 0 and 0 <= e <= HIGHEST
    return (d, e) if fits else None


def _largest(value: Expr, t: Symbol, bases: tuple[Expr, Expr]) -> tuple[Expr, int]:
    """(base, j) of the term k**j base**k that grows fastest, k = t; a base of 1 is not seen as a
    power."""
    best: tuple[Expr, int] | None = None
    for term in Add.make_args(value.expand()):
        base, power = S.One, 0
        for factor in Mul.make_args(term):
            under, exponent = factor.as_base_exp()
            if under == t:
                power += int(exponent)
            elif t in exponent.free_symbols:
                base *= under ** exponent.expand().coeff(t)
        base = next(b for b in bases if b == base or (b - base).expand() == 0)
        if best is None or base > best[0] or (base == best[0] and power > best[1]):
            best = base, power
    assert best is not None
    return best

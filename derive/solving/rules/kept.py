"""The distance from a fixed number, unrolled in one sum: upwards or down, led by its start or not,
forced or not."""

from __future__ import annotations

from sympy import Product, Sum, Symbol

from derive.model.language.claims import Law, Rule, sequence

i, j, n, c, last, first = (Symbol(letter) for letter in ("i", "j", "n", "c", "N", "p"))
x, s, b = (sequence(name) for name in "xsb")


def unroll_distance(down: bool, led: bool, forced: bool) -> Rule:
    """x - c from its own recurrence; `down` with the coefficients counted from the end, `led` where
    it does not start at c."""
    step = last - n if down else n
    place, low, high = (j, last - n + 1, last) if down else (j, first, n - 1)
    inner = Product(s(i), (i, last - n + 1, j - 1)) if down else Product(s(i), (i, j + 1, n - 1))
    total = c + Sum(b(j) * inner, (place, low, high)) if forced else c
    if led:
        total += (x(first) - c) * Product(s(i), (i, low, high))
    start = () if led else ((x(first), c),)
    law = Law(
        x(n),
        total,
        given=(*start, (x(n + 1) - c, s(step) * (x(n) - c) + (b(step) if forced else 0))),
    )
    return Rule("unroll down to the last layer" if down else "unroll", law)

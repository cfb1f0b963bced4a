"""Rules for geometric sums."""

from __future__ import annotations

from sympy import Basic, Ge, Ne, Pow, Sum, Symbol

from derive.model.language.claims import Binding, Law
from derive.solving.chain import Known, by_law, free_of
from derive.solving.rules.sums import limits

x, p, q, k, t, beta = (Symbol(s) for s in ("x", "p", "q", "k", "t", "beta"))


def _geometric(part: Basic, known: Known) -> Binding | None:
    if not isinstance(part.function, Pow):
        return None
    index, low, high = limits(part)
    base, exponent = part.function.args
    return (
        {x: base, p: low, q: high, k: index} if exponent == index and free_of(base, index) else None
    )


geometric = by_law(
    "geometric sum",
    Law(Sum(x**k, (k, p, q)), (x**p - x ** (q + 1)) / (1 - x), (Ne(x, 1), Ge(q, p - 1))),
    _geometric,
    lambda: (
        (Sum(beta**k, (k, 0, t - 1)), (1 - beta**t) / (1 - beta)),
        (Sum(k**beta, (k, 0, t)), None),
    ),
)


def _geometric_from_one(part: Basic, known: Known) -> Binding | None:
    """From the term 1 on."""
    if not isinstance(part.function, Pow):
        return None
    index, low, high = limits(part)
    base, exponent = part.function.args
    return (
        {x: base, p: low, q: high, k: index}
        if low != 0 and exponent == index - low and free_of(base, index)
        else None
    )


geometric_from_one = by_law(
    "geometric sum",
    Law(Sum(x ** (k - p), (k, p, q)), (1 - x ** (q - p + 1)) / (1 - x), (Ne(x, 1), Ge(q, p - 1))),
    _geometric_from_one,
    lambda: (
        (Sum(beta ** (k - 1), (k, 1, t)), (1 - beta**t) / (1 - beta)),
        (Sum(beta ** (k - 2), (k, 1, t)), None),
    ),
)


def _geometric_down(part: Basic, known: Known) -> Binding | None:
    """sympy writes (1/2)**k as 2**(-k)."""
    if not isinstance(part.function, Pow):
        return None
    index, low, high = limits(part)
    base, exponent = part.function.args
    return (
        {x: base, p: low, q: high, k: index}
        if exponent == -index and free_of(base, index)
        else None
    )


geometric_down = by_law(
    "geometric sum",
    Law(
        Sum(x ** (-k), (k, p, q)),
        (x ** (-p) - x ** (-q - 1)) / (1 - 1 / x),
        (Ne(x, 1), Ne(x, 0), Ge(q, p - 1)),
    ),
    _geometric_down,
    lambda: ((Sum(2 ** (-k), (k, 0, t - 1)), 2 - 2 * 2 ** (-t)), (Sum(2**k, (k, 0, t)), None)),
)

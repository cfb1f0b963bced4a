"""The order in which a lecturer writes terms and factors."""

from __future__ import annotations

import re

from sympy import Add, Expr, Mul, Pow, Product, Sum, Symbol
from sympy.core.function import AppliedUndef

from derive.notation import INDICES, Notation

GIVEN = frozenset(
    ("g", "g_s", "K", "S")
)  # sequences that are given; the others are what is asked for


def _natural(expr: Expr) -> str:
    """A name order in which K(2) comes before K(10)."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(9), str(expr).replace("(", ""))


def heads(expr: Expr) -> set[str]:
    return {a.func.__name__ for a in expr.atoms(AppliedUndef)}


def term_place(term: Expr, negative: bool, tall: bool) -> tuple:  # type: ignore[type-arg]
    """Where a term stands in a sum: minus signs after plus signs, what is asked for first, then
    sums and products after plain terms, a number at the end of the plus signs (t + 1 - x), or of
    all where all others are sums or products (`tall`)."""
    number = is_number(term)
    states, large = bool(heads(term) - GIVEN), term.has(Sum, Product)
    compound = not (isinstance(term, Symbol) or number or heads(term) or _plain(term))
    return (
        number and tall,
        negative,
        not (isinstance(term, Symbol) and term.name.endswith("0")),  # a start, w_0
        large and not states,
        number,
        large and not isinstance(term, Product),
        not states,
        not heads(term),
        not compound,
        _degree(term) if _degree(term) < 2 else -_degree(term),
        _natural(term),
    )


def is_number(expr: Expr) -> bool:
    """A number, not K(1): sympy calls a sum of values of sequences a number too."""
    return bool(expr.is_number) and not expr.has(AppliedUndef)


def _degree(term: Expr) -> int:
    """For a number times letters: S o is 2, 2 P is 1, a letter alone 0."""
    return (
        sum(isinstance(f, Symbol) for f in Mul.make_args(term))
        if isinstance(term, Mul) and _plain(term)
        else 0
    )


def _plain(term: Expr) -> bool:
    """A number times letters: 2 P, eta t."""
    return all(isinstance(f, Symbol) or is_number(f) for f in Mul.make_args(term))


def factor_place(factor: Expr, notation: Notation) -> tuple:  # type: ignore[type-arg]
    """Where a factor stands in a product: numbers, brackets of hyperparameters, Greek, Latin,
    indices, powers, brackets, given sequences, what is asked for, sums and products."""
    base = factor.base if isinstance(factor, Pow) and factor.exp.is_Integer else factor
    letters = factor.free_symbols
    if is_number(factor):
        rank = 0
    elif isinstance(base, Symbol):
        rank = 2 if notation.is_greek(base.name) else 4 if base.name in INDICES else 3
    elif factor.has(Sum, Product):
        rank = 10
    elif heads(factor) - GIVEN:
        rank = 9 if isinstance(base, Add) else 8
    elif heads(factor):
        rank = 6 if isinstance(base, Add) else 7
    elif isinstance(base, Add) and all(notation.is_greek(s.name) for s in letters):
        rank = 1
    elif isinstance(factor, Pow) and isinstance(factor.base, Symbol):
        rank = 2 if notation.is_greek(factor.base.name) else 4
    else:
        rank = 5
    return rank, _natural(factor)

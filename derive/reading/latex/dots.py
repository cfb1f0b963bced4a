r"""Sums and products with dots: `c + \beta c + \ldots + \beta^{t-1} c` is read by its last term,
and the others are checked.

What changes from term to term is a part of the last one that counts, as t - 1 does here: with k for
it the term must give those before the dots for k = k0, k0 + 1, ..., and those behind the dots up to
the last. Where none does, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import (
    Add,
    Basic,
    Expr,
    Integer,
    Mul,
    Product,
    Sum,
    Symbol,
    degree,
    expand,
    nan,
    preorder_traversal,
)

from derive.model.language.terms import written_out
from derive.reading.tokens.token import Unreadable

SOMEWHERE = Symbol(" at")  # what changes, while it is looked for
STARTS = (0, 1, -1, 2, 3)
LETTERS = "kijnpqr"
FEW = 8  # terms


def series(
    kind: type[Sum | Product],
    before: Sequence[Expr],
    behind: Sequence[Expr],
    counting: frozenset[str],
    at: int,
) -> Expr:
    """The Sum or Product of which these are the first and the last terms; `counting` are the
    letters that count.

    Raises Unreadable where no pattern gives all of them.
    """
    what = "sum" if kind is Sum else "product"
    if not behind:
        raise Unreadable(f"the dots have no last term: where does the {what} end?", at)
    if not before:
        raise Unreadable(f"the dots have no first term: where does the {what} begin?", at)
    for first, last, others in _runs(kind, before, behind):
        for one, two in (
            (first, last),
            (last[::-1], first[::-1]),
        ):  # or from the last term down to the first
            found = _rising(kind, one, two, counting)
            if found is None and (len(one) > 2 or len(first) == len(before)):
                found = _stepping(kind, one, two, counting)
            if found is not None:
                return (Add if kind is Sum else Mul)(*others, found)
    raise Unreadable(f"the dots follow no pattern that gives all terms of the {what}", at)


def _runs(
    kind: type[Sum | Product], before: Sequence[Expr], behind: Sequence[Expr]
) -> Iterator[tuple[Sequence[Expr], Sequence[Expr], Sequence[Expr]]]:
    """The terms that may follow a pattern, and the others: t - b - b^2 - ... - b^t + 1, (K - 1) S_1
    ... S_{L-1} W."""
    for left in range(len(before)):
        if kind is Sum and left and len(before) - left < 2:
            return
        for right in range(len(behind), 0, -1):
            yield before[left:], behind[:right], (*before[:left], *behind[right:])


def _rising(
    kind: type[Sum | Product],
    before: Sequence[Expr],
    behind: Sequence[Expr],
    counting: frozenset[str],
) -> Expr | None:
    *others, last = behind
    for high, general in _candidates(last, counting):
        for start in _starts(general, before[0], counting):
            terms = [_with(general, start + n) for n in range(len(before))]
            ends = [_with(general, high - n) for n in range(len(others), 0, -1)]
            if all(map(_alike, (*terms, *ends), (*before, *others))):
                taken = {s.name for s in last.free_symbols | high.free_symbols | start.free_symbols}
                index = Symbol(_free(taken))
                return kind(general.xreplace({SOMEWHERE: index}), (index, start, high))
    return None


def _stepping(
    kind: type[Sum | Product],
    before: Sequence[Expr],
    behind: Sequence[Expr],
    counting: frozenset[str],
) -> Expr | None:
    """By the first terms: t + (t-1) b + (t-2) b^2 + ... + b^{t-1}. What a factor or an exponent
    gains from one to the next it gains each time; the last term tells how often."""
    if len(before) < 2:
        return None
    one, two, last = (_factors(term) for term in (before[0], before[1], behind[-1]))
    general, places = Integer(1), []
    bases = dict.fromkeys((*one, *two))
    moved = [b for b in bases if one.get(b, 0) != two.get(b, 0)]
    singles = [
        [b for b in moved if row.get(b, 0) == 1 and other.get(b, 0) == 0]
        for row, other in ((one, two), (two, one))
    ]
    pair = [(a, b) for a in singles[0] for b in singles[1] if (b - a).is_Rational]
    for a, b in pair[:1]:
        general *= a + SOMEWHERE * (b - a)
        moved = [m for m in moved if m not in (a, b)]
        places += [
            (u - a) / (b - a)
            for u, e in last.items()
            if e == 1 and not (u - a).free_symbols & _unknown(a, counting)
        ]
        places.append(-(a - 1) / (b - a))  # where the last factor is 1
    for base in bases:
        low, step = one.get(base, Integer(0)), two.get(base, Integer(0)) - one.get(base, Integer(0))
        if base in moved:
            general *= base ** (low + SOMEWHERE * step)
            places.append((last.get(base, Integer(0)) - low) / step)
        elif not any(base in p for p in pair[:1]):
            general *= base**low
    taken = {s.name for term in (*before, *behind) for s in term.free_symbols}
    index = Symbol(_free(taken))
    for high in dict.fromkeys(places):
        if _counts(high, counting):
            terms = [_with(general, Integer(n)) for n in range(len(before))]
            ends = [_with(general, high - n) for n in range(len(behind) - 1, -1, -1)]
            if all(map(_alike, (*terms, *ends), (*before, *behind))):
                return kind(general.xreplace({SOMEWHERE: index}), (index, 0, high))
    return None


def _unknown(expr: Expr, counting: frozenset[str]) -> set[Any]:
    return {s for s in expr.free_symbols if s.name not in counting}


def _free(taken: set[str]) -> str:
    """A letter for an index that none of the names takes."""
    return next(c for c in (*LETTERS, *(f"k{n}" for n in range(len(taken) + 1))) if c not in taken)


def _factors(term: Expr) -> dict[Expr, Expr]:
    """What is multiplied, with its exponents."""
    found: dict[Expr, Expr] = {}
    for factor in Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        found[base] = found.get(base, Integer(0)) + exponent
    return found


def _candidates(last: Expr, counting: frozenset[str]) -> Iterator[tuple[Expr, Expr]]:
    """Each part that counts, the larger first, with the term that it leaves."""
    for part in dict.fromkeys(preorder_traversal(last)):
        if _counts(part, counting):
            general = last.xreplace({part: SOMEWHERE})
            if SOMEWHERE in general.free_symbols and not part.free_symbols & general.free_symbols:
                yield part, general


def _counts(part: Basic, counting: frozenset[str]) -> bool:
    """Whether a part is linear in letters that count."""
    if (
        not isinstance(part, Expr)
        or not part.free_symbols
        or not {s.name for s in part.free_symbols} <= counting
    ):
        return False
    if not part.is_polynomial(*part.free_symbols) or any(
        degree(part, s) != 1 for s in part.free_symbols
    ):
        return False
    return all(c.is_Integer for c in part.as_coefficients_dict().values())


def _starts(general: Expr, first: Expr, counting: frozenset[str]) -> Iterator[Expr]:
    """Values of what changes at which the general term is the first."""
    counted = (
        p for p in dict.fromkeys(preorder_traversal(first)) if _counts(p, counting)
    )  # as in K(l+1) + ... + K(L)
    for start in (*map(Integer, STARTS), *counted):
        if _alike(_with(general, start), first):  # type: ignore[arg-type]
            yield start  # type: ignore[misc]


def _with(general: Expr, value: Expr) -> Expr:
    """The general term at a value; no number where it has none there."""
    try:
        return written_out(general.xreplace({SOMEWHERE: value}), FEW)
    except ZeroDivisionError:  # n mod 0
        return nan


def _alike(one: Expr, other: Expr) -> bool:
    return one == other or expand(one - other) == 0

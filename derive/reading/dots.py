r"""Sums and products with dots: `c + \beta c + \ldots + \beta^{t-1} c` is read by its last term, and the others are checked.

What changes from term to term is a part of the last one that counts, as t - 1 does here: with k for it the term must give those
before the dots for k = k0, k0 + 1, ..., and those behind the dots up to the last. Where none does, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Basic, Expr, Integer, Product, Sum, Symbol, degree, expand, nan, preorder_traversal

from derive.reading.tokens import Unreadable

SOMEWHERE = Symbol(" at")  # what changes, while it is looked for
STARTS = (0, 1, -1, 2, 3)
LETTERS = "kijnpqr"


def series(kind: type[Sum | Product], before: Sequence[Expr], behind: Sequence[Expr], counting: frozenset[str], at: int) -> Expr:
    """The Sum or Product of which these are the first and the last terms; `counting` are the letters that count.

    Raises Unreadable where no pattern gives all of them.
    """
    what = "sum" if kind is Sum else "product"
    if not behind:
        raise Unreadable(f"the dots have no last term: where does the {what} end?", at)
    if not before:
        raise Unreadable(f"the dots have no first term: where does the {what} begin?", at)
    for first, last in ((before, behind), (behind[::-1], before[::-1])):  # or from the last term down to the first
        found = _rising(kind, first, last, counting)
        if found is not None:
            return found
    raise Unreadable(f"the dots follow no pattern that gives all terms of the {what}", at)


def _rising(kind: type[Sum | Product], before: Sequence[Expr], behind: Sequence[Expr], counting: frozenset[str]) -> Expr | None:
    *others, last = behind
    for high, general in _candidates(last, counting):
        for start in _starts(general, before[0], counting):
            terms = [_with(general, start + n) for n in range(len(before))]
            ends = [_with(general, high - n) for n in range(len(others), 0, -1)]
            if all(map(_alike, (*terms, *ends), (*before, *others))):
                taken = {s.name for s in last.free_symbols | high.free_symbols | start.free_symbols}
                index = Symbol(next(c for c in LETTERS if c not in taken))
                return kind(general.xreplace({SOMEWHERE: index}), (index, start, high))
    return None


def _candidates(last: Expr, counting: frozenset[str]) -> Iterator[tuple[Expr, Expr]]:
    """Each part that counts, the larger first, with the term that it leaves."""
    for part in dict.fromkeys(preorder_traversal(last)):
        if _counts(part, counting):
            general = last.xreplace({part: SOMEWHERE})
            if SOMEWHERE in general.free_symbols and not part.free_symbols & general.free_symbols:
                yield part, general


def _counts(part: Basic, counting: frozenset[str]) -> bool:
    """Whether a part is linear in letters that count."""
    if not isinstance(part, Expr) or not part.free_symbols or not {s.name for s in part.free_symbols} <= counting:
        return False
    return part.is_polynomial(*part.free_symbols) and all(degree(part, s) == 1 for s in part.free_symbols)


def _starts(general: Expr, first: Expr, counting: frozenset[str]) -> Iterator[Expr]:
    """Values of what changes at which the general term is the first."""
    counted = (p for p in dict.fromkeys(preorder_traversal(first)) if _counts(p, counting))  # as in K(l+1) + ... + K(L)
    for start in (*map(Integer, STARTS), *counted):
        if _alike(_with(general, start), first):  # type: ignore[arg-type]
            yield start  # type: ignore[misc]


def _with(general: Expr, value: Expr) -> Expr:
    """The general term at a value; no number where it has none there."""
    try:
        return general.xreplace({SOMEWHERE: value})
    except ZeroDivisionError:  # n mod 0
        return nan


def _alike(one: Expr, other: Expr) -> bool:
    return one == other or expand(one - other) == 0

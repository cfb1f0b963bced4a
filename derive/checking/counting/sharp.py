"""How many digits intervals need to tell the sides of a claim apart: by the numbers that are
written, and by what is added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10
from typing import Any

from sympy import Add, Basic, Product, Rational, Sum

from derive.checking.numbers.evaluate import Code, Env, code
from derive.checking.numbers.intervals import DIGITS, WIDER, Interval, NotReadable
from derive.checking.switches.written import put
from derive.model.language.claims import Claim

NEAR = 15  # digits by which terms may differ without more being asked for
MOST_DIGITS = 4_000


class Sizes:
    """What of a claim decides how many digits a world needs: numbers or terms of very different
    size."""

    def __init__(self, claim: Claim):
        parts = (claim.left, claim.right)
        self.numbers = max((_length(n) for part in parts for n in part.atoms(Rational)), default=0)
        self.sums = [[code(a) for a in total] for total in _sums(parts)]

    def digits_in(self, env: Env) -> int:
        """DIGITS, or more; above MOST_DIGITS it is too many."""
        here: Env = {k: v for k, v in env.items() if isinstance(k, str)}
        spread = max([self.numbers, *(_spread(total, here) for total in self.sums)])
        return DIGITS if spread <= NEAR else DIGITS + 2 * spread


def digits_needed(claim: Claim, worlds: Sequence[Env]) -> int:
    """The digits that the worlds of a claim need; terms may grow apart with the index: where they
    do too far, not in all."""
    sizes = Sizes(claim)
    found = [sizes.digits_in(env) for env in worlds[1::3] or worlds]
    return max((n for n in found if n <= MOST_DIGITS), default=min(found, default=DIGITS))


def _length(number: Any) -> int:
    return int(max(abs(number.p), number.q).bit_length() * log10(2))


def _sums(parts: tuple[Basic, ...]) -> Iterator[tuple[Basic, ...]]:
    """The two sides, and what is added up anywhere; under a sum or product where its index begins
    and where it ends."""
    yield parts
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if isinstance(part, Sum | Product):
            (index, *ends), *more = part.limits
            waiting += [put(part.function, index, end) for end in ends if not more]
            continue
        if isinstance(part, Add):
            yield part.args
        waiting += part.args


def _spread(terms: list[Code], env: Env) -> int:
    """How many digits the greatest of the terms is ahead of the least."""
    sizes = [size for term in terms if (size := _size(term, env)) is not None]
    return max(sizes) - min(sizes) if sizes else 0


def _size(term: Code, env: Env) -> int | None:
    """The power of ten of a value; None of zero, or where there is none."""
    try:
        value = term(env)
    except (ZeroDivisionError, NotReadable, TypeError):
        return None
    if isinstance(value, Interval):
        size = WIDER.mag(WIDER.mpf(value.b.b))
        return None if 0 in value or not isinstance(size, int) else size * 30_103 // 100_000
    if not isinstance(value, bool) and value != 0 and hasattr(value, "numerator"):
        return int((value.numerator.bit_length() - value.denominator.bit_length()) * log10(2))
    return None

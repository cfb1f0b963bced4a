"""Which of the conditions that an answer needs a reader must be told."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic, true

from derive.model.language.conditions import Conditions
from derive.model.language.whole import Whole


def lean(needs: Iterable[Basic], known: Conditions) -> tuple[Basic, ...]:
    """The needs that a reader must be told: those that neither what is known nor the others
    give; and which letters are whole numbers."""
    told = [n for n in dict.fromkeys(needs) if n != true]
    for need in sorted(told, key=_length, reverse=True):
        others = (n for n in told if n is not need)
        if not isinstance(need, Whole) and known.plus(others).give(need):
            told.remove(need)
    return tuple(told)


def _length(expr: Basic) -> int:
    """How much there is to read."""
    return 1 + sum(map(_length, expr.args))

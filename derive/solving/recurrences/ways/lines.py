"""A program's lines, each told by itself: one update, or its unrolling, and the sums closed by
rules. It is tried first, and needs no solution found before."""

from __future__ import annotations

from derive.model.language.claims import Claim, Derivation, sequence
from derive.model.recurrences.stated import Stated
from derive.solving.chain import Known, grow
from derive.solving.rules.algebra import add_like_terms, cancel, common_number
from derive.solving.rules.geometric import geometric, geometric_down, geometric_from_one
from derive.solving.rules.limits import zero_term
from derive.solving.rules.roots import gather, square
from derive.solving.rules.signs import known_sign
from derive.solving.rules.sums import constant_factor, of_constant, split, split_difference
from derive.solving.rules.updates import add_up, closed_forms, unroll, update

TIDY = (
    constant_factor,
    zero_term,
    closed_forms,
    gather,
    square,
    add_like_terms,
    cancel,
    known_sign,
    split_difference,
    split,
    of_constant,
    geometric,
    geometric_from_one,
    geometric_down,
    common_number,
)


def by_lines(name: str, model: Stated, closed: tuple[Claim, ...]) -> Derivation | None:
    """The chain from one line of a program, all of whose values are kept or made anew, to a closed
    form; `closed` are those of the names it reads. A sum that no rule closes stays. None where the
    line is neither a*x + b with a constant a nor made anew.
    """
    recurrence = model.recurrence
    if model.order(name) > 1:
        return None
    known = Known(recurrence, model.ranges, closed, model.taken)
    goal = sequence(name)(model.index)
    if not model.order(name):
        return grow(goal, [update.apply(goal, known)], TIDY, known)
    unrolled = add_up.apply(goal, known) or unroll.apply(goal, known)
    if unrolled is None:
        return None
    one = update.apply(goal, known) if unrolled.rule is unroll else None
    return grow(goal, [one, unrolled], TIDY, known)

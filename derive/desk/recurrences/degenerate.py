"""The degenerate cases of a solution, each solved and checked as a run of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Basic

from derive.desk.budget import limit, stage

if TYPE_CHECKING:
    from derive.desk.recurrences.solved import Solved


def branches(run: Solved) -> list[tuple[tuple[Basic, ...], Solved]]:
    """(conditions, run): the general solution first, then those of the cases that hold."""
    from derive.solving.recurrences.cases import branches as cases

    with limit(run.seconds):
        stage("solving the degenerate cases")
        made = [
            (b.conditions, run.other(b.model, b.solution))
            for b in cases(run.model, run.solution)
            if b.solution
        ]
        stage("checking the degenerate cases")
        return [(c, each) for c, each in made if all(v.holds for v in each.check().values())]


def missing(run: Solved) -> tuple[tuple[Basic, ...], ...]:
    """The conditions of the cases without a solution that holds."""
    from derive.solving.recurrences.cases import branches as cases

    found = {b.conditions for b in cases(run.model, run.solution)}
    return tuple(sorted(found - {conditions for conditions, _ in run.branches}, key=str))

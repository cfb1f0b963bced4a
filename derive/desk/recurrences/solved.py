"""What a solved recurrence is asked beside its closed forms: cases, values, where it goes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from sympy import And, Basic, Eq, Expr, Ge, Piecewise

from derive.desk.budget import stage, within
from derive.desk.recurrences.derived import Derived
from derive.errors import DeriveError, nearest
from derive.model.recurrences.stated import Stated

if TYPE_CHECKING:
    from derive.desk.recurrences.questions.asked import Asked
    from derive.solving.recurrences.strategies.constant import Solution


MOST_ROWS = 1000  # of a table


class Solved(Derived):
    """What `solve` returns: closed forms, and answers to questions, by their own methods or by
    `ask("w.limit")`. `cases` are the closed forms with the conditions under which each holds."""

    def other(self, model: Stated, found: Solution | None = None) -> Solved:
        """A run of another model, its solution known or not."""
        return Solved(model, found, self.seconds, self.notation)

    @cached_property
    @within
    def branches(self) -> list[tuple[tuple[Basic, ...], Solved]]:
        """The general solution and those of the degenerate cases, each a run of its own, each
        checked."""
        from derive.solving.recurrences.cases import branches as cases

        run = self.about()
        stage("solving the degenerate cases")
        found = [b for b in cases(run.model, run.solution) if b.solution is not None]
        made = [(b.conditions, self.other(b.model, b.solution)) for b in found]
        stage("checking the degenerate cases")
        return [(c, each) for c, each in made if all(v.holds for v in each.check().values())]

    @property
    def cases(self) -> list[tuple[Basic, Expr]]:
        """(condition, closed form) of the main name, the general one first."""
        return self.cases_of(self.main)

    @within
    def cases_of(self, name: str) -> list[tuple[Basic, Expr]]:
        """(condition, closed form) of a name, the general one first."""
        return [
            (And(*map(self.said, conditions), *run.aside(name)), run.closed_form(name))
            for conditions, run in self._of(name).branches
        ]

    def _of(self, name: str | None = None) -> Solved:
        return self.about(name)  # type: ignore[return-value]  # made by `other`

    @property
    def unequal(self) -> tuple[Expr, ...]:
        """Polynomials whose roots the solution takes to be different, without a condition that says
        so."""
        return self.about().solution.not_covered

    @cached_property
    @within
    def missing(self) -> tuple[tuple[Basic, ...], ...]:
        """The conditions of the cases that `cases` leaves out."""
        from derive.solving.recurrences.cases import branches as cases

        run = self._of()
        found = {b.conditions for b in cases(run.model, run.solution)}
        return tuple(sorted(found - {conditions for conditions, _ in run.branches}, key=str))

    @property
    def not_covered(self) -> tuple[str, ...]:
        """What `cases` leaves out, in words."""
        told = [" and ".join(str(self.said(c)) for c in conditions) for conditions in self.missing]
        return (*(f"equal roots of {polynomial}" for polynomial in self.unequal), *told)

    @within
    def piecewise(self, name: str | None = None) -> Expr:
        """All cases as one sympy Piecewise, the general one last; where one holds only from some
        index on, with the values before it."""
        from derive.solving.recurrences.walk import step_by_step

        name = name or self.main
        (condition, general), *others = self.cases_of(name)
        pieces = []
        ordered = [*others, (condition, general)]
        runs = [run for _, run in self._of(name).branches]
        for (when, value), run in zip(ordered, (*runs[1:], runs[0]), strict=True):
            index, first = self.said(run.model.index), int(run.model.first)
            since = [n for n in run.aside(name) if isinstance(n, Ge) and n.lhs == index]
            for at in range(first, run.solution.begins(name) if since else first):
                here = when.xreplace(dict.fromkeys(since, Eq(index, at)))
                pieces.append((step_by_step(run.model, name, at), here))
            pieces.append((value, when))
        return Piecewise(*pieces) if len(pieces) > 1 else general

    def ask(self, question: str) -> Asked:
        """The answer to `w.limit`, `w.value(100)`, ... (see entries.TABLE); confirmed, or
        DeriveError is raised."""
        from derive.desk.recurrences.questions import entries  # a closed form needs none of them

        return entries.ask(self, question)

    def _asked(self, question: str, name: str | None, *given: Any) -> Asked:
        from derive.desk.recurrences.questions.entries import TABLE, answer

        name = self.main if name is None else name
        if name not in self.names:
            raise DeriveError(
                f'{question}: nothing is derived for "{name}"{nearest(str(name), self.names)}'
            )
        return answer(self, TABLE[question], name, *given)

    def value(self, at: int, name: str | None = None) -> Asked:
        """The value at an index, exactly and without unrolling."""
        return self._asked("value", name, at)

    def limit(self, name: str | None = None) -> Asked:
        """The steady state, with the conditions under which it is reached."""
        return self._asked("limit", name)

    def rate(self, name: str | None = None) -> Asked:
        """The spectral radius."""
        return self._asked("rate", name)

    def converges(self, parameter: str | None = None, name: str | None = None) -> Asked:
        """For which parameters every start is forgotten, solved for one of them."""
        return self._asked("converges", name, parameter)

    def first_below(self, delta: Any, name: str | None = None) -> Asked:
        """The least index from which it is closer than delta to its limit."""
        return self._asked("first_below", name, delta)

    def degree(self, parameter: str, name: str | None = None) -> Asked:
        """By which power it grows with a parameter."""
        return self._asked("degree", name, parameter)

    def sensitivity(self, parameter: str, name: str | None = None) -> Asked:
        """Its derivative by a parameter."""
        return self._asked("sensitivity", name, parameter)

    @within
    def table(self, rows: int = 10) -> str:
        """The first steps, unrolled, beside the closed forms in numbers."""
        from derive.desk.recurrences.table import table

        if not (isinstance(rows, int) and 0 < rows <= MOST_ROWS):
            raise DeriveError(f"table({rows!r}): how many rows is a number from 1 to {MOST_ROWS}")
        chains = {n: self.confirmed(n) for n in self.names}
        where = tuple(dict.fromkeys(e for chain in chains.values() for e in chain.where))
        return table(self.model, {n: chain.claim for n, chain in chains.items()}, rows, where)

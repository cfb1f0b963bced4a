"""A recurrence solved: closed forms with their cases, steps and verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sympy import And, Basic, Expr, Piecewise, Symbol

from derive.checking.worlds import Sample
from derive.desk.budget import SECONDS, limit, stage
from derive.desk.run import Run, worst
from derive.model.claims import Derivation, DeriveError, T, Verdict
from derive.model.stated import Stated
from derive.model.statement import stated
from derive.notation import Notation
from derive.solving.cases import branches, put_into
from derive.solving.constant import Solution
from derive.solving.derivations import derivations, in_one_line
from derive.solving.solver import solution


class Solved(Run):
    """What `solve` returns for recurrences. `run.x` is the closed form of x, checked before it is given out.

    `cases` are the closed forms with the conditions under which each holds, `needs` those of the general one.
    """

    def __init__(self, model: Stated, found: Solution | None = None, seconds: float | None = SECONDS):
        self.seconds = seconds
        with limit(seconds):
            stage("solving")
            self.solution = found or solution(model)
            self._chains = derivations(model, self.solution)
        makers = {name: lambda run, name=name: run._chains[name] for name in model.equations}
        letter = model.letter
        super().__init__(model, makers, list(model.equations)[-1], Notation(names={T.name: letter.name} if letter != T else {}))

    def _new_sample(self) -> Sample:
        where = tuple(dict.fromkeys(entry for chain in self._chains.values() for entry in chain.where))
        return Sample(self.model, where, {name: chain.claim for name, chain in self._chains.items()})

    def verdicts(self, name: str | None = None) -> list[Verdict]:
        """Where a step of the way does not hold, the way is given up and the closed form is shown by itself."""
        name = name or self.main
        with limit(self.seconds):
            stage(f"checking {name}")
            found = super().verdicts(name)
            if not all(v.holds for v in found) and len(found) > 2:
                self._chains[name] = in_one_line(name, self.model, self.solution)
                self._made.pop(name, None), self._verdicts.pop(name, None)
                found = super().verdicts(name)
            return found

    def said(self, expr: Any) -> Any:
        """An expression in the letter that the person wrote for the index."""
        return expr.xreplace({T: self.model.letter}) if self.model.letter != T else expr

    def closed_form(self, name: str | None = None) -> Expr:
        """The closed form, once its verdict holds. Raises DeriveError where it does not."""
        return self.said(self.confirmed(name or self.main).answer)  # type: ignore[no-any-return]

    def confirmed(self, name: str) -> Derivation:
        """The derivation of a name, once every verdict on it holds. Raises DeriveError where one does not."""
        verdict = self.verdict(name)
        if not verdict.holds:
            raise DeriveError(f"{name}: found {self.said(self.derivation(name).answer)}, which is not confirmed: {verdict}")
        return self.derivation(name)

    def verdict(self, name: str | None = None) -> Verdict:
        """The worst verdict on a name's derivation."""
        return worst(self.verdicts(name))

    def __getattr__(self, name: str) -> Expr:
        super().__getattr__(name)
        return self.closed_form(name)

    def __getitem__(self, name: str) -> Expr:
        return self.closed_form(name)

    @property
    def answer(self) -> Expr:
        return self.closed_form()

    @cached_property
    def _branches(self) -> list[tuple[tuple[Basic, ...], Solved]]:
        """The general solution and those of the degenerate cases, each a run of its own, each checked."""
        with limit(self.seconds):
            stage("solving the degenerate cases")
            made = [(b.conditions, Solved(b.model, b.solution, self.seconds)) for b in branches(self.model, self.solution) if b.solution]
            stage("checking the degenerate cases")
            return [(conditions, run) for conditions, run in made if all(v.holds for v in run.check().values())]

    @property
    def cases(self) -> list[tuple[Basic, Expr]]:
        """(condition, closed form) of the main name, the general one first."""
        return self.cases_of(self.main)

    def cases_of(self, name: str) -> list[tuple[Basic, Expr]]:
        """(condition, closed form) of a name, the general one first."""
        return [(And(*map(self.said, conditions)), run.closed_form(name)) for conditions, run in self._branches]

    @property
    def not_covered(self) -> tuple[str, ...]:
        """The cases that `cases` leaves out, in words."""
        found = {b.conditions for b in branches(self.model, self.solution)} - {conditions for conditions, _ in self._branches}
        return (*self.solution.not_covered, *(" and ".join(map(str, conditions)) for conditions in sorted(found, key=str)))

    def piecewise(self, name: str | None = None) -> Expr:
        """All cases as one sympy Piecewise, the general one last."""
        (condition, general), *others = self.cases_of(name or self.main)
        if not others:
            return general
        return Piecewise(*((value, when) for when, value in others), (general, condition))

    def __repr__(self) -> str:
        return "\n".join(f"{self.said(self.derivation(n).goal)} = {self.closed_form(n)}" for n in self.names)


def solve_recurrence(
    equations: str | Sequence[str],
    start: Mapping[str, Any] | None = None,
    ranges: Sequence[Basic] = (),
    seconds: float | None = SECONDS,
    values: Mapping[str, Expr] | None = None,
) -> Solved:
    """Closed forms of recurrences as text. Raises DeriveError with the reason where none is known, TooHard when time is over."""
    with limit(seconds):
        stage("reading")
        model = stated(equations, start or {}, ranges)
        if values:
            for name in values:
                if Symbol(name) not in model.symbols:
                    raise DeriveError(f'value of "{name}": no such letter in the equations; there is {", ".join(sorted(map(str, model.symbols)))}')
            model = put_into(model, {Symbol(k): v for k, v in values.items()})
        return Solved(model, seconds=seconds)


"""Questions about recurrences in a problem file: the closed form of each sequence, its degenerate
cases, its first terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Integer

from derive.desk.recurrences.divide import Divided, divide, divides
from derive.desk.recurrences.questions.entries import is_question
from derive.desk.recurrences.solved import Solved
from derive.desk.recurrences.typed import read_model
from derive.desk.sheets.pieces import Answer, Piece, answered
from derive.desk.sheets.problem import Problem
from derive.model.language.claims import Claim, DeriveError, NoClosedForm, sequence
from derive.model.recurrences.stated import Stated
from derive.notation import Notation
from derive.solving.recurrences.walk import step_by_step

TERMS = 3  # how many first terms are shown where there is no closed form


class Equations:
    """The equations of one problem, solved once."""

    def __init__(self, problem: Problem, notation: Notation):
        given = problem.given
        self.notation = notation
        self._run: Solved | None = None
        self.model: Stated
        try:
            if len(problem.equations) == 1 and divides(problem.equations[0]):
                self._run = divide(
                    problem.equations[0],
                    given.get("start"),
                    given.get("ranges", ()),
                    values=given.get("values"),
                    notation=notation,
                )
                self.model = self._run.model
                return
            self.model = read_model(
                problem.equations,
                given.get("start", {}),
                given.get("ranges", ()),
                given.get("values", {}),
            )
        except DeriveError as error:
            raise DeriveError(f"{problem.place}: {error}") from None

    @property
    def questions(self) -> tuple[str, ...]:
        if self.divided is not None:
            return (self.divided.called,)
        return (*self.model.equations, "cases", "terms")

    @property
    def divided(self) -> Divided | None:
        return self._run if isinstance(self._run, Divided) else None

    def knows(self, question: str) -> bool:
        return question in self.questions or is_question(question, tuple(self.model.equations))

    def answer(self, question: str) -> Answer:
        """A closed form; the degenerate cases; or why there is none, and the first terms."""
        if self.divided is not None and question == self.divided.called:
            run = self.divided
            whole = (Piece(run, run.main),)
            checked = tuple(("in n", *line) for line in run.said_of(run.main))
            return Answer(question, "divided", whole, {"run": run}, checked)
        if question == "terms":
            reason = self.reason()
            lines = [Claim(left, right) for left, right in reason.lines]
            about = {"equations": self, "why": reason.why, "lines": lines}
            return Answer(question, "terms", (), about)
        if question == "cases":
            found = cases(self.run, self.run.names)
            pieces = tuple(
                Piece(case["run"], name, "case") for case in found for name in case["names"]
            )
            return Answer(question, "cases", pieces, {"cases": found, "run": self.run})
        if question in self.model.equations:
            pieces = (Piece(self.run, question),)
            return Answer(question, "recurrence", pieces, {"equations": self})
        return answered(question, self.run, question)

    @property
    def written(self) -> Notation:
        """How the equations are written: T(n/2) where they divide."""
        return self.notation if self.divided is None else self.divided.notation

    @property
    def run(self) -> Solved:
        if self._run is None:
            self._run = Solved(self.model, notation=self.notation)
        return self._run

    def stated(self) -> list[Claim]:
        """The equations as a person writes them."""
        if self.divided is not None:
            return [self.divided.equation]
        model, move = self.model, {}
        if model.down is not None:
            move = {model.letter: model.letter + 1}
        pairs = ((sequence(n)(model.index + model.order(n)), e) for n, e in model.equations.items())
        return [Claim(*(model.said(side).xreplace(move) for side in pair)) for pair in pairs]  # type: ignore[arg-type]

    def start(self) -> list[Claim]:
        """The values it starts from."""
        model = self.model
        if self.divided is not None:
            (first,) = model.start[self.divided.main]
            return [Claim(sequence(self.divided.called)(Integer(1)), first)]
        return [
            Claim(model.said(sequence(n)(model.first + j)), value)  # type: ignore[arg-type]
            for n, given in model.start.items()
            for j, value in enumerate(given)
        ]

    def terms(self) -> list[Claim]:
        """The first values beyond the start, by the equations."""
        model, found = self.model, []
        for name in model.equations:
            first = int(model.first) + model.order(name)
            found += [
                Claim(sequence(name)(Integer(at)), step_by_step(model, name, at))
                for at in range(first, first + TERMS)
            ]
        return found

    def reason(self) -> NoClosedForm:
        """Why there is no closed form. Raises DeriveError where there is one."""
        try:
            _ = self.run
        except NoClosedForm as error:
            return error
        raise DeriveError("there is a closed form; ask for it by its name")


def cases(run: Solved, names: Sequence[str]) -> list[dict[str, Any]]:
    """Each degenerate case with its conditions and, for each name, its run; of more than two
    sequences for the last alone."""
    names = names if len(names) <= 2 else names[-1:]
    return [
        {"conditions": conditions, "run": branch, "names": names}
        for conditions, branch in run.branches[1:]
    ]

"""The answer key: every answer of a problem file checked, and only then written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.desk.sheets.pieces import Answer
from derive.desk.sheets.problem import ProblemSet, read_problems
from derive.desk.sheets.questions import Desk, desks, find
from derive.errors import DeriveError
from derive.model.language.claims import Claim, Verdict
from derive.writing.functions import NotWritable

if TYPE_CHECKING:
    from derive.desk.sheets.equations import Equations


Told = Callable[[Sequence[Any]], Iterable[Any]]


@dataclass(frozen=True)
class Report:
    """One checked line: where it stands, what it says, the verdict."""

    question: str
    line: str
    claim: Claim
    verdict: Verdict

    def as_dict(self) -> dict[str, object]:
        v = self.verdict
        return {
            "question": self.question,
            "line": self.line,
            "claim": f"{self.claim.left} = {self.claim.right}",
            "needs": [str(n) for n in self.claim.needs],
            "verdict": v.kind,
            "seal": v.seal,
            "worlds": v.worlds,
            "witness": dict(v.witness),
            "reason": v.reason,
        }

    def __str__(self) -> str:
        said = f"{self.claim.left} = {self.claim.right}"
        return f"{self.question:<14} {self.line:<12} {self.verdict}  {said}"


@dataclass(frozen=True)
class Key:
    """A problem file with all its answers."""

    problems: ProblemSet
    answers: tuple[tuple[tuple[Answer, ...], ...], ...]  # by problem, by part
    equations: tuple[Equations | None, ...]  # by problem, where it is about recurrences

    def all_answers(self) -> Iterator[Answer]:
        for parts in self.answers:
            for part in parts:
                yield from part

    def check(self, told: Told = iter) -> list[Report]:
        """A report for each line of each answer; the line "answer" is goal = answer. `told` goes
        through the answers, and may show how far it is."""
        reports = []
        for answer in told(list(self.all_answers())):
            reports += [Report(answer.question, *line) for line in answer.checked]
            for piece in answer.pieces:
                verdicts, derivation = (
                    piece.run.verdicts(piece.name),
                    piece.run.derivation(piece.name),
                )
                where = (
                    answer.question if piece.role == "main" else f"{answer.question} ({piece.role})"
                )
                claims = [
                    *(s.claim for s in (*derivation.lemmas, *derivation.steps)),
                    derivation.claim,
                ]
                names = [
                    *(f"line {n}" for n in range(1, len(verdicts))),
                    "answer" if piece.name in (piece.run.main, answer.question) else piece.name,
                ]
                reports += [
                    Report(where, n, c, v) for n, c, v in zip(names, claims, verdicts, strict=True)
                ]
        return reports


def open_key(path: Path, trust: bool = False, told: Told = iter) -> Key:
    """Read a problem file and derive what it asks; `trust`: its texts are LaTeX of one's own, which
    may have TeX read other files. Raises DeriveError naming the place."""
    problems = read_problems(path, trust)
    found, at = [], desks(problems)
    for desk in told(at):
        place = desk.problem.place
        found.append(
            tuple(
                tuple(_answer(question, desk, at, f"{place}, part {n}") for question in part.ask)
                for n, part in enumerate(desk.problem.parts, 1)
            )
        )
    return Key(problems, tuple(found), tuple(desk.equations for desk in at))


def _answer(question: str, desk: Desk, at: Sequence[Desk], place: str) -> Answer:
    """A question of this problem, or, with its number before it, of another."""
    if question.partition(".")[0].isdigit():
        other, asked = find(question, at)
        return other.answer(asked, place)
    return desk.answer(question, place)


def sheet(
    key: Key,
    fragment: bool = False,
    student: bool = False,
    full: bool = False,
    told: Told = iter,
) -> str:
    """The LaTeX of a checked key. Raises DeriveError with the first line that is not PROVED or
    COUNTED."""
    from derive.writing.sheets.sheet import render  # Jinja2 is read only when a sheet is made

    for report in [] if student else key.check(told):
        if not report.verdict.holds:
            raise DeriveError(f"no sheet is made: {report}")
    try:
        return render(key.problems, key.answers, key.equations, fragment, student, full)
    except NotWritable as error:
        raise DeriveError(f"no sheet is made: {error}") from None

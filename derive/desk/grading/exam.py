"""A question as a grader needs it: what is true, in which letters, in what form it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sympy import Basic, Expr, Product, Sum, Symbol

from derive.desk.given import conditions
from derive.desk.grading.slips import Slips
from derive.desk.proofreading.about import alone, problems_about
from derive.desk.proofreading.letters.settings import Setting
from derive.desk.sheets.pieces import Answer, Piece
from derive.desk.sheets.problem import FORMS
from derive.desk.sheets.questions import Desk, desks, find
from derive.errors import DeriveError
from derive.model.recurrences.library import library
from derive.model.recurrences.stated import Stated
from derive.notation import Notation
from derive.reading.latex.words import Letters
from derive.reading.texts.answers import read_answer
from derive.reading.texts.given import Given

# answers after which a question is made anew: it keeps the values of every answer that it has seen
REMADE = 1_000


@dataclass
class Question:
    """`goal` is the quantity asked for, as the model's own truth has it, under `needs`; `key` its
    closed form.

    Or the question has a `truth` of another kind: parts, an interval; or how the answer grows with
    the gradient, `degree`.
    """

    name: str
    setting: Setting
    goal: Expr | None = None
    needs: tuple[Basic, ...] = ()
    key: Expr | None = None
    form: str = ""
    piece: Piece | None = None
    truth: Given | None = None
    degree: Expr | None = None
    parts: tuple[Question, ...] = ()
    _prepared: bool = False

    @cached_property
    def slips(self) -> Slips:
        """What comes out where a step of the derivation is done wrong."""
        assert self.goal is not None
        return Slips(self.setting, self.goal, self.needs, self.piece, self.key)

    def prepare(self) -> None:
        """Make, once, what the first answer would have to wait for."""
        if self._prepared:
            return
        self._prepared = True
        for part in self.parts:
            part.prepare()
        if self.goal is not None:
            self.slips.kind(self.goal)
            _ = self.setting.conditions


class Exam:
    """The questions of a problem set, each kept for REMADE answers.

    `about` is a problem file or name; without one, any of the library.
    """

    def __init__(self, about: str | Path | None = None):
        self.about = about
        self._desks: dict[str, list[Desk]] = {}
        self._questions: dict[tuple[str, str], Question] = {}
        self._uses: Counter[tuple[str, str]] = Counter()

    def question(self, name: str, form: str = "") -> Question:
        """A question by its name, or several by commas. Raises DeriveError for one that is not
        known."""
        if form not in FORMS:
            raise DeriveError(f'form = "{form}"; there is {", ".join(f for f in FORMS if f)}')
        self._uses[name, form] += 1
        if (name, form) not in self._questions or self._uses[name, form] % REMADE == 0:
            names = [part.strip() for part in name.split(",")]
            made = [self._one(part, form) for part in names]
            self._questions[name, form] = (
                made[0] if len(made) == 1 else Question(name, made[0].setting, parts=tuple(made))
            )
        return self._questions[name, form]

    def open(self) -> None:
        """Read the files that questions come from, none of them later. Raises DeriveError where one
        cannot be read."""
        library()
        if self.about is not None:
            self._desks_of("")

    def _desks_of(self, name: str) -> list[Desk]:
        about = str(self.about) if self.about is not None else name.partition(".")[0]
        if about not in self._desks:
            if self.about is None:
                known = library()
                problems = alone(known[about] if about in known else known["sgd"])
            else:
                problems = problems_about(self.about)
            self._desks[about] = desks(problems)
        return self._desks[about]

    def _one(self, name: str, form: str) -> Question:
        desk, name = find(name, self._desks_of(name))
        asked = next((p.form for p in desk.problem.parts if name in p.ask and p.form), "")
        return _question(name, desk, form or asked)


def _question(name: str, desk: Desk, form: str) -> Question:
    answer = desk.answer(name, desk.problem.place)
    if "asked" in answer.about:
        return _asked(name, answer, form)
    if not answer.pieces:
        raise DeriveError(f"{name} has no answer that could be graded")
    piece = next((p for p in reversed(answer.pieces) if p.role == "main"), answer.pieces[0])
    run = piece.run
    setting = Setting((), run.model, run.notation, [p for p in answer.pieces if p.run is run])
    if "degree" in answer.about:
        return Question(name, setting, degree=answer.about["degree"])
    claim = run.derivation(piece.name).claim
    return Question(name, setting, claim.left, claim.needs, claim.right, form, piece)


def _asked(name: str, answer: Answer, form: str) -> Question:
    """A question about a solution: a value, a limit, the distance from where something is near."""
    asked, run = answer.about["asked"], answer.about["run"]
    if not isinstance(asked.answer, Expr) or len(asked.says) != 1:
        raise DeriveError(f"{name}: its answer is no single value; it is shown, not graded")
    piece = Piece(run, answer.about["words"][1] or run.main)
    setting = Setting((), run.model, run.notation, [piece])
    return Question(name, setting, asked.answer, asked.needs, asked.answer, form)


def truth(latex: str, ranges: Sequence[str] | str = (), form: str = "") -> Question:
    """A question of one's own by its right answer in LaTeX: a value, a tuple or an interval, in
    letters that meet `ranges`.

    Raises DeriveError where it cannot be read.
    """
    if not isinstance(latex, str):
        raise DeriveError(f"{latex!r:.60}: write the right answer as text, in LaTeX")
    given = read_answer(latex, Letters())
    if not given.parts and given.interval is None and len(given.sides) != 1:
        raise DeriveError(
            f"{latex}: a question's truth is one value, a tuple or an interval, without an "
            f"equals sign"
        )
    index = _counting([*given.sides, *(side for part in given.parts for side in part.sides)])
    setting = Setting(
        (), Stated({}, {}, more_ranges=conditions(ranges, "ranges"), index=index), Notation()
    )
    setting.vocabulary = Letters(index=index)
    if len(given.sides) == 1:
        return Question(latex, setting, given.sides[0], (), given.sides[0], form)
    return Question(latex, setting, truth=given, form=form)


def _counting(values: Sequence[Expr]) -> Symbol:
    """The letter that counts, 0, 1, 2, ...: t, else n or N, else the first up to which is
    summed."""
    letters = {s.name for value in values for s in value.free_symbols}
    limits = [limit for v in values for p in v.atoms(Sum, Product) for limit in p.limits]
    ends = {s.name for _, low, high in limits for end in (low, high) for s in end.free_symbols}
    return Symbol(
        next((name for name in ("t", "n", "N", *sorted(ends & letters)) if name in letters), "t")
    )

"""What a page is made of: answers, and the derivations in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sympy import Symbol

from derive.desk.recurrences.solved import Solved
from derive.desk.run import Run
from derive.errors import DeriveError
from derive.model.language.claims import Claim, Verdict
from derive.model.language.conditions import Conditions


@dataclass(frozen=True)
class Piece:
    """One derivation of an answer: a name in a run, and where it stands on the page."""

    run: Run
    name: str
    role: str = "main"


@dataclass(frozen=True)
class Answer:
    """The answer to one question. `kind` chooses its words; `checked` are claims that no derivation
    of its pieces makes."""

    question: str
    kind: str
    pieces: tuple[Piece, ...]
    about: dict[str, Any] = field(default_factory=dict)
    checked: tuple[tuple[str, Claim, Verdict], ...] = ()


def answered(question: str, run: Solved, text: str) -> Answer:
    """The answer to a question of a solved recurrence, `w.limit`, as it stands on a page."""
    from derive.desk.recurrences.questions.entries import (
        words_of,  # few sheets ask more than closed forms
    )

    found = run.ask(text)
    if found.verdict is None:
        raise DeriveError(f"{question}: no sheet tells it: {found.steps[-1]}")
    lines = [
        Claim(left if sign == "=" else Symbol(question.partition("(")[0]), right, conditions)  # type: ignore[arg-type]
        for left, sign, right, conditions in found.says
    ]
    checked = tuple(("answer", line, found.verdict) for line in lines)
    known = Conditions(run.model.ranges)
    needs = tuple(need for need in found.needs if not known.give(need))
    about = {"asked": found, "words": words_of(text), "run": run.about(), "needs": needs}
    return Answer(question, "asked", (), about, checked)

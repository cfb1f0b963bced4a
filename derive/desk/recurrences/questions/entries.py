"""The questions that a solved recurrence can be asked: `w.limit`, `w.value(100)`. One entry each,
for the prompt, the command line, problem files and graders."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from derive.desk.budget import limit, stage
from derive.desk.recurrences.derived import Derived
from derive.desk.recurrences.questions import convergence, dependence, limits, values
from derive.desk.recurrences.questions.asked import Asked
from derive.errors import DeriveError, nearest

_QUESTION = re.compile(r"(?:(?P<name>\w+)\.)?(?P<question>\w+)(?:\((?P<given>.*)\))?")


@dataclass(frozen=True)
class Question:
    """`ask(run, name, *given)` answers it; `takes` says what is given, the last `optional` of which
    may be left out. `words` stand before the answer on a sheet, with the name and what is given."""

    name: str
    ask: Callable[..., Asked]
    words: str
    takes: tuple[str, ...] = ()
    optional: int = 0

    def __str__(self) -> str:
        return self.name + (f"({', '.join(self.takes)})" if self.takes else "")


TABLE = {
    question.name: question
    for question in (
        Question("value", values.value_at, "Put into the closed form,", ("index",)),
        Question("terms", values.terms, "The first values are", ("how many",), 1),
        Question("cases", values.cases, "Case by case,"),
        Question("limit", limits.limit, "In the long run"),
        Question("rate", convergence.rate, "The spectral radius is"),
        Question(
            "converges",
            convergence.converges,
            "Every start is forgotten exactly where",
            ("parameter",),
            1,
        ),
        Question(
            "first_below",
            limits.first_below,
            "{name} is closer than {given} to its limit from this index on:",
            ("distance",),
        ),
        Question(
            "degree",
            dependence.degree,
            "If {given} is multiplied by s, {name} is multiplied by",
            ("letter",),
        ),
        Question(
            "sensitivity", dependence.sensitivity, "How {name} changes with {given}:", ("letter",)
        ),
    )
}


def ask(run: Derived, text: str) -> Asked:
    """The answer to a question in words such as `w.converges(eta)`, or `limit` of the main name.

    Raises DeriveError where there is no such question, with those that there are.
    """
    found = _QUESTION.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise DeriveError(
            f'"{text!s:.60}" is no question; write for example w.limit or w.value(10)'
        )
    name, word, given = found["name"] or run.main, found["question"], found["given"]
    if word in run.names and found["name"] is None and given is None:
        return values.closed(run, word)
    if name not in run.names:
        raise DeriveError(f'no sequence "{name}"{nearest(name, run.names)}')
    if word not in TABLE and found["name"] is None:
        raise DeriveError(f'nothing is derived for "{word}"{nearest(word, (*run.names, *TABLE))}')
    if word not in TABLE:
        raise DeriveError(f'no question "{word}"{nearest(word, map(str, TABLE.values()))}')
    question = TABLE[word]
    arguments = [part.strip() for part in (given or "").split(",") if part.strip()]
    least = len(question.takes) - question.optional
    if not least <= len(arguments) <= len(question.takes):
        raise DeriveError(f"{text}: write {name}.{question}")
    return answer(run, question, name, *arguments)


def answer(run: Derived, question: Question, name: str, *given: Any) -> Asked:
    """What a question about a name is answered, within the run's time."""
    with limit(run.seconds):
        stage(f"answering {name}.{question.name}")
        return question.ask(run.about(name), name, *given)


def is_question(text: str, names: tuple[str, ...]) -> bool:
    """Whether a text asks more of one of these names than its closed form."""
    found = _QUESTION.fullmatch(text.strip())
    return found is not None and found["question"] in TABLE and found["name"] in (None, *names)


def words_of(text: str) -> tuple[str, str, str]:
    """The words before the answer to a question on a sheet, its name, and what is given."""
    found = _QUESTION.fullmatch(text.strip())
    assert found is not None
    return TABLE[found["question"]].words, found["name"] or "", found["given"] or ""

"""Grading: is an answer right, right under a condition, not in the form asked for, wrong and how?
'Cannot tell' is an answer."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from derive.desk.budget import TooHard, limit
from derive.desk.grading.degrees import degree
from derive.desk.grading.exam import Exam, Question
from derive.desk.grading.graded import WORSE, Grade
from derive.desk.grading.values import grade_value
from derive.desk.proofreading.judge import judge
from derive.errors import DeriveError
from derive.reading.texts.answers import read_answer
from derive.reading.texts.given import INFINITY, Given
from derive.reading.tokens.token import Refused, Unreadable

SECONDS = 1.5  # for one answer
PREPARED = 10.0  # for a question, before its first answer


@lru_cache(maxsize=8)
def exam_about(about: str | None) -> Exam:
    return Exam(about)


def grade(
    question: str | Question,
    answer: str,
    about: str | Path | None = None,
    form: str = "",
    seconds: float = SECONDS,
) -> Grade:
    """Grade one answer in LaTeX.

    `question` is a name (`sgdm.w`; several by commas, for a tuple) of the problem `about` (a file,
    `ps09`; none: the library's optimizers under a constant gradient c, convolutions), or a
    Question. `form` "closed" asks for no sum signs, "simplified" also for no more symbols than
    needed. Raises DeriveError for a question that is not known, never for an answer.
    """
    if not isinstance(answer, str):
        raise DeriveError(f"answer = {answer!r:.60}: write it as text, in LaTeX")
    if not isinstance(question, str | Question):
        raise DeriveError(f'question = {question!r:.60}: write its name, such as "sgdm.w"')
    if not (isinstance(seconds, int | float) and seconds > 0):
        raise DeriveError(f"seconds = {seconds!r:.60}: give a number above 0")
    asked = (
        exam_about(None if about is None else str(about)).question(question, form)
        if isinstance(question, str)
        else question
    )
    try:
        with limit(max(seconds, PREPARED)):
            asked.prepare()
        with limit(seconds):
            return _grade(
                asked, read_answer(answer, asked.setting.vocabulary, asked.degree is not None)
            )
    except Refused as error:
        return Grade("refused", feedback=f"character {error.at + 1}: {error.why}")
    except Unreadable as error:
        return Grade("unreadable", feedback=f"character {error.at + 1}: {error.why}")
    except TooHard:
        return Grade("undecided", feedback=f"no verdict within {seconds:g} s")
    except (RecursionError, OverflowError, MemoryError) as error:
        return Grade("refused", feedback=f"too large to work with: {type(error).__name__}")


def _grade(asked: Question, given: Given) -> Grade:
    if asked.degree is not None:
        return _degree(asked, given)
    if asked.truth is not None and (asked.truth.interval is not None or given.interval is not None):
        return _interval(asked, given)
    if asked.parts or asked.truth is not None:
        return _tuple(asked, given)
    if given.interval is not None or given.parts or not given.sides:
        return Grade("unreadable", feedback="one value is asked for")
    return grade_value(asked, given)


def _tuple(asked: Question, given: Given) -> Grade:
    """Each part by itself; the worst verdict counts."""
    parts = asked.parts or tuple(
        replace(asked, goal=p.sides[0], key=p.sides[0], truth=None)
        for p in asked.truth.parts  # type: ignore[union-attr]
    )
    if len(given.parts) != len(parts):
        return Grade(
            "unreadable", feedback=f"{len(parts)} values are asked for, in brackets and with commas"
        )
    grades = [_grade(question, part) for question, part in zip(parts, given.parts, strict=True)]
    number = max(range(len(grades)), key=lambda n: WORSE.index(grades[n].verdict))
    worst = grades[number]
    return (
        worst
        if worst.verdict == "correct"
        else replace(worst, feedback=f"Value {number + 1}: {worst.feedback}")
    )


def _interval(asked: Question, given: Given) -> Grade:
    """Both ends, and whether they belong to it."""
    right, found = (g.as_interval() if g is not None else None for g in (asked.truth, given))
    if right is None or found is None:
        return Grade("unreadable", feedback="an interval is asked for, such as (a, b) or a < x < b")
    for ours, theirs in ((right.low, found.low), (right.high, found.high)):
        if abs(ours) == INFINITY or abs(theirs) == INFINITY:
            if ours != theirs:
                return Grade("wrong", mistake="end", feedback="Look at where it ends.")
            continue
        end = judge(ours, theirs, asked.setting)
        if not end.holds:
            verdict = "wrong" if end.verdict.kind == "FAILS" else "undecided"
            return Grade(verdict, mistake="end", feedback="Look at where it ends.")
    if right.closed != found.closed:
        return Grade("wrong", mistake="closed", feedback="Does an end belong to it?")
    return Grade("correct", "counted")


def _degree(asked: Question, given: Given) -> Grade:
    """How a quantity grows with the gradient, in words."""
    said = degree(given.words, asked.setting.notation)
    if said is None or (said[1] and said[0] != asked.degree):
        return Grade(
            "undecided", feedback="say how it depends on the gradient: not at all, linearly, ..."
        )
    if said[0] == asked.degree and not said[1]:
        return Grade("correct", "proved")
    return Grade(
        "wrong", mistake="degree", feedback="What becomes of it when every gradient is doubled?"
    )

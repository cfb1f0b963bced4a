"""Grading: is an answer right, right under a condition, not in the form asked for, wrong and how?
'Cannot tell' is an answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from sympy import Basic, Expr
from sympy.core.function import AppliedUndef

from derive.checking.counting.evaluate import Env
from derive.checking.counting.functions import TooLarge
from derive.checking.counting.intervals import NotReadable, Open
from derive.checking.counting.worlds import show
from derive.checking.switches.sides import without_value
from derive.desk.budget import TooHard, limit
from derive.desk.grading.degrees import degree
from derive.desk.grading.exam import Exam, Question
from derive.desk.grading.slips import HINTS
from derive.desk.proofreading.judge import Judgement, judge
from derive.model.language.claims import Claim
from derive.reading.texts.answers import INFINITY, Given, read_answer, symbols
from derive.reading.tokens.tokens import Refused, Unreadable, tokens
from derive.writing.latex import latex

SECONDS = 1.5  # for one answer
PREPARED = 10.0  # for a question, before its first answer
POINTS = {
    "correct": 1.0,
    "correct-under": 0.5,
    "form": 0.5,
    "wrong": 0.0,
}  # the others need a person
WORSE = ("correct", "form", "correct-under", "undecided", "unreadable", "refused", "wrong")
DIGITS = 3  # significant ones that a rounded decimal has at least
LONGER = 2  # times as many symbols as the key's own has may a simplified answer have


@dataclass(frozen=True)
class Grade:
    """`verdict`: correct, correct-under (the `condition`), form (right, but not as asked), wrong,
    unreadable, undecided, refused.

    `how` a right answer was found right: proved or counted. A wrong one has a `witness`, the values
    at which it differs, and the kind of `mistake` where one is recognised. `feedback` is for the
    student and gives no answer away.
    """

    verdict: str
    how: str = ""
    condition: tuple[Basic, ...] = ()
    witness: dict[str, str] = field(default_factory=dict)
    mistake: str = ""
    feedback: str = ""

    @property
    def points(self) -> float | None:
        """Between 0 and 1; None where a person must look."""
        return POINTS.get(self.verdict)


@lru_cache(maxsize=8)
def _exam(about: str | None) -> Exam:
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
    asked = (
        _exam(None if about is None else str(about)).question(question, form)
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
    return _value(asked, given)


def _value(asked: Question, given: Given) -> Grade:
    """The last side against the truth; the sides before it must be equal to it."""
    value = given.sides[-1]
    assert asked.goal is not None
    found = judge(asked.goal, value, asked.setting, asked.needs)
    if not found.holds and _rounded(asked, given):
        return Grade("correct", "counted", feedback="rounded")
    kind = found.verdict.kind
    if kind == "UNCHECKED":
        return Grade("undecided", feedback=found.verdict.reason)
    if kind == "FAILS":
        return _wrong(asked, value, found)
    how = kind.lower()
    written = given.written if given.written is not None else value
    without = _without_value(asked, written, asked.needs)
    if without and not found.needs:
        found = _where_it_has_one(asked, value, written) or found
    if found.needs:
        said = " and ".join(f"${latex(need, asked.setting.notation)}$" for need in found.needs)
        return Grade(
            "correct-under",
            how,
            found.needs,
            feedback=f"Right where {said}: say so, or find a form without it.",
        )
    if without:
        return Grade(
            "correct-under", how, feedback=f"Right where it has a value; it has none at {without}."
        )
    graded = _form(asked, given, how)
    return replace(graded, feedback=graded.feedback or _before(asked, given))


def _before(asked: Question, given: Given) -> str:
    """What is to be said of the sides before the last, which is right."""
    assert asked.goal is not None
    if not all(
        judge(asked.goal, side, asked.setting, asked.needs).holds for side in given.sides[:-1]
    ):
        return "The last line is right; a line before it is not."
    return (
        f"The last line is right; one before it was not read: {given.unread}."
        if given.unread
        else ""
    )


def _rounded(asked: Question, given: Given) -> bool:
    """Whether a decimal is the number asked for, rounded to its last digit, and has enough digits
    to stand for it."""
    value, key = given.sides[-1], asked.key
    if given.decimals is None or key is None or not (key.is_number and value.is_Rational):
        return False
    if abs(value) * 10**given.decimals < 10 ** (DIGITS - 1):
        return False
    return bool(abs(key - value) * 2 * 10**given.decimals <= 1)


def _where_it_has_one(asked: Question, value: Expr, written: Expr) -> Judgement | None:
    """The verdict under a condition under which the answer, as it is written, has a value wherever
    the truth has one."""
    assert asked.goal is not None
    named = asked.goal.free_symbols | value.free_symbols
    for more in (
        m for m in asked.setting.conditions if all(need.free_symbols <= named for need in m)
    ):
        needs = (*asked.needs, *more)
        under = judge(asked.goal, value, asked.setting, needs, only=True)
        if under.holds and not _without_value(asked, written, needs):
            return Judgement(under.verdict, more)
    return None


def _without_value(asked: Question, value: Expr, needs: tuple[Basic, ...]) -> str:
    """A world in which the truth has a value and the answer has none; nothing where there is no
    such world."""
    assert asked.goal is not None
    sample = asked.setting.sample
    for env in sample.worlds(Claim(asked.goal, value, needs)):
        try:
            sample.value(asked.goal, env)
        except (ZeroDivisionError, NotReadable):
            continue
        try:
            sample.value(value, env)
        except (TooLarge, Open):
            continue
        except ZeroDivisionError:
            return _at(asked, value, env)
    found = without_value(Claim(asked.goal, value, needs), sample)
    return "" if found is None else _at(asked, value, found)


def _at(asked: Question, value: Expr, env: Env) -> str:
    assert asked.goal is not None
    return ", ".join(f"{k} = {v}" for k, v in show(env, asked.setting.model, (asked.goal, value)))


def _wrong(asked: Question, value: Expr, found: Judgement) -> Grade:
    kind = asked.slips.kind(value)
    witness = dict(found.verdict.witness)
    hint = HINTS.get(kind, "")
    at = ", ".join(f"{k} = {v}" for k, v in witness.items() if k not in ("left", "right", "gap"))
    shown = (
        f"At {at} your answer gives {witness['right']}, which is not the value there."
        if at and "right" in witness
        else ""
    )
    return Grade(
        "wrong", witness=witness, mistake=kind, feedback=" ".join(filter(None, (hint, shown)))
    )


def _form(asked: Question, given: Given, how: str) -> Grade:
    """A right value: is it in the letters that are given, and as it is asked?"""
    value = given.sides[-1]
    named = {a.func.__name__ for a in value.atoms(AppliedUndef)} - asked.setting.free
    if (
        named
        and asked.key is not None
        and not {a.func.__name__ for a in asked.key.atoms(AppliedUndef)} >= named
    ):
        return Grade(
            "form",
            how,
            mistake="not solved",
            feedback="Right, but it still has quantities in it that are to be found.",
        )
    if asked.form and given.sums:
        return Grade(
            "form",
            how,
            mistake="sums left",
            feedback="Right, but sums or products are left, which can be worked out.",
        )
    if asked.form == "simplified" and asked.key is not None:
        key = symbols(tokens(latex(asked.key, asked.setting.notation)))
        if given.symbols > LONGER * key + 2:
            return Grade(
                "form",
                how,
                mistake="not simplified",
                feedback="Right, but it can be written shorter.",
            )
    return Grade("correct", how)


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

"""One value against the truth: right everywhere, under a condition, or in another form; or wrong,
and how."""

from __future__ import annotations

from dataclasses import replace

from sympy import Basic, Expr
from sympy.core.function import AppliedUndef

from derive.checking.counting.worlds import show
from derive.checking.numbers.evaluate import Env
from derive.checking.numbers.factorials import TooLarge
from derive.checking.numbers.intervals import NotReadable, Open
from derive.checking.switches.sides import without_value
from derive.desk.grading.exam import Question
from derive.desk.grading.graded import Grade
from derive.desk.grading.slips import HINTS
from derive.desk.proofreading.judge import Judgement, judge
from derive.model.language.claims import Claim
from derive.reading.texts.answers import symbols
from derive.reading.texts.given import Given
from derive.reading.tokens.tokens import tokens
from derive.writing.latex import latex

DIGITS = 3  # significant ones that a rounded decimal has at least
LONGER = 2  # times as many symbols as the key's own has may a simplified answer have


def grade_value(asked: Question, given: Given) -> Grade:
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
        return _not_solved(asked, given) or _wrong(asked, value, found)
    if given.named is not None and not _is_called(asked, given.named, value):
        goal, called = (latex(e, asked.setting.notation) for e in (asked.goal, given.named))
        said = f"Right for ${goal}$, but it is called ${called}$, which is something else."
        return Grade("undecided", feedback=said)
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


def _not_solved(asked: Question, given: Given) -> Grade | None:
    """A right equation that has the quantity in another place than alone on its left,
    m (1 - beta) = c (1 - beta^t)."""
    *before, value = given.sides
    has = [side for side in before if asked.goal in side.atoms(AppliedUndef)]
    if not has or not all(judge(s, value, asked.setting, asked.needs).holds for s in before):
        return None
    said = "Right, but it is not solved for what is asked."
    return Grade("form", mistake="not solved", feedback=said)


def _is_called(asked: Question, named: Expr, value: Expr) -> bool:
    """Whether the name that an answer begins with is the quantity, or has its value, or cannot be
    said; of a stack any letter may name the field."""
    model = asked.setting.model
    if named == asked.goal or not model.stepwise or not named.free_symbols <= {model.index}:
        return True
    return judge(named, value, asked.setting, asked.needs).verdict.kind != "FAILS"


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

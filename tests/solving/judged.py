"""What derive says of a drawn recurrence, held against its truth: values, conditions, cases."""

from __future__ import annotations

import random
import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath

from derive import DeriveError, TooHard, solve
from derive.model.language.claims import Root
from derive.model.language.whole import Whole
from tests.solving.drawn import Drawn, truth, world
from tests.solving.test_cases import exact, mp, same, value, with_roots
from tests.solving.test_cases import truth as condition_holds
from tests.writing.test_letters import text_again

SECONDS = 5
WORLDS, NEAR, PLACES = 7, 25, (*range(7), 13)
WORK, FINE = 60, 600  # digits; more where terms of a form nearly cancel


@dataclass
class Outcome:
    """`kind` is PROVED, COUNTED, "refused: ...", "too hard: ...", or what must not be: wrong, traceback,
    not confirmed, incomplete."""

    kind: str
    drawn: Drawn
    said: str = ""


def outcome(drawn: Drawn) -> Outcome:
    functions = {drawn.free} if f"{drawn.free}(" in " ".join(drawn.equations) else set()
    try:
        run = solve(drawn.equations, start=drawn.start, seconds=SECONDS)
        forms = {
            name: text_again(run[name], run.derivation(name).where, functions)
            for name in drawn.names
        }
        verdicts = {v.kind for v in run.check().values()}
        said = differs(drawn, run, forms) and differs(drawn, run, forms, FINE)
    except TooHard as error:
        return Outcome(f"too hard: {str(error).partition(': ')[2].partition(';')[0]}", drawn)
    except DeriveError as error:
        kind = (
            "not confirmed"
            if "not confirmed" in str(error)
            else "refused: " + reason(str(error), drawn)
        )
        return Outcome(kind, drawn, str(error))
    except Exception:
        return Outcome("traceback", drawn, traceback.format_exc(limit=-4))
    if said:
        return Outcome(said.partition(":")[0], drawn, said)
    for bad in ("FAILS", "UNCHECKED"):
        if bad in verdicts:
            return Outcome("not confirmed", drawn, str(run.check()))
    return Outcome("PROVED" if verdicts == {"PROVED"} else "COUNTED", drawn)


def reason(message: str, drawn: Drawn) -> str:
    """A refusal without what is this text's own."""
    message = message.partition("; ")[0]
    for name in drawn.names:
        message = re.sub(rf"\b{name}: ", "", message)
    message = re.sub(r"'.*?'", "'_'", message)
    return re.sub(r"\S*[()*]\S*|\b[a-zA-Z]\b|-?\d+", "_", message)[:90]


def differs(drawn: Drawn, run: Any, forms: Mapping[str, Any], digits: int = WORK) -> str:
    """Where what is said is not so; empty where all is."""
    rng = random.Random(str(drawn))
    open_names = {
        name: [s.name for s in values]
        for name, values in run.model.start.items()
        if name not in drawn.start
    }
    with mpmath.workdps(digits):
        for number in range(WORLDS):
            here = world(drawn, rng, number % 2 == 1)
            opened = {
                f"{name}{n}": Fraction(rng.randint(-9, 9), rng.randint(1, 4))
                for name in drawn.names
                for n in range(drawn.orders[name])
            }
            true = truth(drawn, here, opened)
            ends = [places(drawn)[drawn.orders[name]] for name in drawn.names]
            if drawn.kind == "anything":  # a pole at an index that letters give is not told
                ends = [places(drawn)[-1]] * len(ends)
            if not all(map(partial(defined, true), drawn.names, ends)):
                continue
            letters = dict(here)
            for name, symbols in open_names.items():
                letters |= {s: opened[f"{name}{n}"] for n, s in enumerate(symbols)}
            for name in drawn.names:
                if found := held(
                    drawn, run, name, forms[name], letters, true, covered=number % 2 == 1
                ):
                    return f"{found}, {name} in { {k: str(v) for k, v in letters.items() if not callable(v)} }: {run[name]}"
    return ""


def held(
    drawn: Drawn,
    run: Any,
    name: str,
    form: Any,
    letters: Mapping[str, Any],
    true: Any,
    covered: bool,
) -> str:
    needs = run.needs(name)
    here = rooted(letters, run, name)
    compared = 0
    for n in places(drawn):
        point = {**here, drawn.index: Fraction(n)}
        if run.model.down is not None:
            point[run.model.index.name] = Fraction(drawn.at - n)
        if not defined(true, name, n):
            break
        wanted = true(name, n)
        if not all(holds(need, point) for need in needs):
            continue
        try:
            found = value(form, point)
        except ZeroDivisionError:
            return f"wrong: no value at {n}, where it is {short(wanted)}"
        if not same(found, wanted, NEAR):
            return f"wrong: {short(found)} at {n}, where it is {short(wanted)}"
        compared += 1
    meant = all(holds(need, here) for need in needs if isinstance(need, Whole))
    if not compared and covered and meant and name == run.main:
        return uncovered(drawn, run, name, letters, true)
    return ""


def uncovered(drawn: Drawn, run: Any, name: str, letters: Mapping[str, Any], true: Any) -> str:
    """A world where no need of the general form holds: a case holds there, or it is named as left out."""
    n = places(drawn)[-1]
    if not defined(true, name, n):
        return ""
    wanted = true(name, n)
    point = {**letters, drawn.index: Fraction(n)}
    if run.model.down is not None:
        point[run.model.index.name] = Fraction(drawn.at - n)
    point = rooted(point, run, name)
    for condition, form in run.cases:
        if holds(condition, point):
            try:
                found = value(text_again(form, (), {drawn.free}), point)
            except ZeroDivisionError:
                return (
                    f"wrong: no value at {n} in the case {condition}, where it is {short(wanted)}"
                )
            return (
                ""
                if same(found, wanted, NEAR)
                else f"wrong: {short(found)} at {n} in the case {condition}, where it is {short(wanted)}"
            )
    for told in run.not_covered:
        if "equal roots" in told or all(
            holds(text_again(part, (), set()), point) for part in told.split(" and ")
        ):
            return ""
    return f"incomplete: nothing is said of {n}; cases {[c for c, _ in run.cases]}, left out {run.not_covered}"


def places(drawn: Drawn) -> list[int]:
    """The indices that are looked at."""
    if drawn.kind == "down":
        return [drawn.at - k for k in range(7)]
    return [drawn.at + k for k in (PLACES[:5] if drawn.kind == "nonlinear" else PLACES)]


def defined(true: Callable[[str, int], Any], name: str, n: int) -> bool:
    """Whether it has a value at an index, a real one."""
    try:
        wanted = true(name, n)
    except (ZeroDivisionError, ValueError, mpmath.libmp.ComplexResult):
        return False
    return exact(wanted) or (not isinstance(wanted, mpmath.mpc) and bool(mpmath.isfinite(wanted)))


def rooted(letters: Mapping[str, Any], run: Any, name: str) -> dict[str, Any]:
    letters = {"E": +mpmath.e, **letters}
    return with_roots(letters, [e for e in run.derivation(name).where if isinstance(e, Root)])


def holds(condition: Any, point: Mapping[str, Any]) -> bool:
    try:
        return condition_holds(condition, point)
    except ZeroDivisionError:
        return False


def short(x: Any) -> str:
    return str(x) if exact(x) and len(str(x)) < 30 else str(mpmath.nstr(mp(x)))

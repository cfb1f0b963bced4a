"""Inputs of outsiders on which derive failed once: what is printed, as text and as LaTeX, read
again, has the right values."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy as sp

from derive import solve
from tests.solving.test_cases import DIGITS, same, truth, value
from tests.writing.test_letters import latex_again, text_again, worlds_of

CASES = tomllib.loads((Path(__file__).parents[2] / "data" / "found.toml").read_text("utf-8"))[
    "case"
]
ROW = [Fraction(2 * n + 1, n + 3) for n in range(20)]
WORLD: dict[str, Any] = {"u": lambda at: ROW[int(at)]}
NUMBERS = (Fraction(3, 7), Fraction(-5, 3), Fraction(11, 4))


@pytest.mark.parametrize("case", CASES, ids=lambda case: "; ".join(case["equations"]))
def test_printed_values(case: dict[str, Any]) -> None:
    run, first = solve(case["equations"], start=case["start"]), case.get("at", 0)
    index = str(run.model.letter)
    letters = sorted({str(s) for s in run.model.symbols})
    known = {name: sp.Symbol(name) for name in letters} | {"u": sp.Function("u")}
    with mpmath.workdps(DIGITS):
        for name in run.names:
            where = run.derivation(name).where
            forms = {
                "text": text_again(run[name], where, {"u"}),
                "LaTeX": latex_again(run, run[name], where),
            }
            allowed = {*letters, index, *([str(run.model.index)] if "down" in case else [])}
            assert all({str(s) for s in form.free_symbols} <= allowed for form in forms.values())
            for shift in range(3):
                drawn = {letter: NUMBERS[(n + shift) % 3] for n, letter in enumerate(letters)}
                world = worlds_of(run, {**WORLD, **drawn})
                for at, text in enumerate(case[name], first):
                    point = {**world, index: Fraction(at)}
                    if "down" in case:  # read, its index is the number of steps
                        point[str(run.model.index)] = Fraction(int(case["start"]["at"]) - at)
                    if all(truth(need, point) for need in run.needs(name)):
                        true = value(sp.sympify(text, locals=known), world)
                        assert all(same(value(form, point), true) for form in forms.values()), (
                            name,
                            at,
                        )


def test_needs_are_said_of_the_persons_index() -> None:
    assert [str(need) for need in solve("x(n+1) = 2*x(n) + 1", start={"x": "0"}).needs()] == [
        "n >= 0"
    ]

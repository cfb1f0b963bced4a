"""Inputs of outsiders on which derive failed once: what is printed, as text and as LaTeX, read
again, has the right values."""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy as sp

from derive import DeriveError, solve
from derive.checking.numbers.evaluate import evaluate
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


@pytest.mark.parametrize(
    "case", [c for c in CASES if "down" not in c], ids=lambda case: "; ".join(case["equations"])
)
def test_values_asked_one_by_one(case: dict[str, Any]) -> None:
    """Also before the index from which the form holds."""
    run, first = solve(case["equations"], start=case["start"]), case.get("at", 0)
    known = {str(s): s for s in run.model.symbols} | {"u": sp.Function("u")}
    drawn = {str(s): NUMBERS[n % 3] for n, s in enumerate(sorted(run.model.symbols, key=str))}
    world = {**WORLD, **drawn}
    with mpmath.workdps(DIGITS):
        for name in run.names:
            for at, text in enumerate(case[name], first):
                true = value(sp.sympify(text, locals=known), world)
                assert same(value(run.value(at, name).answer, world), true), (name, at)


def test_a_place_without_a_value_is_an_error() -> None:
    run = solve("x(n) = 1/(n-2)")
    assert [run.value(at).answer for at in (0, 1, 3)] == [sp.Rational(-1, 2), -1, 1]
    with pytest.raises(DeriveError, match=r"x\(2\) has no value: it divides by zero"):
        run.value(2)


@pytest.mark.parametrize("period", [2, 3])
def test_a_coefficient_counted_from_a_letter_on(period: int) -> None:
    run = solve(
        f"x(t+1) = (1 + Mod(t, {period}))*x(t) + Piecewise((a, t < T), (-1, True))", start="0"
    )
    assert run.verdict().holds and "T is a whole number" in str(run)
    a = Fraction(3, 7)
    for threshold in range(1, 8):
        x = Fraction(0)
        for t in range(13):
            here = {"a": a, "T": Fraction(threshold), "t": Fraction(t)}
            assert value(run.x, here) == x, (threshold, t)
            x = (1 + t % period) * x + (a if t < threshold else -1)


SCHEDULE = "x(t+1) = x(t)*((1 - (t+1)/T)/(1 - t/T))**p"


@pytest.mark.parametrize(
    ("equation", "form", "kind"),
    [
        ("x(t+1) = x(t)*sqrt((t+1)/(t+2))", "b/sqrt(t + 1)", "PROVED"),
        (
            "x(t+1) = x(t)*(2 + cos(t+1))/(2 + cos(t)) + 2 + cos(t+1)",
            "(b + 3*t)*(cos(t)/3 + 2/3)",
            "PROVED",
        ),
        (SCHEDULE, "b*((T - t)/T)**p", "COUNTED"),
    ],
)
def test_a_ratio_telescopes_whatever_its_function(equation: str, form: str, kind: str) -> None:
    run = solve(equation, start="b")
    assert str(run.x) == form and run.verdict().kind == kind


@pytest.mark.parametrize("T", range(1, 7))
def test_a_warm_up_of_any_length(T: int) -> None:
    run = solve("w(t+1) = w(t) - eta*c*Min(1, (t+1)/T)", start="0")
    assert {"T >= 1", "T is a whole number"} <= set(map(str, run.needs()))
    true = Fraction(0)
    for t in range(12):
        assert evaluate(run.w, {"t": t, "T": T, "eta": 2, "c": 3}) == true
        true -= 6 * min(Fraction(1), Fraction(t + 1, T))


@pytest.mark.parametrize(
    ("equation", "said"),
    [
        ("x(t+1) = x(t)/(t-1)", r"x\(2\) has no value, its equation divides by zero"),
        ("y(n+2) = ((n**2+3*n-2)*y(n+1) - 2*n*(n+1)*y(n))/(n-1)", r"y\(3\) has no value"),
    ],
)
def test_where_an_equation_divides_by_zero_is_said(equation: str, said: str) -> None:
    with pytest.raises(DeriveError, match=said):
        solve(equation)[equation[0]]


# (equation, start, the form, where it is said to hold)
ENDING = [
    ("x(t+1) = x(t)*(1 - (t+1)/50)/(1 - t/50)", {}, "x_0*(50 - t)/50", "t <= 50"),
    ("x(t+1) = x(t)*((1 - (t+1)/50)/(1 - t/50))**2", {}, "x_0*(t - 50)**2/2500", "t <= 50"),
    ("x(t+1) = x(t)/(t-8)", {"at": "2"}, "x_2/RisingFactorial(-6, t - 2)", "t <= 8"),
    (
        "x(t+1) = m + (x(t) - m)*(1 + cos(pi*(t+1)/50))/(1 + cos(pi*t/50))",
        {},
        "m + (-m + x_0)*(cos(pi*t/50)/2 + 1/2)",
        "t <= 50",
    ),
]


@pytest.mark.parametrize(("equation", "start", "form", "last"), ENDING)
def test_a_sequence_that_ends_says_where(
    equation: str, start: dict[str, str], form: str, last: str
) -> None:
    run = solve(equation, start=start)
    assert str(run) == f"x(t) = {form}   where {last}" and run.verdict().kind == "PROVED"
    ((condition, _),) = run.cases
    assert str(condition) == last


@pytest.mark.parametrize(
    ("equation", "start", "said"),
    [
        ("x(t+1) = x(t)*sin(t+2)/sin(t)", "b", "x(1) has no value, its equation divides by zero"),
        ("x(t+1) = R/x(t)", "0", "x(1) has no value, its equation divides by zero"),
        ("x(t+1) = 2*sqrt(x(t))", "-1", "x(1) has no value, its equation takes a power"),
        ("x(t+1) = (x(t)**2 - 2)/(2*x(t))", "1", "not known to be conjugate to a linear one"),
    ],
)
def test_what_has_no_value_is_refused(equation: str, start: str, said: str) -> None:
    with pytest.raises(DeriveError, match=re.escape(said)):
        solve(equation, start=start).x  # noqa: B018


def test_sums_in_a_sum_that_read_a_free_sequence() -> None:
    """Each time with another index of the outer one."""
    lines = ["b(t+1) = 3*b(t) + c(t)/2", "n(t+1) = n(t) - e*b(t+1)"]
    run = solve(lines, start={"b": "3", "n": "-1", "at": "1"})
    assert {v.kind for v in run.check().values()} == {"PROVED"}


@pytest.mark.parametrize("at", [-3, 1, 2])
@pytest.mark.parametrize(
    "equation", ["q(k+1) = o(k)*q(k) + 1/2", "q(k+1) = o(k)*q(k)", "q(k+1) = a*q(k) + o(k)"]
)
def test_a_free_sequence_counted_from_elsewhere(equation: str, at: int) -> None:
    run = solve(equation, start={"q": "2", "at": str(at)})
    assert run.verdict().holds
    row = {n: Fraction(2 * n + 9, 4) for n in range(at, at + 9)}
    world: dict[str, Any] = {"o": lambda n: row[int(n)], "a": Fraction(3, 5)}
    true = Fraction(2)
    for n in range(at, at + 8):
        assert value(run.q, {**world, "k": Fraction(n)}) == true
        slope = world["a"] if "a*q" in equation else row[n]
        rest = Fraction(1, 2) if "1/2" in equation else row[n] if "a*q" in equation else 0
        true = slope * true + rest


def test_a_table_of_a_free_sequence() -> None:
    rows = solve("x(n+1) = x(n) + u(n)", start="0").table(4).splitlines()
    assert rows[0] == "with u(n) = n + 1"
    assert [row.split() for row in rows[2:]] == [
        [str(n), *[str(n * (n + 1) // 2)] * 2] for n in range(4)
    ]


def test_needs_are_said_of_the_persons_index() -> None:
    assert [str(need) for need in solve("x(n+1) = 2*x(n) + 1", start={"x": "0"}).needs()] == [
        "n >= 0"
    ]

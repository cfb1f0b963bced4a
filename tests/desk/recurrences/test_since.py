"""From which index an answer holds: said wherever it is shown; impulses at the start; sequences that
stop; and what a question may take."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from click.testing import CliRunner
from sympy import Symbol, pi

from derive import DeriveError, solve
from derive.checking.numbers.evaluate import evaluate
from derive.commands.main import main
from derive.desk.budget import TooHard
from derive.desk.recurrences.solved import Solved
from derive.desk.recurrences.typed import terms
from derive.solving.recurrences import cases

LATER = {  # equations, start, from where on; the sheet's way to say it
    "a product with a zero": (("y(n+1) = (n-3)*y(n) + 1",), {"y": 1}, "n >= 4", r"n \ge 4"),
    "a quotient": (("y(n+1) = n*y(n)/(n+2) + 1",), {"y": 1}, "n >= 1", r"n \ge 1"),
    "a system": (
        ("x(t+1) = (t-2)*x(t) + 1", "y(t+1) = y(t) + x(t)"),
        {"x": 1, "y": 0},
        "t >= 3",
        r"t \ge 3",
    ),
}


@pytest.mark.parametrize("equations, start, told, latex", LATER.values(), ids=LATER)
def test_it_is_said_wherever_it_is_shown(
    equations: tuple[str, ...], start: dict[str, int], told: str, latex: str
) -> None:
    run = solve(list(equations), start=start)
    name = equations[0][0]
    assert f"where {told}" in str(run).splitlines()[0]
    assert str(run.needs(name)[0]) == told
    asked = [*equations, "--ask", name, *(f"--start={n}={v}" for n, v in start.items())]
    plain = CliRunner().invoke(main, ["solve", *asked])
    assert told in plain.output
    typeset = CliRunner().invoke(main, ["solve", *asked, "--latex"])
    assert latex in typeset.output


def unrolled(step: Callable[[int, list[Fraction]], list[Fraction]], first: list[int]) -> Any:
    values = [list(map(Fraction, first))]
    for t in range(7):
        values.append(step(t, values[-1]))
    return values


IMPULSES = {
    "an impulse": (["x(t+1) = c*0**t"], [5], lambda t, v: [Fraction(2 if t == 0 else 0)]),
    "what is passed on": (
        ["x(t+1) = y(t)", "y(t+1) = 3*z(t)", "z(t+1) = 0"],
        [1, 2, 4],
        lambda t, v: [v[1], 3 * v[2], Fraction(0)],
    ),
    "two by two, its square zero": (
        ["x(t+1) = y(t) - 2*x(t)", "y(t+1) = 2*y(t) - 4*x(t)"],
        [1, 5],
        lambda t, v: [v[1] - 2 * v[0], 2 * v[1] - 4 * v[0]],
    ),
    "beside a rest": (
        ["x(t+1) = y(t)", "y(t+1) = 0", "z(t+1) = z(t) + x(t) + (-1)**t"],
        [1, 2, 4],
        lambda t, v: [v[1], Fraction(0), v[2] + v[0] + (-1) ** t],
    ),
    "added up": (
        ["x(t+1) = x(t) + y(t)", "y(t+1) = 0"],
        [1, 2],
        lambda t, v: [v[0] + v[1], Fraction(0)],
    ),
    "read when made": (
        ["x(t+1) = c*0**t", "y(t+1) = y(t) - x(t+1)"],
        [0, 0],
        lambda t, v: [Fraction(2 * (t == 0)), v[1] - 2 * (t == 0)],
    ),
}


@pytest.mark.parametrize("equations, first, step", IMPULSES.values(), ids=IMPULSES)
def test_impulses_hold_from_the_start(equations: list[str], first: list[int], step: Any) -> None:
    names = [e[0] for e in equations]
    run = solve(equations, start=dict(zip(names, first, strict=True)))
    for t, values in enumerate(unrolled(step, first)):
        for name, right in zip(names, values, strict=True):
            assert evaluate(run[name], {"t": t, "c": Fraction(2)}) == right, (name, t)
    assert {str(run.verdict(name)) for name in names} == {"PROVED"}
    assert not [n for name in names for n in run.aside(name)]


def test_the_cases_of_a_wave_of_letters() -> None:
    """m = beta*m + c*rho^t with beta = rho = 0: w starts at 0, not at -c*eta."""
    run = solve(
        ["m(t+1) = beta*m(t) + c*rho**t", "w(t+1) = w(t) - eta*m(t+1)"], start={"m": 0, "w": 0}
    )
    world = {"beta": 0, "rho": 0, "c": 3, "eta": 5}
    forms = [
        form
        for condition, form in run.cases_of("w")
        if condition.xreplace(_put(world)) == True  # noqa: E712
    ]
    assert forms
    for form in forms:
        assert [evaluate(form, {**world, "t": t}) for t in range(4)] == [0, -15, -15, -15]


def _put(world: dict[str, int]) -> dict[Symbol, int]:
    return {Symbol(name): value for name, value in world.items()}


def test_three_roots_of_a_letter_need_it() -> None:
    system = ["x(t+1) = y(t)", "y(t+1) = z(t)", "z(t+1) = a*x(t)"]
    run = solve(system, start={"x": 1, "y": 2, "z": 3})
    assert "Ne(a, 0)" in map(str, run.needs("x"))
    zero = [form for condition, form in run.cases_of("x") if "Eq(a, 0)" in str(condition)]
    assert [[evaluate(f, {"t": t}) for t in range(5)] for f in zero] == [[1, 2, 3, 0, 0]]


@pytest.mark.parametrize("a", [Fraction(0), Fraction(-8), Fraction(2, 3)])
def test_values_far_apart_are_told_apart_by_the_rest(a: Fraction) -> None:
    """x(t+5) = a x(t) + t, five sequences side by side: no roots are named, nor is a != 0 needed."""
    run = solve("x(t+5) = a*x(t) + t", start={"x": "1, 2, 3, 4, 5"})
    values = [Fraction(n) for n in (1, 2, 3, 4, 5)]
    for t in range(15):
        values.append(a * values[t] + t)
    assert [evaluate(run.x, {"t": t, "a": a}) for t in range(20)] == values
    assert str(run.verdict()) == "PROVED" and "Ne(a, 0)" not in map(str, run.needs())


def test_periodic_solutions_are_said_by_the_rest() -> None:
    run = solve("x(n) = x(n-9)", start={"x": ", ".join(map(str, range(9)))})
    assert [evaluate(run.x, {"n": n}) for n in range(30)] == [n % 9 for n in range(30)]
    assert not run.solution.where


def test_ranges_that_named_roots_rest_on_are_needed() -> None:
    run = solve("x(t+2) = p*x(t+1) + q*x(t)", start={"x": "0, 1"}, ranges=["p > 0", "q > 0"])
    assert {"p > 0", "q > 0"} <= set(map(str, run.needs("x")))


def test_what_stops_is_no_answer() -> None:
    """(-s*x - s^2/r)/(r*x + s) is -s/r once, and 0/0 after."""
    run = solve("x(t+1) = (p*x(t) + q)/(r*x(t) + s)", start={"x": "x0"})
    assert not any("Eq(p, -s)" in str(condition) for condition, _ in run.cases)
    with pytest.raises(DeriveError):
        _ = solve("y(n+1) = y(n)/n", start={"y": 1}).y


def test_what_is_too_large_to_write_does_not_stop() -> None:
    run = solve("x(t+1) = x(t)**64", start={"x": 2})
    assert evaluate(run.x, {"t": 2}) == 2**4096 and run.verdict("x").kind == "PROVED"


def test_needs_have_no_weaker_one_beside() -> None:
    run = solve("y(n+1) = (n-3)*y(n) + 1", start={"y": 1})
    assert list(map(str, run.needs("y"))) == ["n >= 4"]


def test_first_below_of_what_is_no_power() -> None:
    with pytest.raises(DeriveError, match="asked of"):
        solve("x(t+2) = x(t+1) - x(t)/4", start={"x": "0, 1"}).ask("x.first_below(1/100)")
    with pytest.raises(DeriveError, match="asked of"):
        solve("x(t+1) = 3", start={"x": "a"}).ask("x.first_below(1/100)")
    assert solve("x(t+1) = x(t)/2 + 1", start={"x": 2}).first_below("1/100").answer == 0


def test_pi_is_the_number() -> None:
    run = solve("sgd", gradient="c*cos(pi*t)")
    t, values = Symbol("t"), [Fraction(0)]
    for n in range(1, 6):
        values.append(values[-1] - Fraction(1, 3) * (-1) ** n)
    world = {"c": Fraction(1), "eta": Fraction(1, 3)}
    assert [evaluate(run.w, {**world, "t": n}) for n in range(6)] == values
    assert solve("x(t+1) = x(t) + pi", start={"x": 0}).x == pi * t
    assert math.isclose(float(solve("x(t+1) = pi*x(t)", start={"x": 1}).x.subs(t, 2)), math.pi**2)
    with pytest.raises(DeriveError, match='"oo" is no number'):
        solve("sgd", start={"w": "oo"})


def test_a_question_has_a_time() -> None:
    run = solve("x(t+1) = x(t) + sqrt(t)", start={"x": "0"}, seconds=0.3)
    assert run.verdict().holds
    with pytest.raises(TooHard, match=r"working out x\(90000\)"):
        run.ask("x.value(90000)")


@pytest.mark.parametrize(
    ("equation", "start", "at", "said"),
    [
        ("F(n+2) = F(n+1) + F(n)", "0, 1", 10**7, "more digits"),
        ("x(t+1) = 3*x(t)", "1", 10**7, "more digits"),
        ("x(t+1) = (t+1)*x(t)", "1", 10**7, "more digits"),
        ("x(t+1) = x(t) + 1/(t+1)", "1", 10**7, "more digits"),
        ("x(t+1) = x(t)**2", "3", 40, "more digits"),
        ("x(t+1) = x(t) + sqrt(t)", "0", 10**7, "a sum of 10000000 terms"),
    ],
)
def test_a_value_that_is_too_long_is_said_at_once(
    equation: str, start: str, at: int, said: str
) -> None:
    run = solve(equation, start=start, seconds=None)
    with pytest.raises(DeriveError, match=said):
        run.value(at)


def test_first_values_with_too_many_digits_are_said_at_once() -> None:
    with pytest.raises(DeriveError, match=r"x\(17\): it has more digits"):
        terms("x(t+1) = x(t)**2 + 1", {"x": "3"}, 60)


def test_all_stages_of_an_answer_have_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed form, verdicts and cases of one question do not each take as long as all may."""
    run, began = solve("x(t+1) = a*b*x(t) + c**t", seconds=0.4), time.monotonic()
    for owner, name in ((cases, "branches"), (Solved, "closed_form")):
        real = getattr(owner, name)
        slow = lambda *given, real=real: time.sleep(0.3) or real(*given)  # noqa: E731
        monkeypatch.setattr(owner, name, slow)
    with pytest.raises(TooHard):
        run.piecewise()
    assert time.monotonic() - began < 5 * 0.4

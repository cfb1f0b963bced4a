"""What outsiders found when they asked questions by the README alone."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from sympy import E, Rational, Symbol, exp, simplify, sqrt

from derive import DeriveError, TooHard, solve
from tests.solving.test_cases import value

DRIVEN = ["x(t+1) = x(t)/2 + y(t)", "y(t+1) = 2*y(t)"]


def test_the_rate_of_what_is_driven_is_that_of_the_slowest() -> None:
    """x(t) = 2 q (2^t - 2^-t)/3 + 2^-t grows by 2."""
    assert float(solve(DRIVEN, start={"x": "1", "y": "q"}).ask("x.rate").answer) == 2
    with pytest.raises(DeriveError, match="its start is never forgotten"):
        solve(["x(t+1) = a*x(t) + y(t)", "y(t+1) = 2*y(t)"]).ask("x.converges(a)")
    averaged = "w <- w - eta*g; a <- beta*a + (1 - beta)*w"
    run = solve(averaged, gradient="lam*w", start={"w": "1", "a": "0"})
    rate = run.ask("a.rate").answer
    eta, lam, beta = (Symbol(name) for name in ("eta", "lam", "beta"))
    assert rate.subs({eta: "1/5", lam: "1/2", beta: "1/2"}) == Rational(9, 10)
    assert len(run.ask("a.converges(eta)").answer) == 4


@pytest.mark.parametrize(
    ("equation", "limit", "rate"),
    [
        ("x(t+1) = exp(-1)*x(t) + 1", 1 / (1 - exp(-1)), 1 / E),
        ("x(t+1) = x(t)/2 + exp(-t)", 0, Fraction(1, 2)),
        ("x(t+1) = x(t) + exp(-t)", 1 + 1 / (1 - exp(-1)), 1),
        ("x(t+1) = sqrt(2)/2*x(t) + 1", 2 + sqrt(2), sqrt(2) / 2),
    ],
)
def test_limits_and_rates_with_irrational_numbers(equation: str, limit: Any, rate: Any) -> None:
    run = solve(equation, start="1")
    assert simplify(run.ask("x.limit").answer - limit) == 0
    assert abs(float(run.ask("x.rate").answer) - float(rate)) < 1e-12


def test_a_root_of_a_letter_is_asked_where_it_has_a_value() -> None:
    assert str(solve("x(t+1) = sqrt(a)*x(t) + 1", start="1").ask("x.rate").answer) == "Abs(sqrt(a))"


@pytest.mark.parametrize("at", [-3, -2, -1, 0, 2])
def test_all_cases_in_one_have_the_values_before(at: int) -> None:
    """Whatever the first index is."""
    start = {"at": str(at), "x": "1"}
    whole = solve("x(t+1) = a*x(t) + b**t", start=start).piecewise()
    for a, b in ((Fraction(1), Fraction(1)), (Fraction(2), Fraction(1, 3))):
        x = Fraction(1)
        for t in range(at, at + 6):
            assert value(whole, {"a": a, "b": b, "t": Fraction(t)}) == x
            x = a * x + b**t
    late = solve("x(n+1) = (n-3)/(n+1)*x(n) + a", start="5").piecewise()
    x = Fraction(5)
    for n in range(8):
        assert value(late, {"a": Fraction(1, 7), "n": Fraction(n)}) == x
        x = Fraction(n - 3, n + 1) * x + Fraction(1, 7)


def test_a_start_that_may_cancel_the_largest_term_has_no_class() -> None:
    assert "Theta" not in str(solve("T(n) = 4*T(n/2) + 2*n", start={"T": "-2"}))
    assert "Theta(n**2)" in str(solve("T(n) = 4*T(n/2) + 2*n", start={"T": "2"}))


def test_divide_and_conquer_keeps_its_time() -> None:
    with pytest.raises(TooHard):
        print(solve("T(n) = 2*T(n/2) + factorial(n)", start={"T": "1"}, seconds=0.5).T)
    run = solve("T(n) = 2*T(n/2) + Max(n, 3)", start={"T": "1"})
    assert "for n = 2**k" in str(run) and [run.value(n).answer for n in (2, 4, 8)] == [5, 14, 36]


def test_a_quadratic_map_that_may_be_linear_says_so() -> None:
    run = solve("x(t+1) = x(t)*(2 - a*x(t))", start="c")
    assert [str(form) for _, form in run.cases][1] == "2**t*c"


def test_letters_of_any_alphabet_in_the_start() -> None:
    assert str(solve("θ(τ+1) = λ*θ(τ)", start={"θ": "1"}).theta) == "lam**tau"


@pytest.mark.parametrize(
    ("equation", "period"),
    [("x(t+2) = a*x(t+1)/x(t)", 6), ("x(t+2) = 1/(x(t+1)*x(t))", 3), ("x(t+2) = 1/x(t)", 4)],
)
def test_products_of_powers_that_come_round(equation: str, period: int) -> None:
    run = solve(equation, start="c, d")
    assert run.verdict().kind == "PROVED"
    world = {"a": Fraction(2, 7), "c": Fraction(3, 5), "d": Fraction(-4, 3)}
    row = [world["c"], world["d"]]
    for t in range(14):
        assert value(run.x, {**world, "t": Fraction(t)}) == row[t]
        factor = world["a"] * row[-1] if "a*x" in equation else 1 / row[-1]
        row.append(1 / row[-2] if period == 4 else factor / row[-2])


def test_a_sum_up_to_a_logarithm_is_read_at_powers() -> None:
    """T(2) = 3, T(4) = 7."""
    run = solve("T(n) = 2*T(n/2) + (-1)**n", start={"T": "1"})
    assert "for n = 2**k" in str(run) and [run.value(n).answer for n in (2, 4)] == [3, 7]


@pytest.mark.parametrize(
    ("equation", "start", "rate", "latex"),
    [
        ("x(t+2) = x(t+1) + x(t)", "0, 1", "1/2 + sqrt(5)/2", r"\frac{1}{2}+\frac{\sqrt{5}}{2}"),
        ("x(t+2) = 4*x(t)", "0, 1", "2", "2"),
        ("x(t+2) = x(t+1) - x(t)/3", "0, 1", "sqrt(3)/3", r"\frac{\sqrt{3}}{3}"),
        ("x(t+3) = x(t+2) + x(t+1) + x(t)", "0, 0, 1", "1.8392867552141", r"1.839286\ldots"),
    ],
)
def test_a_rate_in_numbers_is_exact_or_says_that_it_goes_on(
    equation: str, start: str, rate: str, latex: str
) -> None:
    asked = solve(equation, start=start).ask("x.rate")
    assert str(asked.answer).startswith(rate) and latex in asked._repr_latex_()


@pytest.mark.parametrize(
    ("forcing", "at"),
    [
        ("sqrt(t**2 + 1)", lambda t: (t**2 + 1) ** 0.5),
        ("Mod(t**2, 3)", lambda t: t**2 % 3),
        ("Mod(2**t, 3)", lambda t: 2**t % 3),
    ],
)
def test_what_no_way_closes_stays_a_sum(forcing: str, at: Any) -> None:
    run = solve(f"x(t+1) = x(t) + {forcing}", start="0")
    assert run.verdict().kind == "PROVED"
    assert abs(float(run.value(9).answer) - sum(map(at, range(9)))) < 1e-9

"""Conditions say what they must, and no more; quotients are cancelled; thresholds lie anywhere.

The truth is written here: an equation walked on fractions, its pieces chosen by Python's own
comparisons.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import And, Expr, Mul, Piecewise, Pow, Product, Sum, Symbol, gcd, preorder_traversal

from derive import DeriveError, solve
from derive.checking.counting.count import count
from derive.checking.counting.worlds import Sample
from derive.desk.recurrences.solved import Solved
from derive.model.language.claims import Claim
from derive.model.language.whole import Whole
from derive.notation import Notation
from tests.values import value

UNIT = "0 < beta < 1"
BALL = ["v(t+1) = beta*v(t) - eta*lam*w(t)", "w(t+1) = w(t) + v(t+1)"]
TWO = "eta = (1 - sqrt(beta))**2/lam"  # the two double roots
DISCRIMINANT = "Ne(beta**2 - 2*beta*eta*lam - 2*beta + eta**2*lam**2 - 2*eta*lam + 1, 0)"


def told(run: Solved, name: str | None = None) -> set[str]:
    """The conditions of an answer beside the ranges."""
    return {str(n) for n in run.needs(name)} - {str(r) for r in run.model.ranges}


# (equations, start, ranges): what must be told of the answer, and the cases besides the general one
TOLD: list[tuple[Any, dict[str, str], list[str], set[str], list[str]]] = [
    (["m(t+1) = beta*m(t) + c"], {"m": "0"}, [UNIT], set(), []),
    (["m(t+1) = beta*m(t) + c"], {"m": "0"}, ["0 < beta"], {"Ne(beta, 1)"}, ["Eq(beta, 1)"]),
    (["m(t+1) = beta*m(t) + c*(1-beta)"], {"m": "0"}, [], set(), []),
    (["m(t+1) = beta*m(t) + c", "w(t+1) = w(t) - eta*m(t+1)"], {"m": "0"}, [UNIT], set(), []),
    (["x(t+1) = (1+r)*x(t) + a"], {}, ["r > 0"], set(), []),
    (["x(t+1) = (1+r)*x(t) + a"], {}, [], {"Ne(r, 0)"}, ["Eq(r, 0)"]),
    (["x(t+1) = a*b*x(t) + 1"], {}, ["0 < a < 1", "0 < b < 1"], set(), []),
    (["m(t+1) = a*m(t) + b**t"], {}, ["0 < a < b < 1"], set(), []),
    (["v(t+1) = mu*v(t) + (1-mu)*(c + mu*v(t))"], {"v": "0"}, [], {"Ne(mu, 1)"}, ["Eq(mu, 1)"]),
    (["v(t+1) = beta**2*v(t) + (1-beta)**2"], {"v": "0"}, [], {"Ne(beta, -1)"}, ["Eq(beta, -1)"]),
    (["v(t+1) = beta**2*v(t) + (1-beta)**2"], {"v": "0"}, [UNIT], set(), []),
    (
        BALL,
        {"v": "0"},
        [UNIT, "lam > 0", "eta > 0"],
        {DISCRIMINANT},
        ["Eq(eta, (1 - sqrt(beta))**2/lam)", "Eq(eta, (sqrt(beta) + 1)**2/lam)"],
    ),
    (BALL, {"v": "0"}, [UNIT, "lam > 0", "eta > 0", "eta*lam > 4"], {DISCRIMINANT}, []),
    (["x(t+1) = (a**2 - 2)*x(t) + 1"], {}, [], {"Ne(a**2, 3)"}, ["Eq(a**2, 3)"]),
    (["x(t+1) = (a**2 - 2)*x(t) + 1"], {}, ["a > 2"], set(), []),
    (["x(t+2) = a**2*x(t+1) - x(t)"], {}, [], {"Ne(a**2, 2)"}, ["Eq(a**2, 2)"]),
    (["x(t+1) = x(t) + cos(omega*t)"], {}, [], {"Ne(cos(omega), 1)"}, ["Eq(cos(omega), 1)"]),
    (["x(t+1) = 2*x(t) + sin(omega*t)"], {}, [], set(), []),
    (["w(t+1) = w(t) - eta*Piecewise((t/T, t < T), (1, True))"], {"w": "0"}, [], set(), []),
]  # fmt: skip


@pytest.mark.parametrize(("equations", "start", "ranges", "needs", "cases"), TOLD)
def test_what_the_ranges_give_is_not_told(
    equations: Any, start: dict[str, str], ranges: list[str], needs: set[str], cases: list[str]
) -> None:
    run = solve(equations, start=start, ranges=ranges)
    assert all(v.kind == "PROVED" for v in run.check().values())
    assert told(run) == needs
    general, *others = [condition for condition, _ in run.cases]
    assert [str(condition) for condition in others] == cases
    said = {str(c) for c in And.make_args(general)} - {"True"} - _wholes(run)
    assert said - {f"{n.args[0]} >= 1" for n in run.needs() if isinstance(n, Whole)} == needs
    assert run.not_covered == ()


def _wholes(run: Solved) -> set[str]:
    return {str(n) for n in run.needs() if isinstance(n, Whole)}


def test_a_condition_of_the_way_that_the_answer_does_without_stays_a_reason() -> None:
    run = solve("m(t+1) = beta*m(t) + c*(1-beta)", start={"m": "0"})
    assert "geometric sum; Ne(beta, 1)" in str(run.steps())
    at_one = run.m.subs({"beta": 1})
    assert at_one == 0  # m(t+1) = m(t) from 0


def test_a_condition_that_the_ranges_give_is_no_reason() -> None:
    run = solve("m(t+1) = beta*m(t) + c", start={"m": "0"}, ranges="0 < beta < 1")
    assert "geometric sum" in str(run.steps()) and "Ne(beta" not in str(run.steps())
    asked = Notation(conditions="all")
    run = solve("m(t+1) = beta*m(t) + c", start={"m": "0"}, ranges="0 < beta < 1", notation=asked)
    assert "geometric sum; Ne(beta, 1)" in str(run.steps())


@pytest.mark.parametrize(
    ("equation", "case", "values"),
    [
        ("x(t+1) = (a**2 - 2)*x(t) + 1", "Eq(a**2, 3)", [7, 8, 9, 10, 11]),
        ("x(t+1) = (a**2 + b**2 - 1)*x(t) + 1", "Eq(a**2, 2 - b**2)", [7, 8, 9, 10, 11]),
        ("x(t+1) = x(t) + cos(omega*t)", "Eq(cos(omega), 1)", [7, 8, 9, 10, 11]),
        ("x(t+2) = a**2*x(t+1) - x(t)", "Eq(a**2, 2)", [7, 9, 11, 13, 15]),
    ],
)
def test_a_case_that_gives_no_letter(equation: str, case: str, values: list[int]) -> None:
    run = solve(equation, start="7, 9" if "t+2" in equation else "7")
    (form,) = [form for condition, form in run.cases if str(condition) == case]
    assert [form.subs("t", t) for t in range(5)] == values


def test_what_is_left_out_of_a_root_is_named() -> None:
    run = solve("x(t+1) = (x(t)**2 + a)/(2*x(t) + 1)")
    assert [str(condition) for condition, _ in run.cases] == [
        "(4*a + 1 > 0) & Ne(x_0, -sqrt(4*a + 1)/2 - 1/2)",
        "Eq(x_0, -sqrt(4*a + 1)/2 - 1/2)",
    ]
    assert set(run.not_covered) == {"4*a + 1 < 0", "Eq(a, -1/4)"}


def test_a_polynomial_with_no_root_to_write_is_named() -> None:
    run = solve("x(t+1) = (a**3 + a)*x(t) + 1")
    assert run.not_covered == ("Eq(-a**3 - a + 1, 0)",)


def test_a_value_outside_of_a_declared_range_is_an_error() -> None:
    with pytest.raises(DeriveError, match="outside its range"):
        solve("m(t+1) = beta*m(t) + c", ranges="0 < beta < 1", beta=2)


# Quotients.

QUOTIENTS: list[tuple[Any, dict[str, str]]] = [
    ("v(t+1) = mu*v(t) + (1-mu)*(c + mu*v(t))", {"v": "0"}),
    ("v(t+1) = mu*v(t) + (1-mu)*(c + mu*v(t))", {}),
    ("m(t+1) = b*m(t) + (1-b)*(-1)", {"m": "0"}),
    (["m(t+1) = b*m(t) + b - 1", "w(t+1) = w(t) - eta*m(t+1)"], {"m": "0"}),
    (["m(t+1) = (1-a)*m(t) + a*c", "w(t+1) = w(t) - eta*m(t+1)"], {"m": "0"}),
    ("x(t+1) = a*b*x(t) + b - a*b**2", {}),
    ("m(t+1) = b*m(t) + (b-rho)*c*rho**t", {}),
    ("m(t+1) = b*m(t) + (1-b)*c*t", {}),
    ("x(t+2) = (a+b)*x(t+1) - a*b*x(t) + (1-a)*(1-b)", {}),
    ("x(t+1) = a*x(t) + (a-1)*Piecewise((1, t < T), (0, True))", {}),
    ("v(t+1) = beta**2*v(t) + (1-beta)**2*sigma**2", {"v": "0"}),
    ("x(t+1) = (p*x(t) + q)/(r*x(t) + s)", {}),
]


def shared(expr: Expr) -> list[tuple[Expr, Expr]]:
    """Quotients in an expression with the factor that top and bottom share, by sympy's gcd."""
    found = []
    for part in preorder_traversal(expr):
        if isinstance(part, Mul) and not part.has(Sum, Product, Piecewise):
            below = [f for f in part.args if isinstance(f, Pow) and f.exp.is_Integer and f.exp < 0]
            above = [f for f in part.args if f not in below]
            factor = gcd(Mul(*above), 1 / Mul(*below)) if below else 1
            found += [] if factor == 1 or factor.is_number else [(part, factor)]
    return found


@pytest.mark.parametrize(("equations", "start"), QUOTIENTS, ids=str)
def test_no_quotient_is_left_to_cancel(equations: Any, start: dict[str, str]) -> None:
    run = solve(equations, start=start, seconds=None)
    assert all(v.holds for v in run.check().values())
    lines = [form for _, form in run.cases]
    for name in run.names:
        chain = run.derivation(name)
        lines += [chain.answer, *(s.claim.right for s in (*chain.lemmas, *chain.steps))]
    assert [found for line in lines for found in shared(line)] == []


@pytest.mark.parametrize("gradient", ["-1", "beta1 - 1", "(1 - beta1)*c"])
@pytest.mark.parametrize("optimizer", ["adam", "sgdm"])
def test_no_quotient_of_an_optimizer_is_left_to_cancel(optimizer: str, gradient: str) -> None:
    run = (
        solve(optimizer, gradient=gradient.replace("beta1", "mu"), eps=0)
        if (optimizer == "adam")
        else solve(optimizer, gradient=gradient.replace("beta1", "mu"))
    )
    for name in ("m", "w"):
        assert [found for step in run.steps(name) for found in shared(step.claim.right)] == []


def test_seen_red_a_quotient_is_seen() -> None:
    b, c = Symbol("b"), Symbol("c")
    assert shared(Mul(c - b * c, 1 / (1 - b) ** 2))
    assert shared((b - 1) / (1 - b))


# Thresholds.

KINDS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def written(kind: str, place: str) -> str:
    named = {"==": f"Eq(t, {place})", "!=": f"Ne(t, {place})"}
    return named.get(kind, f"t {kind} {place}")


def walked(pieces: list[tuple[str, Fraction]], slope: Fraction, length: int) -> list[Fraction]:
    """w(t+1) = slope*w(t) + n where the n-th piece is the first that holds, 0 where none does."""
    values = [Fraction(1)]
    for t in range(length):
        held = (n for n, (kind, place) in enumerate(pieces, 1) if KINDS[kind](t, place))
        values.append(slope * values[-1] + next(held, 0))
    return values


places = st.fractions(-2, 6, max_denominator=4)
drawn = st.lists(st.tuples(st.sampled_from(list(KINDS)), places), min_size=1, max_size=3)


@settings(max_examples=25, deadline=None)
@given(drawn, st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 3)]))
def test_thresholds_at_any_numbers(pieces: list[tuple[str, Fraction]], slope: Fraction) -> None:
    texts = [f"({n}, {written(*piece)})" for n, piece in enumerate(pieces, 1)]
    equation = f"w(t+1) = {slope}*w(t) + Piecewise({', '.join(texts)}, (0, True))"
    run = solve(equation, start={"w": "1"}, seconds=None)
    truth = walked(pieces, slope, 14)
    assert [value(run.w, {"t": Fraction(t)}) for t in range(15)] == truth


@pytest.mark.parametrize("place", ["5/2", "3", "1/3", "-1/2", "0"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_threshold_at_a_number(kind: str, place: str) -> None:
    run = solve(
        f"w(t+1) = w(t) + Piecewise((1, {written(kind, place)}), (0, True))", start={"w": "1"}
    )
    assert run.verdict().kind == "PROVED"
    truth = walked([(kind, Fraction(place))], Fraction(1), 12)
    assert [value(run.w, {"t": Fraction(t)}) for t in range(13)] == truth


@pytest.mark.parametrize(
    ("kind", "place", "at"),
    [(kind, "a", lambda a: a) for kind in KINDS]
    + [("<", "2*a", lambda a: 2 * a), (">=", "a - 2", lambda a: a - 2)],
)
def test_a_letter_that_must_be_a_whole_number_says_so(
    kind: str, place: str, at: Callable[[Fraction], Fraction]
) -> None:
    run = solve(
        f"w(t+1) = w(t) + Piecewise((1, {written(kind, place)}), (0, True))", start={"w": "1"}
    )
    a = Symbol("a")
    assert run.verdict().holds
    needs = [n for n in run.needs() if n.free_symbols == {a}]
    assert re.search(r"   where a is a whole number and a( - 2)? >= [01]$", str(run))
    assert "a is a whole number" in str(run.steps())
    assert r"a \in \mathbb{Z}" in run.steps()._repr_latex_()
    for number in map(Fraction, ("1", "2", "5", "5/2", "7/3")):
        truth = walked([(kind, at(number))], Fraction(1), 12)
        form = [value(run.w, {"t": Fraction(t), "a": number}) for t in range(13)]
        stated = And(*needs).subs(a, number) == True  # noqa: E712
        assert form == truth or not stated
        assert stated == (number.denominator == 1 and at(number) >= 0)


WARMING = "w(t+1) = w(t) - eta*Piecewise((t/T, t < T), (1, True))"


@pytest.mark.parametrize(
    ("equation", "letter"),
    [
        ("w(t+1) = w(t) - Piecewise((1, t < a), (0, True))", "a"),
        (WARMING, "T"),
        ("w(t+1) = w(t) + Piecewise((1, Eq(Mod(t, k), 0)), (0, True))", "k"),
    ],
)
def test_the_count_sees_a_form_that_is_right_at_whole_numbers_only(
    equation: str, letter: str
) -> None:
    run = solve(equation, start={"w": "0"}, seconds=None)
    claim = run.derivation("w").claim
    assert not count(claim, Sample(run.model)).differs
    unsaid = Claim(
        claim.left, claim.right, tuple(n for n in claim.needs if n != Whole(Symbol(letter)))
    )
    found = count(unsaid, Sample(replace(run.model, integers=frozenset())))
    assert found.differs and "/" in dict(found.witness)[letter]


def test_a_warm_up_is_right_at_whole_numbers() -> None:
    run = solve(WARMING, start={"w": "0"})
    for period in (1, 3, 6):
        w = Fraction(0)
        for t in range(12):
            at = {"t": Fraction(t), "T": Fraction(period), "eta": Fraction(1, 3)}
            assert value(run.w, at) == w
            w -= Fraction(1, 3) * (Fraction(t, period) if t < period else 1)


def test_two_letters_in_a_declared_order() -> None:
    equation = "w(t+1) = w(t) + Piecewise((1, t < a), (2, t < b), (3, True))"
    run = solve(equation, start={"w": "1"}, ranges="a <= b", seconds=None)
    assert run.verdict().holds
    for low, high in ((1, 1), (2, 5), (3, 4)):
        truth = walked(
            [("<", Fraction(low)), ("<", Fraction(high)), (">=", Fraction(0))], Fraction(1), 9
        )
        at = {"a": Fraction(low), "b": Fraction(high)}
        assert [value(run.w, {**at, "t": Fraction(t)}) for t in range(10)] == truth
    with pytest.raises(DeriveError, match="no closed form"):
        solve(equation, start={"w": "1"}).check()


@pytest.mark.parametrize("place", ["a/2", "a**2/3", "sqrt(a)"])
def test_a_threshold_that_is_not_seen_to_be_whole_is_refused(place: str) -> None:
    with pytest.raises(DeriveError, match="no closed form"):
        solve(f"w(t+1) = w(t) + Piecewise((1, t < {place}), (0, True))").check()


def test_a_number_given_for_the_letter_needs_not_be_whole() -> None:
    run = solve("w(t+1) = w(t) + Piecewise((1, t < a), (0, True))", start={"w": "1"}, a="5/2")
    assert run.verdict().kind == "PROVED"
    assert not _wholes(run)
    truth = walked([("<", Fraction(5, 2))], Fraction(1), 9)
    assert [value(run.w, {"t": Fraction(t)}) for t in range(10)] == truth


def test_cases_on_a_sheet(tmp_path: Any) -> None:
    from derive.desk.sheets.key import open_key, sheet

    file = tmp_path / "problem.toml"
    file.write_text(
        'title = "x"\n[[problem]]\ntitle = "Ball"\n'
        f"equations = {BALL!r}\n"
        'given = { start = { v = "0" }, ranges = ["0 < beta < 1", "lam > 0", "eta > 0"] }\n'
        'part = [{ ask = ["w", "cases"] }]\n'
        '[[problem]]\ntitle = "Step"\n'
        'equations = ["m(t+1) = beta*m(t) + Piecewise((c, t < T), (0, True))"]\n'
        'part = [{ ask = ["m", "cases"] }]\n'
    )
    text = sheet(open_key(file))
    ball, step = text.split("Step")
    cases = ball[ball.index("The other cases") :]
    assert r"\beta = 1" not in cases and r"\lambda = 0" not in cases
    assert r"\neq" not in cases and cases.count(r"\eta = ") == 2
    assert step.count(r"T \in \mathbb{Z}") == 1  # said once, where it is first needed
    assert r"\beta = 1" in step

"""Recurrences drawn at random: no closed form may differ from exact unrolling, and few may be left
without a proof."""

from __future__ import annotations

import multiprocessing
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from derive import DeriveError, TooHard, rsolve, solve
from derive.desk.budget import limit
from tests.conftest import FULL
from tests.solving.test_cases import number, same, unroll, value, with_roots

DIGITS, NEAR = 120, 40
SECONDS = 5  # for one answer, and for its verdicts
SIXTY = 24  # the seed of the few that are always drawn: one that draws of every kind
t = sp.Symbol("t")


# What is drawn.


@dataclass
class Drawn:
    """Equations as a person types them; `order` is that of the whole system."""

    kind: str
    equations: list[str]
    start: dict[str, str]
    order: int
    far: int  # an index beyond the first ones

    def __str__(self) -> str:
        return f"{self.equations}, {self.start}"


SMALL = st.fractions(min_value=-3, max_value=3, max_denominator=4)
ROOTS = st.sampled_from(
    [Fraction(x) for x in ("1", "-1", "2", "-2", "3", "1/2", "-1/2", "1/3", "2/3", "0", "5/4")]
)
LETTERS = ("a", "b", "c")


def text(x: Any) -> str:
    return f"({x})"


@st.composite
def numbers_or_letters(draw: Callable, letters: Sequence[str], often: int) -> str:
    """A rational; about one in `often` is a letter."""
    if letters and draw(st.integers(1, often)) == 1:
        return draw(st.sampled_from(letters))
    return text(draw(SMALL))


@st.composite
def forcing(draw: Callable, bases: Sequence[str]) -> str:
    """Terms c * t**n * base**t, or none."""
    terms = []
    for _ in range(draw(st.integers(0, 2))):
        base = draw(st.sampled_from((*bases, "1", "2", "(-1)", "(1/2)", "3")))
        n = draw(st.sampled_from((0, 0, 1, 1, 2, 3)))
        power = f"*t**{n}" if n else ""
        terms.append(f"{draw(numbers_or_letters(('d',), 6))}{power}*{base}**t")
    return "".join(f" + {term}" for term in terms)


def _equation(coefficients: Sequence[Any], more: str) -> str:
    """x(t+k) = c0*x(t) + ... + more."""
    return (
        f"x(t+{len(coefficients)}) = "
        + " + ".join(f"({c})*x(t+{j})" for j, c in enumerate(coefficients))
        + more
    )


@st.composite
def scalars(draw: Callable) -> Drawn:
    """One sequence, its coefficients drawn."""
    letters = draw(st.sampled_from(((), (), LETTERS)))
    order = draw(st.integers(1, 3 if letters else 6))
    coefficients = [draw(numbers_or_letters(letters, 3)) for _ in range(order)]
    start = ", ".join(draw(numbers_or_letters(("u", "v"), 5)) for _ in range(order))
    kind = "coefficients, some letters" if letters else "rational coefficients"
    return Drawn(
        kind,
        [_equation(coefficients, draw(forcing(letters[:1])))],
        {"x": start},
        order,
        draw(st.integers(20, 30)),
    )


@st.composite
def by_roots(draw: Callable) -> Drawn:
    """One sequence, its characteristic roots drawn: rational, repeated, in some a letter; forced at
    a root in half of them."""
    letter = draw(st.sampled_from((None, None, sp.Symbol("a"))))
    roots: list[Any] = [
        sp.Rational(r.numerator, r.denominator)
        for r in draw(st.lists(ROOTS, min_size=1, max_size=3))
    ]
    roots += [letter] * (letter is not None)
    roots = [r for r in roots for _ in range(draw(st.sampled_from((1, 1, 2, 3))))][:6]
    c = sp.Poly(sp.prod([t - r for r in roots]), t).all_coeffs()[::-1][:-1]
    resonant = draw(st.booleans())
    bases = [text(draw(st.sampled_from(roots)))] * 4 if resonant else []
    kind = f"{'letter' if letter else 'rational'} roots{', forced at one' if resonant else ''}"
    start = ", ".join(draw(numbers_or_letters(("u", "v"), 5)) for _ in roots)
    return Drawn(
        kind,
        [_equation([-x for x in c], draw(forcing(bases)))],
        {"x": start},
        len(roots),
        draw(st.integers(20, 30)),
    )


@st.composite
def systems(draw: Callable) -> Drawn:
    """Up to four sequences, each reading some of the others, in some the new value of one before
    it."""
    size = draw(st.integers(2, 4))
    letters = draw(st.sampled_from(((), (), ("a",))))
    names, equations = "xyzw"[:size], []
    for row, name in enumerate(names):
        read = [other for other in names if other == name or draw(st.integers(0, 3))]
        factors = [draw(numbers_or_letters(letters, 4)) for _ in read]
        terms = [f"{c}*{other}(t)" for c, other in zip(factors, read, strict=True) if c != "(0)"]
        if (
            factors[read.index(name)] == "(0)"
        ):  # a sequence that reads no value of its own has no start
            terms.append(f"{name}(t)/5")
        if row and not draw(st.integers(0, 3)):
            terms.append(f"{text(draw(SMALL))}*{names[row - 1]}(t+1)")
        equations.append(f"{name}(t+1) = " + " + ".join(terms) + draw(forcing(letters)))
    start = {name: draw(numbers_or_letters(("u", "v"), 6)) for name in names}
    kind = "systems, some letters" if letters else "rational systems"
    return Drawn(kind, equations, start, size, draw(st.integers(20, 30)))


RECURRENCES = st.one_of(by_roots(), by_roots(), scalars(), systems())


# What became of it.


@dataclass
class Tally:
    """Counts by kind, and what went wrong."""

    counts: dict[str, Counter] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    unproved: list[str] = field(default_factory=list)
    small: Counter = field(
        default_factory=Counter
    )  # one sequence up to order 4; several with rational coefficients

    def add(self, drawn: Drawn, what: str) -> None:
        self.counts.setdefault(drawn.kind, Counter())[what] += 1
        if (
            drawn.order <= 4 and drawn.kind != "systems, some letters"
        ):  # of these some take longer than is given here
            self.small[what] += 1
        if what in ("COUNTED", "refused", "too hard"):
            self.unproved.append(f"{what}: {drawn}")


def outcome(drawn: Drawn, tally: Tally) -> str:
    """Solve, check and compare."""
    try:
        run = solve(drawn.equations, start=drawn.start, seconds=SECONDS)
        forms = {name: run[name] for name in run.names}
        kinds = {v.kind for v in run.check().values()}
    except TooHard:
        return "too hard"
    except DeriveError as error:
        if "not confirmed" in str(error):  # the solver was wrong, the checker saw it
            tally.wrong.append(f"refuted by the checker: {drawn}: {error}")
        return "refused"
    except Exception:
        tally.crashed.append(f"{drawn}\n{traceback.format_exc(limit=-3)}")
        return "crashed"
    differs = difference(drawn, run, forms)
    if differs:
        tally.wrong.append(f"{drawn}: {differs}")
        return "wrong"
    return "PROVED" if kinds == {"PROVED"} else "COUNTED"


def difference(drawn: Drawn, run: Any, forms: dict[str, Any]) -> str:
    """Where a form is not what unrolling gives; empty where it is."""
    draw = random.Random(str(drawn))
    letters = {str(s) for s in run.model.symbols}
    world = {name: number(draw) + (1 if draw.random() < 0.3 else 0) for name in sorted(letters)}
    with mpmath.workdps(DIGITS):
        true = unroll(drawn.equations, drawn.start, world)
        here = with_roots(world, run.solution.where)
        for name, form in forms.items():
            for n in (*range(run.solution.first, 11), drawn.far):
                found = value(form, {**here, "t": Fraction(n)})
                if not same(found, true[name](n), NEAR):
                    said = found if isinstance(found, Fraction) else mpmath.nstr(found)
                    return f"{name}({n}) = {said}, not {true[name](n)}: {form}"
    return ""


def drawn_and_compared(count: int, part: int) -> Tally:
    tally = Tally()

    @seed(part)
    @settings(max_examples=count, suppress_health_check=list(HealthCheck), deadline=None)
    @given(RECURRENCES)
    def each(drawn: Drawn) -> None:
        tally.add(drawn, outcome(drawn, tally))

    each()
    return tally


def judged(tally: Tally, record_property: Any) -> None:
    record_property(
        "drawn", {kind: dict(counts) for kind, counts in sorted(tally.counts.items())}
    )  # conftest.py prints it
    assert not tally.wrong, "\n".join(sorted(tally.wrong, key=len)[:10])
    assert not tally.crashed, "\n".join(sorted(tally.crashed, key=len)[:5])
    assert tally.small["PROVED"] >= 0.98 * tally.small.total(), "\n".join(
        sorted(tally.unproved, key=len)[:10]
    )


@pytest.mark.slow
def test_sixty_drawn(record_property: Any) -> None:
    judged(drawn_and_compared(60, SIXTY), record_property)


@pytest.mark.slow
@pytest.mark.skipif(not FULL, reason="DERIVE_FULL=1 draws them")
@pytest.mark.parametrize("part", range(1, 3))
def test_more_drawn(part: int, record_property: Any) -> None:
    judged(drawn_and_compared(60, part), record_property)


# Budgets: an answer, a refusal or TooHard, never silence.


def _integers(seed: int) -> str:
    draw = random.Random(seed)
    return _equation([draw.choice([-5, -3, -2, -1, 1, 2, 3, 4, 5]) for _ in range(12)], "")


EIGHT = [f"a{j}" for j in range(8)]
HARD: dict[str, tuple[list[str], dict[str, str]]] = {
    "order 8, all coefficients letters": (
        [_equation(EIGHT, "")],
        {"x": ", ".join(f"u{j}" for j in range(8))},
    ),
    "order 8, letters, forced": (
        [_equation(EIGHT, " + t**2*b**t")],
        {"x": "0, 0, 0, 0, 0, 0, 0, 1"},
    ),
    **{
        f"degree 12, integers, seed {n}": ([_integers(n)], {"x": ", ".join(["0"] * 11 + ["1"])})
        for n in range(3)
    },
    "t**50, root 2": (["x(t+1) = 2*x(t) + t**50"], {"x": "0"}),
    "t**50, root 1": (["x(t+1) = x(t) + t**50"], {"x": "0"}),
    "t**50, a letter": (["x(t+1) = a*x(t) + t**50"], {"x": "0"}),
    "t**50 beside 2**t at a root": (["x(t+2) = 4*x(t+1) - 4*x(t) + t**50*2**t"], {"x": "0, 1"}),
    "40 digits typed": ([_equation(["1/3" + "0" * 40], " + t")], {"x": "1"}),
    "a 6x6 system of letters": (
        [f"{n}(t+1) = " + " + ".join(f"{n}{m}*{m}(t)" for m in "pqrsvw") for n in "pqrsvw"],
        dict.fromkeys("pqrsvw", "1"),
    ),
    "logistic map": (["x(t+1) = r*x(t)*(1 - x(t))"], {"x": "x0"}),
    "logistic map at 7/2": (["x(t+1) = 7*x(t)*(1 - x(t))/2"], {"x": "1/3"}),
    "logistic map at 2": (["x(t+1) = 2*x(t)*(1 - x(t))"], {"x": "x0"}),
    "x**2 + c": (["x(t+1) = x(t)**2 + c"], {"x": "x0"}),
    "x**2 - 2": (["x(t+1) = x(t)**2 - 2"], {"x": "x0"}),
    "x**3 + 1": (["x(t+1) = x(t)**3 + 1"], {"x": "2"}),
    "a tent of maps": (
        ["x(t+1) = Piecewise((2*x(t), x(t) < 1/2), (2 - 2*x(t), True))"],
        {"x": "1/3"},
    ),
    "Henon's map": (["x(t+1) = 1 - a*x(t)**2 + y(t)", "y(t+1) = b*x(t)"], {"x": "0", "y": "0"}),
    "Somos 4": (["x(t+4) = (x(t+3)*x(t+1) + x(t+2)**2)/x(t)"], {"x": "1, 1, 1, 1"}),
    "an order of 40": (["x(t+40) = x(t)"], {"x": ", ".join(map(str, range(40)))}),
    "a tower in the index": (["x(t+1) = x(t) + 2**(2**t)"], {"x": "0"}),
    "polynomial coefficients, order 4": (
        ["x(t+4) = (t**3+1)*x(t+3) - (t**2+t+7)*x(t+2) + t**5*x(t+1) - x(t)"],
        {"x": "1, 2, 3, 4"},
    ),
}
SOLVED = {"t**50, root 2", "t**50, root 1", "logistic map at 2", "x**2 - 2"}
PATIENCE = 10 if FULL else 4


def _asked(name: str, pipe: Any) -> None:
    """In a process of its own: what became of it, and how it differs from the truth."""
    equations, start = HARD[name]
    became, wrong = "", ""
    try:
        run = solve(equations, start=start, seconds=PATIENCE)
        run.check()
        forms = {n: run[n] for n in run.names}
        wrong, became = difference(Drawn("", equations, start, 0, 12), run, forms), "solved"
        _ = run.cases
    except TooHard as error:
        became = became or f"too hard: {error}"
    except DeriveError as error:
        became = became or f"refused: {error}"
    except Exception:
        became = "crashed: " + traceback.format_exc(limit=-4)
    pipe.send((became, wrong))


@pytest.mark.parametrize("name", HARD)
def test_an_answer_or_too_hard(name: str) -> None:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_asked, args=(name, there))
    process.start()
    try:  # 50 s are a guard against hanging, no measure
        became, wrong = (
            here.recv() if here.poll(50) else ("no answer, no refusal, not even TooHard", "")
        )
    finally:
        process.kill()
        process.join()
    assert not wrong
    assert became == "solved" or became.startswith(("too hard", "refused")), became
    if name in SOLVED:
        assert became == "solved"


@pytest.mark.parametrize("order", [1, 2, 4, 6])
def test_rationals_of_forty_digits(order: int) -> None:
    """As sympy numbers; typed, they are refused as too long."""
    draw = random.Random(order)
    c, u = (
        [
            sp.Rational(draw.randint(10**39, 10**40), draw.randint(10**39, 10**40))
            for _ in range(order)
        ]
        for _ in range(2)
    )
    x, n = sp.Function("x"), sp.Symbol("n")
    try:
        form = rsolve(
            x(n + order) - sum(a * x(n + j) for j, a in enumerate(c)) - n,
            x(n),
            dict(enumerate(u)),
            seconds=PATIENCE,
        )
    except TooHard:
        assert order == 6
        return
    path = [Fraction(a.p, a.q) for a in u]
    for k in range(14):
        path.append(
            sum((Fraction(a.p, a.q) * v for a, v in zip(c, path[k:], strict=False)), Fraction(k))
        )
    with mpmath.workdps(DIGITS):
        assert all(same(value(form, {"n": Fraction(k)}), path[k], NEAR) for k in (*range(8), 13))


def test_an_alarm_that_is_lost_rings_again() -> None:
    """As in a finalizer, whose exceptions Python drops: the first is caught here."""
    lost = 0
    with pytest.raises(TooHard, match=r"no answer within 0\.1 s"), limit(0.1):
        try:
            while True:
                pass
        except BaseException:
            lost += 1
        while True:
            pass
    assert lost == 1
    time.sleep(1.2)  # no alarm is left that would ring here

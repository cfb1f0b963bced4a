"""What can be asked of a solution: values, limits, rates, conditions, first indices, degrees,
derivatives, first terms, classes.

The witnesses are written here: doubling and powers of matrices modulo a prime, recurrences run on
fractions, roots by mpmath.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sympy import Abs, Expr, Function, Gt, Integer, Lt, N, Ne, Rational, Symbol, log

from derive import DeriveError, solve, terms
from derive.checking.counting.stability import check_stability, largest_root
from derive.desk.recurrences.questions.asked import short
from derive.desk.recurrences.solved import Solved
from derive.notation import Notation
from derive.solving.recurrences.stability import conditions, jury

t, n, z, beta, eta, lam, a, b, c, x0 = (Symbol(s) for s in "t n z beta eta lam a b c x0".split())
PRIME = 2**61 - 1
SMALL = st.fractions(min_value=-3, max_value=3, max_denominator=5)


@cache
def made(equations: str | tuple[str, ...], ranges: tuple[str, ...] = (), **start: str) -> Solved:
    return solve(
        list(equations) if isinstance(equations, tuple) else equations,
        start=start,
        ranges=list(ranges),
    )


def fraction(x: Any) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def at(expr: Expr, **values: Any) -> Fraction:
    put = {
        Symbol(k): Rational(Fraction(v).numerator, Fraction(v).denominator)
        for k, v in values.items()
    }
    found = expr.xreplace(put).doit()
    assert found.is_Rational, found
    return fraction(found)


def unrolled(step: Callable[..., Any], start: Sequence[Any], count: int) -> list[Any]:
    """The first values of x(t+k) = step(x(t), ..., x(t+k-1), t)."""
    values = list(start)
    while len(values) < count:
        values.append(step(*values[len(values) - len(start) :], len(values) - len(start)))
    return values[:count]


FIB = "F(t+2) = F(t+1) + F(t)"
TRI = "F(t+3) = F(t+2) + F(t+1) + F(t)"
EMA = "m(t+1) = beta*m(t) + c"
HALF = "m(t+1) = m(t)/2 + 1"
BALL = "w(t+2) = (1+beta-eta*lam)*w(t+1) - beta*w(t)"
BALL_RANGES = ("0 < beta < 1", "eta > 0", "lam > 0")
SGDM = ("m(t+1) = beta*m(t) + c", "w(t+1) = w(t) - eta*m(t+1)")
LOGISTIC = "x(t+1) = 4*x(t)*(1-x(t))"


# Values.


def fibonacci(at: int) -> int:
    """By doubling: F(2n) = F(n) (2 F(n+1) - F(n)), F(2n+1) = F(n)^2 + F(n+1)^2."""
    one, two = 0, 1
    for bit in bin(at)[2:]:
        one, two = one * (2 * two - one), one * one + two * two
        if bit == "1":
            one, two = two, one + two
    return one


def modular(coefficients: Sequence[int], start: Sequence[int], at: int) -> int:
    """x(at) modulo PRIME for x(t+k) = sum of coefficients[j] x(t+j), by z^at modulo the
    characteristic polynomial."""
    k = len(coefficients)

    def times(one: list[int], two: list[int]) -> list[int]:
        row = [0] * (2 * k - 1)
        for m, u in enumerate(one):
            for l, v in enumerate(two):
                row[m + l] = (row[m + l] + u * v) % PRIME
        for place in range(2 * k - 2, k - 1, -1):
            for j in range(k):
                row[place - k + j] = (row[place - k + j] + row[place] * coefficients[j]) % PRIME
        return row[:k]

    result = [1] + [0] * (k - 1)
    base = [0, 1] + [0] * (k - 2) if k > 1 else [coefficients[0] % PRIME]
    while at:
        result, base, at = times(result, base) if at & 1 else result, times(base, base), at >> 1
    return sum(u * v for u, v in zip(result, start, strict=True)) % PRIME


@pytest.mark.parametrize("index", [0, 1, 2, 10, 93, 1000, 12_345, 100_000])
def test_fibonacci(index: int) -> None:
    assert made(FIB, F="0, 1").value(index).answer == fibonacci(index)


VALUES: list[tuple[str, str, list[int], list[int]]] = [
    (TRI, "0, 0, 1", [1, 1, 1], [0, 0, 1]),
    ("F(t+2) = 2*F(t+1) + 3*F(t)", "1, 4", [3, 2], [1, 4]),
    ("F(t+4) = F(t+1) + F(t)", "0, 1, 2, 5", [1, 1, 0, 0], [0, 1, 2, 5]),
    ("F(t+2) = 4*F(t+1) - 4*F(t)", "1, 3", [-4, 4], [1, 3]),
    ("F(t+1) = 7*F(t)", "2", [7], [2]),
    ("F(t+2) = -F(t)", "3, 5", [-1, 0], [3, 5]),
]


@pytest.mark.parametrize(
    ("equation", "start", "coefficients", "first"), VALUES, ids=[v[0] for v in VALUES]
)
@pytest.mark.parametrize("index", [3, 17, 500, 20_000])
def test_a_value_is_right_modulo_a_prime(
    equation: str, start: str, coefficients: list[int], first: list[int], index: int
) -> None:
    found = made(equation, F=start).value(index)
    assert found.verdict is not None and found.verdict.holds
    assert found.answer.is_Integer and int(found.answer) % PRIME == modular(
        coefficients, first, index
    )


OTHERS: list[tuple[str, dict[str, str], Callable[..., Any], list[Any]]] = [
    (HALF, {"m": "0"}, lambda m, t: m / 2 + 1, [Fraction(0)]),
    ("x(t+1) = (t+1)*x(t)", {"x": "1"}, lambda x, t: (t + 1) * x, [Fraction(1)]),
    ("x(t+1) = x(t) + 1/(t+1)", {"x": "0"}, lambda x, t: x + Fraction(1, t + 1), [Fraction(0)]),
    (
        "x(t+1) = Piecewise((2, Eq(Mod(t, 2), 0)), (3, True))*x(t) + 1",
        {"x": "0"},
        lambda x, t: (2 + t % 2) * x + 1,
        [Fraction(0)],
    ),
    ("x(t+1) = x(t)/(1+x(t))", {"x": "2"}, lambda x, t: x / (1 + x), [Fraction(2)]),
    (
        "x(t+2) = x(t+1)/2 - x(t)/2 + t",
        {"x": "1, 1/3"},
        lambda x, y, t: y / 2 - x / 2 + t,
        [Fraction(1), Fraction(1, 3)],
    ),
]


@pytest.mark.parametrize(("equation", "start", "step", "first"), OTHERS, ids=[o[0] for o in OTHERS])
def test_a_value_is_the_unrolled_one(
    equation: str, start: dict[str, str], step: Callable[..., Any], first: list[Any]
) -> None:
    run, true = made(equation, **start), unrolled(step, first, 302)
    for index in (0, 1, 2, 9, 57, 301):
        assert fraction(run.value(index).answer) == true[index]


def test_a_value_with_letters() -> None:
    found = made(EMA, m="0").value(5).answer
    assert (
        at(found, beta=Fraction(2, 7), c=3)
        == unrolled(lambda m, t: Fraction(2, 7) * m + 3, [Fraction(0)], 6)[5]
    )


@given(st.integers(-(10**80), 10**80))
def test_short_keeps_the_ends_and_counts_the_digits(number: int) -> None:
    text, digits = short(Integer(number)), str(number)
    if len(digits) <= 60:
        assert text == digits
    else:
        head, tail = text.split("...")
        assert (
            digits.startswith(head)
            and digits.endswith(tail.split(" ")[0])
            and f"({len(digits.lstrip('-'))} digits)" in text
        )


def test_a_long_value_is_printed_short() -> None:
    found = made(FIB, F="0, 1").value(100_000)
    with_digits = mpmath.mpf(fibonacci(100_000))
    assert found.steps[-1].startswith("F(100000) = 259740693472...3428746875 (20,899 digits)")
    assert (
        int(mpmath.floor(mpmath.log10(with_digits))) + 1 == 20_899
        and max(map(len, found.steps)) < 200
    )
    assert short(Rational(10**70, 3**150)) == f"{short(Integer(10**70))} / {short(Integer(3**150))}"
    assert short(Rational(1, 3)) == "1/3" and short(a + 1) == "a + 1"


# Limits and rates.


LIMITS: list[tuple[Any, dict[str, str], tuple[str, ...], str, Expr, set[Any]]] = [
    (HALF, {"m": "0"}, (), "m", Integer(2), set()),
    (EMA, {"m": "0"}, (), "m", c / (1 - beta), {Lt(Abs(beta), 1)}),
    (EMA, {"m": "0"}, ("0 < beta < 1",), "m", c / (1 - beta), set()),
    (SGDM, {"m": "0", "w": "0"}, (), "m", c / (1 - beta), {Lt(Abs(beta), 1)}),
    ("x(t+1) = x(t)", {"x": "a"}, (), "x", a, set()),
    ("x(t+2) = x(t+1)/2 - x(t)/2 + 1", {"x": "0, 0"}, (), "x", Integer(1), set()),
    ("x(t+2) = x(t+1) - x(t)/4 + 3", {"x": "1, 1"}, (), "x", Integer(12), set()),
    ("x(t+2) = x(t+1)/2", {"x": "3, 1"}, (), "x", Integer(0), set()),
    ("x(t+3) = x(t+2)/2 + x(t+1)/5 + x(t)/7 + 11", {"x": "1, 2, 3"}, (), "x", Integer(70), set()),
    ("x(t+1) = x(t)/3 + (1/2)**t", {"x": "1"}, (), "x", Integer(0), set()),
]


@pytest.mark.parametrize(
    ("equations", "start", "ranges", "name", "steady", "needs"),
    LIMITS,
    ids=[str(x[0]) for x in LIMITS],
)
def test_limit(
    equations: Any,
    start: dict[str, str],
    ranges: tuple[str, ...],
    name: str,
    steady: Expr,
    needs: set[Any],
) -> None:
    found = made(equations, ranges, **start).limit(name)
    assert (found.answer - steady).expand() == 0 or (found.answer - steady).cancel() == 0
    assert set(found.needs) == needs
    assert found.verdict is not None and found.verdict.holds


def test_the_limit_is_where_far_values_are() -> None:
    run = made("x(t+2) = x(t+1)/2 - x(t)/3 + c", x="a, b")
    steady = at(run.limit().answer, c=5)
    far = unrolled(lambda x, y, t: y / 2 - x / 3 + 5, [Fraction(2), Fraction(9)], 120)[-1]
    assert abs(far - steady) < Fraction(1, 10**12)


NO_LIMIT = [
    ("x(t+1) = 2*x(t) + 1", {"x": "0"}),
    ("x(t+1) = -x(t)", {"x": "a"}),
    ("x(t+2) = x(t+1) - x(t)", {"x": "1, 1"}),
    ("x(t+1) = x(t)/2 + t", {"x": "0"}),
    ("x(t+1) = x(t) + 1", {"x": "0"}),
    ("x(t+1) = x(t)/2 + (-1)**t", {"x": "0"}),
    (FIB, {"F": "0, 1"}),
    (TRI, {"F": "0, 0, 1"}),
]


@pytest.mark.parametrize(("equation", "start"), NO_LIMIT, ids=[e for e, _ in NO_LIMIT])
def test_no_limit_is_said(equation: str, start: dict[str, str]) -> None:
    with pytest.raises(DeriveError, match="limit"):
        made(equation, **start).limit()


def polynomial(coefficients: Sequence[Fraction]) -> tuple[str, str]:
    """x(t+k) = ... with these coefficients from x(t+k-1) down, and a start."""
    k = len(coefficients)
    body = " + ".join(f"({v})*x(t+{k - 1 - j})" for j, v in enumerate(coefficients))
    return f"x(t+{k}) = {body}", ", ".join(["1"] * k)


@given(st.lists(SMALL, min_size=1, max_size=4).filter(lambda row: row[-1] != 0))
def test_the_rate_is_the_largest_root(row: list[Fraction]) -> None:
    equation, start = polynomial(row)
    found = solve(equation, start={"x": start}).rate().answer
    with mpmath.workdps(40):
        true = max(
            abs(r)
            for r in mpmath.polyroots(
                [1, *(-mpmath.mpf(v.numerator) / v.denominator for v in row)],
                maxsteps=500,
                extraprec=400,
            )
        )
        said = mpmath.mpf(str(N(found, 40)))
        assert abs(said - true) < mpmath.mpf("1e-6") * (1 + true)


def test_the_rate_with_letters() -> None:
    assert made(EMA, m="0").rate().answer == Abs(beta)
    assert made("x(t+2) = (a+b)*x(t+1) - a*b*x(t)", x="0, 1").rate().answer.has(Abs(a), Abs(b))
    both = (
        made("x(t+2) = (a+b)*x(t+1) - a*b*x(t)", x="0, 1")
        .rate()
        .answer.xreplace({a: Integer(-3), b: Integer(2)})
    )
    assert both == 3


# Conditions.


def holds(conditions_: Sequence[Any], env: dict[Symbol, Rational]) -> bool:
    return all(bool(condition.xreplace(env)) for condition in conditions_)


def test_heavy_ball() -> None:
    found = made(BALL, BALL_RANGES, w="w0, w1").converges("eta")
    assert found.verdict is not None and found.verdict.kind == "COUNTED"
    draw = random.Random(4)
    inside = 0
    for _ in range(200):
        values = {s: Rational(draw.randint(1, 99), 100) for s in (beta, lam)} | {
            eta: Rational(draw.randint(1, 900), 100)
        }
        world = {s: fraction(v) for s, v in values.items()}
        true = world[eta] < 2 * (1 + world[beta]) / world[lam]
        roots = mpmath.polyroots(
            [
                1,
                *(
                    mpmath.mpf(str(v.numerator)) / v.denominator
                    for v in (world[eta] * world[lam] - 1 - world[beta], world[beta])
                ),
            ],
            maxsteps=300,
            extraprec=300,
        )
        if world[eta] != 2 * (1 + world[beta]) / world[lam]:
            assert holds(found.answer, values) == true == (max(map(abs, roots)) < 1)
        inside += true
    assert 20 < inside < 180


LETTERS = [Symbol(f"c{j}") for j in range(5)]


@pytest.mark.parametrize("order", range(1, 6))
def test_jury_against_roots(order: int) -> None:
    letters = LETTERS[:order]
    poly = z**order + sum(letter * z**j for j, letter in enumerate(letters))
    positive = jury(poly, z)
    draw, seen = random.Random(order), {True: 0, False: 0}
    for _ in range(4000):
        if min(seen.values()) >= 25:
            break
        spread = draw.choice((1, 1, 2))
        values = {
            letter: Rational(draw.randint(-60, 60) * spread, 60 * draw.choice((1, 2, 3)))
            for letter in letters
        }
        row = [1, *(values[letter] for letter in reversed(letters))]
        size = max(
            abs(r)
            for r in mpmath.polyroots(
                [mpmath.mpf(int(v.p)) / int(v.q) if v != 1 else 1 for v in map(Rational, row)],
                maxsteps=400,
                extraprec=300,
            )
        )
        if abs(size - 1) > 1e-6:
            assert holds([Gt(p, 0) for p in positive], values) == (size < 1), (row, size)
            seen[bool(size < 1)] += 1
    assert min(seen.values()) >= 25, seen


@pytest.mark.parametrize(
    ("order", "fault"),
    [
        (o, f)
        for o in range(1, 5)
        for f in ("left out", "turned", "moved")
        if o < 4 or f == "turned"
    ],
)
def test_a_wrong_condition_fails(order: int, fault: str) -> None:
    letters = LETTERS[:order]
    poly = z**order + sum(letter * z**j for j, letter in enumerate(letters))
    right = conditions(jury(poly, z), ())
    assert check_stability(poly, z, right, ()).kind == "COUNTED"
    for place in range(len(right)):
        if order > 2 and fault != "turned" and place >= 2:
            continue  # of many conditions some are seldom the one that decides
        changed = {
            "left out": [],
            "turned": [Lt(right[place].lhs, 0)],
            "moved": [Gt(right[place].lhs, Rational(1, 2))],
        }[fault]
        wrong = [*right[:place], *changed, *right[place + 1 :]]
        verdict = check_stability(poly, z, wrong, ())
        assert verdict.kind == "FAILS" and verdict.witness, (place, wrong)


def test_a_condition_that_the_ranges_give_is_left_out_and_no_other() -> None:
    (bound,) = made(BALL, BALL_RANGES, w="w0, w1").converges("eta").answer
    assert (
        bound.lhs == eta
        and isinstance(bound, Lt)
        and (bound.rhs - 2 * (beta + 1) / lam).cancel() == 0
    )
    assert set(made(EMA, m="0").converges("beta").answer) == {Lt(beta, 1), Gt(beta, -1)}
    assert made(EMA, ("0 < beta < 1",), m="0").converges("beta").answer == ()


@given(st.lists(SMALL, min_size=1, max_size=5))
def test_largest_root(row: list[Fraction]) -> None:
    found = largest_root([Fraction(1), *row])
    true = max(
        abs(r)
        for r in mpmath.polyroots(
            [1, *(mpmath.mpf(v.numerator) / v.denominator for v in row)],
            maxsteps=500,
            extraprec=500,
            error=False,
        )
    )
    assert abs(found - true) < 1e-4


# The first index that is near enough.


def scanned(values: Sequence[Fraction], steady: Fraction, delta: Fraction) -> int:
    """The least index from which all values on are nearer than delta."""
    return next(k for k in range(len(values)) if all(abs(v - steady) < delta for v in values[k:]))


RATES = st.fractions(
    min_value=Fraction(-9, 10), max_value=Fraction(9, 10), max_denominator=10
).filter(lambda v: v != 0)


@given(
    RATES,
    SMALL,
    SMALL,
    st.fractions(min_value=Fraction(1, 1000), max_value=4, max_denominator=10**27),
)
@example(Fraction(1, 10), Fraction(0), Fraction(1), Fraction(10**24 + 1, 10**27))
@example(Fraction(1, 10), Fraction(0), Fraction(1), Fraction(10**24 - 1, 10**27))
def test_first_below(rate: Fraction, push: Fraction, start: Fraction, delta: Fraction) -> None:
    steady = push / (1 - rate)
    if start == steady:
        return
    found = solve(f"x(t+1) = ({rate})*x(t) + ({push})", start={"x": str(start)}).first_below(
        str(delta)
    )
    values = unrolled(lambda x, t: rate * x + push, [start], 220)
    assert int(found.answer) == scanned(values, steady, delta)
    assert found.verdict is not None and found.verdict.holds


@pytest.mark.parametrize("power", range(7))
@pytest.mark.parametrize("rate", ["1/2", "-1/3", "9/10"])
def test_first_below_exactly_at_the_bound(rate: str, power: int) -> None:
    """|x(t)| = |rate|^t is not below |rate|^power at t = power."""
    bound = abs(Fraction(rate)) ** power
    assert (
        int(solve(f"x(t+1) = ({rate})*x(t)", start={"x": "1"}).first_below(str(bound)).answer)
        == power + 1
    )


def test_first_below_with_letters() -> None:
    found = made(EMA, ("0 < beta < 1",), m="0").first_below("delta")
    assert Lt(0, Symbol("delta")) in found.needs and Ne(beta, 0) not in found.needs
    draw = random.Random(1)
    for _ in range(12):
        rate, push, delta = (
            Fraction(draw.randint(1, 9), 10),
            Fraction(draw.randint(1, 30), 7),
            Fraction(draw.randint(1, 50), 60),
        )
        put = {
            Symbol(k): Rational(v.numerator, v.denominator)
            for k, v in {"beta": rate, "c": push, "delta": delta}.items()
        }
        values = unrolled(lambda m, t, rate=rate, push=push: rate * m + push, [Fraction(0)], 300)
        assert int(found.answer.xreplace(put)) == scanned(values, push / (1 - rate), delta)


# Degrees.


DEGREES: list[tuple[Any, dict[str, str], str, str, Any]] = [
    (EMA, {"m": "0"}, "m", "c", 1),
    (EMA, {"m": "0"}, "m", "beta", None),
    (EMA, {"m": "m0"}, "m", "c", None),
    (SGDM, {"m": "0", "w": "0"}, "w", "eta", 1),
    (SGDM, {"m": "0", "w": "w0"}, "w", "eta", None),
    ("x(t+1) = x(t) + a*b**2/c", {"x": "0"}, "x", "b", 2),
    ("x(t+1) = x(t) + a*b**2/c", {"x": "0"}, "x", "c", -1),
    ("x(t+1) = x(t) + a/c**2", {"x": "0"}, "x", "c", -2),
    ("x(t+1) = x(t) + c**3", {"x": "0"}, "x", "c", 3),
    ("x(t+1) = s*x(t) + c", {"x": "0"}, "x", "c", 1),
    (BALL, {"w": "w0, 0"}, "w", "w0", 1),
]


@pytest.mark.parametrize(
    ("equations", "start", "name", "letter", "power"),
    DEGREES,
    ids=[f"{d[0]} {d[3]}" for d in DEGREES],
)
def test_degree(equations: Any, start: dict[str, str], name: str, letter: str, power: Any) -> None:
    found = made(equations, **start).degree(letter, name)
    assert found.answer == power
    assert power is None or found.verdict.kind == "PROVED"  # type: ignore[union-attr]


# Derivatives.


SENSITIVE: list[tuple[Any, dict[str, str], str, str, Callable[..., list[Fraction]]]] = [
    (
        EMA,
        {"m": "0"},
        "m",
        "beta",
        lambda v, k: unrolled(lambda m, t: v["beta"] * m + v["c"], [Fraction(0)], k),
    ),
    (
        EMA,
        {"m": "0"},
        "m",
        "c",
        lambda v, k: unrolled(lambda m, t: v["beta"] * m + v["c"], [Fraction(0)], k),
    ),
    (
        "x(t+1) = a*x(t) + b*t",
        {"x": "c"},
        "x",
        "a",
        lambda v, k: unrolled(lambda x, t: v["a"] * x + v["b"] * t, [v["c"]], k),
    ),
    (
        "x(t+1) = a*x(t) + b*t",
        {"x": "c"},
        "x",
        "c",
        lambda v, k: unrolled(lambda x, t: v["a"] * x + v["b"] * t, [v["c"]], k),
    ),
    (
        "x(t+1) = x(t)/(1+a*x(t))",
        {"x": "1"},
        "x",
        "a",
        lambda v, k: unrolled(lambda x, t: x / (1 + v["a"] * x), [Fraction(1)], k),
    ),
    (
        "x(t+2) = (a+b)*x(t+1) - a*b*x(t)",
        {"x": "0, 1"},
        "x",
        "a",
        lambda v, k: unrolled(
            lambda x, y, t: (v["a"] + v["b"]) * y - v["a"] * v["b"] * x,
            [Fraction(0), Fraction(1)],
            k,
        ),
    ),
    (SGDM, {"m": "0", "w": "c"}, "w", "eta", lambda v, k: sgdm(v, k)),
    (SGDM, {"m": "0", "w": "c"}, "w", "beta", lambda v, k: sgdm(v, k)),
]


def sgdm(v: dict[str, Fraction], count: int) -> list[Fraction]:
    m, w, found = Fraction(0), v["c"], [v["c"]]
    for _ in range(count - 1):
        m = v["beta"] * m + v["c"]
        w -= v["eta"] * m
        found.append(w)
    return found


SENSITIVE_IDS = [f"{s[0]} {s[3]}" for s in SENSITIVE]


@pytest.mark.parametrize(
    ("equations", "start", "name", "letter", "true"), SENSITIVE, ids=SENSITIVE_IDS
)
def test_sensitivity(
    equations: Any,
    start: dict[str, str],
    name: str,
    letter: str,
    true: Callable[..., list[Fraction]],
) -> None:
    """Against the recurrence run on dual numbers: a difference quotient, exactly, to first
    order."""
    found = made(equations, **start).sensitivity(letter, name)
    assert found.verdict is not None and found.verdict.holds
    world = {
        "beta": Fraction(2, 7),
        "c": Fraction(3, 5),
        "a": Fraction(5, 3),
        "b": Fraction(1, 4),
        "eta": Fraction(1, 9),
    }
    dual = {k: Dual(v, Fraction(int(k == letter))) for k, v in world.items()}
    values = true(dual, 12)
    for index in (1, 2, 3, 7, 11):
        assert at(found.answer, t=index, **world) == Dual.of(values[index]).slope


class Dual:
    """value + slope * h, h^2 = 0."""

    def __init__(self, value: Fraction, slope: Fraction = Fraction(0)):
        self.value, self.slope = value, slope

    @staticmethod
    def of(x: Any) -> Dual:
        return x if isinstance(x, Dual) else Dual(Fraction(x))

    def __add__(self, other: Any) -> Dual:
        other = Dual.of(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Any) -> Dual:
        other = Dual.of(other)
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def __sub__(self, other: Any) -> Dual:
        return self + Dual.of(other) * -1

    def __rsub__(self, other: Any) -> Dual:
        return Dual.of(other) - self

    def __truediv__(self, other: Any) -> Dual:
        other = Dual.of(other)
        return self * Dual(1 / other.value, -other.slope / other.value**2)

    def __rtruediv__(self, other: Any) -> Dual:
        return Dual.of(other) / self

    __radd__, __rmul__ = __add__, __mul__


# What is refused.


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: made(FIB, F="0, 1").value(-1), r"F\(-1\): the closed form holds from index 0 on"),
    (
        lambda: made("x(t+1) = 2*x(t)", at="3", x="1").value(2),
        r"x\(2\): the closed form holds from index 3 on",
    ),
    (lambda: made(FIB, F="0, 1").value(3, "G"), 'nothing is derived for "G"'),
    (lambda: made("W(l) = 2*W(l+1) + 1", at="5", W="1").value(3), r"W\(3\)"),
    (
        lambda: made(LOGISTIC, x="x0").limit(),
        "limits are taken of linear recurrences with constant coefficients",
    ),
    (lambda: made(LOGISTIC, x="x0").rate(), "there is no characteristic polynomial"),
    (lambda: made(LOGISTIC, x="x0").converges(), "there is no characteristic polynomial"),
    (lambda: made(LOGISTIC, x="x0").first_below("1/2"), r"asked of x\(t\) = C\*a\*\*t \+ x\*"),
    (lambda: made(FIB, F="0, 1").first_below("1/2"), r"asked of F\(t\) = C\*a\*\*t \+ x\*"),
    (
        lambda: made("x(t+1) = x(t)/2 + t", x="0").first_below("1/2"),
        r"asked of x\(t\) = C\*a\*\*t \+ x\*",
    ),
    (
        lambda: made("x(t+1) = x(t) + t", x="0").first_below("1/2"),
        r"asked of x\(t\) = C\*a\*\*t \+ x\*",
    ),
    (lambda: made("x(t+1) = 2*x(t) + 1", x="0").first_below("1/2"), "first_below"),
    (lambda: made(HALF, m="0").first_below("x("), "delta: cannot read"),
    (lambda: made(HALF, m="0").first_below(0), "delta|first_below"),
    (lambda: made(HALF, m="0").first_below(-1), "delta|first_below"),
    (lambda: made(EMA, m="0").converges("zz"), "zz is not in the characteristic polynomial"),
    (lambda: made(EMA, m="0").degree("zz"), 'no letter "zz" in the recurrence; there is beta, c'),
    (lambda: made(BALL, w="w0, w1").degree("eta"), "named roots, which depend on eta"),
    (lambda: made(BALL, w="w0, w1").degree("lam"), "named roots, which depend on lam"),
    (
        lambda: made("x(t+2) = a*x(t+1) + b*x(t)", x="0, 1").degree("a"),
        "named roots, which depend on a",
    ),
    (
        lambda: made(EMA, m="0").sensitivity("zz"),
        'no letter "zz" in the recurrence; there is beta, c',
    ),
    (
        lambda: made(BALL, w="w0, w1").sensitivity("eta"),
        "named roots, which depend on eta too; that is not differentiated here",
    ),
    (
        lambda: terms("x(t+1) = r*x(t)", {"x": "1"}, 3, q=2),
        'value of "q": no such letter in the equations; there is r',
    ),
    (lambda: terms("x(t+1) = 1/x(t)", {"x": "0"}, 3), "divides by zero"),
    (lambda: terms("x(t+1) = x(t)", {"y": "0"}, 3), 'start of "y": no equation for it; there is x'),
    (lambda: solve("f(n) = 2*f(n/2) + f(n/3)"), "write one part of the whole"),
    (
        lambda: solve("f(n) = n*f(n/2)"),
        "a part is n/b, b a whole number from 2 on; and its number does not change",
    ),
    (lambda: solve("f(n) = 2*f(2*n)"), "a part is n/b"),
    (lambda: solve("f(n) = 2*f(n/1.5) + n"), "a part is n/b"),
    (lambda: solve("f(n) = 2*f(n/2) + f(n)"), "write one part of the whole"),
]


@pytest.mark.parametrize(
    ("call", "says"), REFUSED, ids=[f"{k} {says[:40]}" for k, (_, says) in enumerate(REFUSED)]
)
def test_refused_with_the_reason(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(DeriveError, match=says) as error:
        call()
    assert "\n" not in str(error.value)


# First terms.


@given(st.lists(SMALL, min_size=1, max_size=3), st.data())
def test_terms(row: list[Fraction], data: Any) -> None:
    equation, _ = polynomial(row)
    start = data.draw(st.lists(SMALL, min_size=len(row), max_size=len(row)))
    found = terms(f"{equation} + t**2", {"x": ", ".join(map(str, start))}, 8)
    true = unrolled(
        lambda *values: (
            sum((v * u for v, u in zip(reversed(row), values[:-1], strict=True)), Fraction(0))
            + values[-1] ** 2
        ),
        start,
        8,
    )
    assert [fraction(v) for v in found["x"]] == true


def test_terms_of_what_has_no_closed_form() -> None:
    found = terms("x(t+1) = r*x(t)*(1-x(t))", {"x": "1/3"}, 6, r="7/2")["x"]
    assert [fraction(v) for v in found] == unrolled(
        lambda x, t: Fraction(7, 2) * x * (1 - x), [Fraction(1, 3)], 6
    )
    letters = terms("x(t+1) = r*x(t)*(1-x(t))", {"x": "1/3"}, 4)["x"]
    assert at(letters[3], r=5) == unrolled(lambda x, t: 5 * x * (1 - x), [Fraction(1, 3)], 4)[3]


def test_terms_of_several_from_elsewhere_and_downwards() -> None:
    assert terms(["a(t+1) = a(t) + b(t)", "b(t+1) = a(t)"], {"a": "1", "b": "0"}, 6) == {
        "a": [1, 1, 2, 3, 5, 8],
        "b": [0, 1, 1, 2, 3, 5],
    }
    assert terms("x(t+1) = x(t) + t", {"at": "3", "x": "1"}, 4)["x"] == [1, 4, 8, 13]
    assert terms("x(t+2) = x(t) + t", None, 5)["x"][4] == Symbol("x_0") + 2
    assert terms("x(t+1) = x(t)", {"x": "1"}, 0) == {"x": []}


# Divide and conquer.


def divided(a_: int, b_: int, g: Callable[[int], Any], first: Any, levels: int) -> Any:
    """f(b**levels) by the recursion itself."""
    return first if levels == 0 else a_ * divided(a_, b_, g, first, levels - 1) + g(b_**levels)


DIVIDE: list[tuple[str, int, int, Callable[[int], Any], str, Any]] = [
    ("f(n) = 2*f(n/2) + n", 2, 2, lambda m: m, "1", n * log(n)),
    ("f(n) = 3*f(n/2) + n**2", 3, 2, lambda m: m**2, "1", n**2),
    ("f(n) = 4*f(n/2) + n", 4, 2, lambda m: m, "2", n**2),
    ("f(n) = f(n/2) + 1", 1, 2, lambda m: 1, "1", log(n)),
    ("f(n) = 7*f(n/2) + n**2", 7, 2, lambda m: m**2, "1", n ** (log(7) / log(2))),
    ("f(n) = 9*f(n/3) + n", 9, 3, lambda m: m, "1/2", n**2),
    ("f(n) = 2*f(n/2) + n*log(n)", 2, 2, lambda m: m * mpmath.log(m), "1", n * log(n) ** 2),
    ("f(n) = f(n/2) + n", 1, 2, lambda m: m, "1", n),
    ("f(n) = 3*f(n/4) + n*log(n)", 3, 4, lambda m: m * mpmath.log(m), "1", n * log(n)),
    (
        "f(n) = 8*f(n/4) + n**(3/2)",
        8,
        4,
        lambda m: mpmath.mpf(m) ** 1.5,
        "1",
        n ** Rational(3, 2) * log(n),
    ),
    ("f(n) = 2*f(n/2) + sqrt(n)", 2, 2, lambda m: mpmath.sqrt(m), "1", n),
    ("f(n) = 5*f(n/5) + 3*n", 5, 5, lambda m: 3 * m, "7", n * log(n)),
    ("f(n) = 2*f(n/2) - n", 2, 2, lambda m: -m, "1", None),
    ("f(n) = -2*f(n/2) + n", -2, 2, lambda m: m, "1", None),
    ("f(n) = 2*f(n/2)", 2, 2, lambda m: 0, "3", None),
]


@pytest.mark.parametrize(
    ("equation", "a_", "b_", "g", "first", "class_"), DIVIDE, ids=[d[0] for d in DIVIDE]
)
def test_divide_and_conquer(
    equation: str, a_: int, b_: int, g: Callable[[int], Any], first: str, class_: Any
) -> None:
    run = solve(equation, start={"f": first})
    assert run.check()["f"].holds
    with mpmath.workdps(60):
        for levels in range(6):
            true = divided(
                a_,
                b_,
                g,
                mpmath.mpf(Fraction(first).numerator) / Fraction(first).denominator,
                levels,
            )
            found = run.in_n.xreplace({n: Integer(b_) ** levels}).doit().evalf(60)
            assert abs(mpmath.mpmathify(found) - true) < mpmath.mpf("1e-40") * (1 + abs(true)), (
                levels
            )
    theta = run.theta  # type: ignore[attr-defined]
    assert (
        theta is None
        if class_ is None
        else abs((theta / class_).xreplace({n: Integer(7)}).evalf(40) - 1) < 1e-30
    )
    assert bool(run.why) == (class_ is not None)


@pytest.mark.parametrize(
    ("equation", "a_", "b_", "g", "first", "class_"),
    [d for d in DIVIDE if d[5] is not None],
    ids=[d[0] for d in DIVIDE if d[5] is not None],
)
def test_the_class_is_what_it_grows_like(
    equation: str, a_: int, b_: int, g: Callable[[int], Any], first: str, class_: Any
) -> None:
    """f(n)/class(n) changes ever less: by under 5% from one far level to four times as many
    levels."""
    run = solve(equation, start={"f": first})
    with mpmath.workdps(60):
        ratios = []
        for levels in (60, 240):
            value = divided(a_, b_, g, mpmath.mpf(1), levels)
            ratios.append(
                value / mpmath.mpmathify(run.theta.xreplace({n: Integer(b_) ** levels}).evalf(60))
            )
        assert 0.95 < ratios[1] / ratios[0] < 1.05 and ratios[0] > 0


def test_divide_with_letters() -> None:
    run = solve("f(n) = a*f(n/b) + n", start={"f": "1"})
    for levels in range(5):
        found = run.in_n.xreplace({n: Integer(3) ** levels, b: Integer(3), a: Integer(5)})
        assert abs(found.evalf(40) - divided(5, 3, lambda m: m, 1, levels)) < 1e-20
    assert run.theta is None and run.why == ""
    assert solve("f(n) = 2*f(n/2) + n").in_n.free_symbols == {n, Symbol("f1")}


def test_what_divides_is_shown_in_n() -> None:
    shown = repr(solve("T(n) = 2*T(n/2) + n", start={"T": "1"}))
    assert shown.startswith("T(n) = ") and "for n = 2**k" in shown and "Theta(n*log(n))" in shown
    with pytest.raises(DeriveError, match='"g"'):
        solve("f(n) = 2*f(n/2) + n", start={"g": "1"})


@pytest.mark.parametrize("start", [{"T": 1}, {"T(1)": 1}, "T(1) = 1"])
def test_what_divides_is_asked_in_n(start: Any) -> None:
    run = solve("T(n) = 2*T(n/2) + n", start=start)
    true = {2**k: divided(2, 2, lambda m: m, 1, k) for k in range(7)}
    for at_, value in true.items():
        for question in (f"T.value({at_})", f"value({at_})"):
            assert run.ask(question).answer == run.value(at_).answer == value
        assert run.ask(f"T.value({at_})").steps[1].startswith(f"T({at_}) = {value} ")
    assert run.ask("f.value(3)").answer == run.value(3, "f").answer == true[8]
    assert run.T == run["T"] == run.ask("T").answer == run.in_n  # type: ignore[attr-defined]
    for wrong in (0, 7, 12, "x", 1.5):
        with pytest.raises(DeriveError, match=r"T is solved at n = 2\*\*k"):
            run.value(wrong)


# A name by itself, and starts by their places.


def test_a_name_alone_is_its_closed_form() -> None:
    run = solve("sgd", start={"w": "w0"})
    assert run.ask("w").answer == run.w and run.ask("w").steps == (f"w(t) = {run.w}",)
    down = solve("W(l) = 2*W(l+1)", start={"at": "L", "W": 1})
    assert down.ask("W").answer == down.W


X = Function("x")
PLACED: list[tuple[Any, Any, dict[int, int]]] = [
    ("x(t+1) = 2*x(t)", {X: 3}, {0: 3, 4: 48}),
    ("x(t+1) = 2*x(t)", {X(2): 3}, {2: 3, 4: 12}),
    ("x(t+1) = 2*x(t)", {Symbol("x"): 3}, {0: 3, 4: 48}),
    ("x(t+1) = 2*x(t)", {"x(1)": 1}, {1: 1, 5: 16}),
    ("x(t+1) = 2*x(t)", "x(-2)=1", {-2: 1, 1: 8}),
    ("x(t+2) = x(t+1) + x(t)", "x(1)=1, x(2)=1", {1: 1, 2: 1, 10: 55}),
    ("x(t+2) = x(t+1) + x(t)", {"x( 2 )": 1, "x(1)": 0}, {1: 0, 2: 1, 11: 55}),
    (["x(t+1) = x(t) + y(t)", "y(t+1) = y(t)"], "x(1)=2, y(1)=3", {1: 2, 5: 14}),
    ("x(t) = x(t-1) + t", {"x(3)": 0}, {3: 0, 5: 9}),
]


@pytest.mark.parametrize(("equations", "start", "true"), PLACED, ids=str)
def test_starts_by_their_places(equations: Any, start: Any, true: dict[int, int]) -> None:
    run = solve(equations, start=start)
    assert {at_: run.value(at_, "x").answer for at_ in true} == true
    assert int(run.model.first) == min(true)


def test_starts_by_their_places_downwards() -> None:
    down = solve("W(l) = W(l+1) + 2*W(l+2)", start={"W(4)": 1, "W(5)": 3})
    assert [down.W.xreplace({Symbol("l"): Integer(k)}).doit().expand() for k in (5, 4)] == [3, 1]
    assert 2 ** (Symbol("L") - Symbol("l")) == solve("W(l) = 2*W(l+1)", start="W(L)=1").W


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("x(1)=1, x(3)=1", "start of x: at 1, 3; give values at indices that follow each other"),
        ("x(1)=1, y(2)=1", "start: first values at 1, 2; all begin at one index"),
        ("x(1)=1, y=1", "start: first values at 0, 1; all begin at one index"),
        ({"x(1)": 1, "x": 2}, "start of x: by x and by its places; give one of them"),
        ({"x(1)": 1, "at": 2}, "start of x: by at and by its places; give one of them"),
        ({"x(m)": 1, "x(1)": 2}, "start of x: at m, 1; write whole numbers"),
        ({"x(m)": 1}, "start at m: a recurrence that counts up starts at a whole number"),
        ({"z(1)": 1}, 'start of "z": no equation for it'),
        ({3: 1}, "start of 3: write a name in quotes"),
    ],
)
def test_starts_that_do_not_fit(start: Any, says: str) -> None:
    with pytest.raises(DeriveError) as error:
        solve(["x(t+2) = x(t+1) + y(t)", "y(t+1) = y(t)"], start=start)
    assert str(error.value).startswith(says)


def test_equations_are_written_as_their_notation_says() -> None:
    run = solve("x(t+1) = r*x(t)", notation=Notation(names={"r": r"\rho"}))
    assert r"\rho" in run.steps()._repr_latex_()

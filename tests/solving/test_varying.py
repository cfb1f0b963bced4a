"""Recurrences whose coefficients vary with the index, against exact unrolling; products, sums and
growth classes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import comb, factorial
from typing import Any

import mpmath
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.model.language.claims import T
from derive.model.recurrences.stated import Stated
from derive.model.recurrences.statement import stated
from derive.solving.recurrences.divide import theta, unfolded
from derive.solving.recurrences.kernel.sums.products import product_form, quotient_form
from derive.solving.recurrences.solver import solution
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.strategies.higher import varying_higher
from derive.solving.recurrences.strategies.summation import antidifference, sum_form
from derive.solving.recurrences.strategies.varying import varying

LAST = 12
DIGITS = 40
NUMBER = re.compile(r"(?<![\w.])\d+")  # of a text, so that 1/2 is a fraction
k, n, a, b, c = sp.symbols("k n a b c")
t = T


# The truth: the text of an equation, run as Python on fractions; on mpmath numbers where it has
# roots, sines or cosines.


class World:
    """Values of parameters and of arbitrary functions: the same for each letter of a world."""

    def __init__(self, seed: int, exact: bool):
        self.draw, self.exact, self.kept = random.Random(seed), exact, {}

    def __getitem__(self, name: Any) -> Any:
        if name not in self.kept:
            self.kept[name] = Fraction(self.draw.randint(1, 60), self.draw.randint(61, 97))
        return self.number(self.kept[name])

    def number(self, value: Any) -> Any:
        return (
            value
            if self.exact or not isinstance(value, Fraction)
            else mpmath.mpf(value.numerator) / value.denominator
        )


def rising(x: Any, count: Any) -> Any:
    out = x * 0 + 1
    for i in range(int(count)):
        out *= x + i
    return out


def unrolled(text: str, start: str, world: World, first: int) -> dict[int, Any]:
    """x(first), ..., x(LAST) by the equation, or several of them separated by ';' for x and the
    sequences it reads."""
    equations = [part.split("=", 1) for part in text.split(";")]
    names = [left.split("(")[0].strip() for left, _ in equations]
    orders = [int(left.split("+")[1].strip(" )")) for left, _ in equations]
    rights = [
        compile(NUMBER.sub(r"N(\g<0>)", right.strip()), text, "eval") for _, right in equations
    ]
    functions: dict[str, Any] = {
        "factorial": lambda x: world.number(Fraction(factorial(int(x)))),
        "N": lambda i: world.number(Fraction(i)),
        "sqrt": lambda x: mpmath.sqrt(x),
        "sin": lambda x: mpmath.sin(x),
        "harmonic": lambda x: sum(
            (world.number(Fraction(1, i)) for i in range(1, int(x) + 1)), world.number(Fraction(0))
        ),
    }
    found: dict[str, dict[int, Any]] = {name: {} for name in names}

    def scope(place: Any) -> Mapping[str, Any]:
        return Letters(
            world,
            {
                **functions,
                **{name: (lambda i, m=name: found[m][int(i)]) for name in names},
                "t": place,
            },
        )

    for name, values, order in zip(names, start.split(";"), orders, strict=True):
        for j, one in enumerate(values.split(",")[:order]):
            found[name][first + j] = eval(one, {}, scope(Fraction(0))) * world.number(Fraction(1))
    for place in range(first, LAST + 1):
        for name, right, order in zip(names, rights, orders, strict=True):
            found[name][place + order] = eval(right, {}, scope(world.number(Fraction(place))))
    return found[names[-1]]


class Letters(dict):
    """Names of a text: functions, else parameters; S and K are arbitrary functions."""

    def __init__(self, world: World, known: Mapping[str, Any]):
        super().__init__(known)
        self.world = world

    def __missing__(self, name: str) -> Any:
        return (lambda i: self.world[name, int(i)]) if name in "SK" else self.world[name]


# A closed form at a place, in the test's own few lines.


def value(e: sp.Basic, env: Mapping[Any, Any], world: World) -> Any:
    if isinstance(e, sp.Rational):
        return world.number(Fraction(int(e.p), int(e.q)))
    if isinstance(e, sp.Symbol):
        return env[e] if e in env else world[e.name]
    if isinstance(e, sp.Sum | sp.Product):
        *inner, (index, low, high) = e.limits
        body = e.func(e.function, *inner) if inner else e.function
        total = world.number(Fraction(int(isinstance(e, sp.Product))))
        for i in range(int(value(low, env, world)), int(value(high, env, world)) + 1):
            here = value(body, {**env, index: world.number(Fraction(i))}, world)
            total = total * here if isinstance(e, sp.Product) else total + here
        return total
    args = [value(arg, env, world) for arg in e.args]
    if isinstance(e, sp.Add | sp.Mul):
        out = args[0]
        for arg in args[1:]:
            out = out + arg if isinstance(e, sp.Add) else out * arg
        return out
    if isinstance(e, sp.Pow):
        whole = args[1] == int(args[1])
        assert whole or not world.exact, e
        return args[0] ** (int(args[1]) if whole else args[1])
    if isinstance(e, sp.core.function.AppliedUndef):
        return world[e.func.__name__, int(args[0])]
    table: dict[type, Callable[..., Any]] = {
        sp.factorial: lambda x: world.number(Fraction(factorial(whole_number(x)))),
        sp.rf: lambda x, m: rising(x, whole_number(m)),
        sp.ff: lambda x, m: rising(x - m + 1, whole_number(m)),
        sp.binomial: lambda x, m: world.number(Fraction(comb(whole_number(x), whole_number(m)))),
        sp.harmonic: lambda x, m=1: sum(
            (
                world.number(Fraction(i)) ** (-int(m) if m == int(m) else -m)
                for i in range(1, whole_number(x) + 1)
            ),
            world.number(Fraction(0)),
        ),
        sp.polygamma: lambda m, x: mpmath.psi(int(m), x),
        sp.sin: mpmath.sin,
        sp.cos: mpmath.cos,
        sp.log: mpmath.log,
    }
    if isinstance(e, sp.core.numbers.NumberSymbol):
        return mpmath.mpf(str(e.evalf(80)))
    return table[type(e)](*args)


def whole_number(x: Any) -> int:
    assert x == int(x) and x >= 0, x
    return int(x)


def agrees(left: Any, right: Any, world: World) -> bool:
    return (
        left == right
        if world.exact
        else abs(left - right) <= mpmath.mpf(10) ** -DIGITS * (1 + abs(right))
    )


def check(
    found: Solution, text: str, start: str, first: int = 0, name: str = "x", exact: bool = True
) -> None:
    for seed in (1, 2):
        with mpmath.workdps(3 * DIGITS):
            world = World(seed, exact)
            path = unrolled(text, start, world, first)
            for place in range(max(found.first, first), LAST + 1):
                here = value(found.values[name], {t: world.number(Fraction(place))}, world)
                assert agrees(here, path[place], world), (place, here, path[place])


def solved(text: str, start: str, first: int = 0) -> Solution:
    equations = [e.strip() for e in text.split(";")]
    names = [e.split("(")[0] for e in equations]
    return solution(
        replace(
            stated(equations, dict(zip(names, start.split(";"), strict=True))),
            first=sp.Integer(first),
        )
    )


# text, start, the index from which the form holds
EXACT = [
    ("x(t+1) = x(t) - eta*c/(t+1)", "x0", 0),
    ("x(t+1) = x(t) + (-eta*c*(t+1) - x(t))/(t+1)", "0", 1),
    ("x(t+1) = (1 - 1/(t+2))*x(t)", "x0", 0),
    ("x(t+1) = (1 - a/(t+1))*x(t)", "x0", 0),
    ("x(t+1) = (1 - a/(t+1))*x(t) + 1", "x0", 0),
    ("x(t+1) = (1 - a/(t+1))*x(t) + 1/(t+1)", "x0", 0),
    ("x(t+1) = (1 - a/(t+1))*x(t) + 2**t", "x0", 0),
    ("x(t+1) = (t+1)*x(t) + 1", "1", 0),
    ("x(t+1) = (t+1)*x(t) + 1", "x0", 0),
    ("x(t+1) = 2*x(t) + factorial(t)", "x0", 0),
    ("x(t+1) = c*x(t) + factorial(t)", "x0", 0),
    ("x(t+1) = t*x(t) + factorial(t)", "x0", 1),
    ("x(t+1) = t*x(t)/(t+1) + 1/(t+1)", "x0", 1),
    ("x(t+1) = x(t) + S(t)", "x0", 0),
    ("x(t+1) = S(t)*x(t) + K(t)", "x0", 0),
    ("x(t+1) = S(t)*x(t)", "x0", 0),
    ("x(t+1) = S(t+1)*x(t) + K(t+1)", "x0", 0),
    ("x(t+1) = c*x(t) + S(t)", "x0", 0),
    ("x(t+1) = (t+1)*S(t)*x(t) + 1", "x0", 0),
    ("x(t+1) = (a+b*t)*x(t)", "x0", 0),
    ("x(t+1) = (a+b*t)*x(t) + c", "x0", 0),
    ("x(t+1) = x(t)/(a+b*t)", "x0", 0),
    ("x(t+1) = x(t)/(1+g*t) + c", "x0", 0),
    ("x(t+1) = (t+1)/(t+2)*x(t) + t", "x0", 0),
    ("x(t+1) = (t+1)/(t+2)*x(t) + t", "1", 0),
    ("x(t+1) = (t+2)/(t+1)*x(t) + 2*t/(t+1)", "0", 0),
    ("x(t+1) = (t+2)/(t+1)*x(t) + 2*t/(t+1)", "x0", 0),
    ("x(t+1) = c*(t+1)*x(t) + 1", "x0", 0),
    ("x(t+1) = c*(t+1)/(t+2)*x(t) + 1", "x0", 0),
    ("x(t+1) = (t-3)*x(t) + 1", "x0", 4),
    ("x(t+1) = (t+1)*x(t) + factorial(t+1)*t", "x0", 0),
    ("x(t+1) = (t+1)*x(t) + (t+1)*factorial(t) + 2**t", "x0", 0),
    ("x(t+1) = (t**2+1)*x(t) + 1", "x0", 0),
    ("x(t+1) = (t**2+1)*(t+1)*x(t)", "x0", 0),
    ("x(t+1) = x(t) + 1/(t**2+1)", "x0", 0),
    ("x(t+1) = b*x(t) + 1/(t+1) + t", "x0", 0),
    ("x(t+1) = (t+a)/(t+a+1)*x(t) + b", "x0", 0),
    ("x(t+1) = (t+a)/(t+a+2)*x(t)", "x0", 0),
    ("x(t+1) = 2*(2*t+1)/(t+1)*x(t)", "1", 0),
    ("x(t+1) = 2*(2*t+1)/(t+2)*x(t)", "1", 0),
    ("x(t+1) = 2*(2*t+1)/(t+1)*x(t) + 1", "1", 0),
    ("x(t+1) = (2*t+1)*x(t)", "x0", 0),
    ("x(t+1) = (2*t+1)/(2*t+2)*x(t) + 1", "x0", 0),
    ("x(t+1) = (3*t+1)/(3*t+2)*x(t) + t**2", "x0", 0),
    ("x(t+1) = 2**t*x(t) + 1", "x0", 0),
    ("x(t+1) = b**t*x(t)", "x0", 0),
    ("x(t+1) = (1-b**t)*x(t) + 1", "x0", 0),
    ("x(t+1) = x(t) + 1/((t+1)*(t+2))", "x0", 0),
    ("x(t+1) = x(t) + 1/(2*t+1)", "x0", 0),
    ("x(t+1) = x(t) + 1/(t+1)**2", "x0", 0),
    ("x(t+1) = x(t) + t*harmonic(t)", "x0", 0),
    ("x(t+1) = x(t) + t/(t+3)**2 + t**2", "x0", 0),
    ("x(t+1) = (t+1)/(t+3)*x(t) + 1/(t+2)", "x0", 0),
    ("x(t+1) = -(t+1)*x(t) + 1", "x0", 0),
    ("x(t+1) = (5-t)*x(t) + 1", "x0", 6),
    ("x(t+1) = (t+1)**2*x(t) + factorial(t)**2", "x0", 0),
    ("x(t+1) = x(t)/(t+1) + 1/factorial(t+1)", "x0", 0),
    ("z(t+1) = z(t) - eta*c; x(t+1) = (1 - 1/(t+1))*x(t) + z(t+1)/(t+1)", "0;0", 1),
    ("z(t+1) = z(t) + 1/(t+1); x(t+1) = x(t) + z(t)", "z0;x0", 0),
    ("z(t+1) = t*z(t)/(t+1) + 1/(t+1); x(t+1) = x(t) + z(t)", "z0;x0", 1),
    ("z(t+1) = (1-1/(t+1))*z(t) + 1/(t+1); x(t+1) = (t+1)*x(t) + z(t+1)", "0;x0", 1),
    ("m(t+1) = b*m(t) + S(t); x(t+1) = x(t) - eta*m(t+1)", "0;x0", 0),
    ("m(t+1) = (t+1)*m(t) + 1; x(t+1) = (t+2)*x(t) + m(t)", "m0;x0", 0),
    # order two and more
    ("x(t+2) = (t+1)*(x(t+1)+x(t))", "1,0", 0),
    ("x(t+2) = (t+1)*(x(t+1)+x(t))", "x0,x1", 0),
    ("x(t+2) = (t+3)*x(t+1) - (t+1)*x(t)", "x0,x1", 0),
    ("x(t+2) = (2*(t+2)*x(t+1) - (t+1)*x(t))/(t+3)", "x0,x1", 0),
    ("x(t+2) = 3*x(t+1) - 2*x(t) + S(t)", "x0,x1", 0),
    ("x(t+2) = (1+b)*x(t+1) - b*x(t) + S(t)", "x0,x1", 0),
    ("x(t+2) = 5*x(t+1) - 6*x(t) + factorial(t)", "x0,x1", 0),
    ("x(t+2) = 2*x(t+1) - x(t) + 1/(t+1)", "x0,x1", 0),
    ("x(t+2) = 4*x(t+1) - 4*x(t) + 1/(t+1)", "x0,x1", 0),
    ("x(t+2) = ((2*t+3)*x(t+1) - (t+1)*x(t))/(t+2)", "x0,x1", 0),
    ("x(t+2) = (t+2)*(t+1)*x(t)", "x0,x1", 0),
    ("x(t+2) = 2*(t+2)*x(t+1) - (t+1)*(t+2)*x(t) + factorial(t+2)", "x0,x1", 0),
    ("x(t+2) = (t+2+a)*x(t+1) - a*(t+1)*x(t)", "x0,x1", 0),
    ("x(t+2) = (t+2+a)*x(t+1) - a*(t+1)*x(t) + t", "x0,x1", 0),
    ("x(t+2) = (2*(t+3)*x(t+1) - (t+4)*x(t))/(t+2)", "x0,x1", 0),
    ("x(t+2) = t*x(t) + (1-t)*x(t+1)", "x0,x1", 1),
    ("x(t+2) = (t-2)*(x(t+1)+x(t))", "x0,x1", 3),
    ("x(t+2) = (t+2)*x(t+1) - t*x(t)", "x0,x1", 1),
    ("x(t+3) = 3*x(t+2) - 3*x(t+1) + x(t) + 1/((t+1)*(t+2))", "x0,x1,x2", 0),
]
NUMERIC = [
    ("x(t+1) = x(t) - eta*c/(1+g*t)", "x0", 0),
    ("x(t+1) = x(t) - eta/sqrt(t+1)", "x0", 0),
    ("x(t+1) = x(t) + sin(t)/(t+1)", "x0", 0),
    ("x(t+1) = x(t) + 1/(3*t+1)", "x0", 0),
    ("x(t+1) = x(t) + 1/(t+a)**2", "x0", 0),
    ("x(t+1) = (t+a+1)/(t+a)*x(t) + b", "x0", 0),
    ("x(t+1) = x(t) + 1/((t+a)*(t+b))", "x0", 0),
]


@pytest.mark.parametrize(("text", "start", "first"), EXACT, ids=lambda v: str(v)[:60])
def test_exact(text: str, start: str, first: int) -> None:
    found = solved(text, start)
    assert found.first == first
    check(found, text, start)


@pytest.mark.parametrize(("text", "start", "first"), NUMERIC, ids=lambda v: str(v)[:60])
def test_to_forty_digits(text: str, start: str, first: int) -> None:
    found = solved(text, start)
    assert found.first == first
    check(found, text, start, exact=False)


def test_a_false_form_does_not_pass() -> None:
    text = "x(t+1) = (t+1)*x(t) + 1"
    found = solved(text, "x0")
    false = replace(found, values={"x": found.values["x"] + sp.prod([t - i for i in range(LAST)])})
    with pytest.raises(AssertionError):
        check(false, text, "x0")


LATER = [
    ("x(t+1) = (t-1)*x(t) + 1", "x0", 2),
    ("x(t+1) = 2*x(t) + 1", "x0", 1),
    ("x(t+1) = S(t)*x(t) + K(t)", "x0", 1),
    ("x(t+1) = x(t)/t + 1", "x0", 1),
    ("x(t+1) = x(t) + 1/t", "x0", 1),
    ("x(t+1) = (t+2)/(t+1)*x(t) + 2*t/(t+1)", "x0", 3),
    ("x(t+2) = (t-1)*(x(t+1)+x(t))", "x0,x1", 2),
    ("z(t+1) = z(t)/t; x(t+1) = x(t) + z(t)", "z0;x0", 1),
]


@pytest.mark.parametrize(("text", "start", "first"), LATER, ids=lambda v: str(v)[:60])
def test_a_first_index_that_is_not_zero(text: str, start: str, first: int) -> None:
    found = solved(text, start, first)
    assert found.first == first
    check(found, text, start, first)


FORMS = [
    ("x(t+1) = x(t) - eta*c/(t+1)", "0", "-c*eta*harmonic(t)"),
    ("x(t+1) = x(t) - eta/sqrt(t+1)", "0", "-eta*harmonic(t, 1/2)"),
    ("x(t+1) = x(t) + (-eta*c*(t+1) - x(t))/(t+1)", "0", "-c*eta*(t + 1)/2"),
    ("x(t+1) = (1 - 1/(t+2))*x(t)", "x0", "x0/(t + 1)"),
    ("x(t+1) = (1 - a/(t+1))*x(t)", "x0", "x0*RisingFactorial(1 - a, t)/factorial(t)"),
    ("x(t+1) = (t+1)*x(t) + 1", "x0", "(x0 + Sum(1/factorial(k + 1), (k, 0, t - 1)))*factorial(t)"),
    ("x(t+1) = t*x(t) + factorial(t)", "x0", "factorial(t)"),
    ("x(t+1) = x(t) + S(t)", "x0", "x0 + Sum(S(k), (k, 0, t - 1))"),
    ("x(t+1) = (t+2)/(t+1)*x(t) + 2*t/(t+1)", "0", "-4*t + 2*(t + 1)*harmonic(t)"),
    ("x(t+1) = 2*(2*t+1)/(t+2)*x(t)", "1", "binomial(2*t, t)/(t + 1)"),
    (
        "x(t+2) = (t+1)*(x(t+1)+x(t))",
        "1,0",
        "(1 - Sum((-1)**k/factorial(k + 1), (k, 0, t - 1)))*factorial(t)",
    ),
    ("x(t+1) = x(t) - eta*c/(1+g*t)", "0", "-c*eta*(-polygamma(0, 1/g) + polygamma(0, t + 1/g))/g"),
]


@pytest.mark.parametrize(("text", "start", "form"), FORMS, ids=lambda v: str(v)[:60])
def test_forms_are_short(text: str, start: str, form: str) -> None:
    assert str(solved(text, start).values["x"]) == form


NEEDS = [
    ("x(t+1) = x(t) - eta*c/(1+g*t)", "x0", ["Ne(g, 0)"]),
    ("x(t+1) = (a+b*t)*x(t)", "x0", ["Ne(b, 0)"]),
    ("x(t+1) = (t+a)/(t+a+1)*x(t)", "x0", ["Ne(a, 0)"]),
    ("x(t+1) = (1 - a/(t+1))*x(t)", "x0", []),
    ("x(t+1) = c*x(t) + factorial(t)", "x0", []),
    ("x(t+1) = S(t)*x(t) + K(t)", "x0", []),
]


@pytest.mark.parametrize(("text", "start", "needs"), NEEDS, ids=lambda v: str(v)[:60])
def test_what_a_form_divides_by(text: str, start: str, needs: list[str]) -> None:
    assert [str(need) for need in solved(text, start).needs] == needs


ZEROS = [
    ("x(t+1) = (t-a)*x(t) + 1", {"a": 3}),
    ("x(t+1) = (1 - a/(t+1))*x(t) + 2**t", {"a": 2}),
    ("x(t+1) = c*x(t) + factorial(t)", {"c": 0}),
    ("x(t+1) = (a+b*t)*x(t) + c", {"a": -4, "b": 2}),
]


@pytest.mark.parametrize(("text", "values"), ZEROS, ids=str)
def test_a_coefficient_that_becomes_zero_for_some_parameters(
    text: str, values: dict[str, int]
) -> None:
    """The form must hold there too: it divides by no coefficient."""
    found, world = solved(text, "x0"), World(3, True)
    world.kept |= {name: Fraction(v) for name, v in values.items()}
    path = unrolled(text, "x0", world, 0)
    assert all(
        value(found.values["x"], {t: Fraction(p)}, world) == path[p] for p in range(LAST + 1)
    )


NONE = [
    "x(t+2) = ((2*t+5)*x(t+1) + (3*t+3)*x(t))/(t+4)",  # Motzkin numbers
    "x(t+2) = (3*(2*t+3)*x(t+1) - (t+1)*x(t))/(t+2)",  # Delannoy numbers
    "x(t+2) = x(t+1) + (t+1)*x(t)",  # involutions
    "x(t+2) = t*x(t+1) + x(t)",  # Bessel
    "x(t+3) = (t+3)*(t+2)*(t+1)*x(t)",  # one of three: two ratios are complex
]


@pytest.mark.parametrize("text", NONE)
def test_no_hypergeometric_solution(text: str) -> None:
    assert varying_higher(stated(text, {"x": "1, 1"}), ("x",), {}) is None


REFUSED = [
    "x(t+1) = x(t)**2 + t",
    "x(t+1) = x(t) + 1/(t-2)",
]


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    """Not defined for some t >= 0, or not linear."""
    assert varying(stated(text, {"x": "x0"}), ("x",), {}) is None


# From sympy's own tests of rsolve (solvers/tests/test_recurr.py); first 2 or 3 where the
# coefficients vanish before
SYMPY = [
    ("x(t+1) = x(t) + 3*(t + t**2)", "x0", 0),
    ("x(t+2) = ((t**2+3*t-2)*x(t+1) - 2*t*(t+1)*x(t))/(t-1)", "x0,x1", 2),
    ("x(t+1) = x(t)/(t+1)", "x0", 0),
    ("x(t+1) = x(t)/(t+1) + 1", "x0", 0),
    ("x(t+1) = 2*(t+1)/t*x(t)", "x0", 1),
    ("x(t+2) = (t+1)*(t+2)/((t-1)*(t-2))*x(t)", "x0,x1", 3),
    ("x(t+1) = (16*t**2-4)/(4*t**2-4*t+1)*x(t)", "x0", 1),
    ("x(t+1) = t*(t**2-t+12)*x(t)*0 - (t**2-t+12)*x(t) + t*(t**2-t+12) + t + 1", "x0", 0),
]


@pytest.mark.parametrize(("text", "start", "first"), SYMPY)
def test_some_of_sympy(text: str, start: str, first: int) -> None:
    check(solved(text, start, first), text, start, first)


# Products and sums by themselves

PRODUCTS = [
    (1 - 1 / (k + 2), "1/(t + 1)"),
    (1 - a / (k + 1), "RisingFactorial(1 - a, t)/factorial(t)"),
    (k + 1, "factorial(t)"),
    (2 * k + 1, "2**t*RisingFactorial(1/2, t)"),
    (2 * (2 * k + 1) / (k + 1), "binomial(2*t, t)"),
    (a + b * k, "b**t*RisingFactorial(a/b, t)"),
    (c**k, "c**(t**2/2 - t/2)"),
    ((k + a + 2) / (k + a), "(a + t)*(a + t + 1)/(a*(a + 1))"),
    ((k - 3) / (k + 1), "RisingFactorial(-3, t)/factorial(t)"),
    (c * (k + 1) * sp.Function("S")(k), "c**t*factorial(t)*Product(S(k), (k, 0, t - 1))"),
    ((k**2 + 1) * (k + 1), "factorial(t)*Product(k**2 + 1, (k, 0, t - 1))"),
    ((k + 1) ** 2 / (k + 3), "2*factorial(t)/((t + 1)*(t + 2))"),
    (sp.Rational(1, 2), "(1/2)**t"),
]


@pytest.mark.parametrize(("f", "form"), PRODUCTS, ids=str)
def test_products(f: sp.Expr, form: str) -> None:
    found = product_form(f, k, sp.Integer(0), t - 1)
    assert found is not None and str(found[0]) == form
    for world in (World(4, True), World(5, True)):
        running = Fraction(1)
        for place in range(10):
            assert value(found[0], {t: Fraction(place)}, world) == running
            running *= value(f, {k: Fraction(place)}, world)


@pytest.mark.parametrize("f", [k**2 + 1, sp.Function("S")(k), 1 - a**k, sp.log(k + 1)], ids=str)
def test_products_that_stay(f: sp.Expr) -> None:
    assert product_form(f, k, sp.Integer(0), t - 1) is None


QUOTIENTS = [
    (k + 1) / (k + 3),
    (k + a) / (k + 1),
    c * (k - 2),
    2 * (2 * k + 1) / (k + 1),
    (k - 1) / (k - 2),
]


@pytest.mark.parametrize("f", QUOTIENTS, ids=str)
def test_quotients(f: sp.Expr) -> None:
    found = quotient_form(f, k, 3)
    assert found is not None
    world = World(6, True)
    for place in range(3, 12):
        here, there = (value(found[0], {k: Fraction(p)}, world) for p in (place, place + 1))
        assert here and there / here == value(f, {k: Fraction(place)}, world)


@pytest.mark.parametrize("f", [k - 5, 1 / (k - 5), k**2 + 1, sp.Function("S")(k)], ids=str)
def test_quotients_that_have_none(f: sp.Expr) -> None:
    assert quotient_form(f, k, 3) is None


SUMS = [
    k**3,
    c * k**50,
    k**2 * 2**k,
    k * c**k,
    1 / ((k + 1) * (k + 2)),
    1 / (k + 1),
    1 / (2 * k + 1),
    1 / (k + 1) ** 2,
    2 * k / ((k + 1) * (k + 2)),
    k * sp.factorial(k),
    sp.factorial(k + 1) - sp.factorial(k) + 1 / (k + 1),
    sp.harmonic(k),
    k * sp.harmonic(k),
    k**2 * sp.harmonic(k + 1),
    k * sp.harmonic(k, 2),
    sp.binomial(2 * k, k) / 4**k,
    k * sp.rf(a, k) / sp.factorial(k),
    (k**3 + 1) / ((k + 1) * (k + 3) * (2 * k + 1)),
    1 / (k + a) / (k + a + 1) / (k + a + 2),
    k / 2**k,
    (k + 2**k) ** 2,
]


@pytest.mark.parametrize("f", SUMS, ids=str)
def test_sums(f: sp.Expr) -> None:
    found, world = sum_form(f, k, sp.Integer(0), t - 1), World(7, True)
    assert found is not None and not found[0].has(sp.Sum)
    total = Fraction(0)
    for place in range(11):
        assert value(found[0], {t: Fraction(place)}, world) == total
        total += value(f, {k: Fraction(place)}, world)


NOT_RATIONAL = [
    1 / (k + a),
    1 / (k + a) ** 3,
    1 / sp.sqrt(k + 1),
    sp.polygamma(0, k + a),
    k * sp.cos(a * k),
    1 / (3 * k + 2),
]


@pytest.mark.parametrize("f", NOT_RATIONAL, ids=str)
def test_sums_to_forty_digits(f: sp.Expr) -> None:
    with mpmath.workdps(3 * DIGITS):
        found, world = sum_form(f, k, sp.Integer(0), t - 1), World(8, False)
        assert found is not None and not found[0].has(sp.Sum)
        total = mpmath.mpf(0)
        for place in range(11):
            assert agrees(value(found[0], {t: mpmath.mpf(place)}, world), total, world)
            total += value(f, {k: mpmath.mpf(place)}, world)


STAY = [
    k**90,
    1 / sp.factorial(k),
    sp.factorial(k),
    1 / (k**2 + 1),
    sp.Function("S")(k),
    2**k / (k + 1),
    sp.sin(k**2),
]


@pytest.mark.parametrize("f", STAY, ids=str)
def test_sums_that_stay(f: sp.Expr) -> None:
    assert sum_form(f, k, sp.Integer(0), t - 1) is None
    assert antidifference(f, k) is None


SUMMABLE = [
    k,
    k**2 * c**k,
    k * sp.factorial(k),
    1 / ((k + 1) * (k + 3)),
    sp.harmonic(k),
    sp.rf(a, k) / sp.factorial(k),
]


@pytest.mark.parametrize("f", SUMMABLE, ids=str)
def test_antidifferences(f: sp.Expr) -> None:
    found, world = antidifference(f, k), World(9, True)
    assert found is not None
    for place in range(10):
        here, there = (value(found, {k: Fraction(p)}, world) for p in (place, place + 1))
        assert there - here == value(f, {k: Fraction(place)}, world)


# Drawn recurrences

PLACES = st.integers(1, 4)
FACTOR = st.tuples(st.integers(1, 3), PLACES)  # p t + q, q > 0
SIGNED = st.tuples(st.integers(1, 3), st.integers(-4, 4))


def linear(pairs: list[tuple[int, int]]) -> str:
    return "*".join(f"({p}*t+({q}))" for p, q in pairs) or "1"


FORCING = st.sampled_from(
    ["0", "1", "t", "2**t", "factorial(t)", "1/(t+1)", "t**2 - c", "c**t", "S(t)"]
)
FEW = st.lists(FACTOR, max_size=1)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(SIGNED, max_size=2),
    st.lists(FACTOR, max_size=2),
    st.sampled_from(["1", "-2", "a", "1/a"]),
    FORCING,
)
def test_drawn_first_order(
    top: list[tuple[int, int]], bottom: list[tuple[int, int]], number: str, forcing: str
) -> None:
    text = f"x(t+1) = {number}*{linear(top)}/({linear(bottom)})*x(t) + {forcing}"
    found = varying(stated(text, {"x": "x0"}), ("x",), {})
    assert found is not None
    check(found, text, "x0", exact=not found.values["x"].has(sp.polygamma))


@settings(deadline=None, max_examples=40)
@given(FEW, FEW, FEW, st.integers(1, 3), FORCING)
def test_drawn_second_order(one: list, other: list, below: list, number: int, forcing: str) -> None:
    """Made from two hypergeometric solutions, with ratios r and q: both must be found."""
    r = f"({linear(one)}/({linear(below)}))"
    q = f"(-{number}*{linear(other)})"
    r_, q_ = (
        sp.together(stated(f"x(t+1) = {p}*x(t)", {"x": "1"}).equations["x"] / sp.Function("x")(t))
        for p in (r, q)
    )
    slope = sp.factor((r_ * r_.subs(t, t + 1) - q_ * q_.subs(t, t + 1)) / (r_ - q_))
    rest = sp.factor(r_ * r_.subs(t, t + 1) - slope * r_)
    bottom = sp.Poly(sp.lcm(sp.denom(slope), sp.denom(rest)), t)
    assume(all(bottom.eval(i) != 0 for i in range(LAST + 3)))
    text = f"x(t+2) = ({slope})*x(t+1) + ({rest})*x(t) + {forcing}"
    found = varying_higher(stated(text, {"x": "x0, x1"}), ("x",), {})
    assert found is not None
    check(found, text, "x0, x1", exact=not found.values["x"].has(sp.polygamma))


# Divide and conquer

GROWTH = [
    (2, 2, n, n * sp.log(n)),
    (4, 2, n, n**2),
    (1, 2, sp.Integer(1), sp.log(n)),
    (7, 2, n**2, n ** (sp.log(7) / sp.log(2))),
    (2, 2, n**2, n**2),
    (2, 2, n * sp.log(n), n * sp.log(n) ** 2),
    (3, 2, n * sp.log(n) ** 2, n ** (sp.log(3) / sp.log(2))),
    (8, 2, 5 * n**3, n**3 * sp.log(n)),
    (2, 4, sp.sqrt(n), sp.sqrt(n) * sp.log(n)),
    (3, 2, sp.sqrt(n), n ** (sp.log(3) / sp.log(2))),
    (1, 2, sp.log(n), sp.log(n) ** 2),
    (1, 3, n, n),
    (2, 2, n**2 * sp.log(n), n**2 * sp.log(n)),
]


@pytest.mark.parametrize(("a_", "b_", "g", "shape"), GROWTH, ids=str)
def test_growth(a_: int, b_: int, g: sp.Expr, shape: sp.Expr) -> None:
    found = theta(sp.Integer(a_), sp.Integer(b_), g, n)
    assert found is not None and found[0] == shape and found[1]
    ratios = []
    for height in (
        400,
        800,
    ):  # f(b**height) over the class: it must come to rest; the logarithms of what is n**d exactly
        with mpmath.workdps(60):
            total = mpmath.mpf(1)
            for level in range(1, height + 1):
                size = mpmath.mpf(b_) ** level
                total = a_ * total + mpmath.mpf(1) * sp.lambdify(n, g, "mpmath")(size)
            ratios.append(total / sp.lambdify(n, shape, "mpmath")(mpmath.mpf(b_) ** height))
    assert ratios[0] > 0 and abs(ratios[1] / ratios[0] - 1) < 0.01


@pytest.mark.parametrize("g", [n / sp.log(n), 2**n, n + 1, a * n, -n, sp.sin(n)], ids=str)
def test_growth_that_is_not_known(g: sp.Expr) -> None:
    assert theta(sp.Integer(2), sp.Integer(2), g, n) is None


def test_growth_needs_numbers() -> None:
    assert theta(a, sp.Integer(2), n, n) is None


@pytest.mark.parametrize(("a_", "b_", "g"), [(2, 2, n), (3, 2, n**2), (a, 3, n + 1)], ids=str)
def test_unfolded(a_: Any, b_: int, g: sp.Expr) -> None:
    model = unfolded(sp.S(a_), sp.Integer(b_), g, n, sp.Symbol("f1"))
    assert isinstance(model, Stated)
    found, world = solution(model), World(10, True)
    total = world["f1"]
    for height in range(8):
        assert value(found.values["f"], {model.index: Fraction(height)}, world) == total
        total = value(sp.S(a_), {}, world) * total + value(
            g, {n: Fraction(b_) ** (height + 1)}, world
        )


def test_unfolded_with_letters() -> None:
    model = unfolded(a, b, n * sp.log(n), n, c)
    k = model.index
    assert model.equations["f"] == a * sp.Function("f")(k) + b ** (k + 1) * (k + 1) * sp.log(b)

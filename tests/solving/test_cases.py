"""The recurrences of cases.toml: each closed form, each degenerate branch and each limit against
exact unrolling.

The truth is written here: an equation's text run as Python on fractions (or on numbers of 400
digits where it has roots and cosines), and a walk over an expression that shares nothing with
derive's. Other tests use both.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, reduce
from math import isqrt
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

from derive import DeriveError, solve
from derive.checking.counting.unroll import give_meanings
from derive.checking.numbers.evaluate import evaluate
from derive.checking.numbers.intervals import Interval
from derive.checking.numbers.roots import Residue
from derive.desk.recurrences.solved import Solved
from derive.model.language.whole import Whole

CASES = {
    case["id"]: case
    for case in tomllib.loads(
        (Path(__file__).parents[1] / "data" / "cases.toml").read_text("utf-8")
    )["case"]
}
WHOLE = {"k", "T"}  # letters of the cases that stand for whole numbers from 1 on
NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")  # of a text, so that 1/2 is a fraction
DIGITS, NEAR = 400, 60  # how many are worked with, and in how many two numbers must agree
STEP = Fraction(1, 10**30)  # how far from a degenerate point its limit is looked for


def mp(x: Any) -> Any:
    """A number of many digits."""
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, int | Fraction) else x


def exact(x: Any) -> bool:
    return isinstance(x, int | Fraction)


def both(f: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: f(a, b) if exact(a) and exact(b) else f(mp(a), mp(b))


add, times = both(lambda a, b: a + b), both(lambda a, b: a * b)


class Pole:
    """n! at whole numbers below 0: 1/n! is 0 there, and n! is nothing."""

    def raised(self, n: Any) -> Fraction:
        if n >= 0:
            raise ZeroDivisionError
        return Fraction(0)

    def __rtruediv__(self, other: Any) -> Fraction:
        return self.raised(-1)

    def __radd__(self, other: Any) -> Any:
        return self.raised(1)

    __add__ = __mul__ = __rmul__ = __sub__ = __rsub__ = __truediv__ = __radd__


def power(a: Any, n: Any) -> Any:
    """a ** n; exact where it is rational; 0 ** 0 = 1, 0 to a negative power is an error."""
    if isinstance(a, Pole):
        return a.raised(n)
    if isinstance(n, Fraction) and n.denominator == 1:
        n = int(n)
    if isinstance(n, int):
        return a**n if n >= 0 else (1 / Fraction(a) if exact(a) else 1 / a) ** -n
    if exact(a) and exact(n) and n.denominator == 2 and a >= 0:
        top, bottom = (isqrt(x) for x in (Fraction(a).numerator, Fraction(a).denominator))
        if Fraction(top, bottom) ** 2 == a:
            return power(Fraction(top, bottom), int(2 * n))
    return mpmath.power(mp(a), mp(n))


def same(a: Any, b: Any, near: int = NEAR) -> bool:
    """Equal, or, where not both are rational, equal in `near` digits."""
    if exact(a) and exact(b):
        return bool(a == b)
    a, b = mp(a), mp(b)
    return bool(abs(a - b) <= mpmath.mpf(10) ** -near * (1 + abs(b)))


# An equation's text, run.


def _harmonic(n: Any, m: Any = 1) -> Any:
    return reduce(
        add,
        (1 / power(Fraction(i), m) if exact(m) else 1 / mp(i) ** m for i in range(1, int(n) + 1)),
        Fraction(0),
    )


def _rising(x: Any, n: Any) -> Any:
    return reduce(times, (add(x, i) for i in range(int(n))), Fraction(1))


def _factorial(n: Any) -> Any:
    if exact(n) and Fraction(n).denominator == 1 and n >= 0:
        return _rising(Fraction(1), n) if n < 5_000 else mpmath.factorial(mp(n))
    return Pole() if exact(n) and Fraction(n).denominator == 1 else mpmath.factorial(mp(n))


def _binomial(n: Any, k: Any) -> Any:
    if exact(k) and Fraction(k).denominator == 1:
        return (
            Fraction(0)
            if k < 0
            else reduce(times, (add(n, -i) / Fraction(i + 1) for i in range(int(k))), Fraction(1))
        )
    return mpmath.binomial(mp(n), mp(k))


def _pieces(*parts: tuple[Any, Any]) -> Any:
    return next(value for value, holds in parts if holds)


def _mp(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *xs: function(*map(mp, xs))


CALLS: dict[str, Callable[..., Any]] = {
    "Piecewise": _pieces,
    "Eq": lambda a, b: same(a, b),
    "Ne": lambda a, b: not same(a, b),
    "Mod": lambda a, b: a % b,
    "floor": lambda x: Fraction(int(mpmath.floor(mp(x)))),
    "ceiling": lambda x: Fraction(int(mpmath.ceil(mp(x)))),
    "factorial": _factorial,
    "binomial": _binomial,
    "rf": _rising,
    "harmonic": _harmonic,
    "Abs": abs,
    "sqrt": lambda x: power(x, Fraction(1, 2)),
    "gamma": lambda x: _factorial(x - 1),
    **{
        name: _mp(getattr(mpmath, name))
        for name in ("sin", "cos", "tan", "sinh", "cosh", "exp", "log")
    },
}
IRRATIONAL = re.compile(r"\b(sqrt|sin|cos|tan|sinh|cosh|exp|log|gamma)\(|\bpi\b")


def unroll(
    equations: Sequence[str], start: Mapping[str, str], world: Mapping[str, Any]
) -> dict[str, Callable[[int], Any]]:
    """What each sequence is at an index: by equations `x(t+2) = ...` or, with `at` in the start,
    `W(l) = ...` down from there.

    `world` gives numbers to letters and functions to arbitrary sequences.
    """
    numbers = all(exact(v) for v in world.values() if not callable(v)) and not IRRATIONAL.search(
        " ".join(equations)
    )
    lift: Callable[[Any], Any] = (lambda x: x) if numbers else mp
    letters: dict[str, Any] = {
        name: v if callable(v) or name in WHOLE else lift(v) for name, v in world.items()
    }
    scope: dict[str, Any] = {
        **CALLS,
        "pi": mpmath.pi,
        **letters,
        "_number": lambda n: lift(Fraction(n)),
    }

    def run(text: str, place: int, index: str) -> Any:
        return eval(
            compile(NUMBER.sub(r"_number(\g<0>)", text.strip()), text, "eval"),
            {**scope, index: lift(Fraction(place))},
        )

    found: dict[str, Callable[[int], Any]] = {}
    down = run(start["at"], 0, "_") if "at" in start else None
    for equation in equations:
        left, right = re.split(r"(?<![<>=!])=(?!=)", equation)
        name, index, shift = re.fullmatch(r"\s*(\w+)\((\w+)(?:\s*\+\s*(\d+))?\)\s*", left).groups()  # type: ignore[union-attr]
        order = int(shift or 0)
        kept = {
            j: lift(run(v, 0, "_"))
            for j, v in enumerate(start.get(name, "").split(","))
            if v.strip()
        }
        if down is not None:
            kept = {int(down): kept[0]}

        def value(
            at: Any, kept: dict = kept, right: str = right, order: int = order, index: str = index
        ) -> Any:
            at = int(at)
            if at not in kept:
                assert down is not None or at >= order, f"{index} = {at} is before the start"
                kept[at] = run(right, at - order, index)
            return kept[at]

        found[name] = scope[name] = value
    return found


# An expression at a point.


def value(expr: Any, world: Mapping[str, Any]) -> Any:
    """An expression's value, by a walk of its own: a Fraction where all is rational, else a number
    of many digits."""
    kind = type(expr)
    args = expr.args
    if expr.is_Rational:
        return Fraction(int(expr.p), int(expr.q))
    if expr.is_Symbol:
        return world[expr.name]
    if isinstance(expr, sp.Add | sp.Mul):
        return reduce(add if isinstance(expr, sp.Add) else times, (value(a, world) for a in args))
    if isinstance(expr, sp.Pow):
        return power(value(args[0], world), value(args[1], world))
    if isinstance(expr, sp.exp):
        return mpmath.exp(mp(value(args[0], world)))
    if isinstance(expr, AppliedUndef):
        return world[kind.__name__](*(value(a, world) for a in args))
    if isinstance(expr, sp.Sum | sp.Product):
        return _over(expr.function, expr.limits, world, isinstance(expr, sp.Sum))
    if isinstance(expr, sp.Piecewise):
        return next(value(v, world) for v, holds in args if truth(holds, world))
    if isinstance(expr, sp.RootSum):
        roots = mp_roots([value(c, world) for c in expr.poly.all_coeffs()])
        (letter,), body = expr.fun.variables, expr.fun.expr
        return reduce(add, (value(body, {**world, letter.name: r}) for r in roots))
    if isinstance(expr, sp.KroneckerDelta):
        return Fraction(int(value(args[0], world) == value(args[1], world)))
    if kind in _NUMBERS:
        return _NUMBERS[kind](*(value(a, world) for a in args))
    if expr in _CONSTANTS:
        return _CONSTANTS[expr]()
    if expr.is_number:
        return mpmath.mpmathify(expr.evalf(DIGITS)._to_mpmath(1400))
    raise NotImplementedError(f"{kind.__name__}: {expr}")


_CONSTANTS: dict[Any, Callable[[], Any]] = {
    sp.pi: lambda: +mpmath.pi,
    sp.E: lambda: +mpmath.e,
    sp.I: lambda: mpmath.mpc(0, 1),
}
_NUMBERS: dict[Any, Callable[..., Any]] = {
    sp.floor: CALLS["floor"],
    sp.ceiling: CALLS["ceiling"],
    sp.Mod: lambda a, b: a % b if exact(a) and exact(b) else mp(a) % mp(b),
    sp.factorial: _factorial,
    sp.gamma: lambda x: _factorial(add(x, Fraction(-1))),
    sp.RisingFactorial: lambda x, n: (
        _rising(x, n) if exact(n) and n == int(n) and n >= 0 else _mp(mpmath.rf)(x, n)
    ),
    sp.FallingFactorial: _mp(mpmath.ff),
    sp.binomial: _binomial,
    sp.harmonic: _harmonic,
    sp.polygamma: _mp(lambda m, x: mpmath.psi(int(m), x)),
    sp.digamma: _mp(lambda x: mpmath.psi(0, x)),
    sp.zeta: _mp(mpmath.zeta),
    sp.uppergamma: _mp(lambda s, x: mpmath.gammainc(s, x)),
    sp.lowergamma: _mp(lambda s, x: mpmath.gammainc(s, 0, x)),
    sp.Abs: lambda x: abs(x),
    sp.sign: lambda x: Fraction((x > 0) - (x < 0)),
    sp.factorial2: _mp(mpmath.fac2),
    sp.fibonacci: lambda n: Fraction(int(sp.fibonacci(int(n)))),
    sp.lucas: lambda n: Fraction(int(sp.lucas(int(n)))),
    **{
        getattr(sp, f): _mp(getattr(mpmath, f))
        for f in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "log")
    },
}


def _over(body: Any, limits: Sequence[Any], world: Mapping[str, Any], adds: bool) -> Any:
    """A sum or a product, term by term; empty where its upper limit is below its lower."""
    if not limits:
        return value(body, world)
    *inner, (index, low, high) = limits
    places = range(int(value(low, world)), int(value(high, world)) + 1)
    terms = (_over(body, inner, {**world, index.name: Fraction(k)}, adds) for k in places)
    return reduce(add if adds else times, terms, Fraction(int(not adds)))


def truth(condition: Any, world: Mapping[str, Any]) -> bool:
    """Whether a condition holds."""
    if condition in (True, sp.true, False, sp.false):
        return bool(condition)
    if isinstance(condition, sp.And | sp.Or):
        return (all if isinstance(condition, sp.And) else any)(
            truth(c, world) for c in condition.args
        )
    if isinstance(condition, sp.Not):
        return not truth(condition.args[0], world)
    if isinstance(condition, Whole):
        return Fraction(value(condition.args[0], world)).denominator == 1
    try:
        left, right = (value(side, world) for side in condition.args)
    except ZeroDivisionError:  # a value that does not exist equals none
        return isinstance(condition, sp.Ne)
    if isinstance(condition, sp.Eq | sp.Ne):
        return same(left, right, 200) == isinstance(condition, sp.Eq)
    gap = left - right if exact(left) and exact(right) else mp(left) - mp(right)
    return {"<": gap < 0, "<=": gap <= 0, ">": gap > 0, ">=": gap >= 0}[condition.rel_op]


def mp_roots(coefficients: Sequence[Any]) -> list[Any]:
    """All roots of a polynomial, highest coefficient first."""
    c = [mp(x) for x in coefficients]
    if len(c) == 3:
        root = mpmath.sqrt(c[1] ** 2 - 4 * c[0] * c[2])
        return [(-c[1] + sign * root) / (2 * c[0]) for sign in (1, -1)]
    return list(mpmath.polyroots(c, maxsteps=2000, extraprec=3 * mpmath.mp.prec))


def with_roots(world: Mapping[str, Any], where: Sequence[Any]) -> dict[str, Any]:
    """A world in which the named roots have a meaning."""
    found = dict(world)
    for root in where:
        roots = mp_roots(
            [value(c, found) for c in sp.Poly(root.polynomial, root.variable).all_coeffs()]
        )
        found[root.name] = lambda n, roots=roots: roots[int(n) - 1]
    return found


class Arbitrary:
    """A sequence of any values."""

    def __init__(self, draw: random.Random):
        self.draw, self.kept = draw, {}

    def __call__(self, at: Any) -> Fraction:
        return self.kept.setdefault(
            int(at), Fraction(self.draw.randint(1, 30), self.draw.randint(31, 60))
        )


def number(draw: random.Random, whole: bool = False) -> Fraction:
    """A square in (0, 1), so that its root is rational; a whole number from 1 on."""
    return (
        Fraction(draw.randint(1, 5))
        if whole
        else Fraction(draw.randint(1, 40), draw.randint(41, 60)) ** 2
    )


# The cases.


@pytest.fixture(autouse=True)
def _digits() -> Iterator[None]:
    with mpmath.workdps(DIGITS):
        yield


@cache
def solved(name: str) -> Solved:
    return solve(CASES[name]["equations"], start=CASES[name]["start"], seconds=20)


def letters(case: Mapping[str, Any]) -> list[str]:
    """The parameters of a case, by its text alone."""
    texts = [*case["equations"], *case["start"].values()]
    words = {w for text in texts for w in re.findall(r"\b[A-Za-z]\w*\b(?!\()", text)}
    indices = {re.match(r"\s*\w+\((\w+)", e).group(1) for e in case["equations"]}  # type: ignore[union-attr]
    return sorted(words - indices - {"True"} - {e.split("(")[0].strip() for e in case["equations"]})


def worlds(case: Mapping[str, Any], count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    draw = random.Random(f"{case['id']} {seed}")
    for _ in range(count):
        found: dict[str, Any] = {name: number(draw, name in WHOLE) for name in letters(case)}
        if "at" in case["start"]:
            found |= {"L": Fraction(draw.randint(1, 6)), "S": Arbitrary(draw), "K": Arbitrary(draw)}
        yield found


def places(case: Mapping[str, Any], world: Mapping[str, Any], first: int = 0) -> list[int]:
    """The indices to compare at."""
    if "at" in case["start"]:
        return list(range(int(world["L"]) + 1))
    return [
        n
        for n in (*range(case.get("last", 9) + 1), *(() if "last" in case else (23,)))
        if n >= first
    ]


def index(case: Mapping[str, Any]) -> str:
    return re.match(r"\s*\w+\((\w+)", case["equations"][0]).group(1)  # type: ignore[union-attr]


def agrees(
    case: Mapping[str, Any],
    run: Solved,
    name: str,
    form: Any,
    world: Mapping[str, Any],
    near: Any = None,
    digits: int = NEAR,
) -> None:
    """The form in a world (or in one near it) against the truth of the world."""
    truth_ = unroll(case["equations"], case["start"], world)[name]
    here = with_roots(near or world, run.solution.where)
    for n in places(case, world, run.solution.first):
        found = value(form, {**here, index(case): Fraction(n)})
        assert same(mp(found) if near else found, truth_(n), digits), (
            f"{name}({n}) in {world}: {form}"
        )


CLOSED = [name for name, case in CASES.items() if "refused" not in case]
BRANCHED = [name for name in CLOSED if name != "rf-general"]


@pytest.mark.parametrize("id_", CLOSED)
def test_closed_form_is_the_unrolled_one(id_: str) -> None:
    case, run = CASES[id_], solved(id_)
    assert set(run.names) == {e.split("(")[0].strip() for e in case["equations"]}
    for world in worlds(case, 3):
        for name in run.names:
            agrees(case, run, name, run[name], world)


@pytest.mark.parametrize("id_", CLOSED)
def test_derives_own_evaluation_gives_the_same(id_: str) -> None:
    """What the checker counts with must not be another number than the one a walk from outside
    finds."""
    case, run = CASES[id_], solved(id_)
    for world in worlds(case, 1, seed=1):
        env: dict[str, Any] = dict(world)
        give_meanings(run.solution.where, env)
        for name in run.names:
            true = unroll(case["equations"], case["start"], world)[name]
            for n in places(case, world, run.solution.first):
                found = evaluate(run[name], {**env, index(case): n})
                if isinstance(found, Interval):
                    found = mpmath.mp.make_mpf(found.mid._mpi_[0])
                assert (
                    found == true(n) if isinstance(found, Residue) else same(found, true(n), 12)
                ), f"{name}({n})"


@pytest.mark.parametrize("id_", CLOSED)
def test_verdicts(id_: str) -> None:
    assert {v.kind for v in solved(id_).check().values()} == {CASES[id_]["verdict"]}


@pytest.mark.parametrize("id_", [name for name, case in CASES.items() if "refused" in case])
def test_refused_with_the_reason(id_: str) -> None:
    with pytest.raises(DeriveError, match=CASES[id_]["refused"]):
        solve(CASES[id_]["equations"], start=CASES[id_]["start"])


# Degenerate cases: by derive's own conditions, and at points known from outside.


def under(
    case: Mapping[str, Any], conditions: Sequence[Any], seed: int
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Worlds in which the conditions hold, and for each one near it in which the equations among
    them do not."""
    for number_, drawn in enumerate(worlds(case, 60, seed)):
        world, moved = (
            {name: v if name in WHOLE or number_ % 3 else 9 * v for name, v in drawn.items()},
            [],
        )
        equations = [c for c in conditions if isinstance(c, sp.Eq)]
        for c in sorted(equations, key=lambda c: len(c.rhs.free_symbols)):
            if isinstance(c.lhs, sp.sin):
                angle = str(c.lhs.args[0])
                world[angle] = Fraction(0) if number_ % 2 else +mpmath.pi
                moved.append(angle)
        for c in sorted(equations, key=lambda c: len(c.rhs.free_symbols)):
            if c.lhs.is_Symbol:
                world[c.lhs.name] = value(c.rhs, world)
                moved.append(c.lhs.name)
        if all(truth(c, world) for c in conditions):
            yield (
                world,
                {**world, **{name: add(world[name], STEP * n) for n, name in enumerate(moved, 1)}}
                if moved
                else {},
            )


@pytest.mark.parametrize("id_", BRANCHED)
def test_each_branch_and_its_limit(id_: str) -> None:
    """A branch is true where its conditions hold, and the general form tends to it."""
    case, run = CASES[id_], solved(id_)
    for conditions, branch in run.branches[1:]:
        found = list(under(case, conditions, 2))[:2]
        assert found, f"no values meet {conditions}"
        for world, near in found:
            for name in run.names:
                agrees(case, branch, name, branch[name], world)
                if near:
                    agrees(case, run, name, run[name], world, near, 15)


def at_points() -> list[Any]:
    return [
        pytest.param(name, p, id=f"{name} {p}")
        for name, case in CASES.items()
        for p in case.get("points", ())
    ]


def covering(case: Mapping[str, Any], run: Solved, world: Mapping[str, Any]) -> list[Solved]:
    return [
        branch for conditions, branch in run.branches if all(truth(c, world) for c in conditions)
    ]


def at(case: Mapping[str, Any], point: Mapping[str, str], seed: int = 3) -> dict[str, Any]:
    """A world with the values of a point."""
    (world,) = worlds(case, 1, seed)
    for name, text in point.items():
        world[name] = value(sp.sympify(text, {s: sp.Symbol(s) for s in world}), world)
    return world


@pytest.mark.parametrize("id_, point", at_points())
def test_degenerate_point_is_covered(id_: str, point: dict[str, str]) -> None:
    case, run = CASES[id_], solved(id_)
    world = at(case, point)
    branches = covering(case, run, world)
    assert branches, f"no case covers {point}; not covered: {run.not_covered}"
    for branch in branches:
        for name in run.names:
            agrees(case, branch, name, branch[name], world)


@pytest.mark.parametrize("id_, point", at_points())
def test_piecewise_says_the_same(id_: str, point: dict[str, str]) -> None:
    """One Piecewise for all cases: the first piece whose condition holds is the true one."""
    case, run = CASES[id_], solved(id_)
    if any(branch.solution.where for _, branch in run.branches[1:]):
        pytest.skip("a branch has named roots of its own")
    world = at(case, point)
    for name in run.names:
        agrees(case, run, name, run.piecewise(name), world)

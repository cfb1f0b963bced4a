"""`rsolve` with sympy's arguments: sympy's own tests, Maxima's, and the recurrences that textbooks
solve, each result put in."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
from sympy import Eq, Function, Rational, S, Symbol, cos, factorial, sqrt

from derive import DeriveError, TooHard, rsolve, solve
from tests.solving.test_cases import CALLS, mp, number, same, unroll, value, with_roots

DIGITS, NEAR = 100, 30
y, f_, a_ = Function("y"), Function("f"), Function("a")
n, k = sp.symbols("n k", integer=True)
a, b, u = sp.symbols("a b u")
C0, C1, C2 = sp.symbols("C0 C1 C2")


@pytest.fixture(autouse=True)
def _digits() -> Iterator[None]:
    with mpmath.workdps(DIGITS):
        yield


# Whether an answer is one: put into the equation, at many places, with numbers for all letters.


def constants(expr: Any) -> list[str]:
    return sorted(s.name for s in expr.free_symbols if s.name[0] == "C" and s.name[1:].isdigit())


def plain(expr: Any, rename: Mapping[Any, Any]) -> Any:
    """On symbols that differ in name wherever they differ at all."""
    return sp.sympify(expr).xreplace(dict(rename))


def renaming(parts: Sequence[Any], of: Any) -> dict[Any, Any]:
    index = of.args[0]
    found: dict[Any, Any] = {index: Symbol("index_")}
    symbols = {s for p in parts for s in sp.sympify(p).free_symbols} - {index}
    for number_, s in enumerate(sorted(symbols, key=lambda s: (s.name, str(s.assumptions0)))):
        known = {other.name for other in found.values()} | {of.func.__name__}
        found[s] = Symbol(s.name if s.name not in known else f"{s.name}_{number_}")
    return found


def _items(init: Any, sequence: Any) -> dict[int, Any]:
    if init is None:
        return {}
    items = enumerate(init) if isinstance(init, list) else init.items()
    return {int(key if isinstance(key, int) else key.args[0]): v for key, v in items}


def check(f: Any, of: Any, init: Any, ours: Any, first: int | None = None) -> None:
    """`ours` solves the equation and has the given values; a ZeroDivisionError is a place where the
    equation says nothing."""
    items = _items(init, of)
    index = of.args[0]
    left = f.lhs - f.rhs if isinstance(f, Eq) else f
    rename = renaming([left, ours, *items.values()], of)
    left, form = plain(left, rename), plain(ours, rename)
    draw = random.Random(str((left, form)))
    world: dict[str, Any] = {
        s.name: number(draw) for s in sorted(rename.values(), key=str) if s.name != "index_"
    }
    low = min(items, default=0) if first is None else first

    def at(m: Any) -> Any:
        if int(m) < low:
            raise ZeroDivisionError("before the start")
        return value(form, {**world, "index_": Fraction(int(m))})

    for m, given in items.items():
        assert same(at(m), value(plain(given, rename), world), NEAR), (
            f"{of.func}({m}) is not {given} in {ours}"
        )
    met = 0
    for m in range(low, low + 16):
        try:
            rest = value(left, {**world, "index_": Fraction(m), of.func.__name__: at})
        except ZeroDivisionError:
            continue
        met += 1
        size = max((abs(mp(at(j))) for j in range(max(low, m - 3), m + 4)), default=0)
        assert abs(mp(rest)) <= mpmath.mpf(10) ** -NEAR * (1 + size), (
            f"{ours} does not solve it at {index} = {m}: {rest}"
        )
    assert met >= 6, f"only {met} places at which the equation could be put in"


def independent(of: Any, ours: Any, first: int = 0) -> int:
    """How many of the constants in an answer are independent: the rank of what they multiply."""
    rename = renaming([ours], of)
    form = plain(ours, rename)
    names = constants(form)
    draw = random.Random(1)
    world = {s.name: number(draw) for s in sorted(rename.values(), key=str)}
    rows = []
    for name in names:
        row = []
        for m in range(first + 1, first + 12):
            here = {**world, **dict.fromkeys(names, Fraction(0)), "index_": Fraction(m)}
            try:
                row.append(mp(value(form, {**here, name: Fraction(1)})) - mp(value(form, here)))
            except ZeroDivisionError:
                row.append(mpmath.mpf(0))
        rows.append(row)
    rank = 0
    for column in range(11):
        pivot = max(range(rank, len(rows)), key=lambda r: abs(rows[r][column]), default=None)
        if pivot is None or abs(rows[pivot][column]) < mpmath.mpf(10) ** -30:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            ratio = rows[r][column] / rows[rank][column]
            rows[r] = [x - ratio * z for x, z in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


# sympy's own tests: all calls of rsolve in sympy/solvers/tests/test_recurr.py (1.14), in their
# order.


@dataclass(frozen=True)
class Given:
    """One call; `theirs` is what sympy's test expects (None: that answer; a class: that error),
    `ours` what differs from it."""

    f: Any
    y: Any
    init: Any
    theirs: Any
    # "solved" where sympy has no answer, "error" where it answers None, "refused" where it has an
    # answer
    ours: str = ""
    why: str = ""
    first: int | None = None
    rank: int | None = None  # how many constants, where that is not the order


fib = y(n + 2) - y(n + 1) - y(n)
FIB = sqrt(5) * (S.Half + S.Half * sqrt(5)) ** n - sqrt(5) * (S.Half - S.Half * sqrt(5)) ** n
poly = (n - 1) * y(n + 2) - (n**2 + 3 * n - 2) * y(n + 1) + 2 * n * (n + 1) * y(n)
two = y(n) - y(n - 1) - 2
three = 3 * y(n - 1) - y(n) - 1
ratio_ = 2 * y(n - 1) + (1 - n) * y(n) / n
double = (n - 1) * (n - 2) * y(n + 2) - (n + 1) * (n + 2) * y(n)
long_ = (-16 * n**2 + 32 * n - 12) * y(n - 1) + (4 * n**2 - 12 * n + 9) * y(n)
eight = sum(
    (c * y(n + j) for j, c in enumerate((1, 21, -273, -1092, 1820, 1092, -273, -21, 1))), S.Zero
)
half = y(n + 2) - y(n + 1) + y(n) / 4
r_, theta_ = Symbol("r", positive=True), Symbol("theta", real=True)
wave = y(n) - 2 * r_ * cos(theta_) * y(n - 1) + r_**2 * y(n - 2)
forced = y(n) - y(n - 1) - 2 * y(n - 2) - 2 * n
x_ = Function("x")

SYMPY = {
    "fibonacci, open": Given(
        fib,
        y(n),
        None,
        C0 * (S.Half - S.Half * sqrt(5)) ** n + C1 * (S.Half + S.Half * sqrt(5)) ** n,
    ),
    "fibonacci, list": Given(fib, y(n), [0, 5], FIB),
    "fibonacci, by number": Given(fib, y(n), {0: 0, 1: 5}, FIB),
    "fibonacci, by value": Given(fib, y(n), {y(0): 0, y(1): 5}, FIB),
    "fibonacci, backwards": Given(y(n) - y(n - 1) - y(n - 2), y(n), [0, 5], FIB),
    "fibonacci, Eq": Given(Eq(y(n), y(n - 1) + y(n - 2)), y(n), [0, 5], FIB),
    "polynomial, open": Given(poly, y(n), None, C1 * factorial(n) + C0 * 2**n),
    "polynomial, []": Given(poly, y(n), [], C1 * factorial(n) + C0 * 2**n),
    "polynomial, {}": Given(poly, y(n), {}, C1 * factorial(n) + C0 * 2**n),
    "polynomial, list": Given(poly, y(n), [0, 3], -3 * factorial(n) + 3 * 2**n),
    "polynomial, by number": Given(poly, y(n), {0: 0, 1: 3}, -3 * factorial(n) + 3 * 2**n),
    "polynomial, by value": Given(poly, y(n), {y(0): 0, y(1): 3}, -3 * factorial(n) + 3 * 2**n),
    "add two": Given(two, y(n), {y(0): 0}, 2 * n),
    "add two from one": Given(two, y(n), {y(0): 1}, 2 * n + 1),
    "add two, contradicted": Given(
        two, y(n), {y(0): 0, y(1): 1}, None, "error", "no solution: an error says so"
    ),
    "add two, open": Given(two, y(n), None, 2 * n + C0),
    "times three from 0": Given(three, y(n), {y(0): 0}, -(3**n) / 2 + S.Half),
    "times three from 1": Given(three, y(n), {y(0): 1}, 3**n / 2 + S.Half),
    "times three from 2": Given(three, y(n), {y(0): 2}, 3 * 3**n / 2 + S.Half),
    "times three, open": Given(three, y(n), None, C0 * 3**n + S.Half),
    "one over factorial": Given(y(n) - 1 / n * y(n - 1), y(n), None, C0 / factorial(n)),
    "one over n and one": Given(
        y(n) - 1 / n * y(n - 1) - 1, y(n), None, None, "solved", "a sum of factorials stays"
    ),
    "n 2^n from 1": Given(ratio_, y(n), {y(1): 1}, 2 ** (n - 1) * n),
    "n 2^n from 2": Given(ratio_, y(n), {y(1): 2}, 2 ** (n - 1) * n * 2),
    "n 2^n from 3": Given(ratio_, y(n), {y(1): 3}, 2 ** (n - 1) * n * 3),
    "n 2^n, open": Given(ratio_, y(n), None, C0 * 2**n * n, first=1),
    "step of two": Given(double, y(n), {y(3): 6, y(4): 24}, n * (n - 1) * (n - 2)),
    "step of two, alternating": Given(
        double, y(n), {y(3): 6, y(4): -24}, -n * (n - 1) * (n - 2) * (-1) ** n
    ),
    "step of two, open": Given(
        double, y(n), None, (C0 + C1 * (-1) ** n) * n * (n - 1) * (n - 2), first=3
    ),
    "letter": Given(Eq(y(n + 1), a * y(n)), y(n), {y(1): a}, a**n),
    "root of a letter": Given(
        y(n) - a * y(n - 2),
        y(n),
        {y(1): sqrt(a) * (a + b), y(2): a * (a - b)},
        a ** (n / 2 + 1) - b * (-sqrt(a)) ** n,
    ),
    "quadratic, letter": Given(
        y(n) + a * (y(n + 1) + y(n - 1)) / 2,
        y(n),
        None,
        C0 * ((-sqrt(1 - a**2) - 1) / a) ** n + C1 * ((sqrt(1 - a**2) - 1) / a) ** n,
    ),
    "no recurrence": Given(
        (k + 1) * y(k), y(k), None, None, "error", "not a recurrence: an error says so"
    ),
    "no hypergeometric solution": Given(
        (k + 1) * y(k) + (k + 3) * y(k + 1) + (k + 5) * y(k + 2),
        y(k),
        None,
        None,
        "error",
        "none is known: an error says so",
    ),
    "two powers": Given(
        y(n) + y(n + 1) + 2**n + 3**n, y(n), None, (-1) ** n * C0 - 2**n / 3 - 3**n / 4
    ),
    "another index": Given(y(n) - y(k + 1), y(n), None, ValueError),
    "another sequence asked": Given(y(n) - y(n + 1), x_(n), None, ValueError),
    "a sequence that nothing says": Given(y(n) - x_(n + 1), y(n), None, ValueError),
    "root of the index": Given(y(n) - sqrt(n) * y(n + 1), y(n), None, ValueError),
    "a value of another sequence": Given(y(n) - y(n + 1), y(n), {x_(0): 0}, ValueError),
    "cosine": Given(
        y(n) + y(n + 1) + 2**n + cos(n),
        y(n),
        None,
        ValueError,
        "solved",
        "cosines are forcing like any other",
    ),
    "double root, open": Given(half, y(n), None, 2 ** (-n + 1) * C1 * n + 2 ** (-n) * C0),
    "double root": Given(half, y(n), {y(0): 0, y(1): 1}, 2 ** (1 - n) * n),
    "an angle": Given(
        wave, y(n), None, C0 * r_**n * cos(theta_ * n) + C1 * r_**n * sp.sin(theta_ * n)
    ),
    "three constants": Given(
        y(n + 3) - y(n + 2) - y(n + 1) + y(n), y(n), None, (-1) ** n * C1 + C0 + C2 * n
    ),
    "triple root": Given(
        y(n + 3) + 3 * y(n + 2) + 3 * y(n + 1) + y(n),
        y(n),
        None,
        (-1) ** n * (C0 - C1 * n - C2 * n**2),
    ),
    "three values": Given(
        y(n) - 2 * y(n - 3) + 5 * y(n - 2) - 4 * y(n - 1), y(n), [1, 3, 8], 3 * 2**n - n - 2
    ),
    "values from 1": Given(
        y(n + 3) - 3 * y(n + 1) + 2 * y(n), y(n), {y(1): 0, y(2): 8, y(3): -2}, (-2) ** n + 2 * n
    ),
    "order eight": Given(eight, y(n), None, "eight roots"),
    "a cubic": Given(
        -10 * y(n) + 4 * y(n + 1) + 6 * y(n + 2) + 46 * y(n + 3), y(n), None, "three radicals"
    ),
    "8697, first": Given(
        a_(n + 3) - a_(n + 2) - a_(n + 1) + a_(n), a_(n), None, (-1) ** n * C1 + C0 + C2 * n
    ),
    "8697, second": Given(
        a_(n + 3) + 3 * a_(n + 2) + 3 * a_(n + 1) + a_(n),
        a_(n),
        None,
        (-1) ** n * (C0 - C1 * n - C2 * n**2),
    ),
    "8697, third": Given(
        a_(n) - 2 * a_(n - 3) + 5 * a_(n - 2) - 4 * a_(n - 1),
        a_(n),
        {a_(0): 1, a_(1): 3, a_(2): 8},
        3 * 2**n - n - 2,
    ),
    "8697, fourth": Given(a_(n) - 2 * a_(n - 1) - n, a_(n), {a_(0): 1}, 3 * 2**n - n - 2),
    "294, open": Given(forced, y(n), None, (-1) ** n * C0 + 2**n * C1 - n - Rational(5, 2)),
    "294": Given(
        forced, y(n), {y(0): -1, y(1): 1}, -((-1) ** n) / 2 + 2 * 2**n - n - Rational(5, 2)
    ),
    "7055": Given(-2 * y(n) + y(n + 1) + n - 1, y(n), None, 2**n * C0 + n),
    "15553, first": Given(Eq(f_(n), 2 * f_(n - 1) + n), f_(n), None, 2**n * C0 - n - 2),
    "15553, second": Given(
        Eq(f_(n + 1), 2 * f_(n) + n**2 + 1), f_(n), None, 2**n * C0 - n**2 - 2 * n - 4
    ),
    "15553, third": Given(
        Eq(f_(n + 1), 2 * f_(n) + n**2 + 1), f_(n), {f_(1): 0}, 7 * 2**n / 2 - n**2 - 2 * n - 4
    ),
    "15553, fourth": Given(
        Eq(f_(n), 2 * f_(n - 1) + 3 * n**2), f_(n), None, 2**n * C0 - 3 * n**2 - 12 * n - 18
    ),
    "15553, fifth": Given(
        Eq(f_(n), 2 * f_(n - 1) + n**2), f_(n), None, 2**n * C0 - n**2 - 4 * n - 6
    ),
    "15553, sixth": Given(Eq(f_(n), 2 * f_(n - 1) + n), f_(n), {f_(0): 1}, 3 * 2**n - n - 2),
}


def order(f: Any, of: Any) -> int:
    places = [
        s.args[0] - of.args[0] for s in (f.lhs - f.rhs if isinstance(f, Eq) else f).atoms(type(of))
    ]
    return int(max(places) - min(places))


def solved_or_refused(case: Given) -> None:
    no_answer = case.theirs is None or isinstance(case.theirs, type)
    if case.ours in ("error", "refused") or (no_answer and case.ours != "solved"):
        with pytest.raises(DeriveError):
            rsolve(case.f, case.y, case.init)
        return
    ours = rsolve(case.f, case.y, case.init)
    if not any(
        case.y.args[0] in sp.sympify(v).free_symbols for v in _items(case.init, case.y).values()
    ):
        check(case.f, case.y, case.init, ours, case.first)
    if not case.init:
        expected = order(case.f, case.y) if case.rank is None else case.rank
        assert independent(case.y, ours, case.first or 0) == expected, ours
    if case.init and isinstance(case.theirs, sp.Expr):
        low = min(_items(case.init, case.y))
        draw = random.Random(5)
        world = {
            s.name: number(draw)
            for s in sorted(ours.free_symbols | case.theirs.free_symbols, key=str)
        }
        for m in range(low, low + 9):
            here = {**world, case.y.args[0].name: Fraction(m)}
            assert same(value(ours, here), value(case.theirs, here), NEAR), (
                f"{ours} is not {case.theirs} at {m}"
            )


@pytest.mark.parametrize("name", SYMPY)
def test_sympys_own(name: str) -> None:
    solved_or_refused(SYMPY[name])


def test_each_difference_from_sympy_has_a_reason() -> None:
    for name, case in SYMPY.items():
        assert bool(case.ours) == bool(case.why), name
        assert case.ours != "refused", f"{name}: sympy has an answer"


# Maxima's: rtest_solve_rec.mac and solve_rec.dem of its share/solve_rec (5.46).

MAXIMA = {
    "n/(n+1)": Given(y(n) - n / (n + 1) * y(n - 1), y(n), None, ""),
    "n/(n+1) from 1": Given(y(n) - n / (n + 1) * y(n - 1), y(n), {1: 1}, ""),
    "rational, order 1": Given(
        (n + 1) * (2 * n + 1) * y(n + 1) - (n + 3) * (2 * n - 1) * y(n), y(n), None, ""
    ),
    "pole, forced": Given(y(n) - n * y(n - 1) / (n - 2) - 1, y(n), None, "", first=3),
    "two poles": Given(y(n + 1) - n * y(n) / (n - 3) - 1 / (n - 5), y(n), None, "", first=6),
    "period six, forced": Given(y(n) - y(n - 1) + y(n - 2) - (n**2 - 1) / 4**n, y(n), None, ""),
    "period six, one value": Given(
        y(n) - y(n - 1) + y(n - 2) - (n**2 - 1) / 4**n, y(n), {1: 1}, ""
    ),
    "period six, two values": Given(
        y(n) - y(n - 1) + y(n - 2) - (n**2 - 1) / 4**n, y(n), {1: 1, 2: 1}, ""
    ),
    "second difference n": Given(y(n) - 2 * y(n - 1) + y(n - 2) - n, y(n), None, ""),
    "third difference": Given(
        y(n) - 3 * y(n - 1) + 3 * y(n - 2) - y(n - 3) - n - n * 2**n, y(n), None, ""
    ),
    "order 4, forced": Given(
        y(n + 4) - y(n + 3) - 13 * y(n + 2) + y(n + 1) + 12 * y(n) + n**2 + 2 ** (2 * n + 1) - 1,
        y(n),
        None,
        "",
    ),
    "golden, forced": Given(y(n) - y(n + 1) + y(n - 1) + 1, y(n), None, ""),
    "4, 5, 2": Given(
        y(n) - 4 * y(n - 1) + 5 * y(n - 2) - 2 * y(n - 3) - 2**n, y(n), {0: 1, 1: 9, 2: 33}, ""
    ),
    "hyper 1": Given((n + 4) * y(n + 2) + y(n + 1) - (n + 1) * y(n), y(n), None, ""),
    "hyper 2": Given(
        9 * (n + 2) * y(n + 2) - 3 * (n + 4) * y(n + 1) - 2 * (n + 3) * y(n), y(n), None, ""
    ),
    "hyper 3": Given(
        y(n + 2)
        - 2 * (n + 5) * (n - 4) / ((n + 6) * (n - 3)) * y(n + 1)
        + (n + 4) * (n - 5) / ((n + 6) * (n - 3)) * y(n),
        y(n),
        None,
        "",
        first=6,
    ),
    "hyper 4": Given(
        2 * n * (n + 1) * y(n) - (n**2 + 3 * n - 2) * y(n + 1) + (n - 1) * y(n + 2),
        y(n),
        None,
        "",
        first=2,
    ),
    "hyper 4, values apart": Given(poly, y(n), {1: 1, 3: 3}, ""),
    "hyper 5": Given(
        (-n - 5) * y(n + 3) + (6 * n + 22) * y(n + 2) + (-9 * n - 17) * y(n + 1) + 4 * n * y(n),
        y(n),
        None,
        "",
        first=1,
    ),
    "hyper 6": Given(
        (n + 3) * y(n + 2) - 3 * (n + 2) * y(n + 1) + 2 * (n + 1) * y(n), y(n), None, ""
    ),
    "hyper 7": Given(
        (n**6 + 5 * n**5 + 5 * n**4 - 5 * n**3 - 6 * n**2) * y(n + 2)
        + (2 * n**4 + 7 * n**3 + 9 * n**2 + 6 * n) * y(n + 1)
        + (n**2 + 4 * n + 3) * y(n),
        y(n),
        None,
        "",
        first=2,
    ),
    "hyper, letter": Given(
        n * (n + 1) * y(n + 2) - 2 * n * (n + u + 1) * y(n + 1) + (n + u) * (n + u + 1) * y(n),
        y(n),
        None,
        "",
        first=1,
    ),
    "root of a letter": Given(
        y(n + 2) - (2 * n + 1) * y(n + 1) + (n**2 - u) * y(n),
        y(n),
        None,
        "",
        "refused",
        "factors n + sqrt(u) are not looked for",
    ),
    "hyper 8": Given(
        (n**2 - n - 2) * y(n + 2)
        + (-(n**3) - 3 * n**2 + 2 * n + 8) * y(n + 1)
        + (2 * n**3 + 4 * n**2 - 2 * n - 4) * y(n),
        y(n),
        None,
        "",
        first=3,
    ),
    "hyper 9": Given(
        (n**5 + 8 * n**4 + 23 * n**3 + 29 * n**2 + 16 * n + 4) * y(n + 2)
        + (-(n**6) - 9 * n**5 - 32 * n**4 - 61 * n**3 - 65 * n**2 - 36 * n - 8) * y(n + 1)
        + (-(n**6) - 8 * n**5 - 21 * n**4 - 23 * n**3 - 9 * n**2) * y(n),
        y(n),
        None,
        "",
        first=1,
    ),
    "hyper 10": Given(
        (5 * n**3 + 17 * n**2 + 16 * n + 4) * y(n + 2)
        + (-15 * n**3 - 46 * n**2 - 43 * n - 12) * y(n + 1)
        + (-20 * n**3 - 38 * n**2 - 14 * n) * y(n),
        y(n),
        None,
        "",
        first=1,
    ),
    "hyper 11": Given(
        (n**3 - 1) * y(n + 2)
        + (-(n**5) - 2 * n**4 - 3 * n**3 - 2 * n**2 - n + 2) * y(n + 1)
        + (n**5 + 3 * n**4 + 4 * n**3 + 3 * n**2 + 3 * n) * y(n),
        y(n),
        None,
        "",
        "refused",
        "Maxima: n and Product(j**2 - 2*j + 2)",
    ),
    "order 3": Given(
        (2 * n**6 + 18 * n**5 + 57 * n**4 + 74 * n**3 + 32 * n**2 - 3 * n) * y(n + 3)
        + (-2 * n**7 - 24 * n**6 - 115 * n**5 - 285 * n**4 - 386 * n**3 - 275 * n**2 - 95 * n - 18)
        * y(n + 2)
        + (2 * n**6 + 26 * n**5 + 123 * n**4 + 280 * n**3 + 326 * n**2 + 181 * n + 36) * y(n + 1)
        + (2 * n**7 + 24 * n**6 + 111 * n**5 + 255 * n**4 + 308 * n**3 + 187 * n**2 + 45 * n)
        * y(n),
        y(n),
        None,
        "",
        first=1,
    ),
    "ratsol 100": Given(
        y(n + 2)
        - 2 * ((n - 99) * (n + 101)) / ((n - 98) * (n + 102)) * y(n + 1)
        + ((n - 100) * (n + 100)) / ((n - 98) * (n + 102)) * y(n),
        y(n),
        None,
        "",
        "refused",
        "Maxima, told to look for fractions: (C0*n + C1)/(n**2 - 10000)",
    ),
    "ratsol, forced": Given(
        (n + 4) * y(n + 3)
        + (n + 3) * y(n + 2)
        - n * y(n + 1)
        + (n**2 - 1) * y(n)
        - (n + 2) / (n + 1),
        y(n),
        None,
        "",
        "refused",
        "Maxima gives one solution, 1/(n**2 - 1), without constants",
    ),
    "Riccati 1": Given(
        y(n) * y(n - 1) + y(n) / (n + 1), y(n), None, "", rank=0
    ),  # y(n) = 0 from 1 on
    "Riccati 2": Given(y(n + 1) * y(n) - y(n) + y(n + 1) - 2, y(n), None, ""),
    "Riccati 2 from 1": Given(y(n + 1) * y(n) - y(n) + y(n + 1) - 2, y(n), {1: 5}, ""),
    "Riccati 3": Given(
        n * y(n + 1) * y(n) - y(n + 1) / (n + 2) + y(n) / (n - 1),
        y(n),
        {3: 5},
        "",
        "refused",
        "coefficients that vary",
    ),
}


# What textbooks solve: Graham, Knuth, Patashnik, Concrete Mathematics (CM); Wilf,
# generatingfunctionology (W); Petkovsek, Wilf, Zeilberger, A = B (AB); Sedgewick, Flajolet,
# Analysis of Algorithms (SF); the On-Line Encyclopedia (A-numbers). The first values are typed from
# the book, as a witness beside unrolling.

Text = tuple[str | list[str], dict[str, str], str]

CLOSED: dict[str, Text] = {
    "CM 1.1 towers of Hanoi": ("T(n+1) = 2*T(n) + 1", {"T": "0"}, "0 1 3 7 15 31"),
    "CM 1.2 lines in the plane": ("L(n) = L(n-1) + n", {"L": "1"}, "1 2 4 7 11 16"),
    "CM ex 1.2 Hanoi, no direct move": ("A(n+1) = 3*A(n) + 2", {"A": "0"}, "0 2 8 26 80"),
    "CM ex 1.6 bounded regions": ("B(n+1) = B(n) + n", {"B": "0"}, "0 0 1 3 6 10 15"),
    "CM 2.9 times n, plus n": ("S(n) = S(n-1) + n**2", {"S": "0"}, "0 1 5 14 30 55"),
    "CM 2.12 T(n) = 2T(n-1)/n": ("x(n+1) = 2*x(n)/(n+1)", {"x": "1"}, "1 2 2 4/3 2/3"),
    "CM 2.13 quicksort": (
        "C(n+1) = (n+2)*C(n)/(n+1) + 2*(n+1)/(n+1)",
        {"C": "0"},
        "0 2 5 26/3 77/6",
    ),
    "CM 2.4 sum of cubes": ("S(n+1) = S(n) + (n+1)**3", {"S": "0"}, "0 1 9 36 100"),
    "CM 2.25 sum of 1/(k(k+1))": (
        "S(n+1) = S(n) + 1/((n+1)*(n+2))",
        {"S": "0"},
        "0 1/2 2/3 3/4 4/5",
    ),
    "CM 2.47 sum of k 2^k": ("S(n+1) = S(n) + n*2**n", {"S": "0"}, "0 0 2 10 34 98"),
    "CM 2.36 sum of H_k": ("S(n+1) = S(n) + harmonic(n)", {"S": "0"}, "0 0 1 5/2 13/3"),
    "CM 2.57 sum of k H_k": ("S(n+1) = S(n) + n*harmonic(n)", {"S": "0"}, "0 0 1 4 19/2"),
    "CM 5.1 central binomials": ("B(n+1) = 2*(2*n+1)/(n+1)*B(n)", {"B": "1"}, "1 2 6 20 70 252"),
    "CM 6.6 Fibonacci": ("F(n+2) = F(n+1) + F(n)", {"F": "0, 1"}, "0 1 1 2 3 5 8 13"),
    "CM 6.104 sum of Fibonacci": (
        ["F(n+2) = F(n+1) + F(n)", "S(n+1) = S(n) + F(n)"],
        {"F": "0, 1", "S": "0"},
        "0 0 1 2 4 7 12 20",
    ),
    "CM 7.3 domino tilings 3 x 2n": (
        ["U(n+1) = 2*V(n) + U(n)", "V(n+1) = U(n+1) + V(n)"],
        {"U": "1", "V": "1"},
        "1 4 15 56 209",
    ),
    "CM 7.23 g(n) = g(n-1) + 2g(n-2) + (-1)^n": (
        "g(n+2) = g(n+1) + 2*g(n) + (-1)**n",
        {"g": "1, 1"},
        "1 1 4 5 14 23",
    ),
    "CM 7.5 Catalan": ("C(n+1) = 2*(2*n+1)/(n+2)*C(n)", {"C": "1"}, "1 1 2 5 14 42 132"),
    "W 1.1 a(n+1) = 2a(n) + 1": ("a(n+1) = 2*a(n) + 1", {"a": "0"}, "0 1 3 7 15"),
    "W 1.2 a(n+1) = 2a(n) + n": ("a(n+1) = 2*a(n) + n", {"a": "1"}, "1 2 5 12 27 58"),
    "W ex 1.5 a(n+1) = 3a(n) + 2": ("a(n+1) = 3*a(n) + 2", {"a": "0"}, "0 2 8 26"),
    "W ex 1.5 alpha, beta": ("a(n+1) = alpha*a(n) + beta", {"a": "0"}, ""),
    "W ex 1.5 a(n+1) = a(n)/3 + 1": ("a(n+1) = a(n)/3 + 1", {"a": "1"}, "1 4/3 13/9 40/27"),
    "W ex 1.5 a(n+2) = 2a(n+1) - a(n)": ("a(n+2) = 2*a(n+1) - a(n)", {"a": "0, 1"}, "0 1 2 3 4"),
    "W ex 1.5 a(n+2) = 3a(n+1) - 2a(n) + 3": (
        "a(n+2) = 3*a(n+1) - 2*a(n) + 3",
        {"a": "1, 2"},
        "1 2 7 20 49",
    ),
    "W ex 1.5 2a(n+1) = a(n) + (1/2)^n": (
        "a(n+1) = a(n)/2 + (1/2)**n/2",
        {"a": "1"},
        "1 1 3/4 1/2 5/16",
    ),
    "W ex 1.5 (n+1)a(n+1) = a(n) + 1/n!": (
        "a(n+1) = a(n)/(n+1) + 1/factorial(n+1)",
        {"a": "1"},
        "1 2 3/2 2/3 5/24",
    ),
    "AB 8.4 involved factorials": (
        "a(n+1) = (n+1)*a(n) + factorial(n+1)",
        {"a": "0"},
        "0 1 4 18 96",
    ),
    "AB 8.10 derangements, order 2": (
        "D(n+2) = (n+1)*(D(n+1) + D(n))",
        {"D": "1, 0"},
        "1 0 1 2 9 44 265",
    ),
    "A000166 derangements, order 1": (
        "D(n+1) = (n+1)*D(n) + (-1)**(n+1)",
        {"D": "1"},
        "1 0 1 2 9 44 265",
    ),
    "A000522 arrangements": ("a(n+1) = (n+1)*a(n) + 1", {"a": "1"}, "1 2 5 16 65 326"),
    "SF 2.1 insertion sort": ("C(n+1) = C(n) + n/2", {"C": "0"}, "0 0 1/2 3/2 3"),
    "SF 2.2 median of three moves": ("a(n+1) = (1 + 1/(n+1))*a(n) + 2*n", {"a": "0"}, ""),
    "SF 2.4 a(n) = 5a(n-1) - 6a(n-2)": ("a(n+2) = 5*a(n+1) - 6*a(n)", {"a": "0, 1"}, "0 1 5 19 65"),
    "SF 2.4 a(n) = 2a(n-1) + a(n-2) - 2a(n-3)": (
        "a(n+3) = 2*a(n+2) + a(n+1) - 2*a(n)",
        {"a": "0, 1, 1"},
        "0 1 1 3 5 11",
    ),
    "SF 2.4 complex roots": (
        "a(n+3) = 2*a(n+2) - a(n+1) + 2*a(n)",
        {"a": "1, 0, -1"},
        "1 0 -1 0 1 0 -1",
    ),
    "SF ex 2.20 triple root": (
        "a(n+3) = 3*a(n+2) - 3*a(n+1) + a(n)",
        {"a": "0, 0, 1"},
        "0 0 1 3 6 10",
    ),
    "SF continued fraction": ("a(n+1) = 1/(1 + a(n))", {"a": "1"}, "1 1/2 2/3 3/5 5/8"),
    "SF Newton for a root": ("a(n+1) = (a(n) + 2/a(n))/2", {"a": "1"}, "1 3/2 17/12 577/408"),
    "SF a(n+1) = a(n)**2": ("a(n+1) = a(n)**2", {"a": "3"}, "3 9 81 6561"),
    "A000032 Lucas": ("L(n+2) = L(n+1) + L(n)", {"L": "2, 1"}, "2 1 3 4 7 11 18"),
    "A000129 Pell": ("P(n+2) = 2*P(n+1) + P(n)", {"P": "0, 1"}, "0 1 2 5 12 29 70"),
    "A001045 Jacobsthal": ("J(n+2) = J(n+1) + 2*J(n)", {"J": "0, 1"}, "0 1 1 3 5 11 21"),
    "A001608 Perrin": ("P(n+3) = P(n+1) + P(n)", {"P": "3, 0, 2"}, "3 0 2 3 2 5 5 7 10 12"),
    "A000931 Padovan": ("P(n+3) = P(n+1) + P(n)", {"P": "1, 0, 0"}, "1 0 0 1 0 1 1 1 2 2 3 4"),
    "A000073 tribonacci": (
        "T(n+3) = T(n+2) + T(n+1) + T(n)",
        {"T": "0, 0, 1"},
        "0 0 1 1 2 4 7 13 24",
    ),
    "A000078 tetranacci": (
        "T(n+4) = T(n+3) + T(n+2) + T(n+1) + T(n)",
        {"T": "0, 0, 0, 1"},
        "0 0 0 1 1 2 4 8 15 29",
    ),
    "A001906 every second Fibonacci": ("a(n+2) = 3*a(n+1) - a(n)", {"a": "0, 1"}, "0 1 3 8 21 55"),
    "A000225 through order 2": ("a(n+2) = 3*a(n+1) - 2*a(n)", {"a": "0, 1"}, "0 1 3 7 15"),
    "A000217 triangular": ("a(n+1) = a(n) + n + 1", {"a": "0"}, "0 1 3 6 10"),
    "A000292 tetrahedral": ("a(n+1) = (n+4)/(n+1)*a(n)", {"a": "1"}, "1 4 10 20 35"),
    "A000142 factorial": ("a(n+1) = (n+1)*a(n)", {"a": "1"}, "1 1 2 6 24 120"),
    "A001147 odd double factorials": ("a(n+1) = (2*n+1)*a(n)", {"a": "1"}, "1 1 3 15 105 945"),
    "A006882 double factorials": ("a(n+2) = (n+2)*a(n)", {"a": "1, 1"}, "1 1 2 3 8 15 48 105"),
    "A000984 times 1/4^n": ("a(n+1) = (2*n+1)/(2*n+2)*a(n)", {"a": "1"}, "1 1/2 3/8 5/16 35/128"),
    "A001710 half factorials": ("a(n+1) = (n+3)*a(n)", {"a": "1"}, "1 3 12 60 360"),
    "A002866 2^(n-1) n!": ("a(n+1) = 2*(n+2)*a(n)", {"a": "1"}, "1 4 24 192"),
    "A005166 alternating forcing": ("a(n+1) = -a(n) + n", {"a": "0"}, "0 0 1 1 2 2 3 3"),
    "A000079 with resonance": ("a(n+1) = 2*a(n) + 2**n", {"a": "0"}, "0 1 4 12 32 80"),
    "A049611 twice resonant": ("a(n+2) = 4*a(n+1) - 4*a(n) + 2**n", {"a": "0, 1"}, "0 1 5 18 56"),
    "period 6": ("a(n+2) = a(n+1) - a(n)", {"a": "1, 1"}, "1 1 0 -1 -1 0 1 1"),
    "period 4": ("a(n+2) = -a(n)", {"a": "1, 2"}, "1 2 -1 -2 1 2"),
    "Chebyshev, first kind": ("T(n+2) = 2*x*T(n+1) - T(n)", {"T": "1, x"}, ""),
    "Chebyshev, second kind": ("U(n+2) = 2*x*U(n+1) - U(n)", {"U": "1, 2*x"}, ""),
    "Chebyshev by an angle": ("T(n+2) = 2*cos(phi)*T(n+1) - T(n)", {"T": "1, cos(phi)"}, ""),
    "Gaussian factorial": ("a(n+1) = (1 - q**(n+1))/(1 - q)*a(n)", {"a": "1"}, ""),
    "q-Pochhammer": ("a(n+1) = (1 - z*q**n)*a(n)", {"a": "1"}, ""),
    "rising factorial": ("a(n+1) = (z + n)*a(n)", {"a": "1"}, ""),
    "binomial in the lower place": ("a(n+1) = (z - n)/(n + 1)*a(n)", {"a": "1"}, ""),
    "binomial with a power": ("a(n+1) = (z - n)/(n + 1)*p/(1-p)*a(n)", {"a": "1"}, ""),
    "Poisson weights": ("a(n+1) = lam/(n+1)*a(n)", {"a": "1"}, ""),
    "gambler's ruin": ("u(n+2) = u(n+1)/p - (1-p)/p*u(n)", {"u": "1, u1"}, ""),
    "two-state Markov chain": ("p(n+1) = (1-a)*p(n) + b*(1 - p(n))", {"p": "p0"}, ""),
    "loan": ("B(n+1) = (1+r)*B(n) - P", {"B": "B0"}, ""),
    "2^(n choose 2)": ("a(n+1) = 2**n*a(n)", {"a": "1"}, "1 1 2 8 64 1024"),
    "A000178 superfactorials": ("a(n+1) = factorial(n+1)*a(n)", {"a": "1"}, "1 1 2 12 288"),
    "Sylvester-like square": ("a(n+1) = a(n)**2 - 2*a(n) + 2", {"a": "3"}, "3 5 17 257 65537"),
    "Lucas-Lehmer": ("a(n+1) = a(n)**2 - 2", {"a": "4"}, "4 14 194 37634"),
    "harmonic map": ("a(n+1) = a(n)/(1 + a(n))", {"a": "1"}, "1 1/2 1/3 1/4"),
    "Moebius of order 3": ("a(n+1) = 1/(1 - a(n))", {"a": "2"}, "2 -1 1/2 2 -1 1/2"),
    "product of neighbours": ("a(n+2) = a(n+1)*a(n)", {"a": "2, 3"}, "2 3 6 18 108"),
    "cat map": (
        ["x(n+1) = 2*x(n) + y(n)", "y(n+1) = x(n) + y(n)"],
        {"x": "0", "y": "1"},
        "1 1 2 5 13 34",
    ),
    "rotation": (
        ["x(n+1) = x(n) - y(n)", "y(n+1) = x(n) + y(n)"],
        {"x": "1", "y": "0"},
        "0 1 2 2 0 -4",
    ),
    "a chain of three": (
        ["x(n+1) = x(n)/2", "y(n+1) = y(n) + x(n)", "z(n+1) = z(n) + y(n)"],
        {"x": "1", "y": "0", "z": "0"},
        "",
    ),
}

REFUSED: dict[str, Text] = {
    "A001006 Motzkin": (
        "M(n+2) = ((2*n+5)*M(n+1) + (3*n+3)*M(n))/(n+4)",
        {"M": "1, 1"},
        "1 1 2 4 9 21",
    ),
    "A000085 involutions": ("a(n+2) = a(n+1) + (n+1)*a(n)", {"a": "1, 1"}, "1 1 2 4 10 26"),
    "A006318 Schroeder": ("S(n+2) = ((6*n+9)*S(n+1) - n*S(n))/(n+3)", {"S": "1, 2"}, "1 2 6 22 90"),
    "A001850 central Delannoy": (
        "D(n+2) = ((6*n+9)*D(n+1) - (n+1)*D(n))/(n+2)",
        {"D": "1, 3"},
        "1 3 13 63 321",
    ),
    "A005259 Apery": (
        "A(n+2) = ((34*(n+1)**3 + 51*(n+1)**2 + 27*(n+1) + 5)*A(n+1) - (n+1)**3*A(n))/(n+2)**3",
        {"A": "1, 5"},
        "1 5 73 1445",
    ),
    "A000172 Franel": (
        "F(n+2) = ((7*(n+1)**2 + 7*(n+1) + 2)*F(n+1) + 8*(n+1)**2*F(n))/(n+2)**2",
        {"F": "1, 2"},
        "1 2 10 56 346",
    ),
    "A000806 Bessel polynomials": ("y(n+2) = (2*n+3)*y(n+1) + y(n)", {"y": "1, 0"}, "1 0 1 5 36"),
    "A000058 Sylvester": ("s(n+1) = s(n)**2 - s(n) + 1", {"s": "2"}, "2 3 7 43 1807"),
    "A003095 x**2 + 1": ("x(n+1) = x(n)**2 + 1", {"x": "0"}, "0 1 2 5 26 677"),
    "logistic at 7/2": ("x(n+1) = 7*x(n)*(1 - x(n))/2", {"x": "1/2"}, "1/2 7/8 49/128"),
    "A006720 Somos 4": (
        "s(n+4) = (s(n+3)*s(n+1) + s(n+2)**2)/s(n)",
        {"s": "1, 1, 1, 1"},
        "1 1 1 1 2 3 7 23",
    ),
    "Henon": (["x(n+1) = 1 - x(n)**2 + y(n)", "y(n+1) = x(n)/3"], {"x": "0", "y": "0"}, ""),
}


def _texts(equations: str | list[str]) -> list[str]:
    return [equations] if isinstance(equations, str) else equations


def forwards(equation: str) -> str:
    """x(n) = ... x(n-1) ... as x(n+1) = ... x(n) ..., for unrolling."""
    left, right = equation.split(" = ")
    if "(n)" not in left:
        return equation
    shifted = sp.sympify(right, {c: Function(c) for c in "LSxT"} | {"n": Symbol("n")}).subs(
        Symbol("n"), Symbol("n") + 1
    )
    return f"{left.replace('(n)', '(n+1)')} = {shifted}"


def values_of(name: str, text: Text, count: int, world: Mapping[str, Any]) -> list[Any]:
    return [
        unroll([forwards(e) for e in _texts(text[0])], text[1], world)[name](m)
        for m in range(count)
    ]


def last_name(text: Text) -> str:
    return _texts(text[0])[-1].split("(")[0]


@pytest.mark.parametrize("name", [*CLOSED, *REFUSED])
def test_the_texts_are_typed_right(name: str) -> None:
    """What is typed from the book unrolls to the values typed from the book."""
    text = {**CLOSED, **REFUSED}[name]
    printed = [Fraction(v) for v in text[2].split()]
    if printed:
        assert values_of(last_name(text), text, len(printed), {}) == printed


@pytest.mark.parametrize("name", CLOSED)
def test_textbooks(name: str) -> None:
    equations, start, _ = CLOSED[name]
    run = solve(equations, start=start)
    draw = random.Random(name)
    world = {str(s): number(draw) for s in sorted(run.model.symbols, key=str)}
    last = (
        5
        if any("**2" in e or "a(n)/a" in e or "2/a(n)" in e for e in _texts(equations))
        and not run.solution.where
        else 10
    )
    with mpmath.workdps(DIGITS):
        here = with_roots(world, run.solution.where)
        for each in run.names:
            true = values_of(each, CLOSED[name], last + 1, world)
            for m in range(run.solution.first, last + 1):
                assert same(value(run[each], {**here, "n": Fraction(m)}), true[m], NEAR), (
                    f"{each}({m}): {run[each]}"
                )
    assert {v.kind for v in run.check().values()} <= {"PROVED", "COUNTED"}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    equations, start, _ = REFUSED[name]
    with pytest.raises(DeriveError) as caught:
        solve(equations, start=start)
    assert not isinstance(caught.value, TooHard) and len(str(caught.value)) > 30


def test_at_least_eighty_of_others() -> None:
    assert len(MAXIMA) + len(CLOSED) + len(REFUSED) >= 80


@pytest.mark.parametrize("name", MAXIMA)
def test_maximas_own(name: str) -> None:
    solved_or_refused(MAXIMA[name])


# The forms in which values may be given, symbols with assumptions, names that collide.


real, positive = Symbol("c", real=True), Symbol("c", positive=True)
m_ = Symbol("m", integer=True, nonnegative=True)
step = y(n + 1) - 2 * y(n) - 3


@pytest.mark.parametrize(
    "init",
    [[5], (5,), {0: 5}, {y(0): 5}, {S(0): 5}, {0: S(5)}, {0: "5"}],
    ids=["list", "tuple", "by number", "by value", "by sympy's number", "sympy's value", "text"],
)
def test_values_are_taken_in_each_form(init: Any) -> None:
    form = rsolve(step, y(n), init)
    assert [form.subs(n, j) for j in range(4)] == [5, 13, 29, 61]


@pytest.mark.parametrize(
    "init, left",
    [(None, 2), ([], 2), ({}, 2), ({0: 1}, 1), ({y(5): 1}, 1), ({0: 1, 7: 2}, 0), ([1, 1], 0)],
)
def test_partial_values_leave_constants(init: Any, left: int) -> None:
    form = rsolve(fib, y(n), init)
    assert len(constants(form)) == left == independent(y(n), form) if left else not constants(form)
    check(fib, y(n), init, form, 0)


@pytest.mark.parametrize(
    "f, init",
    [
        (two, {0: 0, 1: 1}),
        (fib, [0, 1, 5]),
        (fib, {0: 0, 1: 1, 2: 2}),
        (y(n + 2) - y(n), {0: 1, 2: 3}),
        (y(n + 1), {0: 1, 1: 2, 3: 1}),
    ],
    ids=str,
)
def test_values_that_contradict(f: Any, init: Any) -> None:
    with pytest.raises(DeriveError):
        rsolve(f, y(n), init)


@pytest.mark.parametrize(
    "init", [[0, 1, 1], {0: 0, 1: 1, 5: 5}, {1: 1, 2: 1, 10: 55}, {3: 2, 9: 34}], ids=str
)
def test_more_values_than_needed_or_apart(init: Any) -> None:
    form = rsolve(fib, y(n), init)
    check(fib, y(n), init, form, 0)


@pytest.mark.parametrize("first", [1, 2, 7, -3])
def test_values_that_do_not_begin_at_zero(first: int) -> None:
    form = rsolve(y(n + 2) - 5 * y(n + 1) + 6 * y(n) - n, y(n), {first: 1, first + 1: 4})
    path = {first: Fraction(1), first + 1: Fraction(4)}
    for j in range(first, first + 12):
        path[j + 2] = 5 * path[j + 1] - 6 * path[j] + j
    assert all(value(form, {"n": Fraction(j)}) == v for j, v in path.items())


def test_symbols_come_back_as_they_were() -> None:
    form = rsolve(y(m_ + 1) - positive * y(m_) - real, y(m_), {0: a})
    assert form.free_symbols == {m_, positive, real, a}
    check(y(m_ + 1) - positive * y(m_) - real, y(m_), {0: a}, form)


@pytest.mark.parametrize(
    "index", [n, k, *map(Symbol, ("t", "n", "i", "z", "r", "C0")), m_], ids=repr
)
def test_names_of_the_index(index: Symbol) -> None:
    f = y(index + 2) - 3 * y(index + 1) + y(index) - index
    form = rsolve(f, y(index), {0: 1, 1: a})
    assert form.free_symbols == {index, a}
    check(f, y(index), {0: 1, 1: a}, form)


@pytest.mark.parametrize("name", "t y r z i j k C0 C1 u lambda x_0 t_ E I pi beta_1 S".split())
def test_names_of_parameters(name: str) -> None:
    """A letter is a letter, whatever derive or sympy call by it."""
    letter = Symbol(name)
    for f in (
        y(n + 1) - letter * y(n) - 1,
        y(n + 2) - letter * y(n + 1) - y(n),
        y(n + 1) - (n + letter) * y(n),
    ):
        init = {0: 1, 1: 2} if f.has(y(n + 2)) else {0: 1}
        form = rsolve(f, y(n), init)
        assert form.free_symbols <= {n, letter}
        check(f, y(n), init, form)


@pytest.mark.parametrize("name", "x t n r S E C0 Sum beta Q lambda f".split())
def test_names_of_the_sequence(name: str) -> None:
    """A sequence may have the name of a letter, of its own index even."""
    s, letter = Function(name), Symbol("x")
    f = s(n + 2) - letter * s(n + 1) + s(n)
    form = rsolve(f, s(n), {s(0): 1, s(1): letter})
    assert form.free_symbols <= {n, letter}
    check(f, s(n), {0: 1, 1: letter}, form)


def test_a_sequence_named_as_a_letter_of_its_equation() -> None:
    letter = Symbol("y")
    form = rsolve(y(n + 1) - letter * y(n), y(n), {0: 3})
    assert sp.simplify(form - 3 * letter**n) == 0


SYSTEMS: dict[str, tuple[list[Any], list[Any], Any]] = {
    "rotation": (
        [x_(n + 1) - x_(n) + y(n), y(n + 1) - x_(n) - y(n)],
        [x_(n), y(n)],
        {x_(0): 1, y(0): 0},
    ),
    "cat map": (
        [Eq(x_(n + 1), 2 * x_(n) + y(n)), Eq(y(n + 1), x_(n) + y(n))],
        [x_(n), y(n)],
        {x_(0): 0, y(0): 1},
    ),
    "turned round": (
        [x_(n + 1) - x_(n) + y(n), y(n + 1) - x_(n) - y(n)],
        [y(n), x_(n)],
        {x_(0): 1, y(0): 0},
    ),
    "a chain": (
        [y(n + 1) - y(n) / 2, x_(n + 1) - x_(n) - y(n + 1)],
        [x_(n), y(n)],
        {x_(0): a, y(0): b},
    ),
    "new values": (
        [x_(n) - 2 * x_(n - 1) - n, y(n) - y(n - 1) - x_(n)],
        [x_(n), y(n)],
        {x_(0): 0, y(0): 0},
    ),
    "orders 2 and 1": (
        [x_(n + 2) - x_(n) - y(n), y(n + 1) - 3 * y(n)],
        [x_(n), y(n)],
        {x_(0): 0, x_(1): 1, y(0): 1},
    ),
    "letters": (
        [x_(n + 1) - a * x_(n) - b * y(n), y(n + 1) - b * x_(n) - a * y(n)],
        [x_(n), y(n)],
        {x_(0): 1, y(0): 0},
    ),
    "open": ([x_(n + 1) - x_(n) - y(n), y(n + 1) - 2 * y(n)], [x_(n), y(n)], None),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_systems_by_lists(name: str) -> None:
    equations, asked, init = SYSTEMS[name]
    forms = rsolve(equations, asked, init)
    assert isinstance(forms, list) and len(forms) == len(asked)
    by_name = {s.func.__name__: form for s, form in zip(asked, forms, strict=True)}
    letters = sorted({s for form in forms for s in form.free_symbols} - {n}, key=str)
    draw = random.Random(name)
    world: dict[str, Any] = {s.name: number(draw) for s in letters}
    at = {
        s: (lambda j, form=form: value(form, {**world, "n": Fraction(int(j))}))
        for s, form in by_name.items()
    }
    for equation in equations:
        left = equation.lhs - equation.rhs if isinstance(equation, Eq) else equation
        for j in range(1, 9):
            assert same(value(left, {**world, **at, "n": Fraction(j)}), Fraction(0), NEAR)
    for key, given in (init or {}).items():
        assert same(at[key.func.__name__](key.args[0]), value(sp.sympify(given), world), NEAR)
    assert not init or not any(constants(form) for form in forms)


@pytest.mark.parametrize(
    "init", [{"0": 5}, {n: 5}, {y(n): 5}, {S.Half: 5}, {x_(0): 5}, {y(a): 5}], ids=str
)
def test_values_at_no_place(init: Any) -> None:
    with pytest.raises(DeriveError):
        rsolve(step, y(n), init)


def test_index_of_the_text_is_no_letter_of_the_parameters() -> None:
    """With n as the index, t is a letter like any other."""
    t = Symbol("t")
    form = rsolve(y(n + 1) - t * y(n) - 1, y(n), {0: 0})
    assert all(sp.simplify(form.subs(n, j) - sum(t**i for i in range(j))) == 0 for j in range(5))


def test_calls_are_those_that_texts_use() -> None:
    assert {"cos", "harmonic", "factorial", "Piecewise"} <= set(CALLS)


def test_a_value_that_the_equation_leaves_free_is_said() -> None:
    """At n = 1 it says 0*y(3) = 0."""
    n, y = Symbol("n"), Function("y")
    equation = (n - 1) * y(n + 2) - (n**2 + 3 * n - 2) * y(n + 1) + 2 * n * (n + 1) * y(n)
    with pytest.warns(UserWarning, match=r"y\(3\) is free: at n = 1"):
        found = rsolve(equation, y(n), {0: 0, 1: 3})
    assert sp.simplify(found - 3 * 2**n + 3 * factorial(n)) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rsolve(equation, y(n))
        rsolve(y(n + 1) - 2 * y(n), y(n), {0: 1})

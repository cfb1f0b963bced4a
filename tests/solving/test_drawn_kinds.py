"""Recurrences drawn by kind, in any letters: what is printed is read again and held against steps
that are plain Python beside the text. The seed stands in the name of a draw."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from mpmath import cos, exp, log, mpf, sin, sqrt

from derive import DeriveError, solve
from tests.conftest import FULL
from tests.solving.test_cases import DIGITS, same, truth, value
from tests.writing.test_letters import text_again, worlds_of

INDICES, NAMES = "tnkijmabcd", "xyfwpqruvz"
DRAWS, FAR = (40 if FULL else 4), 14
Step = Callable[[int, list[Any]], Any]  # the index and the values before, the newest last
Drawn = tuple[str, int, Step]  # an equation in N and X, its order, its step

FORCING: list[tuple[str, Callable[[int], Any]]] = [
    ("0", lambda t: 0),
    ("1", lambda t: 1),
    ("N", lambda t: t),
    ("2**N", lambda t: 2**t),
    ("(-1)**N*N", lambda t: (-1) ** t * t),
]
NUMBERS = [("2", 2), ("-1", -1), ("1/2", Fraction(1, 2)), ("3", 3), ("-2/3", Fraction(-2, 3))]
WAVES: list[tuple[str, Callable[[int], Any]]] = [
    ("(-1)**N", lambda t: (-1) ** t),
    ("(-1)**(N+1)", lambda t: -((-1) ** t)),
    ("cos(pi*N)", lambda t: (-1) ** t),
    ("cos(pi*N/2)", lambda t: (1, 0, -1, 0)[t % 4]),
    ("sin(N*pi/2)", lambda t: (0, 1, 0, -1)[t % 4]),
    ("Abs(sin(pi*N/2))", lambda t: t % 2),
    ("cos(2*pi*N/3)", lambda t: 1 if t % 3 == 0 else Fraction(-1, 2)),
    ("sin(pi*N/3)**2", lambda t: 0 if t % 3 == 0 else Fraction(3, 4)),
]
FUNCTIONS: list[tuple[str, Callable[[int], Any]]] = [
    ("(2 + cos(N))", lambda t: 2 + cos(t)),
    ("log(N + 2)", lambda t: log(t + 2)),
    ("sqrt(N + 1)", lambda t: sqrt(mpf(t + 1))),
    ("(3 + sin(N)**2)", lambda t: 3 + sin(t) ** 2),
    ("exp(N**2/9)", lambda t: exp(mpf(t * t) / 9)),
]
IRRATIONAL = [("sqrt(2)", lambda: sqrt(2)), ("sqrt(3)", lambda: sqrt(3)), ("2*cos(1)", lambda: 2 * cos(1))]  # fmt: skip


def swinging(rng: random.Random) -> Drawn:
    (c, a), (w, wave), (f, push) = rng.choice(NUMBERS), rng.choice(WAVES), rng.choice(FORCING)
    return f"X(N+1) = ({c} + {w})*X(N) + {f}", 1, lambda t, x: (a + wave(t)) * x[-1] + push(t)


def capped(rng: random.Random) -> Drawn:
    c, a = rng.choice(NUMBERS)
    name, pick = rng.choice([("Min", min), ("Max", max)])
    other, line = rng.choice(
        [
            ("(N+1)/4", lambda t: Fraction(t + 1, 4)),
            ("2*N-3", lambda t: 2 * t - 3),
            ("5-N", lambda t: 5 - t),
        ]
    )
    level = rng.choice([1, 3])
    text = f"X(N+1) = {c}*X(N) + {name}({level}, {other})"
    return text, 1, lambda t, x: a * x[-1] + pick(level, line(t))


def telescoping(rng: random.Random) -> Drawn:
    (text, g), gap = rng.choice(FUNCTIONS), rng.choice([1, 2])
    later = text.replace("N", f"(N+{gap})")
    return f"X(N+1) = X(N)*{later}/{text}", 1, lambda t, x: x[-1] * g(t + gap) / g(t)


def far_apart(rng: random.Random) -> Drawn:
    (c, a), (f, push), order = rng.choice(NUMBERS), rng.choice(FORCING), rng.randint(3, 7)
    return f"X(N+{order}) = {c}*X(N) + {f}", order, lambda t, x: a * x[-order] + push(t)


def with_zeros(rng: random.Random) -> Drawn:
    zero = rng.choice([0, 1, 3, 30])
    below, by = rng.choice([("2", lambda t: 2), ("(N+1)", lambda t: t + 1)])
    f, push = rng.choice(FORCING[:1] if zero == 30 else FORCING[:3])
    text = f"X(N+1) = (N-{zero})/{below}*X(N) + {f}"
    return text, 1, lambda t, x: Fraction(t - zero, by(t)) * x[-1] + push(t)


def below_zero(rng: random.Random) -> Drawn:
    """1/n! is 0 where n is below zero."""
    gap = rng.choice([1, 2, 3])

    def step(t: int, x: list[Any]) -> Any:
        below = 1
        for k in range(1, t - gap + 1):
            below *= k
        return x[-1] + (Fraction(1, below) if t >= gap else 0)

    return f"X(N+1) = X(N) + 1/factorial(N-{gap})", 1, step


def irrational(rng: random.Random) -> Drawn:
    (text, number), (c, b), (f, push) = rng.choice(IRRATIONAL), rng.choice(NUMBERS[:3]), rng.choice(FORCING[:4])  # fmt: skip
    equation = f"X(N+2) = {text}*X(N+1) + {c}*X(N) + {f}"
    return equation, 2, lambda t, x: number() * x[-1] + b * x[-2] + push(t)


KINDS = (swinging, capped, telescoping, far_apart, with_zeros, below_zero, irrational)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_printed_has_the_values_of_the_steps(
    kind: Callable[[random.Random], Drawn],
) -> None:
    refused = []
    for seed in range(DRAWS):
        rng = random.Random(f"{kind.__name__} {seed}")
        text, order, step = kind(rng)
        name, index = rng.choice(NAMES), rng.choice(INDICES)
        equation = text.replace("X", name).replace("N", index)
        start = [Fraction(rng.randint(-6, 6), rng.randint(1, 4)) for _ in range(order)]
        try:
            held(equation, name, index, start, step)
        except DeriveError as error:
            assert "no closed form is known" in str(error), (seed, equation, start)
            refused.append(equation)
    assert not refused


def held(equation: str, name: str, index: str, start: list[Fraction], step: Step) -> None:
    run = solve(equation, start={name: ", ".join(map(str, start))})
    form = text_again(run[name], run.derivation(name).where, set())
    with mpmath.workdps(DIGITS):
        path: list[Any] = list(start)
        while len(path) < FAR:
            path.append(step(len(path) - len(start), path))
        world = worlds_of(run, {})
        for t, true in enumerate(path):
            here = {**world, index: Fraction(t)}
            if all(truth(need, here) for need in run.needs(name)):
                assert same(value(form, here), true), (equation, start, t, run[name])

"""Pairs of expressions full of switches, drawn together with their value in plain Python: a pair
that differs anywhere on a grid is never accepted, and one that is judged to differ does so at the
values that are named."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from derive import DeriveError, grade, truth
from derive.reading.tokens.token import Unreadable
from tests.conftest import FULL

Env = dict[str, Any]
DRAWN = 1_000 if FULL else 100
LONGEST = 900
LETTERS = (["t"], ["a"], ["t", "a"], ["a", "b"], ["t", "a", "b"])
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda x, y: x < y,
    r"\le": lambda x, y: x <= y,
    "=": lambda x, y: x == y,
    r"\ne": lambda x, y: x != y,
}


class Both(NamedTuple):
    """An expression in LaTeX, and its value."""

    latex: str
    at: Callable[[Env], Any]


def number(n: int) -> Both:
    return Both(str(n), lambda e: Fraction(n))


def letter(name: str) -> Both:
    return Both(name, lambda e: Fraction(e[name]))


def plus(a: Both, b: Both) -> Both:
    return Both(f"{a.latex} + {b.latex}", lambda e: a.at(e) + b.at(e))


def minus(a: Both, b: Both) -> Both:
    return Both(rf"{a.latex} - \left({b.latex}\right)", lambda e: a.at(e) - b.at(e))


def times(a: Both, b: Both) -> Both:
    """With a number last: what stands in brackets at the end, with a relation in it, may be a
    remark."""
    return Both(
        rf"\left({a.latex}\right) \left({b.latex}\right) \cdot 1", lambda e: a.at(e) * b.at(e)
    )


def largest(a: Both, b: Both) -> Both:
    return Both(rf"\max\left({a.latex}, {b.latex}\right)", lambda e: max(a.at(e), b.at(e)))


def least(a: Both, b: Both) -> Both:
    return Both(rf"\min\left({a.latex}, {b.latex}\right)", lambda e: min(a.at(e), b.at(e)))


def size(a: Both) -> Both:
    return Both(rf"\left|{a.latex}\right|", lambda e: abs(a.at(e)))


def sign(a: Both) -> Both:
    return Both(
        rf"\operatorname{{sign}}\left({a.latex}\right)",
        lambda e: Fraction((a.at(e) > 0) - (a.at(e) < 0)),
    )


def rounded(a: Both, k: int) -> Both:
    return Both(
        rf"\left\lfloor \frac{{{a.latex}}}{{{k}}} \right\rfloor",
        lambda e: Fraction(math.floor(a.at(e) / k)),
    )


def rest(a: Both, k: int) -> Both:
    return Both(rf"\left(\left({a.latex}\right) \bmod {k}\right)", lambda e: a.at(e) % k)


def bracket(a: Both, b: Both) -> Both:
    return Both(rf"\left[{a.latex} = {b.latex}\right]", lambda e: Fraction(int(a.at(e) == b.at(e))))


def cases(left: Both, relation: str, right: Both, one: Both, other: Both) -> Both:
    holds, condition = COMPARED[relation], f"{left.latex} {relation} {right.latex}"
    text = rf"\begin{{cases}} {one.latex} & {condition} \\ {other.latex} & \text{{otherwise}} \end{{cases}}"
    return Both(text, lambda e: one.at(e) if holds(left.at(e), right.at(e)) else other.at(e))


def summed(a: Both) -> Both:
    def at(e: Env) -> Fraction:
        return sum((a.at(e | {"k": k}) for k in range(1, int(e["t"]) + 1)), Fraction(0))

    return Both(rf"\sum_{{k=1}}^{{t}} \left({a.latex}\right)", at)


def linear(rng: random.Random, names: list[str]) -> Both:
    own, way = letter(rng.choice(names)), rng.random()
    if way < 0.4:
        return own
    if way < 0.9:
        return (plus if way < 0.7 else minus)(own, number(rng.randint(1, 40)))
    return plus(own, letter(rng.choice(names)))


def switch(rng: random.Random, names: list[str], depth: int) -> Both:
    own, other = linear(rng, names), number(rng.randint(0, 45))

    def inner() -> Both:
        return drawn(rng, names, depth - 1) if depth > 0 else linear(rng, names)

    ways: list[Callable[[], Both]] = [
        lambda: largest(own, other),
        lambda: least(inner(), other),
        lambda: size(minus(own, other)),
        lambda: sign(minus(own, other)),
        lambda: rounded(own, rng.randint(2, 12)),
        lambda: rest(own, rng.randint(2, 12)),
        lambda: bracket(own, other),
        lambda: cases(own, rng.choice(list(COMPARED)), other, inner(), inner()),
        lambda: largest(inner(), inner()),
    ]
    return rng.choice(ways)()


def drawn(rng: random.Random, names: list[str], depth: int) -> Both:
    way = rng.random()
    if depth <= 0 or way < 0.15:
        return letter(rng.choice(names)) if rng.random() < 0.6 else number(rng.randint(0, 9))
    if way < 0.55:
        made = plus if way < 0.35 else minus if way < 0.45 else times
        return made(drawn(rng, names, depth - 1), drawn(rng, names, depth - 1))
    if way < 0.62 and "t" in names and "k" not in names:
        return summed(drawn(rng, [*names, "k"], depth - 1))
    return switch(rng, names, depth - 1)


def mostly_zero(rng: random.Random, names: list[str]) -> Both:
    """What is zero everywhere, or everywhere but far out or at a point."""
    own, far = linear(rng, names), number(rng.choice((rng.randint(20, 60), rng.randint(0, 12))))
    ways: list[Callable[[], Both]] = [
        lambda: largest(number(0), minus(own, far)),
        lambda: bracket(own, far),
        lambda: times(bracket(own, far), drawn(rng, names, 1)),
        lambda: minus(size(minus(own, far)), size(minus(far, own))),
        lambda: times(largest(number(0), minus(own, far)), largest(number(0), minus(far, own))),
    ]
    return rng.choice(ways)()


COUNTS = range(75)
VALUES = (
    [Fraction(n, 2) for n in range(-60, 61)]
    + [Fraction(n, 3) for n in range(-7, 8)]
    + list(map(Fraction, range(31, 110)))
)


def difference(one: Both, other: Both, rng: random.Random) -> Env | None:
    """Values at which two expressions differ, of a grid."""
    envs = [
        {"t": t, "a": rng.choice(VALUES), "b": rng.choice(VALUES)} for t in COUNTS for _ in range(3)
    ]
    for value in VALUES:
        envs += [
            {"t": rng.choice(COUNTS), "a": value, "b": rng.choice(VALUES)},
            {"t": rng.choice(COUNTS), "a": value, "b": value},
        ]
    return next((env for env in envs if one.at(env) != other.at(env)), None)


def test_what_differs_on_a_grid_is_never_accepted(record_property: Any) -> None:
    rng, counts = random.Random(31), Counter[str]()
    for _ in range(DRAWN):
        names = rng.choice(LETTERS)
        right = drawn(rng, names, 2)
        answer = (
            plus(right, mostly_zero(rng, names)) if rng.random() < 0.8 else drawn(rng, names, 2)
        )
        if len(answer.latex) > LONGEST:
            continue
        try:
            got = grade(truth(right.latex), answer.latex)
        except (DeriveError, Unreadable):  # the question itself is not read
            continue
        counts[got.verdict] += 1
        differs = difference(right, answer, rng)
        what = (right.latex, answer.latex, differs, got)
        assert not (differs and got.verdict in ("correct", "form")), what
        if got.verdict == "correct-under" and differs:
            assert [str(need) for need in got.condition] != ["t >= 1"] or differs["t"] == 0, what
        if got.verdict == "wrong":
            env = {name: Fraction(got.witness.get(name, 0)) for name in ("t", "a", "b")}
            assert right.at(env) != answer.at(env), what
    record_property(
        "switched", {"drawn": {f"drawn -> {verdict}": n for verdict, n in counts.items()}}
    )
    assert counts["correct"] + counts["wrong"] >= 0.85 * counts.total()

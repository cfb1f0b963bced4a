"""The answers of tests/data/answers.csv and fresh.csv against the truth unrolled: plain Python,
exact, without what is tested.

Columns: id, question, answer (as a student writes it), expected (correct, wrong, correct-under,
form, unreadable, refused), style, why (the slip, the condition or the fault), under (that condition
in Python) and python: the answer's value as it is meant, written by hand in t, c, beta, beta1,
beta2, eta, eps, L, K(j), S(j), Pad(j), Win, Wout, P, Kk, Ss with sum_, prod_, floor, ceil. At the
questions of scaling `python` is the power of c that w is proportional to, None where it only denies
one. A sum whose last index is below its first is 0, such a product is 1. What is asked holds for c
> 0, eps = 0, t >= 0 (the hats: t >= 1), K, S >= 1, P >= 0, L >= 0 and, for the output width, W_in +
2P >= K. Run as a program it prints what it counted.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).parent / "data" / "answers.csv"
FRESH = Path(__file__).parent / "data" / "fresh.csv"
VALUED = ("correct", "wrong", "correct-under", "form")
Point = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """A row of the table; `number` is its line."""

    id: str
    question: str
    answer: str
    expected: str
    style: str
    why: str
    under: str
    python: str


@cache
def answers(path: Path = ANSWERS) -> tuple[Answer, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Answer(**row) for row in csv.DictReader(file))


# The helpers that the column `python` may call.


def sum_(term: Callable[[int], Any], first: int, last: int) -> Any:
    return sum((term(k) for k in range(first, last + 1)), Fraction(0))


def prod_(factor: Callable[[int], Any], first: int, last: int) -> Any:
    return math.prod((factor(k) for k in range(first, last + 1)), start=Fraction(1))


def sqrt(x: Fraction) -> Fraction | float:
    """Exact where x is the square of a fraction."""
    found = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
    return found if found**2 == x else math.sqrt(x)


HELPERS: dict[str, Any] = {
    "__builtins__": {},
    "Fraction": Fraction,
    "abs": abs,
    "max": max,
    "floor": math.floor,
    "ceil": math.ceil,
    "sqrt": sqrt,
    "sum_": sum_,
    "prod_": prod_,
}


# Where an answer is looked at, and the truth there.


def times() -> Iterator[Point]:
    rates = [Fraction(1, 2), Fraction(1, 3), Fraction(9, 10)]
    scales = [
        (Fraction(1, 10), Fraction(1)),
        (Fraction(2, 7), Fraction(3)),
        (Fraction(1), Fraction(5, 4)),
    ]
    for t, number, (eta, c) in product(range(8), range(3), scales):
        beta, beta1, beta2 = (rates[(number + shift) % 3] for shift in range(3))
        yield {
            "t": t,
            "beta": beta,
            "beta1": beta1,
            "beta2": beta2,
            "eta": eta,
            "c": c,
            "eps": Fraction(0),
        }


def widths() -> Iterator[Point]:
    for win, p, k, s in product((1, 2, 5, 8, 9, 14), (0, 1, 2), (1, 2, 3, 5), (1, 2, 3, 4)):
        if win + 2 * p >= k:
            yield {
                "Win": Fraction(win),
                "P": Fraction(p),
                "Kk": Fraction(k),
                "Ss": Fraction(s),
                "Wout": Fraction(win),
            }


STACKS = (
    ((), ()),
    ((3,), (2,)),
    ((1,), (3,)),
    ((5, 3), (1, 2)),
    ((2, 7), (3, 1)),
    ((3, 5, 4), (2, 1, 3)),
    ((4, 1, 2), (2, 3, 2)),
    ((7, 3, 3, 5), (2, 2, 1, 4)),
    ((2, 3, 4, 5, 6), (3, 2, 2, 1, 2)),
)


def stacks() -> Iterator[Point]:
    for kernels, strides in STACKS:

        def K(j: int, kernels: tuple[int, ...] = kernels) -> Fraction:
            return Fraction(dict(enumerate(kernels, 1))[j])

        def S(j: int, strides: tuple[int, ...] = strides) -> Fraction:
            return Fraction(dict(enumerate(strides, 1))[j])

        yield {"L": len(kernels), "K": K, "S": S, "Pad": lambda j: Fraction(j % 2)}


def points(question: str) -> Iterator[Point]:
    if question.endswith(".scaling") or question in ("memory.ratio", "rf.example"):
        return iter([{}])
    if question.startswith("conv."):
        return widths()
    if question == "rf":
        return stacks()
    return (point for point in times() if point["t"] or not question.endswith("_hat"))


def sgdm(point: Point) -> dict[str, Any]:
    m = w = Fraction(0)
    for _ in range(point["t"]):
        m = point["beta"] * m + point["c"]
        w -= point["eta"] * m
    return {"sgdm.m": m, "sgdm.w": w}


def adam(point: Point) -> dict[str, Any]:
    m = v = w = Fraction(0)
    m_hat = v_hat = None
    for step in range(1, point["t"] + 1):
        m = point["beta1"] * m + (1 - point["beta1"]) * point["c"]
        v = point["beta2"] * v + (1 - point["beta2"]) * point["c"] ** 2
        m_hat, v_hat = m / (1 - point["beta1"] ** step), v / (1 - point["beta2"] ** step)
        w -= point["eta"] * m_hat / (sqrt(v_hat) + point["eps"])
    return {"adam.m": m, "adam.v": v, "adam.m_hat": m_hat, "adam.v_hat": v_hat, "adam.w": w}


def outputs(point: Point) -> int:
    """The windows that fit, counted one by one."""
    start, found = -point["P"], 0
    while start + point["Kk"] <= point["Win"] + point["P"]:
        start, found = start + point["Ss"], found + 1
    return found


def width(outputs_: Any, kernel: Any, stride: Any) -> Any:
    """From the first position that neighbouring outputs read to the last, walked."""
    end = kernel
    for _ in range(int(outputs_) - 1):
        end += stride
    return end


def field(point: Point) -> Any:
    found = Fraction(1)
    for j in range(point["L"], 0, -1):
        found = width(found, point["K"](j), point["S"](j))
    return found


def power_of_c(run: Callable[[Point], dict[str, Any]], name: str) -> Any:
    """n where c times 2 makes w times 2^n, at all points with a step."""
    found = {run({**p, "c": 2 * p["c"]})[name] / run(p)[name] for p in times() if p["t"]}
    (ratio,) = found
    return next(n for n in range(-3, 4) if Fraction(2) ** n == ratio)


def truth(question: str, point: Point) -> Any:
    match question.split("."):
        case ["sgdm", "scaling"]:
            return power_of_c(sgdm, "sgdm.w")
        case ["adam", "scaling"]:
            return power_of_c(adam, "adam.w")
        case ["sgdm", _]:
            return sgdm(point)[question]
        case ["adam", _]:
            return adam(point)[question]
        case ["memory", _]:
            return Fraction(len({"m", "v"}), len({"m"}))
        case ["conv", "out"]:
            return outputs(point)
        case ["conv", "min_in"]:
            return width(point["Wout"], point["Kk"], point["Ss"]) - 2 * point["P"]
        case ["rf"]:
            return field(point)
        case ["rf", "example"]:
            return field(
                next(
                    p
                    for p, (kernels, _) in zip(stacks(), STACKS, strict=True)
                    if kernels == (3, 5, 4)
                )
            )
    raise KeyError(question)


def value(expression: str, point: Point) -> Any:
    """What the expression says there; None where it has no value."""
    try:
        return eval(expression, {**HELPERS, **point})
    except (ZeroDivisionError, KeyError):
        return None


@cache
def truths(question: str) -> tuple[tuple[Point, Any], ...]:
    return tuple((point, truth(question, point)) for point in points(question))


def judged(row: Answer) -> str:
    """What the row is found to be: correct, correct-under, wrong, or 'unclear' (off its condition,
    or at too few points).

    A wrong answer must differ at a third of the points at least, so that none is one that is right
    but for a rare case.
    """
    found = [(value(row.python, point), true, point) for point, true in truths(row.question)]
    same = [mine is not None and mine == true for mine, true, _ in found]
    if all(same):
        return "correct"
    if row.under:
        holds = [bool(value(row.under, point)) for _, _, point in found]
        inside = [right for right, held in zip(same, holds, strict=True) if held]
        return "correct-under" if inside and all(inside) and not all(holds) else "unclear"
    return "wrong" if 3 * sum(same) <= 2 * len(same) else "unclear"


def report(path: Path) -> None:
    print(path.name)
    for name, counts in (
        ("expected", Counter(row.expected for row in answers(path))),
        ("style", Counter(row.style for row in answers(path))),
        ("question", Counter(row.question for row in answers(path))),
    ):
        print(f"{name}: " + ", ".join(f"{kind} {number}" for kind, number in counts.most_common()))
    for row in answers(path):
        claimed = "correct" if row.expected == "form" else row.expected
        if row.expected in VALUED and judged(row) != claimed:
            print(f"{row.id}: {row.expected}, but it is {judged(row)}: {row.answer}")


def main() -> None:
    for path in (ANSWERS, FRESH):
        report(path)


if __name__ == "__main__":
    main()

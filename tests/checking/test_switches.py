"""Answers with switches: one that is wrong on some side of what it switches at is never accepted,
however far out that is.

What is true is worked out here in plain Python, apart from the checker.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sympy import Abs, Integer, KroneckerDelta, Max, Mod, Piecewise, Symbol, floor

from derive import grade, proofread, solve, truth
from derive.checking.check import check_claim
from derive.checking.counting.worlds import Sample
from derive.checking.switches.written import switches
from derive.desk.grading.exam import Exam, Question
from derive.errors import DeriveError
from derive.model.language.claims import Claim
from tests.conftest import FULL

M = r"c\frac{1-\beta^t}{1-\beta}"
W = r"1+\sum_{j=1}^L (K_j-1)\prod_{i=1}^{j-1}S_i"
OUT = r"\left\lfloor\frac{W_{in}+2P-K}{S}\right\rfloor+1"
INNER = r"\begin{cases} 0 & b = 3 \\ a & \text{otherwise} \end{cases}"
ACCEPTED = ("correct", "correct-under", "form")


def verdict(question: str, answer: str) -> str:
    """Of a question of the problem set where it has that name; else of a truth of one's own."""
    own = question.partition(".")[0] not in ("sgdm", "rf", "conv")
    return grade(
        truth(question) if own else question, answer, about=None if own else "ps09"
    ).verdict


WRONG = [
    ("sgdm.m", M + r"+\max(0,t-40)"),
    ("sgdm.m", M + r"+\min(0,40-t)"),
    ("sgdm.m", M + r"(1+[t=60])"),
    ("sgdm.m", M + r"+0^{|t-60|}"),
    ("sgdm.m", M + r"+0^{(t-60)^2}"),
    ("sgdm.m", rf"\begin{{cases}} {M} & t < 40 \\ 0 & t \ge 40 \end{{cases}}"),
    ("sgdm.m", rf"\begin{{cases}} {M} & t \le 40 \\ 0 & \text{{otherwise}} \end{{cases}}"),
    (
        "sgdm.m",
        rf"\begin{{cases}} {M} & t < 40 \\ {M} & t > 40 \\ 0 & \text{{otherwise}} \end{{cases}}",
    ),
    ("sgdm.m", rf"\begin{{cases}} {M} & t \ne 77 \\ 0 & t = 77 \end{{cases}}"),
    ("sgdm.m", rf"\begin{{cases}} {M} & \beta \ne 1/3 \\ 0 & \beta = 1/3 \end{{cases}}"),
    ("sgdm.m", rf"\begin{{cases}} 0 & c = \beta \\ {M} & \text{{otherwise}} \end{{cases}}"),
    ("sgdm.m", rf"\begin{{cases}} 0 & 100 \mid t - 50 \\ {M} & \text{{otherwise}} \end{{cases}}"),
    ("sgdm.m", r"c\frac{1-\beta^{t \bmod 100}}{1-\beta}"),
    ("sgdm.m", M + r"+\lfloor t/100 \rfloor"),
    ("sgdm.m", M + r"+\lceil (t-99)/100 \rceil"),
    ("sgdm.m", M + r"+\binom{t}{30}"),
    ("sgdm.m", M + r"+\prod_{k=0}^{30}(t-k)"),
    ("sgdm.m", M + r"+\sum_{k=1}^{t}[k=77]"),
    ("sgdm.m", M + r"+\sum_{k=50}^{t} k"),
    ("sgdm.m", M + r"+\sum_{k=0}^{t}\max(0,k-66)"),
    ("sgdm.m", M + r"+[t=60][c=1]"),
    ("sgdm.m", M + r"+\max(0,t-100)\max(0,c-1000)"),
    ("sgdm.m", M + r"+\sqrt{(c-1000)^2}+c-1000"),
    ("sgdm.m", M + r"+\sqrt{c^2-2000c+1000000}+c-1000"),
    ("sgdm.m", M + r"+|c-1000|+c-1000"),
    ("sgdm.m", M + r"+\max(0,m_w^{(t)}-10^6)"),
    ("sgdm.m", M + r"+[t=5000]"),
    ("rf", W + "+[K_1=7]"),
    ("rf", W + "+[L=40]"),
    ("conv.out", OUT + "+[S=K]"),
    ("conv.out", OUT + "+[W_{in}=123456]"),
    ("sgdm.m", M + r"+\lfloor\sqrt{t}/6\rfloor"),
    ("sgdm.m", M + r"+\lfloor\log(t+1)/4\rfloor"),
    ("sgdm.m", M + r"+\sum_{k=0}^{100}[k=t]-1"),
    ("sgdm.m", M + r"+\prod_{k=0}^{8}(t-k)\prod_{k=20}^{25}(t-k)"),
    ("sgdm.m", M + r"+\max(\beta^{10},10^{-30})-\beta^{10}"),
    ("2^t", r"\sum_{k=0}^{50}\binom{t}{k}"),
    ("t!", r"\prod_{k=1}^{t}\min(k,40)"),
    ("a + b", r"a + b + [a + b = 7][a - b = 1]"),
    ("a + b", r"a + b + [a^2 + b^2 = 25][a - b = 1]"),
    ("a", r"a + \max(0, a - \pi^{20})"),
    ("a", r"a + \lfloor \frac{1000}{1000 + |a - 5|} \rfloor"),
    ("a", r"a + \max(0, 10^{-9} - (a - 5)^2)"),
    ("t", r"t \bmod 100"),
    ("t", r"t \bmod 997"),
    ("t", r"t + \lfloor \frac{t}{1000} \rfloor"),
    ("a", r"|a + 1000| - 1000"),
    ("a", r"\max(a, -10^6)"),
    ("a", r"\begin{cases} 0 & a = 1 \\ a & \text{otherwise} \end{cases}"),
    ("a", r"\begin{cases} a & a \ne 1 \\ 0 & \text{otherwise} \end{cases}"),
    ("a", r"\begin{cases} a & a < 1 \\ a & a > 1 \\ 0 & \text{otherwise} \end{cases}"),
    ("a + b", r"\begin{cases} 0 & a = b \\ a + b & \text{otherwise} \end{cases}"),
    ("a + b", r"\begin{cases} 0 & 2 a = 3 b + 1 \\ a + b & \text{otherwise} \end{cases}"),
    ("a", r"a + [a b = 3]"),
    ("a", r"a + [a^2 = b]"),
    ("a", r"a + [a = b][b = 2]"),
    ("a", r"a + \max(0, a^2 - 10^8)"),
    ("a", r"a + \max(0, \sqrt{a} - 100)"),
    ("a", r"a + \max(0, \lfloor a \rfloor - 1000)"),
    ("a", r"a \operatorname{sign}(a + 500)"),
    ("a", r"\begin{cases} a & |a| < 1000 \\ 0 & \text{otherwise} \end{cases}"),
    ("a", rf"\begin{{cases}} {INNER} & a > 900 \\ a & \text{{otherwise}} \end{{cases}}"),
    ("t", r"t + t(t-1)(t-2)(t-3)(t-4)(t-5)(t-6)(t-7)(t-8)(t-20)(t-21)(t-22)(t-23)(t-24)(t-25)"),
]


@pytest.mark.parametrize(("question", "answer"), WRONG)
def test_a_side_on_which_an_answer_is_wrong_is_found(question: str, answer: str) -> None:
    assert verdict(question, answer) == "wrong"


RIGHT = [
    ("sgdm.m", r"c\frac{|1-\beta^t|}{|1-\beta|}"),
    ("sgdm.m", r"c\frac{1-\beta^{\max(t,0)}}{1-\beta}"),
    ("sgdm.m", M + r"+\max(0,\beta^t-2)"),
    ("sgdm.m", M + r"+|c+1000|-1000-c"),
    ("sgdm.m", M + r"+[\beta=2]"),
    ("sgdm.m", rf"\begin{{cases}} 0 & t = 0 \\ {M} & t \ge 1 \end{{cases}}"),
    ("sgdm.m", rf"\begin{{cases}} {M} & t < 40 \\ {M} & t \ge 40 \end{{cases}}"),
    ("conv.out", rf"\max(0,{OUT})"),
    ("conv.out", r"\left\lceil\frac{W_{in}+2P-K+1}{S}\right\rceil"),
    ("rf", r"1+\sum_{j=1}^L |K_j-1|\prod_{i=1}^{j-1}S_i"),
    ("|a|", r"\sqrt{a^2}"),
    ("|a|", r"\max(a, -a)"),
    ("|a|", r"\operatorname{sgn}(a) a"),
    ("a", r"\operatorname{sign}(a)|a|"),
    ("a + b", r"\max(a, b) + \min(a, b)"),
    (r"\max(a, b)", r"\frac{a + b + |a - b|}{2}"),
    ("t", r"100 \lfloor \frac{t}{100} \rfloor + (t \bmod 100)"),
    (r"t \bmod 2", r"\frac{1 - (-1)^t}{2}"),
    ("t", r"\sum_{k=1}^{t} 1"),
    ("t!", r"\Gamma(t+1)"),
    (r"\Gamma(t+1)", "t!"),
]


@pytest.mark.parametrize(("question", "answer"), RIGHT)
def test_switches_that_change_nothing_are_no_fault(question: str, answer: str) -> None:
    assert verdict(question, answer) == "correct"


OPEN = [
    ("sgdm.m", M + "+[t=9999999]"),
    ("a", r"a + [a^2 = 2]"),
    ("sgdm.m", M + r"+[m_w^{(t)} = \sqrt{2}]"),
    ("a", r"a + [a = \sqrt{2}]"),
    ("a", r"a + [a = \pi]"),
    ("a", r"a + [a^5 - a = b^7 + b + 1]"),
]


@pytest.mark.parametrize(("question", "answer"), OPEN)
def test_what_cannot_be_reached_is_left_open_and_named(question: str, answer: str) -> None:
    got = grade(
        truth(question) if question == "a" else question,
        answer,
        about=None if question == "a" else "ps09",
    )
    assert got.verdict == "undecided" and "KroneckerDelta" in got.feedback


@pytest.mark.parametrize(
    ("right", "answer"),
    [
        ("t", r"\begin{cases} t & t \ge 1 \\ 5 & \text{otherwise} \end{cases}"),
        ("t!", r"t (t-1)!"),
        ("t!", r"t \Gamma(t)"),
        ("t", r"t + [t = 0]"),
        ("1", r"1 - 0^t"),
    ],
)
def test_right_from_one_on(right: str, answer: str) -> None:
    got = grade(truth(right), answer)
    assert (got.verdict, [str(need) for need in got.condition]) == ("correct-under", ["t >= 1"])
    assert r"t \ge 1" in got.feedback


@pytest.mark.parametrize(
    ("right", "answer", "at"),
    [
        ("a", r"a \frac{t-60}{t-60}", "t = 60"),
        ("a", r"\begin{cases} a & a < 1000 \end{cases}", "a = 1000"),
        ("a", r"\frac{a}{1 - [a = 3]}", "a = 3"),
        ("t", r"\frac{t (60-t)!}{(60-t)!}", "t = 61"),
        ("t", r"\begin{cases} t & t < 50 \\ t & t > 50 \end{cases}", "t = 50"),
    ],
)
def test_where_it_has_no_value_is_found_too(right: str, answer: str, at: str) -> None:
    got = grade(truth(right), answer)
    assert got.verdict == "correct-under" and at in got.feedback


TINY = [
    ("a", "a + 10^{-66}"),
    (r"\sqrt{2} + \sqrt{3}", r"\sqrt{5 + 2\sqrt{6}} + 10^{-66}"),
    (r"\sqrt{a+1}", r"\sqrt{a+1} + 10^{-66}"),
    (r"\sqrt{a+1}", r"\sqrt{a+1} + 10^{-30} \cdot 10^{-30} \cdot 10^{-30}"),
    (r"\sqrt{a+1}", r"\sqrt{a+1} (1 + \frac{1}{100^{45}})"),
    (r"\sqrt{a+1}", r"\sqrt{a+1} + \frac{1}{60!}"),
    (r"\sqrt{a+1}", r"\sqrt{a+1} \prod_{k=70}^{70+t} (1 + 10^{-k})"),
    (r"\sqrt{a^2+1}", r"\sqrt{a^2 + 1 + e^{-300}}"),
    ("a", "a + e^{-200}"),
    (r"\log(a)", r"\log(a) + \log(1 + e^{-200})"),
    ("1", r"\cos(10^{-50})"),
    (r"\pi", r"\pi + 2^{-300}"),
    ("|a|", r"\sqrt{a^2 + 10^{-80}}"),
    (r"\sqrt{2}", r"\sqrt{2} + [a = 1000] \cdot 10^{-66}"),
]


@pytest.mark.parametrize(("right", "answer"), TINY)
def test_a_difference_far_below_the_digits_of_intervals_is_one(right: str, answer: str) -> None:
    assert grade(truth(right), answer).verdict == "wrong"


NAMES = [
    (r"\cos(a)", r"\operatorname{cos}(a)", "correct"),
    (r"\lfloor a \rfloor", r"\operatorname{floor}(a)", "correct"),
    (r"\max(a, b)", r"\mathrm{max}(a, b)", "correct"),
    ("e^{-t}", r"\exp(-t)", "correct"),
    ("H_t", r"\sum_{k=1}^{t} \frac{1}{k}", "correct"),
    (r"\psi(a)", r"\psi(a+1) - \frac{1}{a}", "correct"),
    ("a", r"a \operatorname{sgn}(a)^2", "correct"),
    ("H_0 b", "b H_0", "correct"),
    ("H_0 b", "0", "wrong"),
    (r"\psi a", r"a \psi", "correct"),
    ("a", r"\operatorname{mod}(a)", "unreadable"),
    ("a", r"\operatorname{gcd}(a)", "unreadable"),
    ("a", r"\mathrm{erf}(a)", "unreadable"),
    ("a", r"\tanh a", "unreadable"),
    ("a", r"a \operatorname{sign}", "unreadable"),
]


@pytest.mark.parametrize(("right", "answer", "expected"), NAMES)
def test_the_name_of_a_function_is_no_letter(right: str, answer: str, expected: str) -> None:
    assert grade(truth(right), answer).verdict == expected


# The room itself.

a, b, t, k = map(Symbol, "abtk")


def test_the_switches_of_an_expression_are_read_off() -> None:
    def forms(expr: Any) -> set[str]:
        return {f"{s.kind} {s.form}" for s in switches(expr)}

    assert forms(Max(0, t - 40)) == {"kink 40 - t"} or forms(Max(0, t - 40)) == {"kink t - 40"}
    assert forms(KroneckerDelta(t, 60)) & {"point t - 60", "point 60 - t"}
    assert forms(Piecewise((a, a < 1), (b, True))) == {"order a - 1"}
    assert forms(Piecewise((a, a < 1), (b, a > 1), (0, True))) == {"sign a - 1"}
    assert (
        forms(Mod(t, 100)) == {"rest t"}
        and forms(floor(t / 3)) == {"rest t"}
        and forms(floor(a)) == {"steps a"}
    )
    assert forms(a**2 + b / (1 - a)) == set() and forms(Abs(Integer(3) - a)) == {"kink a - 3"}


def test_a_claim_of_the_programs_own_is_looked_at_too() -> None:
    """Not only answers: a line of a sheet with a switch that cannot be reached is no line that was
    counted."""
    run = solve("sgdm")
    right = run.derivation("m").claim
    for change, kind in (
        (KroneckerDelta(t, 60), "FAILS"),
        (KroneckerDelta(t, 10**8), "UNCHECKED"),
        (Max(0, -t), "PROVED"),
    ):
        found = check_claim(Claim(right.left, right.right + change, right.needs), Sample(run.model))
        assert found.kind == kind
        assert kind != "UNCHECKED" or "KroneckerDelta" in found.reason


def test_a_line_of_a_key_with_a_switch_far_out() -> None:
    key = (
        f"The momentum is $m_w^{{(t)}} = {M} + [t = 60]$, or $m_w^{{(t)}} = {M} + [t = 9999999]$.\n"
    )
    assert [claim.verdict for claim in proofread(key, "ps09")] == ["fails", "unchecked"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$t m_w^{(t)} \ge 0$", "holds"),
        (r"$\beta^t \le 1$", "holds"),
        (r"$c \le 1000$", "fails"),
        (r"$m_w^{(t)} \le 10^5 + \frac{c}{9}$", "fails"),
    ],
)
def test_an_inequality_is_tried_where_it_turns(text: str, expected: str) -> None:
    assert [claim.verdict for claim in proofread(f"Therefore {text}.\n", "ps09")] == [expected]


# Drawn: right answers spoilt by a switch far out, and rewritten with switches that change nothing.

Env = dict[str, Any]


@dataclass
class Truth:
    """A question with its answer in LaTeX and in plain Python, and how its letters are drawn."""

    question: str
    latex: str
    value: Callable[[Env], Any]
    wholes: tuple[str, ...]
    reals: dict[str, tuple[int, int]]  # between which numbers


def momentum(env: Env) -> Fraction:
    m = Fraction(0)
    for _ in range(env["t"]):
        m = env["β"] * m + env["c"]
    return m


TRUTHS = [
    Truth("sgdm.m", M, momentum, ("t",), {"β": (0, 1), "c": (0, 9)}),
    Truth("t + a", "t + a", lambda e: e["t"] + e["a"], ("t",), {"a": (-9, 9)}),
    Truth("a b", "a b", lambda e: e["a"] * e["b"], (), {"a": (-9, 9), "b": (-9, 9)}),
    Truth(r"\frac{a}{2}", r"\frac{a}{2}", lambda e: e["a"] / 2, (), {"a": (-9, 9)}),
    Truth(
        r"\frac{t(t+1)}{2}",
        r"\sum_{k=1}^{t} k",
        lambda e: Fraction(sum(range(e["t"] + 1))),
        ("t",),
        {},
    ),
    Truth("2^t a", "a 2^t", lambda e: e["a"] * 2 ** e["t"], ("t",), {"a": (-9, 9)}),
]
LATEX, NAMED = {"β": r"\beta"}, {"β": "beta"}


def written(value: Any) -> str:
    value = Fraction(value)
    return (
        str(value)
        if value.denominator == 1
        else rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
    )


def drawn(one: Truth, rng: random.Random) -> Env:
    env: Env = {name: rng.randint(0, 30) for name in one.wholes}
    for name, (low, high) in one.reals.items():
        env[name] = low + (high - low) * Fraction(rng.randint(1, 996), 997)
    return env


def spoilt(one: Truth, rng: random.Random) -> tuple[str, Env]:
    """An answer that is wrong at some place, and such a place, which is far out or a single
    point."""
    env = drawn(one, rng)
    name = rng.choice([*one.wholes, *one.wholes, *one.reals])
    letter = LATEX.get(name, name)
    low, high = one.reals.get(name, (0, None))
    if name in one.wholes:
        at: Any = rng.randint(26, 140)
    elif one.reals[name] == (0, 1):
        at = Fraction(rng.randint(1, 12), 13)
    else:
        at = Fraction(rng.choice((-1, 1)) if low < 0 else 1) * Fraction(
            rng.randint(20, 4000), rng.choice((1, 1, 3, 7))
        )
    point, beyond = rf"[{letter}={written(at)}]", at + 1 if at > 0 else at - 1
    sign = "" if at > 0 else "-"
    over = rf"\max(0, {sign}{letter} - {written(abs(at))})"
    ways: list[tuple[str, Any]] = [
        (rf"{one.latex} + {point}", at),
        (rf"({one.latex})(1 + 3 {point}) + {point}", at),
        (
            rf"\begin{{cases}} 1 + {one.latex} & {letter} = {written(at)} \\ {one.latex} & "
            rf"\text{{otherwise}} \end{{cases}}",
            at,
        ),
        (
            rf"{one.latex} - 0^{{|{letter} - {written(at)}|}}"
            if at > 0
            else rf"{one.latex} + {point}",
            at,
        ),
    ]
    if name in one.wholes or high != 1:
        less, gap = "<" if at > 0 else ">", f"{sign}{letter} - {written(abs(at))}"
        half = rf"{letter} {less} {written(at)} \\ 1 + {one.latex} & \text{{otherwise}}"
        ways += [
            (rf"{one.latex} + {over}", beyond),
            (rf"\begin{{cases}} {one.latex} & {half} \end{{cases}}", at),
            (rf"{one.latex} + |{gap}| + ({gap})", beyond),
        ]
    if name in one.wholes:
        ways += [
            (rf"{one.latex} + {letter} - ({letter} \bmod {at})", at),
            (rf"{one.latex} + \lfloor \frac{{{letter}}}{{{at}}} \rfloor", at),
            (rf"{one.latex} + \binom{{{letter}}}{{{at}}}", at),
            (rf"{one.latex} + \sum_{{j=1}}^{{{letter}}} [j = {at}]", at),
        ]
    answer, where = rng.choice(ways)
    return answer, env | {name: where}


def kept(one: Truth, rng: random.Random) -> str:
    """The same value, with a switch in it."""
    name = rng.choice([*one.wholes, *one.reals])
    letter, at = LATEX.get(name, name), written(rng.randint(1, 90))
    ways = [
        rf"\begin{{cases}} {one.latex} & {letter} < {at} \\ {one.latex} & {letter} \ge {at} "
        rf"\end{{cases}}",
        rf"\begin{{cases}} {one.latex} & {letter} = {at} \\ {one.latex} & \text{{otherwise}} "
        rf"\end{{cases}}",
        rf"{one.latex} + \max({letter}, {at}) + \min({letter}, {at}) - {letter} - {at}",
        rf"{one.latex} + |{letter} - {at}| - |{at} - {letter}|",
        rf"{one.latex} + \sqrt{{({letter} + {at})^2}} - |{letter} + {at}|",
    ]
    if name in one.wholes:
        ways += [
            one.latex + rf" + \max({letter}, 0) - {letter}",
            one.latex
            + rf" + {letter} - {at} \lfloor \frac{{{letter}}}{{{at}}} \rfloor - ({letter} "
            rf"\bmod {at})",
            one.latex + rf" + |{letter}| - {letter}",
        ]
    if one.reals.get(name, (-1, 0))[0] >= 0:
        ways += [one.latex + rf" + |{letter}| - {letter}", one.latex + rf" + [{letter} = -{at}]"]
    return rng.choice(ways)


DRAWN = 1_500 if FULL else 150
EXAM = Exam("ps09")


def question(one: Truth) -> Question:
    return EXAM.question(one.question) if one.question == "sgdm.m" else truth(one.question)


def stands(one: Truth, witness: dict[str, str]) -> bool:
    """Whether the values that a witness names give what plain Python gives, and the answer gives
    something else."""
    env: Env = {
        name: Fraction(witness[NAMED.get(name, name)])
        for name in one.reals
        if NAMED.get(name, name) in witness
    }
    env |= {name: int(witness[name]) for name in one.wholes if name in witness}
    true, left, right = one.value(env), float(Fraction(witness["left"])), witness["right"]
    return abs(left - float(true)) <= 1e-9 * (1 + abs(left)) and (
        "gap" in witness or witness["left"] != right
    )


def test_a_right_answer_spoilt_far_out_is_never_accepted(record_property: Any) -> None:
    rng, counts, taken = random.Random(12), Counter[str](), []
    for _ in range(DRAWN):
        one = rng.choice(TRUTHS)
        answer, where = spoilt(one, rng)
        got = grade(question(one), answer)
        counts[got.verdict] += 1
        if got.verdict in ACCEPTED:
            taken.append((one.question, answer, where, got))
        if got.verdict == "wrong":
            assert stands(one, got.witness), (answer, got)
    record_property("switched", {"spoilt": {f"spoilt -> {k}": n for k, n in counts.items()}})
    assert taken == []
    assert counts["wrong"] >= 0.9 * DRAWN


def test_a_right_answer_rewritten_with_switches_is_never_wrong(record_property: Any) -> None:
    rng, counts, refused = random.Random(21), Counter[str](), []
    for _ in range(DRAWN):
        one = rng.choice(TRUTHS)
        answer = kept(one, rng)
        got = grade(question(one), answer)
        counts[got.verdict] += 1
        if got.verdict == "wrong":
            refused.append((one.question, answer, got))
    record_property("switched", {"kept": {f"the same -> {k}": n for k, n in counts.items()}})
    assert refused == []
    assert counts["correct"] >= 0.8 * DRAWN


# Steps that do not come round, and terms that grow apart: (truth, answer).
NEVER_ACCEPTED = [
    ("e^t", "e^t+[t=300]"),
    ("e^t", r"e^t+\max(0,t-300)"),
    ("e^t", r"e^t+\sum_{k=300}^t 1"),
    (r"\pi^t", r"\pi^t+[t=1000]"),
    (r"\lfloor\sqrt t\rfloor", r"\lfloor\sqrt t+\frac{1}{12}\rfloor"),
    (r"\lfloor\sqrt t\rfloor", r"\lfloor 1.0001\sqrt t\rfloor"),
    (r"\lfloor\log_2(t+1)\rfloor", r"\lfloor\log_2(t+2)\rfloor"),
    (r"\lceil\log_2(t+1)\rceil", r"\lceil\log_2 t\rceil"),
    (r"\lfloor\sqrt2\,t\rfloor", r"\lfloor 1.41421356 t\rfloor"),
    (r"\lfloor\frac{2^t}{1009}\rfloor", r"\lfloor\frac{2^t+1}{1009}\rfloor"),
    (r"\lfloor\frac{t^2}{1009}\rfloor", r"\lfloor\frac{t^2+1}{1009}\rfloor"),
    (r"\lfloor e^a\rfloor", r"\lceil e^a\rceil-1"),
    (r"\lfloor a^2\rfloor", r"\lfloor a^2+10^{-30}\rfloor"),
    ("a", r"a+\lfloor\frac{1}{1+(a^2-2)^2}\rfloor"),
    (r"\sin x", r"\sin x+\lfloor\sin x\rfloor-\lceil\sin x\rceil+1"),
]


@pytest.mark.parametrize(("right", "answer"), NEVER_ACCEPTED)
def test_steps_without_end_and_terms_far_apart(right: str, answer: str) -> None:
    assert grade(truth(right), answer).verdict in ("wrong", "undecided")
    assert grade(truth(right), right).verdict == "correct"


@pytest.mark.parametrize("answer", [r"e^{-t}[t=300]", r"\lfloor\beta^{t+1}+\frac{1}{100}\rfloor"])
def test_the_same_beside_a_key(answer: str) -> None:
    assert grade("sgdm.m", rf"c\frac{{1-\beta^t}}{{1-\beta}} + {answer}", about="ps09").verdict in (
        "wrong",
        "undecided",
    )


@pytest.mark.parametrize(
    ("right", "answer", "verdict"),
    [
        (r"\sum_{k=1}^n k", r"\frac{n(n+1)}{2}", "correct"),
        (r"\sum_{k=1}^N k^2", r"\frac{N(N+1)(2N+1)}{6}", "correct"),
        (r"\sum_{j=0}^{m} j", r"\frac{m(m+1)}{2}", "correct"),
        (r"\lceil \frac n2\rceil", r"\lfloor\frac{n+1}{2}\rfloor", "correct"),
        (r"\frac{(2t)!}{2^t t!}", r"\frac{(2t)!}{t! 2^t}", "correct"),
        ("n", "n + [n = 77]", "wrong"),
        ("n!", r"n\,\Gamma(n)", "correct-under"),
    ],
)
def test_the_letter_that_counts_in_a_question_of_ones_own(
    right: str, answer: str, verdict: str
) -> None:
    assert grade(truth(right), answer).verdict == verdict


def test_a_truth_is_a_value() -> None:
    with pytest.raises(DeriveError, match="without an equals sign"):
        truth("2x = y")


def test_a_value_by_itself_ends(tmp_path: Path) -> None:
    """The induction put the value in for itself, without end."""
    key = tmp_path / "key.md"
    key.write_text(r"$\sqrt{m_t^2} = m_t$")
    assert [found.verdict for found in proofread(key, about="sgdm")] == ["fails"]


@pytest.mark.parametrize(
    ("right", "answer", "at"),
    [
        (r"\operatorname{sign}(x)", r"\frac{x}{|x|}", "x = 0"),
        ("1", r"\frac{x-3}{x-3}", "x = 3"),
        ("a+b", r"\frac{a^2-b^2}{a-b}", "a = "),
        (r"\frac{1}{1-x}", r"\frac{1+x}{1-x^2}", "x = -1"),
    ],
)
def test_an_answer_without_a_value_at_one_point(right: str, answer: str, at: str) -> None:
    got = grade(truth(right), answer)
    assert got.verdict == "correct-under" and f"it has none at {at}" in got.feedback

"""Grading: each answer of the table gets the verdict it was written for; slips are named; forms,
tuples, intervals, words."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from derive import DeriveError, grade, truth

DATA = Path(__file__).parents[2] / "data"
TABLES = ("answers", "fresh")  # the second was written apart, when the first was read in full
ROWS = [
    row | {"id": f"{name} {row['id']}"}
    for name in TABLES
    for row in csv.DictReader((DATA / f"{name}.csv").open(encoding="utf-8"))
]
SAME = {"refused": ("refused", "unreadable"), "unreadable": ("refused", "unreadable")}
QUESTIONS = sorted({row["question"] for row in ROWS})


def graded(row: dict[str, str]) -> Any:
    return grade(
        row["question"],
        row["answer"],
        about="ps09",
        form="closed" if row["expected"] == "form" else "",
    )


def allowed(row: dict[str, str]) -> tuple[str, ...]:
    if row["expected"] == "correct-under" and row["why"].startswith("L >= 1"):
        return ("correct-under", "correct")  # the problem's layers are 1, ..., L
    if row["id"] == "fresh f055":
        return ("form",)  # M_{Adam} = 2 M_{SGDM} says more than the ratio that is asked for
    return SAME.get(row["expected"], (row["expected"],))


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_get_the_verdict_they_were_written_for(question: str, record_property: Any) -> None:
    mine = [row for row in ROWS if row["question"] == question]
    found = [(row, graded(row)) for row in mine]
    counts: dict[str, int] = {}
    for row, got in found:
        key = f"{row['expected']} -> {got.verdict}"
        counts[key] = counts.get(key, 0) + 1
    record_property("graded", {question: counts})
    wrong = [
        (row["id"], row["answer"], got) for row, got in found if got.verdict not in allowed(row)
    ]
    assert not wrong


def test_there_are_enough_answers() -> None:
    right = [row for row in ROWS if row["expected"] == "correct"]
    assert len(right) >= 150 and len({row["style"] for row in right}) >= 10


SLIPS = [
    ("sgdm.m", r"c\sum_{k=0}^{t}\beta^k", "limit"),
    ("sgdm.m", r"c\frac{1-\beta^{t+1}}{1-\beta}", "limit"),
    ("sgdm.m", r"-c\frac{1-\beta^t}{1-\beta}", "sign"),
    ("sgdm.m", r"c(1-\beta^t)", "factor"),
    ("sgdm.w", r"-\frac{c}{1-\beta}\left(t-\beta\frac{1-\beta^t}{1-\beta}\right)", "factor"),
    ("adam.m", r"c\frac{1-\beta_1^t}{1-\beta_1}", "factor"),
    ("adam.m", r"c(1-\beta_2^t)", "letter"),
    ("adam.v", r"c(1-\beta_2^t)", "factor"),
    ("adam.m_hat", r"c(1-\beta_1^t)", "another"),
    ("adam.w", r"\eta t", "sign"),
    ("adam.w", r"-\eta(t+1)", "limit"),
    ("rf", r"1+\sum_{j=1}^L (K_j-1)\prod_{i=1}^{j}S_i", "limit"),
    ("rf", r"1+\sum_{j=1}^{L-1} (K_j-1)\prod_{i=1}^{j-1}S_i", "limit"),
    ("conv.out", r"\left\lfloor\frac{W_{in}-2P-K}{S}\right\rfloor+1", "sign"),
    ("conv.out", r"\left\lfloor\frac{W_{in}+P-K}{S}\right\rfloor+1", "factor"),
    ("conv.min_in", r"S(W_{out}-1)+K+2P", "sign"),
]


@pytest.mark.parametrize(("question", "answer", "kind"), SLIPS)
def test_a_slip_is_recognised_and_the_hint_gives_nothing_away(
    question: str, answer: str, kind: str
) -> None:
    got = grade(question, answer, about="ps09")
    assert (got.verdict, got.mistake) == ("wrong", kind)
    assert got.witness and got.feedback
    key = grade(question, answer, about="ps09").feedback
    assert "frac" not in key and "sum" not in key.replace("sum or product", "")


def test_the_form_that_is_asked_for() -> None:
    left = r"c\sum_{k=0}^{t-1}\beta^k"
    assert grade("sgdm.m", left, about="ps09").verdict == "correct"
    assert (
        grade("sgdm.m", left, about="ps09", form="closed").verdict,
        grade("sgdm.m", left, form="closed").points,
    ) == (
        "form",
        0.5,
    )
    long = r"\frac{c}{1-\beta}+\frac{c}{1-\beta}-\frac{c\beta^t}{1-\beta}-\frac{c}{1-\beta}"
    assert grade("sgdm.m", long, about="ps09", form="closed").verdict == "correct"
    assert grade("sgdm.m", long, about="ps09", form="simplified").mistake == "not simplified"
    assert grade("sgdm.w", r"-\eta\sum_{k=1}^t m_w^{(k)}", about="ps09").mistake == "not solved"
    assert grade("sgdm.m", "m_w^{(t)}", about="ps09").verdict == "form"


@pytest.mark.parametrize(
    ("right", "answer", "verdict"),
    [
        (r"(0, \frac{2}{\lambda})", r"0 < \eta < 2/\lambda", "correct"),
        (r"(0, \frac{2}{\lambda})", r"\eta \in (0, 2/\lambda)", "correct"),
        (r"(0, \frac{2}{\lambda})", r"0 < \eta < 1/\lambda", "wrong"),
        ("(-1, 1)", r"|\beta| < 1", "correct"),
        ("(-1, 1)", "[-1, 1]", "wrong"),
        ("[0, 1)", r"0 \le x < 1", "correct"),
        (r"(0, \infty)", "x > 0", "correct"),
        (r"(0, \infty)", r"x \ge 0", "wrong"),
        ("(1, 2, 3)", "(1, 2, 3)", "correct"),
        ("(1, 2, 3)", "(1, 3, 2)", "wrong"),
        ("(1, 2, 3)", "(1, 2)", "unreadable"),
        (r"\frac{1}{3}", "0.333", "correct"),
        (r"\frac{1}{3}", "0.34", "wrong"),
        ("a + b", "b + a", "correct"),
        ("a b", "a + b", "wrong"),
    ],
)
def test_a_truth_of_ones_own(right: str, answer: str, verdict: str) -> None:
    assert grade(truth(right), answer).verdict == verdict


def test_several_values_at_once() -> None:
    assert grade("adam.m_hat, adam.v_hat", "(c, c^2)", about="ps09").verdict == "correct"
    got = grade("adam.m_hat, adam.v_hat", "(c, c)", about="ps09")
    assert got.verdict == "wrong" and got.feedback.startswith("Value 2")


def test_without_a_problem_the_library_is_asked() -> None:
    assert grade("sgd.w", r"w = -\eta c t").verdict == "correct"
    assert grade("rmsprop.w", "7").verdict == "wrong"


def test_what_is_not_known_is_an_error_and_not_a_verdict() -> None:
    with pytest.raises(DeriveError, match=r"sgdm\.m"):
        grade("sgdm.mm", "1", about="ps09")
    with pytest.raises(DeriveError, match="no problem"):
        grade("sgdm.m", "1", about="ps10")
    with pytest.raises(DeriveError, match="form"):
        grade("sgdm.m", "1", about="ps09", form="short")


def test_an_answer_without_a_value_somewhere_is_right_only_elsewhere() -> None:
    got = grade("sgdm.m", r"c\frac{1-\beta^t}{1-\beta} \cdot \frac{t-3}{t-3}", about="ps09")
    assert got.verdict == "correct-under" and got.condition == () and "t = 3" in got.feedback
    got = grade("sgdm.m", r"\frac{c}{\frac{1-\beta}{1-\beta^t}}", about="ps09")
    assert (got.verdict, [str(n) for n in got.condition]) == ("correct-under", ["t >= 1"])


def test_what_cannot_be_decided_is_never_wrong() -> None:
    got = grade("sgdm.m", r"c\,\mathbb{E}[\beta]", about="ps09")
    assert got.verdict == "undecided" and got.points is None


SPOKEN = [
    ("sgdm.scaling", "w is proportional to 1/c", ("wrong",)),
    ("sgdm.scaling", "w is nonlinear in c", ("unreadable", "undecided")),
    *(
        ("adam.scaling", said, ("unreadable",))
        for said in (
            r"w does not depend on \eta",
            "m does not depend on c",
            "w does not not depend on c",
            "it is false that w does not depend on c",
            "I doubt that w does not depend on c",
            "w does not depend on c only linearly",
            "c does not depend on w",
        )
    ),
    ("adam.scaling", "w does not change when c is scaled", ("correct",)),
    ("adam.scaling", "c does not affect w", ("correct",)),
    ("sgdm.scaling", "so w grows linearly with the gradient", ("correct",)),
    ("sgdm.scaling", "w does not depend linearly on c", ("wrong",)),
]


@pytest.mark.parametrize(("question", "said", "verdicts"), SPOKEN)
def test_an_answer_in_words_is_read_whole(
    question: str, said: str, verdicts: tuple[str, ...]
) -> None:
    assert grade(question, said, about="ps09").verdict in verdicts


AROUND = (
    "the negative of {}; the inverse of {}; the square root of {}; the derivative of {}; the "
    "floor of {}; log of {};"
    " anything but {}; cannot be {}; different from {}; false: {}; proportional to {};"
    " {} divided by two; {} increased by one;"
    " {} factorial;"
    " {} to the third; {} rounded up; {} up to sign; approximately {}; half of {}; - {}; {}!; "
    "the sum of {}; a{}"
)
BESIDE = (
    "the answer is {}; so {}.; thus {}; hence we get {}; therefore, {}; it follows that {}; by "
    "induction, {}; {} by unrolling;"
    " using a geometric series, {}; the geometric sum gives {}"
)


@pytest.mark.parametrize("around", [a.strip() for a in AROUND.split(";")])
def test_words_around_a_formula_that_change_it_are_not_read(around: str) -> None:
    assert grade(truth("2x"), around.replace("{}", "$2x$")).verdict == "unreadable"


@pytest.mark.parametrize("around", [a.strip() for a in BESIDE.split(";")])
def test_words_that_say_that_it_is_the_answer_are(around: str) -> None:
    assert grade(truth("2x"), around.replace("{}", "$2x$")).verdict == "correct"


@pytest.mark.parametrize(
    ("right", "answer", "verdict"),
    [
        (r"\frac{1}{3}", "0.333", "correct"),
        (r"\pi", "3.14", "correct"),
        (r"\frac{1}{3}", "0.3", "wrong"),
        (r"\frac{1}{1000}", "0.0", "wrong"),
        (r"\frac{10000001}{10000000}", "1.0", "wrong"),
        ("2x", r"y \approx 2x", "unreadable"),
        ("2x", r"y \simeq 2x", "unreadable"),
        ("2x", r"y \cong 2x", "unreadable"),
        ("2x", r"y \sim 2x", "unreadable"),
        ("2x", r"2x\cancel{y}", "unreadable"),
        ("2x", r"\cancel{2x}", "unreadable"),
    ],
)
def test_what_is_near_is_not_the_value(right: str, answer: str, verdict: str) -> None:
    assert grade(truth(right), answer).verdict == verdict

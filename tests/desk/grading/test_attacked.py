"""What outsiders found when they graded by the README alone."""

from __future__ import annotations

import pytest

from derive import grade, proofread

SIZE = r"\left\lfloor\frac{%s}{S}%s\right\rfloor+1"


@pytest.mark.parametrize(
    ("above", "behind"),
    [
        ("W_{in}+2P-K+P/100", ""),
        ("W_{in}+2.01P-K", ""),
        ("1.01W_{in}+2P-K", ""),
        ("W_{in}+2P-0.99K", ""),
        ("W_{in}+2P-K", r"\cdot 1.1"),
    ],
)
def test_a_share_of_a_size_is_seen(above: str, behind: str) -> None:
    assert grade("conv.out", SIZE % (above, behind), about="ps09").verdict == "wrong"


@pytest.mark.parametrize("share", [r"\frac1{100}", r"\frac1{1000000000}"])
def test_a_share_of_one_is_right_where_nothing_is_left_over(share: str) -> None:
    got = grade("conv.out", SIZE % ("W_{in}+2P-K", f"+{share}"), about="ps09")
    assert got.verdict == "correct-under" and "mid" in got.feedback


RIGHT = r"c\frac{1-\beta^t}{1-\beta}"


@pytest.mark.parametrize(
    ("question", "name", "value", "verdict"),
    [
        ("sgdm.m", "m_t", RIGHT, "correct"),
        ("sgdm.m", "m^{(t)}", RIGHT, "correct"),
        ("sgdm.m", "y", RIGHT, "correct"),
        ("sgdm.m", "m_{t+1}", RIGHT, "undecided"),
        ("sgdm.m", "w^{(t)}", RIGHT, "undecided"),
        ("adam.w", "w^{(t+1)}", r"-\eta t", "undecided"),
        ("rf", "R", r"1+\sum_{l=1}^L (K_l-1)\prod_{i=1}^{l-1}S_i", "correct"),
    ],
)
def test_an_answer_by_the_name_of_something_else(
    question: str, name: str, value: str, verdict: str
) -> None:
    assert grade(question, f"{name} = {value}", about="ps09").verdict == verdict


@pytest.mark.parametrize(
    "line",
    [
        r"w_t = -\eta t\,\text{sign}(-c)",
        r"m_t = c \text{ times } 2",
        r"w_t = -\eta t \text{ plus } c",
        r"w_t = -\eta t \mbox{ if we multiply by } 2",
    ],
)
def test_words_that_make_another_value_are_not_passed_over(line: str) -> None:
    (found,) = proofread(f"\n${line}$\n", about="ps09")
    assert found.verdict == "unchecked"


def test_a_right_equation_that_is_not_solved_is_not_wrong() -> None:
    for text, verdict in (
        (r"m_t\cdot(1-\beta) = c(1-\beta^t)", "form"),
        (r"(1-\beta) m_t = c(1-\beta^t)", "form"),
        (r"(1-\beta) m_t = c(1+\beta^t)", "wrong"),
    ):
        assert grade("sgdm.m", text, about="ps09").verdict == verdict

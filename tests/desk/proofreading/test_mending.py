"""What proofreading says of a wrong line: the change that mends it, what follows from it; what
letters mean, what is assumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive import DeriveError, proofread
from derive.desk.proofreading.about import problems_about
from derive.desk.proofreading.found import Found
from derive.desk.proofreading.letters.settings import settings
from derive.desk.proofreading.remarks import remarks


def verdicts(text: str, about: str = "sgdm", letters: str = "") -> list[Found]:
    return proofread(text + "\n", about, letters)


MENDS = [
    (r"$m_t = c \sum_{k=0}^{t} \beta^k$", r"limit: 0 to t-1 for 0 to t"),
    (r"$m_t = c \frac{1-\beta^{t+1}}{1-\beta}$", r"exponent: \beta^{t} for \beta^{t+1}"),
    (r"$m_t = -c \frac{1-\beta^{t}}{1-\beta}$", "sign"),
    (r"$m_t = \beta m_t + c$", r"index: m^{(t-1)} for m^{(t)}"),
    (r"$w_t = -\eta \sum_{k=0}^{t-1} m_k$", "limit: 0 to t for 0 to t-1"),
    (r"$m_t = \frac{1-\beta^{t}}{1-\beta}$", "missing factor"),
    (r"$w_t = w_{t-1} + \eta m_t$", "sign"),
]


@pytest.mark.parametrize(("text", "mend"), MENDS)
def test_one_small_change_mends_it(text: str, mend: str) -> None:
    (found,) = verdicts(text)
    assert found.verdict == "fails" and found.mend.startswith(mend)
    assert found.witness["left"] != found.witness["right"]


def test_what_no_small_change_mends_has_none() -> None:
    (found,) = verdicts(r"$m_t = \frac{t^2 + 7}{c}$")
    assert (found.verdict, found.mend) == ("fails", "")


CHAIN = r"""
$$m_t = c \sum_{k=0}^{t} \beta^k = c \frac{1-\beta^{t+1}}{1-\beta}$$
$$w_t = -\eta \sum_{k=1}^{t} m_k = -\eta c \sum_{k=1}^{t} \frac{1-\beta^{k+1}}{1-\beta}$$
"""


def test_what_follows_from_a_false_line_is_told_apart() -> None:
    assert [(f.line, f.verdict, f.reason) for f in verdicts(CHAIN)] == [
        (2, "fails", "the sides differ"),
        (2, "follows", "follows from line 2, which fails"),
        (3, "holds", ""),
        (3, "follows", "follows from line 2, which fails"),
    ]


def test_a_line_that_is_right_again_holds() -> None:
    found = verdicts(r"$$m_t = c \sum_{k=0}^{t} \beta^k = c \frac{1-\beta^{t}}{1-\beta}$$")
    assert [f.verdict for f in found] == ["fails", "holds"]


def test_letters_are_inferred_from_a_definition_or_given() -> None:
    text = r"$v_t = \rho v_{t-1} + g_t$, and for $g_t = c$ we get $v_t = c\frac{1-\rho^t}{1-\rho}$."
    assert [f.verdict for f in verdicts(text)] == ["holds", "holds", "holds"]
    alone = r"Hence $v_t = c\frac{1-\rho^t}{1-\rho}$."
    assert [f.verdict for f in verdicts(alone, letters=r"\beta=\rho,m=v")] == ["holds"]
    wrong = r"$v_t = \rho v_{t-1} + 2 g_t$, hence $v_t = c\frac{1-\rho^t}{1-\rho}$."
    assert verdicts(wrong)[0].verdict == "unchecked"


def test_one_letter_means_what_it_means_in_its_display() -> None:
    text = r"""
$$m_w^{(t)} = c \frac{1-\beta^t}{1-\beta}$$
$$m_w^{(t)} = c (1-\beta_1^t)$$
$$m_w^{(t)} = c (1-\beta^t)$$"""
    assert [f.verdict for f in verdicts(text, "ps09")] == ["holds", "holds", "fails"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"For $\beta_1 = 1/2$ we get $m_w^{(2)} = \frac{3}{4} c$.", ["holds"]),
        (r"For $\beta_1 = 1/2$ we get $m_w^{(2)} = \frac{1}{4} c$.", ["fails"]),
        (r"For $W_{out}=1, K=3, P=1$ then $W_{in}=1$.", ["holds"]),
        (r"For $W_{out}=1, K=3, P=1$ then $W_{in}=2$.", ["fails"]),
        (r"For $c < 0$ we get $w^{(t)} = \eta t$.", ["holds"]),
        (r"We get $w^{(t)} = \eta t$.", ["fails"]),
        (r"Let $K^{(l)} = 3$, $S^{(l)} = 1$. Then $W^{(0)} = 2 L + 1$.", ["holds"]),
        (r"Let $K^{(l)} = 3$, $S^{(l)} = 1$. Then $W^{(0)} = 2 L$.", ["fails"]),
        (
            r"Let $r_{l-1} = s_l r_l + (k_l - s_l)$, so $r_0 = 1 + \sum_{l=1}^L (k_l - 1) "
            r"\prod_{i=1}^{l-1} s_i$.",
            ["holds", "holds"],
        ),
        (
            r"The step $\Delta w = -\eta \frac{\hat m_w}{\sqrt{\hat v_w}} = -\eta$.",
            ["unchecked", "holds"],
        ),
        (
            r"The step $\Delta w = -\eta \frac{\hat m_w}{\sqrt{\hat v_w}} = \eta$.",
            ["unchecked", "fails"],
        ),
        (r"For three layers with kernel 3 and stride 1, $W^{(0)} = 7$.", ["unchecked"]),
        (r"Since $\sum_{k=0}^{n-1} q^k = \frac{1-q^n}{1-q}$ for $q \ne 1$.", ["holds"]),
        (r"Since $\sum_{k=0}^{n} q^k = \frac{1-q^n}{1-q}$.", ["fails"]),
        (r"Let $q = r$.", ["unchecked"]),
        (r"Here $\frac{1}{3} \approx 0.333$ and $\frac{1}{3} \approx 0.34$.", ["holds", "fails"]),
    ],
)
def test_what_is_assumed_counts_and_no_more(text: str, expected: list[str]) -> None:
    assert [f.verdict for f in verdicts(text, "ps09")] == expected


def test_a_problem_is_found_by_its_name_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = problems_about("ps09")
    monkeypatch.chdir(tmp_path)
    assert [p.parts for p in problems_about("ps09").problems] == [p.parts for p in here.problems]
    (tmp_path / "solutions" / "mine").mkdir(parents=True)
    text = '[[problem]]\noptimizers = ["sgd"]\n[[problem.part]]\nask = ["sgd.w"]\n'
    (tmp_path / "solutions" / "mine" / "problem.toml").write_text(text, encoding="utf-8")
    assert problems_about("mine").problems[0].optimizers[0].name == "sgd"
    with pytest.raises(DeriveError, match="did you mean"):
        problems_about("ps0")


def test_prose_that_says_something_else_is_remarked_on(tmp_path: Path) -> None:
    path = tmp_path / "key.md"
    path.write_text("Let $g_t = c$ for all t > 0.\nWhat is $w$?\n", encoding="utf-8")
    said = remarks(path.read_text(encoding="utf-8"), settings(problems_about("sgdm")))
    assert said[0] == 'line 1: "for all t > 0" is prose and not checked; the problem says t >= 0'
    assert said[1].startswith("not checked: prose, and 1 terms in it")

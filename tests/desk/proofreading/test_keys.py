r"""Right keys as different lecturers write them give no alarm, and are read; wrong ones, made from
them, are found at their line.

The keys stand in tests/data/keys. A wrong one is a right one with one error, typed here with the
line where it stands.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from derive.desk.proofreading.about import problems_about
from derive.desk.proofreading.found import Found
from derive.desk.proofreading.letters.renamed import read_letters
from derive.desk.proofreading.letters.settings import settings
from derive.desk.proofreading.proofread import proofread_text

FOLDER = Path(__file__).parents[2] / "data" / "keys"
HEAVY_BALL = r"\beta=\mu,\eta=\alpha,m=v,w=x,c=a"
# The problem of each key, its letters, and how many claims it has at least.
KEYS: dict[str, tuple[str, str, int]] = {
    "sgdm-align.tex": ("sgdm", "", 10),
    "sgdm-function.md": ("sgdm", "", 12),
    "sgdm-renamed.tex": ("sgdm", HEAVY_BALL, 9),
    "sgdm-split.tex": ("sgdm", "", 11),
    "sgdm-cases.tex": ("sgdm", "", 8),
    "adam-paper.tex": ("adam", "", 16),
    "adam-sheet.md": ("ps09", "", 13),
    "adam-numbers.md": ("ps09", "", 9),
    "rf-distill.tex": ("ps09", "W=r,K=k,S=s", 7),
    "rf-dots.tex": ("ps09", "", 7),
    "rf-induction.md": ("ps09", "", 7),
    "rf-numbers.md": ("ps09", "", 8),
    "conv-window.tex": ("ps09", "", 6),
    "conv-text.tex": ("ps09", "", 3),
    "ps09-whole.tex": ("ps09", "", 20),
}


def read(text: str, about: str, letters: str = "") -> list[Found]:
    found = settings(problems_about(about))
    return proofread_text(text, found, "key", read_letters(letters, found))


def read_key(name: str) -> list[Found]:
    about, letters, _ = KEYS[name]
    return read((FOLDER / name).read_text(encoding="utf-8"), about, letters)


def cases(known: dict[str, str], names: Any) -> list[Any]:
    """Parameters, of which the known ones do not come out right."""
    marks = {
        name: [pytest.mark.xfail(strict=True, reason=reason)] for name, reason in known.items()
    }
    assert known.keys() <= set(names)
    return [pytest.param(name, marks=marks.get(name, [])) for name in names]


@pytest.mark.parametrize("name", KEYS)
def test_right_key_gives_no_alarm(name: str) -> None:
    assert [str(f) for f in read_key(name) if f.verdict in ("fails", "follows")] == []


@pytest.mark.parametrize("name", KEYS)
def test_right_key_is_read(name: str) -> None:
    found = read_key(name)
    assert [str(f) for f in found if f.verdict == "unchecked"] == []
    assert len(found) >= KEYS[name][2]


def test_all_keys_are_tried() -> None:
    assert {p.name for p in FOLDER.iterdir()} == KEYS.keys()
    assert {name for name, *_ in WRONG} <= KEYS.keys() and len(WRONG) >= 15


# A key, the line that is wrong, and what stands there for what.
WRONG: list[tuple[str, int, str, str]] = [
    ("sgdm-align.tex", 6, r"- \eta m_{t+1}", r"+ \eta m_{t+1}"),
    ("sgdm-align.tex", 10, r"\bt^2 m_{t-2}", r"\bt m_{t-2}"),
    ("sgdm-align.tex", 11, r"\bt^{t-1})", r"\bt^{t})"),
    ("sgdm-align.tex", 12, r"\frac{c}{1-\bt}", r"\frac{c}{1+\bt}"),
    ("sgdm-function.md", 8, "m(t+1)", "m(t)"),
    ("sgdm-function.md", 13, r"\beta - 1}", r"1 - \beta}"),
    ("sgdm-function.md", 17, r"(1-\beta)^2", r"1-\beta"),
    ("sgdm-function.md", 19, r"(2 + \beta)", r"(1 + \beta)"),
    ("sgdm-renamed.tex", 5, r"\mu\, v_t", r"\alpha\, v_t"),
    ("sgdm-renamed.tex", 10, r"^{t-1}", r"^{t}"),
    ("sgdm-renamed.tex", 15, r"(1 - \mu^j)", r"(1 - \mu^t)"),
    ("sgdm-split.tex", 6, r"\beta m^{(t-2)} + c", r"\beta m^{(t-2)} - c"),
    ("sgdm-split.tex", 7, r"1 + \beta + \beta^2", r"\beta + \beta^2"),
    ("sgdm-split.tex", 16, r"(1 - \beta) +", r"1 +"),
    ("sgdm-cases.tex", 5, r"\beta m^{(t-1)} + c", r"\beta m^{(t-1)} - c"),
    ("sgdm-cases.tex", 15, r"t + 1 -", r"t -"),
    ("adam-paper.tex", 4, "g_t^2", "g_t"),
    ("adam-paper.tex", 5, r"1-\beta_2^t", r"1-\beta_2^{t+1}"),
    ("adam-paper.tex", 6, r"\sqrt{\hat v_t}", r"\hat v_t"),
    ("adam-paper.tex", 11, r"= c^2\,", r"= c\,"),
    ("adam-paper.tex", 13, r"\hat m_t = c$", r"\hat m_t = c^2$"),
    ("adam-sheet.md", 4, r"c - c \beta_1^t", r"c - \beta_1^t"),
    ("adam-sheet.md", 12, r"-3\eta", r"-2\eta"),
    ("rf-dots.tex", 3, r"K^{(L)}", r"K^{(L-1)}"),
    ("rf-dots.tex", 6, r"+ K^{(l+1)} - 1$", r"+ K^{(l+1)}$"),
    ("rf-dots.tex", 11, r"\prod_{m=1}^{n}", r"\prod_{m=1}^{n-1}"),
    ("rf-induction.md", 4, r"\prod_{i=l+1}^{j-1}", r"\prod_{i=l+1}^{j}"),
    ("rf-induction.md", 13, "- 1", "+ 1"),
    ("conv-window.tex", 3, "- K", "+ K"),
    ("conv-window.tex", 5, "K - 2P = S", "K - P = S"),
    ("conv-text.tex", 4, "+ 1", "- 1"),
    ("conv-text.tex", 12, r"(\Wout - 1)", r"\Wout"),
    ("ps09-whole.tex", 8, r"\beta^{t-1-k}", r"\beta^{t-k}"),
    ("ps09-whole.tex", 11, r"\beta^{k-1}", r"\beta^{k}"),
    ("ps09-whole.tex", 19, r"-\eta\, t", r"-\eta\, c\, t"),
    ("ps09-whole.tex", 24, r"S^{(l)} W^{(l)}", r"S^{(l-1)} W^{(l)}"),
]


MISSED = {("sgdm-split.tex", 16): "dots behind a wrong first term are not read"}


def _marked(row: tuple[str, int, str, str]) -> Any:
    marks = [pytest.mark.xfail(strict=True, reason=MISSED[row[:2]])] if row[:2] in MISSED else []
    return pytest.param(*row, marks=marks, id=f"{row[0]}-{row[1]}")


@pytest.mark.parametrize("name, line, right, wrong", [_marked(row) for row in WRONG])
def test_wrong_key_is_found(name: str, line: int, right: str, wrong: str) -> None:
    """At its line, and at no other that the right key has not."""
    about, letters, _ = KEYS[name]
    lines = (FOLDER / name).read_text(encoding="utf-8").split("\n")
    assert lines[line - 1].count(right) == 1, "the table does not fit the key"
    lines[line - 1] = lines[line - 1].replace(right, wrong)
    fails = {f.line for f in read("\n".join(lines), about, letters) if f.verdict == "fails"}
    assert fails == {line}


# Single lines of keys: the problem, the text.
LINES: dict[str, tuple[str, str]] = {
    "words": ("sgdm", r"Hence $w_t = -\eta \sum_{i=1}^t m_i \quad (\text{since } w_0 = 0)$."),
    "two optimizers": (
        "ps09",
        r"For SGDM $m_t = c\frac{1-\beta^t}{1-\beta}$, for Adam $m_t = c(1-\beta_1^t)$.",
    ),
    "no index": ("sgdm", r"\[ m_w = c \frac{1-\beta^t}{1-\beta} \]"),
    "boxed": ("sgdm", r"$$\boxed{m_t = c\frac{1-\beta^t}{1-\beta}}$$"),
    "boxed side": ("sgdm", r"$$m_t = \boxed{c\frac{1-\beta^t}{1-\beta}}$$"),
    "underbrace": (
        "sgdm",
        r"$$\underbrace{c + \dots + \beta^{t-1} c}_{t \text{ terms}} = "
        r"c\frac{1-\beta^t}{1-\beta}$$",
    ),
    "stackrel": (
        "sgdm",
        r"$$m_t \stackrel{(6)}{=} \beta m_{t-1} + c = c\frac{1-\beta^t}{1-\beta}$$",
    ),
    "overset": ("sgdm", r"$$m_t \overset{\text{def}}{=} \beta m_{t-1} + c$$"),
    "behind a bar": ("sgdm", r"$$m_t = c\left.\frac{1-x^t}{1-x}\right|_{x=\beta}$$"),
    "a condition in brackets": (
        "adam",
        r"$$\hat m_t = \frac{m_t}{1-\beta_1^t} = c \quad (t \ge 1)$$",
    ),
    "partial": ("adam", r"Let $\frac{\partial L}{\partial w} = c$."),
    "a limit": ("sgdm", r"In the long run $\lim_{t\to\infty} m_t = \frac{c}{1-\beta}$."),
    "an abbreviation": ("sgdm", r"With $r := 1 - \beta$ we get $m_t = c (1-\beta^t)/r$."),
    "own letter": ("sgdm", r"Let $q = 1 - \beta$. Then $m_t = \frac{c}{q} (1-\beta^t)$."),
    "all strides one": (
        "ps09",
        r"Let $S^{(l)} = 1$ for all $l$. Then $W^{(0)} = 1 + \sum_{j=1}^L (K^{(j)}-1)$.",
    ),
    "all alike": (
        "ps09",
        r"If $K^{(l)} = 3$ and $S^{(l)} = 2$ for all $l$, then $W^{(0)} = 2^{L+1} - 1$.",
    ),
    "one layer": ("ps09", r"For $L = 1$ we get $W^{(0)} = K^{(1)}$."),
    "stride one": ("ps09", r"If $S=1$ then $W_{out} = W_{in} + 2P - K + 1$."),
    "dots in a product": (
        "ps09",
        r"$$W^{(0)} = 1 + \sum_{j=1}^{L} (K^{(j)} - 1) S^{(1)} \cdots S^{(j-1)}$$",
    ),
    "dots in brackets": (
        "ps09",
        r"$$W^{(0)} = 1 + \sum_{j=1}^{L} (K^{(j)} - 1) (S^{(1)} S^{(2)} \cdots S^{(j-1)})$$",
    ),
    "before and after": (
        "ps09",
        r"$$\sum_{j=1}^{L} K^{(j)} - L = \sum_{j=1}^{L} \left(K^{(j)} - 1\right)$$",
    ),
}
UNREAD = {"behind a bar": "a value put in behind a bar", "a limit": r"\lim"}


@pytest.mark.parametrize("name", cases(UNREAD, LINES))
def test_line_is_read(name: str) -> None:
    about, text = LINES[name]
    found = read(text, about)
    assert found and [str(f) for f in found if f.verdict != "holds"] == []

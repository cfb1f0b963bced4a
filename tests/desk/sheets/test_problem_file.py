"""Changing the problem file changes the key; the committed key is the one that is made, byte for
byte."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from sympy import Expr, Rational, Sum, Symbol

from derive.desk.sheets.key import Key, open_key, sheet

ROOT = Path(__file__).parents[3]
PROBLEM = ROOT / "solutions" / "ps09" / "problem.toml"
TEXT = PROBLEM.read_text(encoding="utf-8")
ASKED = ["sgdm.m", "sgdm.w", "adam.m", "adam.v", "adam.m_hat", "adam.v_hat", "adam.w"]
ASKED += ["memory.ratio", "conv.out", "conv.min_in", "rf", "rf.example"]

t, c, eta, beta, eps, w0, alpha, s = (
    Symbol(n) for n in ("t", "c", "eta", "beta", "eps", "w0", "alpha", "s")
)


def changed(tmp_path: Path, *changes: tuple[str, str], optimizers: str = "") -> Key:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    (tmp_path / "problem.toml").write_text(text, encoding="utf-8")
    if optimizers:
        (tmp_path / "optimizers.toml").write_text(optimizers, encoding="utf-8")
    key = open_key(tmp_path / "problem.toml")
    for report in key.check():
        assert report.verdict.holds, str(report)
    return key


def answer(key: Key, question: str) -> Expr:
    piece = next(
        p for a in key.all_answers() if a.question == question for p in a.pieces if p.role == "main"
    )
    return piece.run[
        question.partition(".")[2] if "." in question and not question.startswith("rf") else "W"
    ]


def numbers(expr: Expr, **given: Fraction | int) -> Expr:
    return expr.subs(
        {
            Symbol(k): Rational(Fraction(v).numerator, Fraction(v).denominator)
            for k, v in given.items()
        }
    ).doit()


POINT = {"t": 7, "c": Fraction(3, 5), "eta": Fraction(1, 7), "beta": Fraction(2, 3)}


@pytest.fixture(scope="module")
def key() -> Key:
    return open_key(PROBLEM)


def test_every_claim_holds_and_the_twelve_answers_are_proved(key: Key) -> None:
    reports = key.check()
    assert all(r.verdict.kind == "PROVED" for r in reports), [
        str(r) for r in reports if r.verdict.kind != "PROVED"
    ]
    assert set(ASKED) <= {r.question for r in reports}
    for answer_ in key.all_answers():
        if answer_.question in ASKED:
            assert all(p.run.verdicts(p.name)[-1].kind == "PROVED" for p in answer_.pieces)


def test_minus_c(key: Key, tmp_path: Path) -> None:
    other = changed(tmp_path, ('gradient = "c"', 'gradient = "-c"'))
    assert numbers(answer(other, "sgdm.w"), **POINT) == -numbers(answer(key, "sgdm.w"), **POINT)
    assert answer(key, "adam.w") == -eta * t and answer(other, "adam.w") == eta * t


def test_a_start(tmp_path: Path, key: Key) -> None:
    other = changed(tmp_path, ('start = { w = "0" }', 'start = { w = "w0" }'))
    assert numbers(answer(other, "sgdm.w") - answer(key, "sgdm.w") - w0, w0=3, **POINT) == 0
    assert answer(other, "adam.w") == w0 - eta * t
    assert "counted from its start," in sheet(other)


def test_other_letters(tmp_path: Path, key: Key) -> None:
    other = changed(tmp_path, ('eps = "0"', 'eps = "0", eta = "alpha"'))
    assert answer(other, "sgdm.w") == answer(key, "sgdm.w").subs(eta, alpha)
    assert r"\alpha c" in sheet(other) and r"\eta = \alpha" in sheet(other)


def test_a_number_for_beta(tmp_path: Path, key: Key) -> None:
    other = changed(tmp_path, ('eps = "0"', 'eps = "0", beta = "9/10"'))
    point = POINT | {"beta": Fraction(9, 10)}
    for question in ("sgdm.m", "sgdm.w"):
        assert beta not in answer(other, question).free_symbols
        assert numbers(answer(other, question), **POINT) == numbers(answer(key, question), **point)
    assert r"10 c\left(1-\left(\frac{9}{10}\right)^{t}\right)" in sheet(other)


def test_epsilon_kept(tmp_path: Path) -> None:
    other = changed(
        tmp_path, ('values = { eps = "0" }\n', ""), ('"adam.w", "adam.scaling"', '"adam.w"')
    )
    assert answer(other, "adam.w") == -eta * c * t / (c + eps)
    assert r"-\frac{\eta c t}{c+\epsilon}" in sheet(other)


def test_scaling_is_refused_where_epsilon_breaks_it(tmp_path: Path) -> None:
    from derive import DeriveError

    with pytest.raises(DeriveError, match="do not grow alike"):
        changed(tmp_path, ('values = { eps = "0" }\n', ""))


def test_three_layers(tmp_path: Path) -> None:
    other = changed(tmp_path, ("[problem.given]\nexample", "[problem.given]\nlayers = 3\nexample"))
    assert str(answer(other, "rf")) == "(K(2) - 1)*S(1) + (K(3) - 1)*S(1)*S(2) + K(1)"
    assert r"K^{(1)}+(K^{(2)}-1) S^{(1)}+(K^{(3)}-1) S^{(1)} S^{(2)}" in sheet(other)


def test_steps_counted_as_papers_do(tmp_path: Path, key: Key) -> None:
    other = changed(
        tmp_path,
        ('"superscript"', '"subscript"'),
        ('g = "\\\\nabla_w L"\n', ""),
        ('m = "m_w"\nv = "v_w"\n', ""),
    )
    text = sheet(other)
    assert not [row for row in text.splitlines() if "&=" in row and "^{(" in row], (
        "only the author's own prose keeps them"
    )
    assert r"m_{t} &= \beta m_{t-1}+g_{t}" in text, "m_t is made from m_{t-1} and g_t"
    assert r"g_{t} = c$ for all $t \ge 1" in text
    assert answer(other, "sgdm.w") == answer(key, "sgdm.w")


def test_conditions_that_ranges_give_are_said_where_they_are_asked_for(
    tmp_path: Path, key: Key
) -> None:
    asked = changed(tmp_path, ("[notation]", '[notation]\nconditions = "all"'))
    told = (r"geometric sum; $\beta \neq 1$", r"root of a square; $c > 0$")
    for text in told:
        assert text in sheet(asked) and text not in sheet(key)
    assert "; $t \\ge 1$" in sheet(key), "a first step has no step before it"


MINE = """
lines = ["v <- alpha*v + (1 - alpha)*g**2", "w <- w - eta*g/(sqrt(v) + eps)"]
start = { v = "0", w = "0" }
ranges = ["eta >= 0", "0 < alpha < 1", "eps > 0"]
"""
ADDED = ('optimizers = ["adam", "sgdm"]', 'optimizers = ["mine", "adam", "sgdm"]')
ASK = (
    ('ask = ["memory.ratio"]', 'ask = ["mine.v", "mine.w"]'),
    ('values = { eps = "0" }\n', ""),
    (', "adam.scaling"', ""),
)


def test_inline_lines(tmp_path: Path) -> None:
    other = changed(tmp_path, ("[notation]", f"[optimizers.mine]{MINE}\n[notation]"), ADDED, *ASK)
    assert answer(other, "mine.w").has(Sum)
    assert "it stays a sum" in sheet(other)


def test_an_optimizers_file_beside_the_problem(tmp_path: Path) -> None:
    other = changed(tmp_path, ADDED, *ASK, optimizers=f"[mine]{MINE}")
    assert numbers(answer(other, "mine.v"), t=2, alpha=Fraction(1, 2), c=2) == 3


def test_another_example(tmp_path: Path) -> None:
    other = changed(tmp_path, ("K = [3, 5, 4], S = [2, 1, 3]", "K = [7, 3], S = [2, 5]"))
    assert answer(other, "rf.example") == 11


def test_other_tags_and_a_dropped_question(tmp_path: Path) -> None:
    other = changed(tmp_path, ("rf = 8", "rf = 21"), ('"sgdm.m", "sgdm.w"', '"sgdm.w"'))
    text = sheet(other)
    assert r"\tag{21}" in text and r"\tag{30}" in text and r"\tag{8}" not in text
    assert r"SGDM, $m_w$" not in text


TYPED = {
    1: r"m_w^{(t+1)} &= \beta_1 m_w^{(t)}+(1-\beta_1) \nabla_w L^{(t)}",
    2: r"v_w^{(t+1)} &= \beta_2 v_w^{(t)}+(1-\beta_2)(\nabla_w L^{(t)})^{2}",
    3: r"\hat{m}_w^{(t+1)} &= \frac{m_w^{(t+1)}}{1-\beta_1^{t+1}}",
    4: r"\hat{v}_w^{(t+1)} &= \frac{v_w^{(t+1)}}{1-\beta_2^{t+1}}",
    5: r"w^{(t+1)} &= w^{(t)}-\frac{\eta \hat{m}_w^{(t+1)}}{\sqrt{\hat{v}_w^{(t+1)}}+\epsilon}",
    6: r"m_w^{(t+1)} &= \beta m_w^{(t)}+\nabla_w L^{(t)}",
    7: r"w^{(t+1)} &= w^{(t)}-\eta m_w^{(t+1)}",
    8: r"W^{(l)} &= S^{(l+1)}(W^{(l+1)}-1)+K^{(l+1)}",
    9: r"&= S^{(l+1)} W^{(l+1)}+(K^{(l+1)}-S^{(l+1)})",
    10: r"&= S^{(l+1)}(S^{(l+2)} W^{(l+2)}+(K^{(l+2)}-S^{(l+2)}))+(K^{(l+1)}-S^{(l+1)})",
    12: r"&= W^{(L)} \prod_{i=l+1}^{L} S^{(i)}+\sum_{j=l+1}^{L} (K^{(j)}-S^{(j)}) "
    r"\prod_{i=l+1}^{j-1} S^{(i)}",
    13: r"W^{(0)} &= \left(\prod_{i=1}^{L} S^{(i)}\right)+\sum_{j=1}^{L} (K^{(j)}-S^{(j)}) "
    r"\prod_{i=1}^{j-1} S^{(i)}",
    14: r"&= \left(\prod_{i=1}^{L} S^{(i)}\right)+\left(\sum_{j=1}^{L} K^{(j)} "
    r"\prod_{i=1}^{j-1} S^{(i)}\right)"
    r"-\sum_{j=1}^{L} \prod_{i=1}^{j} S^{(i)}",
    15: r"&= \left(\sum_{j=1}^{L} K^{(j)} \prod_{i=1}^{j-1} S^{(i)}\right)-\sum_{j=1}^{L-1} "
    r"\prod_{i=1}^{j} S^{(i)}",
    16: r"&= \left(\sum_{j=1}^{L} K^{(j)} \prod_{i=1}^{j-1} S^{(i)}\right)"
    r"-\left(\sum_{j=1}^{L} \prod_{i=1}^{j-1} S^{(i)}\right)+1",
    17: r"&= \left(\sum_{j=1}^{L} (K^{(j)}-1) \prod_{i=1}^{j-1} S^{(i)}\right)+1",
}


def test_the_equations_carry_the_problem_sets_numbers(key: Key) -> None:
    tagged: dict[int, str] = {}
    for row in sheet(key).splitlines():
        found = re.search(r"\\tag\{(\d+)\}", row)
        if found:
            assert int(found[1]) not in tagged
            tagged[int(found[1])] = row
    assert sorted(tagged) == list(range(1, 18))
    for number, typed in TYPED.items():
        assert typed in tagged[number], f"({number})"


def test_the_key_says_what_the_problem_set_leaves_loose(key: Key) -> None:
    text = sheet(key)
    for fact in (
        r"\nabla_w L^{(t)} = c$ for all $t \ge 0",
        "one step count $t$ shared by all parameters",
        r"S(W_{\mathrm{out}}-1)+K-2 P < 1$ the padding alone is wide enough",
        r"$l \le L-1$",
        r"$l \le L-2$",
        r"$l \le L-3$",
        r"$L \ge 1$",
        r"has width $5$ and reads $3$ positions",
        r"For $c < 0$",
        r"for $c = 0$ the update divides by zero",
        r"W^{(L)} = 1",
    ):
        assert fact in text, fact
    assert not re.search(r"\\beta(_\d)?-1|c\s*(\\,)?\\eta|W\^\{l", text)
    assert "average" not in text


def test_the_committed_key_is_the_one_that_is_made(key: Key) -> None:
    assert sheet(key) == (ROOT / "solutions" / "ps09" / "solution.tex").read_text(encoding="utf-8")


def test_the_bytes_do_not_depend_on_hashes() -> None:
    command = [sys.executable, "-m", "derive", "sheet", str(PROBLEM), "--detail", "full"]
    made = [
        subprocess.run(
            command,
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    assert made[0] == made[1] and made[0]


def test_check_as_json() -> None:
    command = [sys.executable, "-m", "derive", "check", str(PROBLEM), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    rows = json.loads(done.stdout)
    assert done.returncode == 0 and {r["verdict"] for r in rows} == {"PROVED"}
    assert {
        "question",
        "line",
        "claim",
        "needs",
        "verdict",
        "seal",
        "worlds",
        "witness",
        "reason",
    } == set(rows[0])

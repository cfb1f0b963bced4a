"""The key as a document: TeX sets it without complaint, in every form, and a prompt finds its
names."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from derive.desk.sheets.key import open_key, sheet

ROOT = Path(__file__).parents[3]
PROBLEM = ROOT / "solutions" / "ps09" / "problem.toml"
needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def variants() -> dict[str, str]:
    text = PROBLEM.read_text(encoding="utf-8")
    return {
        "ps09": text,
        "a start": text.replace('start = { w = "0" }', 'start = { w = "w0" }')
        .replace('"sgdm.scaling",', "")
        .replace('"adam.scaling",', ""),
        "subscript": text.replace('index = "superscript"', 'index = "subscript"')
        .replace('"m_w"', '"m"')
        .replace('"v_w"', '"v"'),
        "epsilon": text.replace('values = { eps = "0" }', "").replace(', "adam.scaling",', ","),
        "three layers": text.replace("example = {", "layers = 3, example = {")
        .replace(
            "[problem.given]\nlayers = 3, example = { K = [3, 5, 4], S = [2, 1, 3] }",
            "[problem.given]\nlayers = 3\nexample = { K = [3, 5, 4], S = [2, 1, 3] }",
        )
        .replace("\nlayers = 3, example =", "\nlayers = 3\nexample ="),
        "deep stacks": text.replace(
            "K = [3, 5, 4], S = [2, 1, 3]", f"K = {[3] * 20}, S = {[2] * 4 + [1] * 16}"
        ).replace("[problem.given]\nexample", "[problem.given]\nlayers = 8\nexample"),
        "minus c": text.replace('gradient = "c"', 'gradient = "-c"'),
    }


@needs_tex
@pytest.mark.slow
@pytest.mark.parametrize("name", variants())
@pytest.mark.parametrize("full", [False, True], ids=["brief", "full"])
def test_tex_sets_the_key(name: str, full: bool, tmp_path: Path) -> None:
    (tmp_path / "problem.toml").write_text(variants()[name], encoding="utf-8")
    (tmp_path / "key.tex").write_text(
        sheet(open_key(tmp_path / "problem.toml"), full=full), encoding="utf-8"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "key.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    wide = re.findall(r"Overfull \\hbox \((\d+)", done.stdout)
    assert not [w for w in wide if int(w) > 5], f"runs off the page by {wide} pt"
    assert "undefined" not in done.stdout


@needs_tex
@pytest.mark.slow
def test_a_fragment_can_be_input(tmp_path: Path) -> None:
    (tmp_path / "body.tex").write_text(sheet(open_key(PROBLEM), fragment=True), encoding="utf-8")
    (tmp_path / "main.tex").write_text(
        "\\documentclass{article}\\usepackage{amsmath,amssymb}\\begin{document}\\input{body}\\end{document}",
        encoding="utf-8",
    )
    done = subprocess.run(
        ["pdflatex", "-halt-on-error", "main.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_student_sheet_has_the_questions_and_no_answer() -> None:
    key = open_key(PROBLEM)
    student, whole = sheet(key, student=True), sheet(key)
    for part in (p for problem in key.problems.problems for p in problem.parts):
        assert part.text.strip() in student and part.text.strip() in whole
    assert "Solution" not in student
    assert r"\tag{7}" in student and r"\tag{8}" not in student


def test_full_detail_shows_every_step() -> None:
    key = open_key(PROBLEM)
    steps = sum(
        len(piece.run.derivation(piece.name).steps)
        for a in key.all_answers()
        for piece in a.pieces
        if piece.role in ("main",)
    )
    assert sheet(key, full=True).count("&=") >= steps > sheet(key).count("&=")


def test_the_prompt_has_the_names_it_promises() -> None:
    script = 'run = solve(sgdm, gradient=c)\nprint(run.w)\nprint(run.check()["w"])\nprint(diff(run.w, symbols("eta")))\n'
    code = "import sys; sys.modules['IPython'] = None; import derive.__main__ as m; sys.argv = ['derive']; m.main()"
    done = subprocess.run(
        [sys.executable, "-c", code], input=script, capture_output=True, text=True, cwd=ROOT
    )
    assert "-c*eta*(t + 1 - (1 - beta**(t + 1))/(1 - beta))/(1 - beta)" in done.stdout, (
        done.stdout + done.stderr
    )
    assert "PROVED" in done.stdout

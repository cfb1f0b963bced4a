"""Files from elsewhere: what is wrong with one is a line that names it, and what TeX would run in
one is refused."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from derive.__main__ import main
from derive.desk.grading.batch import no_formula

PROBLEM = """\
title = "Sums"
[[problem]]
title = "First"
text = "{text}"
equations = ["x(t+1) = 2*x(t) + 1"]
part = [{{ text = "What is $x$?", ask = ["x"] }}]
[notation]
names = {{ x = "{x}" }}
"""
NETWORK = {
    "name": "n",
    "nodes": [
        {"id": "x", "op": "input", "inputs": []},
        {"id": "c", "op": "conv", "inputs": ["x"], "kernel_size": 3, "stride": 1},
    ],
    "output": "c",
}


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, list(arguments))


def said(found: Any) -> str:
    """The one line of an error."""
    assert found.exit_code == 2, found.output
    assert found.exception is None or isinstance(found.exception, SystemExit)
    assert found.stderr.count("\n") == 1
    return str(found.stderr)


def problem(place: Path, text: str = "Solve.", x: str = "x") -> Path:
    place.write_text(PROBLEM.format(text=text.replace("\\", "\\\\"), x=x.replace("\\", "\\\\")))
    return place


HARMFUL = [
    r"\input{/etc/passwd}",
    r"\immediate\write18{ls}",
    r"\openout3=x",
    r"\csname input\endcsname{x}",
    r"\catcode`\%=12",
    r"^^5cinput{x}",
    r"\newcommand{\x}{}",
    r"\end {document}",
    r"a } b {",
    r"{",
    r"\{ }",
    r"\makeatletter\@@input x ",
    r"\UseName{input}{x}",
    r"\begin{filecontents}{x}\end{filecontents}",
    r"\begin{input}{x}\end{input}",
    "50% sure",
    "costs $5",
    r"\batchmode",
]


@pytest.mark.parametrize("text", HARMFUL)
@pytest.mark.parametrize("key", ["text", "x"])
def test_what_tex_would_run_is_refused(text: str, key: str, tmp_path: Path) -> None:
    file = problem(tmp_path / "p.toml", **{key: text})
    line = said(run("sheet", str(file)))
    assert ("--trust" in line or r"\%" in line) and "p.toml" in line
    assert run("sheet", str(file), "--trust").exit_code == 0


def test_an_optimizer_beside_it_is_looked_at_too(tmp_path: Path) -> None:
    file = problem(tmp_path / "p.toml")
    (tmp_path / "optimizers.toml").write_text(
        '[mine]\ntitle = "\\\\input{x}"\nlines = ["w <- w - g"]\nstart = { w = "0" }\n'
    )
    assert r"\\input" in said(run("sheet", str(file)))


@pytest.mark.parametrize(
    "text",
    [
        r"Solve $\{x\}$, as in \textbf{1}.",
        r"in 5\,\% of \verb|}|",
        r"\begin{itemize}\item a\end{itemize}",
    ],
)
def test_what_is_harmless_is_taken(text: str, tmp_path: Path) -> None:
    assert run("sheet", str(problem(tmp_path / "p.toml", text))).exit_code == 0


def test_a_byte_order_mark_is_no_letter(tmp_path: Path) -> None:
    toml = problem(tmp_path / "p.toml")
    plain = run("sheet", str(toml))
    toml.write_bytes(b"\xef\xbb\xbf" + toml.read_bytes())
    assert run("sheet", str(toml)).output == plain.output and plain.exit_code == 0
    net = tmp_path / "n.json"
    net.write_bytes(b"\xef\xbb\xbf" + json.dumps(NETWORK).encode())
    assert "3 positions" in run("rf", str(net)).output
    key = tmp_path / "k.tex"
    key.write_bytes(b"\xef\xbb\xbf$m_w^{(0)} = 0$\n")
    assert run("proofread", str(key), "--about", "ps09").exit_code in (0, 1)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"name": "n", "name": "m", "nodes": []}', 'the key "name" stands twice'),
        ('{"name": "\\ud800", "nodes": []}', r"\ud800 is half of a character"),
        ("[" * 100_000, "too deep"),
        ("{", "no JSON"),
    ],
)
def test_json_that_says_two_things_or_none(text: str, what: str, tmp_path: Path) -> None:
    file = tmp_path / "n.json"
    file.write_text(text)
    assert what in said(run("rf", str(file)))


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5_000 + "]" * 5_000, "a = " + "{a=" * 2_000 + "1" + "}" * 2_000]
)
def test_toml_in_toml_in_toml(text: str, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text)
    for command in ("sheet", "check", "rf"):
        assert "too deep" in said(run(command, str(file)))


def test_a_name_that_moves_the_cursor(tmp_path: Path) -> None:
    file = tmp_path / "n.json"
    file.write_text(json.dumps({**NETWORK, "output": "c\x1b[2Jd"}))
    line = said(run("rf", str(file)))
    assert "\x1b" not in line and r"\x1b[2J" in line


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_output_that_is_full() -> None:
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            [sys.executable, "-m", "derive", "solve", "x(t+1) = 2*x(t)"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert found.returncode == 2
    assert found.stderr == "derive: the output cannot be written: No space left on device\n"


INTERRUPTED = """
import builtins, runpy, sys
read, at = builtins.__import__, sys.argv.pop(1)
def importing(name, *rest, **more):
    if name == at:
        raise KeyboardInterrupt
    return read(name, *rest, **more)
builtins.__import__ = importing
runpy.run_module("derive", run_name="__main__")
"""


@pytest.mark.parametrize(
    "module", ["click", "sympy", "derive.commands.solve", "derive.solving.recurrences.solver"]
)
def test_an_interrupt_while_modules_are_read_is_no_traceback(module: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, module, "solve", "x(t+1) = 2*x(t)"]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode in (1, 130) and found.stderr in ("", "\nAborted!\n", "Aborted!\n")


def test_no_warning_is_an_error() -> None:
    for arguments in (["solve", "sgdm"], ["rf", "3/2 3"], ["grade", "--help"]):
        command = [sys.executable, "-W", "error", "-m", "derive", *arguments]
        found = subprocess.run(command, capture_output=True, text=True)
        assert (found.returncode, found.stderr) == (0, "")


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    table, graded = tmp_path / "a.csv", tmp_path / "g.csv"
    ids = ["=1+1", "+2", "-3", "@x", "plain", "\t=1"]
    with table.open("w", newline="") as file:
        csv.writer(file).writerows(
            [("id", "question", "answer"), *((n, "sgdm.m", "0") for n in ids)]
        )
    for _ in range(2):  # the second finds all rows done
        assert run("grade", str(table), "--output", str(graded)).exit_code == 0
        with graded.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["id"] for row in rows] == [n if n == "plain" else f"'{n}" for n in ids]
    assert no_formula("3") == "3" and no_formula("") == ""


def test_grades_go_to_a_file(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("id,question,answer\n1,sgdm.m,0\n")
    assert "device" in said(run("grade", str(table), "--output", os.devnull))


def test_a_sheet_is_not_written_over_its_problem(tmp_path: Path) -> None:
    file = problem(tmp_path / "p.toml")
    before = file.read_text()
    assert "problem file itself" in said(run("sheet", str(file), "-o", str(file)))
    assert file.read_text() == before


def test_links_in_a_circle(tmp_path: Path) -> None:
    one, two = tmp_path / "a.tex", tmp_path / "b.tex"
    one.symlink_to(two)
    two.symlink_to(one)
    file = problem(tmp_path / "p.toml")
    assert "a.tex" in said(run("sheet", str(file), "-o", str(one)))


def test_a_row_with_a_comma_too_many_and_a_file_of_someone_else(tmp_path: Path) -> None:
    table, out = tmp_path / "a.csv", tmp_path / "out.csv"
    table.write_text("id,question,answer\nann,rf.example,17,5\n")
    assert "row 1: more cells" in said(run("grade", str(table), "--about", "ps09", "-o", str(out)))
    table.write_text("id,question,answer\nann,sgdm.m,0\n")
    out.write_text("my notes")
    assert "another file" in said(run("grade", str(table), "-o", str(out)))
    assert out.read_text() == "my notes"

"""The README's examples do what it says: the session as a doctest, the shell lines run, the tables
made anew."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_session() -> None:
    failed, tried = doctest.testfile(
        str(ROOT / "README.md"), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert tried >= 10
    assert not failed


SHELL = [
    line.split("  #")[0]
    for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
]
COMMANDS = [line for line in SHELL if line.startswith(("python -m derive ", "derive "))]


@pytest.mark.parametrize("line", COMMANDS)
def test_shell_line(line: str, tmp_path: Path) -> None:
    words = [
        str(tmp_path / w) if w in ("key.tex", "out.csv") else w
        for w in shlex.split(line.removeprefix("python -m "))
    ]
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout or (tmp_path / "key.tex").exists()


def test_there_are_shell_lines() -> None:
    assert len(COMMANDS) >= 5


def test_the_table_of_optimizers_lists_the_library() -> None:
    from derive import library

    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", TEXT, re.MULTILINE)
    assert dict(rows) == {
        name: ", ".join(f"`{s}`" for s in p.memory) or "nothing" for name, p in library().items()
    }


def test_the_table_of_networks_is_made() -> None:
    from derive.desk.convolutions.report import published

    assert published((), "markdown") in TEXT


@pytest.mark.parametrize("start", ["m(t+1)", "stack = ", "networks = "])
def test_other_problems_from_the_readme(start: str, tmp_path: Path) -> None:
    block = next(b for b in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL) if start in b)
    (tmp_path / "problem.toml").write_text(block, encoding="utf-8")
    command = [sys.executable, "-m", "derive", "sheet", str(tmp_path / "problem.toml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "\\begin{align" in done.stdout, done.stderr


def test_a_problem_file_from_the_readme(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    problem = next(b for b in blocks if "[[problem]]" in b)
    (tmp_path / "problem.toml").write_text(problem, encoding="utf-8")
    (tmp_path / "optimizers.toml").write_text(
        next(b for b in blocks if b.startswith("# optimizers.toml")), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "derive", "check", str(tmp_path / "problem.toml")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr

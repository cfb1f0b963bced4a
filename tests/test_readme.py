"""Every README does what it says: the sessions as doctests, the shell lines run, the problem files
checked, the tables made anew."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (
        ROOT / "README.md",
        *sorted(p for top in ("derive", "solutions", "tests") for p in ROOT.glob(f"{top}/**/README.md")),
    )
}  # fmt: skip
FIRST, SOLUTIONS = PAGES["README.md"], PAGES["solutions/README.md"]


def blocks(kind: str) -> list[tuple[str, str]]:
    """(page, text) of every block of that kind."""
    return [
        (name, block)
        for name, text in PAGES.items()
        for block in re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)
    ]


SESSIONS = [name for name, text in PAGES.items() if ">>> " in text]
COMMANDS = list(
    dict.fromkeys(
        line.split("  #")[0].rstrip()
        for _, block in blocks("sh")
        for line in block.splitlines()
        if line.startswith(("python -m derive ", "derive "))
    )
)
PROBLEMS = [(name, block) for name, block in blocks("toml") if "[[problem]]" in block]
OPTIMIZERS = [block for _, block in blocks("toml") if block.startswith("# optimizers.toml")]


def test_there_is_something_to_try() -> None:
    assert len(SESSIONS) >= 4 and len(COMMANDS) >= 25 and len(PROBLEMS) >= 4 and OPTIMIZERS


def test_the_first_page_is_short() -> None:
    assert len(FIRST.splitlines()) <= 250


@pytest.mark.parametrize("name", SESSIONS)
def test_the_session(name: str) -> None:
    failed, tried = doctest.testfile(
        str(ROOT / name), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert tried >= 5
    assert not failed


@pytest.mark.parametrize("line", COMMANDS)
def test_shell_line(line: str, tmp_path: Path) -> None:
    words = [
        str(tmp_path / w) if w in ("key.tex", "out.csv") else w
        for w in shlex.split(line.removeprefix("python -m "))
    ]
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout or (tmp_path / "key.tex").exists()


@pytest.mark.parametrize(
    ("name", "block"), PROBLEMS, ids=[f"{name}-{n}" for n, (name, _) in enumerate(PROBLEMS)]
)
def test_a_problem_file(name: str, block: str, tmp_path: Path) -> None:
    """Each is checked, and its key written, with the optimizers of a page beside it."""
    (tmp_path / "problem.toml").write_text(block, encoding="utf-8")
    (tmp_path / "optimizers.toml").write_text("\n".join(OPTIMIZERS), encoding="utf-8")
    for command in ("check", "sheet"):
        done = subprocess.run(
            [sys.executable, "-m", "derive", command, str(tmp_path / "problem.toml")],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "\\begin{align" in done.stdout


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(
        r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", PAGES[name], flags=re.DOTALL)
    ):
        assert (
            "://" in target or (ROOT / name).parent.joinpath(target.partition("#")[0]).exists()
        ), target


def test_the_first_page_leads_to_all_others() -> None:
    assert {name for name in PAGES if f"({name})" in FIRST} == set(PAGES) - {"README.md"}


def test_the_tables_of_optimizers_are_made() -> None:
    from derive import gradients, optimizers, schedules

    for table in (optimizers(), gradients(), schedules()):
        assert table.written("markdown") in PAGES["solutions/optimizers/README.md"]


def test_the_table_of_networks_is_made() -> None:
    from derive.desk.convolutions.report import published

    assert published((), "markdown") in PAGES["solutions/receptive-fields/README.md"]


def test_the_questions_are_listed() -> None:
    """Those of a solved name, in words and as a table; those of a problem in letters."""
    from derive.desk.recurrences.questions.entries import TABLE
    from derive.desk.sheets.convolutions import ANSWERS as OF_STACKS
    from derive.desk.sheets.windows import ANSWERS as OF_WINDOWS

    said = [f"`{question}`" for question in TABLE.values()]
    assert ", ".join(said) in FIRST.replace("\n", " ")
    assert (
        re.findall(
            r"^\| (`\w+(?:\([\w ]+\))?`) \| ",
            SOLUTIONS.split("more can be asked")[1].split("The same at")[0],
            re.MULTILINE,
        )
        == said
    )
    assert all(f"`{name}`" in SOLUTIONS for name in (*OF_STACKS, *OF_WINDOWS))

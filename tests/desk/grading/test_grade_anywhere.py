"""`derive grade` from any folder, with a problem file anywhere, from a source tree and from an
installed copy."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import derive
from derive.desk.grading.sandbox import Sandbox, within

PACKAGE = Path(derive.__file__).parent
CALL = """
import sys
place = sys.argv.pop(1)
sys.path.insert(0, place)  # before the finder of a source tree
from derive.__main__ import main
assert sys.modules["derive"].__file__.startswith(place)
main()
"""
ROWS = (
    ("1", "sgdm.m", r"c\frac{1-\beta^t}{1-\beta}"),
    ("2", "conv.out", "3"),
    ("3", "adam.w", r"-\eta t"),
)
EXPECTED = [("1", "correct"), ("2", "wrong"), ("3", "correct")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package, as an installation without a source tree makes it."""
    place = tmp_path_factory.mktemp("site")
    shutil.copytree(PACKAGE, place / "derive", ignore=shutil.ignore_patterns("__pycache__"))
    return place


def table(path: Path, rows: tuple[tuple[str, str, str], ...] = ROWS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "question", "answer"), *rows])
    return path


def run(cwd: Path, place: Path | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, from `cwd`, with the package as it is installed here or as it lies in
    `place`."""
    command = (
        [sys.executable, "-P", "-m", "derive"]
        if place is None
        else [sys.executable, "-P", "-c", CALL, str(place)]
    )
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.run(
        [*command, "grade", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def found(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["id"], row["verdict"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("copied", [False, True], ids=["source tree", "copy"])
@pytest.mark.parametrize("about", ["file", "name"])
def test_from_the_root_and_from_a_folder_apart(
    copied: bool, about: str, installed: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    problem = there / "problem.toml"
    shutil.copy(PACKAGE / "problems" / "ps09.toml", problem)
    for cwd in (Path("/"), installed):
        out = tmp_path / f"out{len(str(cwd))}.csv"
        asked = str(problem) if about == "file" else "ps09"
        place = installed if copied else None
        done = run(cwd, place, str(table(tmp_path / "in.csv")), "--about", asked, "-o", str(out))
        assert done.returncode == 0, done.stderr
        assert found(out) == EXPECTED


def test_a_problem_file_named_from_here_and_one_with_optimizers_beside_it(tmp_path: Path) -> None:
    there = tmp_path / "problems"
    there.mkdir()
    (there / "optimizers.toml").write_text(
        '[half]\nlines = ["w <- w/2 - eta*g"]\nstart = {w = "0"}\n', encoding="utf-8"
    )
    (there / "own.toml").write_text(
        '[[problem]]\ntitle = "Halves"\noptimizers = ["half"]\n[[problem.part]]\nask = '
        '["half.w"]\n',
        encoding="utf-8",
    )
    rows = (("1", "half.w", r"-2\eta c (1-2^{-t})"), ("2", "half.w", r"-\eta c t"))
    for cwd, about in ((tmp_path, "problems/own.toml"), (there, "../problems/own.toml")):
        out = tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        done = run(
            cwd, None, str(table(tmp_path / "in.csv", rows)), "--about", about, "-o", str(out)
        )
        assert done.returncode == 0, done.stderr
        assert found(out) == [("1", "correct"), ("2", "wrong")]


def test_modules_of_the_same_names_in_the_folder_are_not_taken(tmp_path: Path) -> None:
    for name in ("types.py", "random.py", "json.py", "select.py", "derive.py"):
        (tmp_path / name).write_text("raise SystemExit(3)\n", encoding="utf-8")
    done = run(
        tmp_path,
        None,
        str(table(tmp_path / "in.csv")),
        "--about",
        "ps09",
        "-o",
        str(tmp_path / "out.csv"),
    )
    assert done.returncode == 0, done.stderr
    assert found(tmp_path / "out.csv") == EXPECTED


READS = """
import os
import derive.desk.grading.sandbox as s
s._confine()
open({path!r}).read()
"""


@pytest.mark.parametrize("cwd", ["/", "."])
def test_the_folder_that_it_runs_in_is_not_read(cwd: str, tmp_path: Path) -> None:
    """Neither that nor one whose name begins as that of a folder that may be read."""
    beside = Path(f"{PACKAGE}-secret") if os.access(PACKAGE.parent, os.W_OK) else tmp_path
    beside.mkdir(exist_ok=True)
    try:
        for folder in (tmp_path, beside):
            (folder / "key.txt").write_text("secret", encoding="utf-8")
            code = READS.format(path=str(folder / "key.txt"))
            where = cwd if cwd == "/" else str(folder)
            done = subprocess.run(
                [sys.executable, "-c", code], cwd=where, capture_output=True, text=True, timeout=120
            )
            assert "PermissionError" in done.stderr, (done.stdout, done.stderr)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def test_a_path_is_within_a_folder_and_not_beside_it() -> None:
    assert within("/a/b/c", ("/a/b",)) and within("/a/b", ("/a/b",))
    assert not within("/a/bc", ("/a/b",)) and not within("/a", ("/a/b",))


def test_the_reason_why_a_problem_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(derive.DeriveError, match="No such file"):
        Sandbox(str(tmp_path / "none.toml")).grade("sgdm.m", "c")


@pytest.mark.parametrize("before", [None, "id,verdict,points,mistake,feedback\n1,correct,1,,\n"])
def test_a_batch_that_is_refused_as_a_whole_is_an_error(before: str | None, tmp_path: Path) -> None:
    rows = (("1", "sgdm.m", "c"), *((str(n), "no.such", str(n)) for n in range(2, 40)))
    source, out = table(tmp_path / "in.csv", rows[0 if before else 1 :]), tmp_path / "out.csv"
    if before:
        out.write_text(before, encoding="utf-8")
    done = run(tmp_path, None, str(source), "--about", "ps09", "-o", str(out))
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1
    assert "all 38 answers are refused" in done.stderr and 'no question "no.such"' in done.stderr
    assert (out.read_text(encoding="utf-8") if before else out.exists()) == (before or False)


def test_each_for_its_own_question_is_an_error_too_and_a_hostile_answer_is_none(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out.csv"
    rows = (("1", "no.such", "c"), ("2", "nor.this", "c"))
    done = run(
        tmp_path, None, str(table(tmp_path / "in.csv", rows)), "--about", "ps09", "-o", str(out)
    )
    assert done.returncode == 2 and "no question" in done.stderr and not out.exists()
    one = table(tmp_path / "in.csv", (("1", "sgdm.m", r"\input{x}"),))
    done = run(tmp_path, None, str(one), "--about", "ps09", "-o", str(out))
    assert done.returncode == 0 and found(out) == [("1", "refused")]
    out.unlink()
    late = (*((str(n), "no.such", "c") for n in range(30)), ("30", "sgdm.m", "c"))
    done = run(
        tmp_path, None, str(table(tmp_path / "in.csv", late)), "--about", "ps09", "-o", str(out)
    )
    assert done.returncode == 0 and len(found(out)) == 31


@pytest.mark.parametrize("loaded", [False, True])
def test_a_file_of_the_name_of_the_grammars_package_is_not_run(
    tmp_path: Path, loaded: bool
) -> None:
    """latex2sympy2 imports `gen`, which may be anything in the folder of a student's answers."""
    (tmp_path / "gen.py").write_text("print('gen was run')")
    first = "import gen, sys; own = sys.modules['gen']; " if loaded else ""
    last = "; assert sys.modules['gen'] is own" if loaded else ""
    code = first + r"from derive import grade; print(grade('sgdm.w', r'x').verdict)" + last
    place = str(PACKAGE.parent)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": place},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("gen was run") == loaded and done.stdout.endswith("\n")

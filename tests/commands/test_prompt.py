"""The prompt, Python's own and IPython's, and a notebook: the names, and errors in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLAIN = "import sys; sys.modules['IPython'] = None; import derive.__main__ as m; m.main([])"
WRONG = 'solve("adamm")\n'
TOO_HARD = 'from derive.desk.budget import limit, stage\nwith limit(0.01):\n    while True: stage("it")\n\n'
MESSAGE = 'derive: no optimizer "adamm"; did you mean "adam"?'


def typed(lines: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], input=lines, capture_output=True, text=True, cwd=ROOT
    )


@pytest.fixture
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("IPython")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))


def test_python_shows_an_error_in_one_line() -> None:
    done = typed(WRONG + TOO_HARD + "sgdm.name\n", "-c", PLAIN)
    assert MESSAGE in done.stderr and "derive: no answer within 0.01 s: it took" in done.stderr
    assert "Traceback" not in done.stderr and "'sgdm'" in done.stdout


def test_python_shows_other_errors_whole() -> None:
    assert "ZeroDivisionError" in typed("1/0\n", "-c", PLAIN).stderr


@pytest.mark.usefixtures("_own_settings")
def test_ipython_shows_an_error_in_one_line() -> None:
    done = typed(WRONG + TOO_HARD + "sgdm.name\n", "-m", "derive")
    assert MESSAGE in done.stdout and "derive: no answer within 0.01 s: it took" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr and "'sgdm'" in done.stdout
    assert "Traceback" in typed("1/0\n", "-m", "derive").stdout


@pytest.mark.usefixtures("_own_settings")
def test_derive_imported_in_ipython_shows_an_error_in_one_line() -> None:
    done = typed("import derive\nderive." + WRONG + "1/0\n", "-m", "IPython")
    assert MESSAGE in done.stdout and "ZeroDivisionError" in done.stdout
    assert "DeriveError" not in done.stdout + done.stderr


def test_a_notebook_keeps_the_error_of_a_cell() -> None:
    formats, client = pytest.importorskip("nbformat.v4"), pytest.importorskip("nbclient")
    cell = formats.new_code_cell("import derive\nderive." + WRONG)
    cell.metadata["tags"] = ["raises-exception"]
    book = formats.new_notebook(cells=[cell])
    client.execute(book, cwd=str(ROOT))
    (error,) = cell.outputs
    assert (error.ename, error.traceback) == ("DeriveError", [MESSAGE])

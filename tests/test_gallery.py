"""The gallery of recurrences: as committed, the same under any hash seed, every line checked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from derive.desk.key import open_key

ROOT = Path(__file__).parents[1]
PROBLEM = ROOT / "solutions" / "recurrences" / "problem.toml"


def made(seed: str) -> str:
    environment = os.environ | {"PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "derive", "sheet", str(PROBLEM)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("seed", ["0", pytest.param("1", marks=pytest.mark.slow)])
def test_as_committed(seed: str) -> None:
    assert made(seed) == (PROBLEM.parent / "solution.tex").read_text(encoding="utf-8")


def test_every_line_is_checked() -> None:
    key = open_key(PROBLEM)
    assert len(key.problems.problems) == 45
    reports = key.check()
    assert len(reports) > 400
    assert all(r.verdict.holds for r in reports)
    answers = [r for r in reports if r.line == "answer" and "(case)" not in r.question]
    assert {r.verdict.kind for r in answers} == {"PROVED"}

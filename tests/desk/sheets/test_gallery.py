"""The galleries: as committed, the same under any hash seed, every line checked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from derive.desk.sheets.key import open_key

ROOT = Path(__file__).parents[3]
RECURRENCES, FIELDS = (
    ROOT / "solutions" / name / "problem.toml" for name in ("recurrences", "receptive-fields")
)


def made(problem: Path, seed: str) -> str:
    environment = os.environ | {"PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "derive", "sheet", str(problem)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("seed", ["0", pytest.param("1", marks=pytest.mark.slow)])
@pytest.mark.parametrize("problem", [RECURRENCES, FIELDS], ids=["recurrences", "receptive-fields"])
def test_as_committed(problem: Path, seed: str) -> None:
    assert made(problem, seed) == (problem.parent / "solution.tex").read_text(encoding="utf-8")


def test_the_drawing_as_committed() -> None:
    command = [
        sys.executable,
        "-m",
        "derive",
        "draw",
        "3p1 3/2p1 3d2p2",
        "--width",
        "16",
        "--at",
        "3",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == (FIELDS.parent / "stack.svg").read_text(encoding="utf-8")


def test_every_line_about_fields_is_checked() -> None:
    reports = open_key(FIELDS).check()
    assert len(reports) > 60 and all(r.verdict.holds for r in reports)
    proved = {r.question for r in reports if r.line == "answer" and r.verdict.kind == "PROVED"}
    assert {"R", "W", "left", "right", "centre", "J", "M", "N", "O"} <= proved
    networks = [r for r in reports if r.question == "networks"]
    assert {"alexnet_v2", "inception_resnet_v2", "unet", "wavenet"} <= {r.line for r in networks}


def test_every_line_is_checked() -> None:
    key = open_key(RECURRENCES)
    assert len(key.problems.problems) == 45
    reports = key.check()
    assert len(reports) > 400
    assert all(r.verdict.holds for r in reports)
    answers = [r for r in reports if r.line == "answer" and "(case)" not in r.question]
    assert {r.verdict.kind for r in answers} == {"PROVED"}

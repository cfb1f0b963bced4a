"""The sheets that are made here are right keys too: proofread, none of their lines fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive import proofread

SOLUTIONS = Path(__file__).parents[3] / "solutions"
SLOW = {name: [pytest.mark.slow] for name in ("recurrences", "receptive-fields")}
UNREAD = {
    "receptive-fields": {"n_1 = 3", "n_2 = 3", "n_3 = 5", "n_4 = 2"}
}  # letters of a network that is repeated: no model of the key has them
LEAST = {"ps09": 80, "recurrences": 380, "receptive-fields": 70}


@pytest.mark.parametrize("name", [pytest.param(name, marks=SLOW.get(name, [])) for name in LEAST])
def test_no_line_of_a_made_sheet_fails(name: str) -> None:
    found = proofread(SOLUTIONS / name / "solution.tex", SOLUTIONS / name / "problem.toml")
    assert [str(f) for f in found if f.verdict in ("fails", "follows")] == []
    assert {f.claim for f in found if f.verdict == "unchecked"} == UNREAD.get(name, set())
    assert len(found) >= LEAST[name]

"""The table of students' answers is what it says: the right ones are right, the wrong ones wrong, by exact unrolling."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.answers_truth import VALUED, answers, judged

LEAST = {"correct": 150, "wrong": 90, "correct-under": 12, "form": 12}


@pytest.mark.parametrize("expected", VALUED)
def test_answers_are_what_they_are_said_to_be(expected: str) -> None:
    rows = [row for row in answers() if row.expected == expected]
    assert len(rows) >= LEAST[expected]
    found = {row.id: judged(row) for row in rows}
    claimed = "correct" if expected == "form" else expected
    assert {id_: kind for id_, kind in found.items() if kind != claimed} == {}


def test_the_table_is_whole() -> None:
    rows = answers()
    assert len({row.id for row in rows}) == len(rows)
    assert len({(row.question, row.answer, row.style.startswith("asked")) for row in rows}) == len(rows)
    assert all(bool(row.python) == (row.expected in VALUED) for row in rows)
    assert all(row.why for row in rows if row.expected != "correct")
    assert all(bool(row.under) == (row.expected == "correct-under") for row in rows)
    assert len({row.style for row in rows if row.expected == "correct"}) >= 10
    kinds = Counter(row.expected for row in rows)
    assert kinds["unreadable"] + kinds["refused"] >= 20

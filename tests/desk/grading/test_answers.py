"""The tables of students' answers are what they say: the right ones are right, the wrong ones
wrong, by exact unrolling."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.answers_truth import ANSWERS, FRESH, VALUED, answers, judged

LEAST = {
    ANSWERS: {"correct": 150, "wrong": 90, "correct-under": 12, "form": 12},
    FRESH: {"correct": 80, "wrong": 60, "correct-under": 0, "form": 0},
}
TABLES = pytest.mark.parametrize("path", LEAST, ids=lambda path: path.stem)


@TABLES
@pytest.mark.parametrize("expected", VALUED)
def test_answers_are_what_they_are_said_to_be(expected: str, path: Path) -> None:
    rows = [row for row in answers(path) if row.expected == expected]
    assert len(rows) >= LEAST[path][expected]
    found = {row.id: judged(row) for row in rows}
    claimed = "correct" if expected == "form" else expected
    assert {id_: kind for id_, kind in found.items() if kind != claimed} == {}


@TABLES
def test_the_table_is_whole(path: Path) -> None:
    rows = answers(path)
    assert len({row.id for row in rows}) == len(rows)
    assert len({(row.question, row.answer, row.style.startswith("asked")) for row in rows}) == len(
        rows
    )
    assert all(bool(row.python) == (row.expected in VALUED) for row in rows)
    assert all(row.why for row in rows if row.expected != "correct")
    assert all(bool(row.under) == (row.expected == "correct-under") for row in rows)
    assert len({row.style for row in rows if row.expected == "correct"}) >= 10


def test_the_first_table_has_enough_that_is_not_read() -> None:
    kinds = Counter(row.expected for row in answers())
    assert kinds["unreadable"] + kinds["refused"] >= 20


def test_the_second_table_shares_no_answer_with_the_first() -> None:
    """Without spaces and for the same question."""
    first, second = (
        {(row.question, "".join(row.answer.split())) for row in answers(path)}
        for path in (ANSWERS, FRESH)
    )
    assert first & second == set()

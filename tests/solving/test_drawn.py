"""Recurrences drawn by kind, in any letters and from any place on: nothing that is said of them is
wrong, nothing breaks, and little is left without a verdict. What is refused is counted by reason."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from tests.conftest import FULL, SEED
from tests.solving.drawn import KINDS, Drawn, draw
from tests.solving.judged import Outcome, differs, outcome
from tests.writing.test_letters import text_again

DRAWS, PARTS = (400, 10) if FULL else (125, 5)  # of each kind
BAD = ("wrong", "traceback", "incomplete")


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_is_said_is_wrong(kind: str, part: int, record_property: Any) -> None:
    found = [outcome(draw(kind, f"{SEED} {part} {n}")) for n in range(DRAWS // PARTS)]
    record_property("recurrences", {kind: dict(Counter(each.kind for each in found))})
    bad = [each for each in found if each.kind in BAD]
    assert not bad, f"seed {SEED}\n" + "\n".join(map(told, bad))
    open_ = [each for each in found if each.kind == "not confirmed" or "too hard" in each.kind]
    allowed = 0.05 if kind == "anything" else 0.01  # hard ones, each within its time
    assert len(open_) <= max(allowed * len(found), 2), f"seed {SEED}\n" + "\n".join(
        map(told, open_)
    )


def told(found: Outcome) -> str:
    return f"{found.kind}: {found.drawn}\n    {found.said}"


class Slipped:
    """A run whose closed form is another."""

    def __init__(self, run: Any, slip: Any):
        self.run, self.slip = run, slip

    def __getattr__(self, name: str) -> Any:
        return getattr(self.run, name)

    def __getitem__(self, name: str) -> Any:
        return self.slip(self.run[name])


@pytest.mark.parametrize("kind", ["first order", "systems", "varying", "down", "thresholds"])
def test_seen_red_a_slip_is_seen(kind: str) -> None:
    from derive import solve

    seen = 0
    for seed in range(4):
        drawn: Drawn = draw(kind, f"red {seed}")
        run = Slipped(solve(drawn.equations, start=drawn.start), lambda form: form + 1)
        where = {name: run.run.derivation(name).where for name in drawn.names}
        functions = {drawn.free} if f"{drawn.free}(" in str(drawn) else set()
        forms = {name: text_again(run[name], where[name], functions) for name in drawn.names}
        seen += differs(drawn, run, forms).startswith("wrong")
    assert seen == 4


def test_a_draw_is_the_same_again() -> None:
    for kind in KINDS:
        assert str(draw(kind, "a")) == str(draw(kind, "a"))
    assert random.Random("first order a").random() == random.Random("first order a").random()

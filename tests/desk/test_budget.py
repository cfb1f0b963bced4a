"""The limit on time: whatever ends it, an alarm or a stage, it is TooHard and nothing else."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from derive import DeriveError, TooHard
from derive.desk.budget import limit, stage


@pytest.mark.parametrize("busy", [lambda: stage("adding"), lambda: None], ids=["stages", "alarm"])
def test_an_alarm_and_a_stage_may_come_together(busy) -> None:  # type: ignore[no-untyped-def]
    for _ in range(200):
        with pytest.raises(TooHard, match=r"no answer within 0\.001 s"), limit(0.001):
            while True:
                busy()
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_without_alarms_the_next_stage_ends_it() -> None:
    told: list[str] = []

    def work() -> None:
        try:
            with limit(0.01):
                time.sleep(0.02)
                stage("multiplying")
        except TooHard as error:
            told.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert told and "multiplying took too long" in told[0]


def test_the_earlier_of_two_limits_holds() -> None:
    with pytest.raises(TooHard, match=r"within 0\.01 s"), limit(0.01), limit(60):
        while True:
            stage("counting")
    with pytest.raises(DeriveError, match="above 0"), limit(0):
        pass

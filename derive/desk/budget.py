"""A limit on the time a solution may take: what is still running when it is over ends with
TooHard."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType

from derive.errors import DeriveError

SECONDS = 10.0
# an alarm is lost where it rings in a finalizer or a callback, whose exceptions Python drops
AGAIN = 1.0
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
_stage: ContextVar[str] = ContextVar("stage", default="reading")


class TooHard(DeriveError):
    """The time given was over; the message names the stage that was under way."""


class _TimeUp(BaseException):
    """Not an Exception: sympy catches some of those on its way."""


def stage(name: str) -> None:
    """From here on this is under way. Raises TooHard where time is over already."""
    _stage.set(name)
    deadline = _deadline.get()
    if deadline is not None and time.monotonic() > deadline:
        raise _TimeUp


@contextmanager
def limit(seconds: float | None) -> Iterator[None]:
    """What is inside ends with TooHard after so many seconds (None: no limit; inside another limit
    the earlier one holds).

    In the main thread by a signal; elsewhere, where Python has none, at the beginning of the next
    stage.
    """
    if seconds is None or _deadline.get() is not None:
        yield
        return
    if not seconds > 0:
        raise DeriveError(f"seconds = {seconds}: give a number above 0")
    token = _deadline.set(time.monotonic() + seconds)
    signals = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    if signals:
        before = signal.signal(signal.SIGALRM, _ring)
        rest, _ = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    began = time.monotonic()
    try:
        yield
    except _TimeUp:
        raise TooHard(
            f"no answer within {seconds:g} s: {_stage.get()} took too long; give more with seconds="
        ) from None
    finally:
        _deadline.reset(token)
        if signals:
            signal.setitimer(
                signal.ITIMER_REAL, max(rest - (time.monotonic() - began), 1e-3) if rest else 0
            )
            signal.signal(signal.SIGALRM, before)


def _ring(number: int, frame: FrameType | None) -> None:
    raise _TimeUp

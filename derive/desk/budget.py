"""A limit on the time a solution may take: what is still running when it is over ends with
TooHard."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from types import FrameType
from typing import Any

from derive.errors import DeriveError

SECONDS = 10.0
LONGEST = 10**7
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
    _ring()


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
    if not (isinstance(seconds, int | float) and 0 < seconds <= LONGEST):
        raise DeriveError(f"seconds = {seconds!r:.60}: give a number above 0, at most {LONGEST:,}")
    token = _deadline.set(time.monotonic() + seconds)
    signals = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    rest, began = 0.0, time.monotonic()
    if signals:
        before = signal.signal(signal.SIGALRM, _ring)
    try:
        if signals:
            rest, _ = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
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


def within(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of a run, within the run's own time."""

    @wraps(method)
    def timed(run: Any, *given: Any, **named: Any) -> Any:
        with limit(run.seconds):
            return method(run, *given, **named)

    return timed


def _ring(number: int = 0, frame: FrameType | None = None) -> None:
    """Raises _TimeUp where time is over, then not for a while: an alarm and a stage may come
    together, and one of them would ring on the way out."""
    deadline = _deadline.get()
    if deadline is not None and time.monotonic() > deadline:
        _deadline.set(time.monotonic() + AGAIN / 2)
        raise _TimeUp

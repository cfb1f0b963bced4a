"""Answers that mean harm, or none at all: refused in time, in little memory, and the next answer is
graded."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derive.desk.grading.sandbox
from derive import DeriveError, grade
from derive.desk.grading.sandbox import MEMORY, Sandbox
from tests.answers_truth import answers
from tests.conftest import FULL

LIMIT = 2.0  # seconds within which an answer is refused
HANG = 5 * LIMIT  # what a busy machine may make of that
RIGHT = ("sgdm.m", r"c\frac{1-\beta^t}{1-\beta}")
HOSTILE = {
    "a file": r"\input{/etc/passwd}",
    "a file, after an answer": r"c\frac{1-\beta^t}{1-\beta} \include{/etc/passwd}",
    "a shell": r"\immediate\write18{rm -rf ~}",
    "Python": "__import__('os').system('true')",
    "Python, as a name": r"c + \operatorname{__import__}(1)",
    "eval": "eval(compile('1', '', 'eval'))",
    "a tower": "9^{9^{9^{9}}}",
    "a tower with a letter": r"\beta^{9^{9^{9^{t}}}}",
    "a great power": r"(1+\beta)^{10^{9}}",
    "a great number": "9" * 500,
    "10^4 braces": "{" * 10_000 + "c" + "}" * 10_000,
    "10^4 brackets": "(" * 10_000,
    "10^3 fractions": r"\frac{1}{" * 1_000 + "c" + "}" * 1_000,
    "10^6 characters": "c+" * 500_000,
    "NUL": "c\x00",
    "bidirectional": "c\u202e + 1",
    "invisible": "c\u200b",
    "not UTF-8": b"c\xff\xfe".decode("utf-8", "replace"),
    "a lone surrogate": "c\ud800",
    "a long sum": r"\sum_{k=1}^{10^{12}} k",
    "long sums in sums": r"\sum_{k=1}^{90000} \sum_{j=1}^{90000} \sum_{i=1}^{90000} (k + j "
    r"\beta)^i",
    "a division by zero": r"\frac{1}{0}",
    "a recursive macro": r"\def\x{\x\x}\x",
    "a macro of its own": r"\newcommand{\x}{c}\x",
    "an unknown macro": r"\foo{c}",
    "a great factorial": "(10^9)!",
    "a great binomial": r"\binom{10^9}{10^8}",
    "a far step": "m_w^{(10^9)}",
    "many roots": r"\sqrt{" * 39 + "c" + "}" * 39,
    "an infinite sum": r"\sum_{k=0}^{\infty} \beta^k",
    "a verbatim": r"\begin{verbatim} c \end{verbatim}",
}
UNDECIDED = (
    "long sums in sums",
    "a far step",
    "a great power",
    "many roots",
)  # mathematics, only too much of it


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox("ps09")
    assert made.grade(*RIGHT).verdict == "correct"
    yield made
    made.close()


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_refused_in_time_and_the_next_answer_is_graded(what: str, sandbox: Sandbox) -> None:
    start = time.monotonic()
    got = sandbox.grade("sgdm.m", HOSTILE[what])
    assert time.monotonic() - start < HANG
    assert got.verdict in (
        "refused",
        "unreadable",
        *(("undecided", "wrong") if what in UNDECIDED else ()),
    )
    assert got.feedback and (got.points is None or got.verdict == "wrong")
    assert sandbox.grade(*RIGHT).verdict == "correct"
    assert sandbox._process is not None
    if Path("/proc/self/status").exists():
        status = Path(f"/proc/{sandbox._process.pid}/status").read_text()
        assert int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024 < 500 * 10**6


def test_a_worker_that_does_not_answer_is_ended_and_replaced(sandbox: Sandbox) -> None:
    assert sandbox._process is not None
    before = sandbox._process.pid
    os.kill(before, signal.SIGSTOP)
    start = time.monotonic()
    assert sandbox.grade(*RIGHT).verdict == "refused"
    assert time.monotonic() - start < HANG
    assert sandbox.grade(*RIGHT).verdict == "correct"
    assert sandbox._process is not None and sandbox._process.pid != before


def test_a_worker_that_dies_is_replaced(sandbox: Sandbox) -> None:
    assert sandbox._process is not None
    os.kill(sandbox._process.pid, signal.SIGKILL)
    assert sandbox.grade(*RIGHT).verdict in ("refused", "correct")
    assert sandbox.grade(*RIGHT).verdict == "correct"


DEEDS = {
    "read a file": "open('/etc/passwd').read()",
    "read a link to one": "import os; open(os.path.join(os.sep, 'etc', '..', 'etc', 'passwd'))",
    "write a file": "open('/tmp/derive-was-here', 'w')",
    "write beside the program": "open(derive.__file__ + '.txt', 'w')",
    "run a program": "import subprocess; subprocess.run(['true'])",
    "run a shell": "import os; os.system('true')",
    "fork": "import os; os.fork()",
    "listen": "import socket; socket.socket()",
    "connect": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "load a library": "import ctypes; ctypes.CDLL('libc.so.6')",
    "remove a file": "import os; os.remove('/tmp/derive-none')",
    "take memory": "b'x' * (600 * 2**20)",
}


@pytest.mark.parametrize("what", DEEDS)
def test_what_the_sandbox_does_not_allow(what: str) -> None:
    """Though nothing that is read could ever be run: the process itself may not."""
    code = f"""
import derive.desk.grading.sandbox as s, derive
s._confine()
try:
    {DEEDS[what].replace("; ", chr(10) + "    ")}
except (PermissionError, MemoryError, OSError) as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.startswith(("PermissionError", "MemoryError")), (done.stdout, done.stderr)


def test_without_limits_untrusted_answers_are_not_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive.desk.grading.sandbox.os, "name", "nt")
    with pytest.raises(DeriveError, match="POSIX"):
        Sandbox("ps09")
    assert MEMORY < 500 * 10**6 + 4 * 2**20


TEXTS = [a.answer for a in answers()] + [text for text in HOSTILE.values() if len(text) < 3_000]
NAMES = sorted({a.question for a in answers() if "scaling" not in a.question})
PIECES = sorted({piece for text in TEXTS for piece in re.findall(r"\\[A-Za-z]+|.", text)})
PIECES += [
    *r"^ _ { } ( ) [ ] | & \\ $ ! ' , / - = < ... \frac \sqrt \left \right \begin{cases} "
    r"\end{cases} \over \text{if}".split()
]
DRAWN = 20_000 if FULL else 2_000


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """An answer of the table with some of its pieces lost, doubled, changed; two of them cut
    together; or pieces at random."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    kind = rng.random()
    if kind < 0.2:
        return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 25)))
    if kind < 0.4:
        one, two = rng.choice(TEXTS), rng.choice(TEXTS)
        return one[: rng.randrange(len(one) + 1)] + two[rng.randrange(len(two) + 1) :]
    pieces = re.findall(r"\\[A-Za-z]+|.", rng.choice(TEXTS)) or ["c"]
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(pieces))
        pieces[at : at + 1] = rng.choice(
            ([], [rng.choice(PIECES)], [pieces[at], rng.choice(PIECES)], [pieces[at]] * 2)
        )
        pieces = pieces or ["c"]
    return "".join(pieces)


def test_no_text_crashes_or_hangs(record_property: Any) -> None:
    counts: Counter[str] = Counter()

    @settings(max_examples=DRAWN, deadline=None)
    @given(st.one_of(spoilt(), st.text(max_size=60)), st.sampled_from(NAMES))
    def check(text: str, name: str) -> None:
        start = time.monotonic()
        counts[grade(name, text, about="ps09").verdict] += 1
        assert time.monotonic() - start < HANG

    check()
    record_property("fuzzed", {"texts": dict(counts)})
    assert counts.keys() <= {
        "correct",
        "correct-under",
        "form",
        "wrong",
        "unreadable",
        "undecided",
        "refused",
    }

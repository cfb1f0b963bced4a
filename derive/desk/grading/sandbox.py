"""Untrusted answers are graded in a process of their own: little memory, a time limit, no file, no
network, no shell."""

from __future__ import annotations

import errno
import importlib
import json
import os
import pkgutil
import select
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from derive.desk.budget import limit
from derive.desk.grading.exam import truth
from derive.desk.grading.grade import SECONDS, exam_about, grade
from derive.desk.grading.graded import Grade
from derive.errors import DeriveError

MEMORY = 480 * 2**20  # bytes of address space
# seconds that a worker may take until it is ready, and for a question's first preparation
START = 120.0
GRACE = 0.3  # seconds beyond the answer's own until the worker is ended
FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.",
    "shutil.",
    "ctypes.",
    "pty.",
    "urllib.",
    "ftplib.",
    "webbrowser.",
    "winreg.",
)
ALLOWED = frozenset(["os.listdir", "os.scandir", "os.putenv", "os.unsetenv"])  # what an import does
# A worker imports from where this process does, whatever folder it is started in and whatever files
# lie there.
COMMAND = (
    "import json, sys; *given, sys.path[:] = json.loads(sys.argv[1]); "
    "from derive.desk.grading.sandbox import work; work(*given)"
)
# answers whose grading imports and makes what grading needs: each function that is read, sums,
# cases, a refusal
REHEARSED = (
    ("a", r"\frac{\sqrt{a^2}}{1} + 0 \sin(a) + \sum_{k=1}^{t} k - \binom{t+1}{2}"),
    ("t!", r"\begin{cases} \Gamma(t+1) & t \ge 1 \\ 1 & \text{otherwise} \end{cases}"),
    ("(0, 2)", "0 < x < 2"),
    ("a", r"\foo"),
)


class Sandbox:
    """One worker process, started when it is first needed and again after it was ended; used for
    one answer after another.

    Raises DeriveError where a process cannot be limited: untrusted answers are not graded there.
    """

    def __init__(self, about: str | None, seconds: float = SECONDS):
        if os.name != "posix":
            raise DeriveError(
                "untrusted answers are graded only where a process can be limited (POSIX): not "
                "on this system"
            )
        self.about, self.seconds = about, seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._ready: set[tuple[str, str]] = set()

    def grade(self, question: str, answer: str, form: str = "") -> Grade:
        """The grade of one answer; refused where the worker had to be ended for it."""
        if (question, form) not in self._ready:
            told = self._ask({"prepare": question, "form": form}, START)
            if told is None:
                return Grade(
                    "refused", feedback=f"the question {question[:60]} could not be prepared"
                )
            if "error" in told:
                return Grade("refused", feedback=told["error"])
            self._ready.add((question, form))
        told = self._ask(
            {"question": question, "answer": answer, "form": form}, self.seconds + GRACE
        )
        if told is None:
            return Grade(
                "refused", feedback=f"over the limit of {self.seconds:g} s or {MEMORY // 2**20} MB"
            )
        return Grade(**told)

    def _ask(self, message: Mapping[str, Any], seconds: float) -> dict[str, Any] | None:
        """The worker's reply; None where it gave none in time, and was ended."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
            reply = _line(process.stdout.fileno(), seconds)
        except (BrokenPipeError, ConnectionError):
            reply = b""
        if not reply.endswith(b"\n"):
            self.close()
            return None
        return json.loads(reply)  # type: ignore[no-any-return]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._ready.clear()
            given = json.dumps(
                [self.about, self.seconds, [os.path.abspath(place) for place in sys.path]]
            )
            command = [sys.executable, "-P", "-c", COMMAND, given]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            assert self._process.stdout is not None
            told = _line(self._process.stdout.fileno(), START)
            if b"ready" not in told:
                self.close()
                raise DeriveError(
                    json.loads(told)["error"]
                    if told
                    else "the sandbox for untrusted answers did not start"
                )
        return self._process

    def close(self) -> None:
        """End the worker."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _line(descriptor: int, seconds: float) -> bytes:
    """What comes up to the end of a line, within so many seconds."""
    end, found = time.monotonic() + seconds, b""
    while not found.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, end - time.monotonic()))
        piece = os.read(descriptor, 65536) if ready else b""
        if not piece:
            break
        found += piece
    return found


def _places() -> tuple[str, ...]:
    """The folders that Python imports from: its own, and those of the packages that are loaded."""
    paths = sysconfig.get_paths()
    found = {paths[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")}
    for name, module in list(sys.modules.items()):
        if "." not in name:
            found.update(getattr(module, "__path__", ()))
    return tuple(
        sorted(
            {
                os.path.realpath(place)
                for place in found
                if isinstance(place, str) and os.path.isabs(place)
            }
        )
    )


def within(path: str, places: tuple[str, ...]) -> bool:
    """Whether a path lies in one of the folders: /lib/python holds /lib/python/x, and not
    /lib/python-x."""
    real = os.path.realpath(path)
    return any(real == place or real.startswith(os.path.join(place, "")) for place in places)


def _confine() -> None:
    """From here on this process has little memory, writes no file, and starts nothing; it may read
    only what Python imports."""
    import resource  # POSIX only

    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    places = _places()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, _ = arguments
            reads = isinstance(path, str | bytes) and not (set(mode or "r") & set("wxa+"))
            if not (reads and within(os.fsdecode(path), places)):
                raise PermissionError(errno.EACCES, "no file is opened here", path)
        elif event.startswith(FORBIDDEN) and event not in ALLOWED:
            raise PermissionError(errno.EACCES, f"{event} is not allowed here")

    sys.addaudithook(hook)


def _get_ready(about: str | None) -> None:
    """Read and import, while that can be done, all that grading needs. Raises DeriveError where the
    problem cannot be read."""
    root = __name__.partition(".")[0]
    for module in pkgutil.walk_packages(importlib.import_module(root).__path__, f"{root}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    exam_about(about).open()
    for right, answer in REHEARSED:
        grade(truth(right), answer)


def work(about: str | None, seconds: float) -> None:
    """Answer messages, a JSON object a line, until there are no more."""
    try:
        _get_ready(about)
    except DeriveError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return
    _confine()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        message = json.loads(line)
        try:
            if "prepare" in message:
                with limit(START):
                    exam_about(about).question(message["prepare"], message["form"]).prepare()
                reply: dict[str, Any] = {"ready": True}
            else:
                found = grade(
                    message["question"], message["answer"], about, message["form"], seconds
                )
                reply = asdict(found) | {"condition": [str(need) for need in found.condition]}
        except DeriveError as error:
            reply = {"error": str(error)}
        print(json.dumps(reply), flush=True)

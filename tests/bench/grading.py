"""Grading: derive's grade beside math-verify and bare latex2sympy2 on the same 200 answers of
tests/data/answers.csv.

Each gets the answer as the student wrote it; derive gets the question's name, the two others the
truth in the key's textbook form. Which answers are right is nobody's opinion:
tests/answers_truth.py unrolls. Answers in words, not formulas, are left out. Each runs in a process
that is up before the first pair; times are of the pairs alone. One that takes over 10 s at a pair
is ended, the pair counted as undecided, and started again. math-verify needs another ANTLR than
latex2sympy2, so it gets a virtual environment of its own, made here; where that cannot be, its row
is left out. The processor and all versions are printed by the run: rates mean little without them.
`make bench` runs it; `--verbose` names the answers that are judged wrongly.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import select
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.answers_truth import Answer, answers  # noqa: E402

WORKER = Path(__file__).with_name("peer_graders.py")
ENVIRONMENT = ROOT / ".venv" / "math-verify"
PINNED = "math-verify[antlr4_13_2]==0.9.0"
PATIENCE, START = 10.0, 60.0  # seconds for a pair, and until a process is up
RIGHT, WRONG = 110, 90
ROUNDS, SHORT = 5, 40  # for derive's own speed; a short answer has at most so many characters
TRUTHS = {
    "sgdm.m": r"\frac{c(1-\beta^{t})}{1-\beta}",
    "sgdm.w": r"-\frac{\eta c}{1-\beta}\left(t+1-\frac{1-\beta^{t+1}}{1-\beta}\right)",
    "adam.m": r"c(1-\beta_1^{t})",
    "adam.v": r"c^{2}(1-\beta_2^{t})",
    "adam.m_hat": r"c",
    "adam.v_hat": r"c^{2}",
    "adam.w": r"-\eta t",
    "memory.ratio": r"2",
    "conv.out": r"\left\lfloor\frac{W_{in}+2P-K}{S}\right\rfloor+1",
    "conv.min_in": r"S(W_{out}-1)+K-2P",
    "rf": r"1+\sum_{j=1}^{L}(K^{(j)}-1)\prod_{i=1}^{j-1}S^{(i)}",
    "rf.example": r"17",
}
OUTCOMES = ("accepted", "rejected", "undecided")
ACCEPTED = ("correct", "correct-under", "form")
Grader = Callable[[Answer], str]


def spread(rows: Sequence[Answer], number: int) -> list[Answer]:
    """So many of them, evenly over the table."""
    return [rows[at * len(rows) // number] for at in range(min(number, len(rows)))]


def pairs() -> list[Answer]:
    formulas = [row for row in answers() if row.question in TRUTHS and row.style != "words"]
    right, wrong = (
        [row for row in formulas if row.expected == kind] for kind in ("correct", "wrong")
    )
    return [*spread(right, RIGHT), *spread(wrong, WRONG)]


@dataclass
class Peer:
    """A grader in its own process: a pair goes in, a line comes back or the process is ended."""

    name: str
    python: str
    versions: str = ""
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [self.python, str(WORKER), self.name]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        said = self._line(START)
        if said is None:
            raise OSError(f"{self.name} did not start")
        self.versions = said

    def __call__(self, row: Answer) -> str:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(json.dumps([TRUTHS[row.question], row.answer]).encode() + b"\n")
        self._process.stdin.flush()
        return self._line(PATIENCE) or "undecided"

    def ready(self) -> None:
        """Up again, where it was ended."""
        if self._process is None:
            self.start()

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _line(self, seconds: float) -> str | None:
        assert self._process is not None and self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            self.close()
            return None
        return str(json.loads(line))


@dataclass
class Row:
    """What one grader made of the pairs."""

    name: str
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: float = 0.0
    missed: list[tuple[Answer, str]] = field(default_factory=list)

    def __str__(self) -> str:
        numbers = "".join(
            f"{self.counts[kind, outcome]:10}"
            for kind in ("correct", "wrong")
            for outcome in OUTCOMES
        )
        return f"{self.name:24}{numbers}{self.seconds:11.2f}{sum(self.counts.values()) / self.seconds:11.1f}"


def measure(
    name: str, grader: Grader, rows: Sequence[Answer], before: Callable[[], None] = lambda: None
) -> Row:
    found = Row(name)
    for number, row in enumerate(rows, 1):
        if sys.stderr.isatty():
            print(f"\r{name}: {number} of {len(rows)} ", end="", file=sys.stderr)
        before()
        start = time.perf_counter()
        outcome = grader(row)
        found.seconds += time.perf_counter() - start
        found.counts[row.expected, outcome] += 1
        if (row.expected, outcome) not in (("correct", "accepted"), ("wrong", "rejected")):
            found.missed.append((row, outcome))
    if sys.stderr.isatty():
        print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    return found


def outcome(verdict: str) -> str:
    return "accepted" if verdict in ACCEPTED else "rejected" if verdict == "wrong" else "undecided"


def ours(row: Answer) -> str:
    """derive's verdict; an error that comes out of it, which none should, is undecided."""
    from derive.desk.grading.grade import grade

    try:
        return outcome(grade(row.question, row.answer, about="ps09").verdict)
    except Exception as error:
        print(f"derive raised {type(error).__name__} at {row.id}: {row.answer}")
        return "undecided"


def environment() -> str | None:
    """The Python that has math-verify; None, with the reason printed, where it cannot be made."""
    python = ENVIRONMENT / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PINNED]
    check = [str(python), "-c", "import math_verify"]
    try:
        if python.exists() and subprocess.run(check, capture_output=True).returncode == 0:
            return str(python)
        for command in ([sys.executable, "-m", "venv", str(ENVIRONMENT)], pip, check):
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    except (OSError, subprocess.SubprocessError) as error:
        lines = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        print(f"math-verify left out: its environment cannot be made: {lines[-1]}")
        return None
    return str(python)


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )


def rate(grader: Grader, rows: Sequence[Answer]) -> float:
    """Answers per second."""
    return len(rows) / measure("", grader, rows).seconds


def prepared(grader: Grader) -> Grader:
    """The grader, when it has seen every question once."""
    for number, question in enumerate(TRUTHS):
        grader(Answer(str(number), question, "0", "wrong", "", "", "", ""))
    return grader


def here(row: Answer) -> str:
    from derive.desk.grading.grade import grade

    return grade(row.question, row.answer, about="ps09").verdict


def say(name: str, found: Sequence[float]) -> None:
    print(
        f"{name:46} {statistics.median(found):5.0f} a second [{min(found):.0f}..{max(found):.0f}]"
    )


def speed(short: Sequence[Answer]) -> None:
    """derive's own, warm: the questions are prepared. Answers seen before may come from a cache, so
    both are measured."""
    print(f"\n{len(short)} answers of at most {SHORT} characters, medians of {ROUNDS} rounds")
    prepared(here)
    again = [rate(here, short) for _ in range(ROUNDS + 1)]
    once = [
        subprocess.run([sys.executable, __file__, "--once"], capture_output=True, text=True)
        for _ in range(ROUNDS)
    ]
    say("derive, one process, each seen before", again[1:])
    say("derive, one process, each for the first time", [float(run.stdout) for run in once])
    try:
        from derive.desk.grading.sandbox import Sandbox
    except ImportError as error:
        print(f"the sandbox is left out: {error}")
        return
    first, later = [], []
    for _ in range(ROUNDS):
        box = Sandbox("ps09")
        grader = prepared(lambda row, box=box: box.grade(row.question, row.answer).verdict)  # type: ignore[misc]
        first.append(rate(grader, short))
        later.append(rate(grader, short))
        box.close()
    say("derive, in the sandbox, each seen before", later)
    say("derive, in the sandbox, each for the first time", first)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--verbose",
        action="store_true",
        help="name the answers that are judged wrongly or not at all",
    )
    options.add_argument(
        "--once", action="store_true", help="print only derive's rate at short answers it never saw"
    )
    given = options.parse_args()
    rows = pairs()
    short = [row for row in rows if len(row.answer) <= SHORT]
    if given.once:
        return print(rate(prepared(here), short))
    sympy, antlr = (
        importlib.metadata.version(name) for name in ("sympy", "antlr4-python3-runtime")
    )
    print(
        f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )
    found = []
    try:
        import derive.desk.grading.grade
    except ImportError as error:
        print(f"derive left out: {error}")
    else:
        print(
            f"{derive.__name__} {importlib.metadata.version('derive')}, sympy {sympy}, "
            f"antlr4-python3-runtime {antlr}"
        )
        found.append(measure("derive", ours, rows))
    own = environment()
    for name, python in [
        *([("math-verify", own)] if own else []),
        ("latex2sympy2", sys.executable),
    ]:
        peer = Peer(name, python)
        try:
            peer.start()
            print(peer.versions)
            found.append(
                measure(name + " + simplify" * (name == "latex2sympy2"), peer, rows, peer.ready)
            )
        except OSError as error:
            print(f"{name} left out: {error}")
        finally:
            peer.close()
    kinds = Counter(row.expected for row in rows)
    print(
        f"\n{'':24}{'right answers: ' + str(kinds['correct']):>30}{'wrong answers: ' + str(kinds['wrong']):>30}"
    )
    print(
        f"{'':24}"
        + "".join(f"{name:>10}" for name in OUTCOMES * 2)
        + f"{'seconds':>11}{'answers/s':>11}"
    )
    for result in found:
        print(result)
    for result in found if given.verbose else ():
        for row, said in result.missed:
            print(f"{result.name}: {row.id} {row.expected}, {said}: {row.question}: {row.answer}")
    if found[0].name == "derive":
        speed(short)


if __name__ == "__main__":
    main()

"""A table of answers graded: in parallel, in sandboxes, with progress, and again from where it was
left."""

from __future__ import annotations

import csv
import os
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import click

from derive.desk.grading.grade import SECONDS
from derive.desk.grading.graded import Grade
from derive.desk.grading.sandbox import Sandbox
from derive.errors import DeriveError

NEEDED = ("id", "question", "answer")
COLUMNS = ("id", "verdict", "points", "mistake", "feedback")
CHUNK = 16  # answers that a worker takes at once
LONGEST_CELL = 2**28
OF_AN_ANSWER = re.compile(
    r"character \d|over the limit|too large"
)  # why an answer by itself is refused

_here = (
    threading.local()
)  # each thread, or process on another machine, has sandboxes of its own and keeps them


def grade_table(
    answers: Path,
    about: str | None,
    output: Path,
    jobs: int = 1,
    scheduler: str | None = None,
    seconds: float = SECONDS,
) -> Counter[str]:
    """Grade a CSV with the columns id, question, answer (and form) into one with COLUMNS; gives how
    many have each verdict.

    Rows that `output` has already are kept, and grading goes on behind them. `jobs` are processes
    here, `scheduler` the address of a Dask scheduler, whose workers are used instead. Raises
    DeriveError where a table cannot be read or written, and where all rows are refused for one
    reason: then nothing is written.
    """
    rows = read_table(answers)
    if output.exists() and not output.is_file():
        raise DeriveError(f"{output}: a directory or a device; give a file to write")
    done = _done(output, rows)
    counts = Counter(row["verdict"] for row in done)
    left = rows[len(done) :]
    about = (
        os.path.abspath(about) if about is not None and about.endswith(".toml") else about
    )  # workers may run elsewhere
    with _progress(len(left)) as bar:
        chunks = _told(_graded(left, about, jobs, scheduler, seconds), bar)
        first = _first(chunks, len(left))
        try:
            with output.open("a" if done else "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS)
                if not done:
                    writer.writeheader()
                for chunk in chain([first], chunks):
                    writer.writerows(chunk)
                    counts.update(row["verdict"] for row in chunk)
                    file.flush()
        except OSError as error:
            raise DeriveError(f"{output}: {error.strerror}") from None
    return counts


def _told(chunks: Iterable[list[dict[str, Any]]], bar: Any) -> Iterator[list[dict[str, Any]]]:
    for chunk in chunks:
        bar.update(len(chunk))
        yield chunk


def _first(chunks: Iterator[list[dict[str, Any]]], number: int) -> list[dict[str, Any]]:
    """The rows up to the first chunk that shows that grading works. Raises DeriveError where it
    does not: where all are refused for one reason, or each for its question."""
    rows: list[dict[str, Any]] = []
    for more in chunks:
        rows += more
        if not _in_vain(rows):
            return rows
    if rows and (number > 1 or not OF_AN_ANSWER.match(rows[0]["feedback"])):
        every = "the answer is" if number == 1 else f"all {number} answers are"
        raise DeriveError(f"{every} refused, and nothing is written: {rows[0]['feedback']}")
    return rows


def _in_vain(rows: Sequence[dict[str, Any]]) -> bool:
    reasons = {row["feedback"] for row in rows}
    return all(row["verdict"] == "refused" for row in rows) and (
        len(reasons) == 1 or not any(map(OF_AN_ANSWER.match, reasons))
    )


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a table of answers. What is not UTF-8 in it becomes U+FFFD, which no answer may
    hold."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.DictReader(file)
            missing = [c for c in NEEDED if c not in (reader.fieldnames or ())]
            if missing:
                raise DeriveError(
                    f"{path.name}: no column {', '.join(missing)}; the first line is "
                    f"id,question,answer"
                )
            rows = list(reader)
            long = next((n for n, row in enumerate(rows, 1) if None in row), None)
            if long is not None:
                raise DeriveError(
                    f"{path.name}, row {long}: more cells than the first line has; put an answer "
                    "with a comma in it in quotes"
                )
            return [{k: v or "" for k, v in row.items()} for row in rows]
    except OSError as error:
        raise DeriveError(f"{path}: {error.strerror}") from None
    except csv.Error as error:
        raise DeriveError(f"{path.name}: {error}") from None


def _done(output: Path, rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The rows that are graded already: whole lines, for the first of the answers. A line that was
    cut off is taken out."""
    if not output.exists():
        return []
    text = output.read_text(encoding="utf-8", errors="replace")
    whole = text[: text.rfind("\n") + 1]
    found = list(csv.DictReader(whole.splitlines(keepends=True)))
    head = next(csv.reader(text.splitlines()), [])
    if head != list(COLUMNS) and not ",".join(COLUMNS).startswith(text):
        raise DeriveError(f"{output}: there is another file of that name; give another to write")
    if [row["id"] for row in found] != [no_formula(row["id"]) for row in rows[: len(found)]]:
        raise DeriveError(
            f"{output}: it holds the grades of other answers; give another file to write, or "
            f"take it away"
        )
    if whole != text:
        output.write_text(whole, encoding="utf-8")
    return found


def _progress(length: int) -> Any:
    """A bar on a terminal; elsewhere nothing."""
    return click.progressbar(
        length=length, label="graded" if sys.stderr.isatty() else "", file=sys.stderr
    )


def _graded(
    rows: Sequence[dict[str, str]],
    about: str | None,
    jobs: int,
    scheduler: str | None,
    seconds: float,
) -> Iterator[list[dict[str, Any]]]:
    chunks = [rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK)]
    if jobs == 1 and scheduler is None:
        yield from (_chunk(chunk, about, seconds) for chunk in chunks)
        return
    try:
        import joblib
    except ImportError:
        raise DeriveError(
            "grading in parallel needs joblib: pip install 'derive[grade]', or --jobs 1"
        ) from None
    tasks = (joblib.delayed(_chunk)(chunk, about, seconds) for chunk in chunks)
    if scheduler is None:  # threads: each waits for a process of its own
        yield from joblib.Parallel(n_jobs=jobs, backend="threading", return_as="generator")(tasks)
        return
    yield from _on_dask(tasks, scheduler, joblib)


def _on_dask(tasks: Iterable[Any], scheduler: str, joblib: Any) -> Iterator[list[dict[str, Any]]]:
    try:
        from distributed import Client
    except ImportError:
        raise DeriveError(
            "grading on a Dask scheduler needs distributed: pip install 'derive[dask]'"
        ) from None
    try:
        client = Client(scheduler, timeout="5s")
    except (OSError, ValueError) as error:
        raise DeriveError(f"no Dask scheduler at {scheduler}: {error}") from None
    with client, joblib.parallel_config(backend="dask"):
        yield from joblib.Parallel()(tasks)


def _chunk(
    rows: Sequence[dict[str, str]], about: str | None, seconds: float
) -> list[dict[str, Any]]:
    return [_row(row, about, seconds) for row in rows]


def _row(row: dict[str, str], about: str | None, seconds: float) -> dict[str, Any]:
    kept: dict[tuple[str | None, float], Sandbox] = _here.__dict__.setdefault("sandboxes", {})
    sandbox = kept.get((about, seconds)) or kept.setdefault(
        (about, seconds), Sandbox(about, seconds)
    )
    found: Grade = sandbox.grade(row["question"].strip(), row["answer"], row.get("form", ""))
    points = "" if found.points is None else f"{found.points:g}"
    return {
        "id": no_formula(row["id"]),
        "verdict": found.verdict,
        "points": points,
        "mistake": found.mistake,
        "feedback": no_formula(found.feedback),
    }


def no_formula(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula to run: with a sign before it."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell

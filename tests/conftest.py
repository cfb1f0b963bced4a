"""How many examples are drawn: the same ones for everyone, in a full run on a person's own machine
others each time, with the seed to have them again (DERIVE_SEED)."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

from hypothesis import settings

FULL = bool(os.environ.get("DERIVE_FULL"))
AT_RANDOM = FULL and not os.environ.get("CI")
if AT_RANDOM:  # workers inherit it
    os.environ.setdefault("DERIVE_SEED", str(random.randrange(10**6)))
SEED = os.environ.get("DERIVE_SEED", "0")
settings.register_profile(
    "drawn",
    deadline=None,
    max_examples=200 if FULL else 25,
    derandomize=not AT_RANDOM,
    database=None,
    print_blob=True,
)
settings.load_profile("drawn")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    _drawn(terminalreporter)
    _outcomes(terminalreporter)
    _proofreading(terminalreporter)
    _verdicts(terminalreporter, "graded", "answers graded: what was expected -> what came out")
    _verdicts(terminalreporter, "fuzzed", "texts drawn at random or spoilt, by verdict")
    _verdicts(
        terminalreporter,
        "read back",
        "what sympy writes, and its own tests' texts, read and compared",
    )
    _shares(terminalreporter)
    _witnessed(terminalreporter)
    _verdicts(
        terminalreporter, "switched", "answers with a switch, spoilt by it or not, by verdict"
    )


def _collected(terminalreporter: Any, wanted: str) -> dict[str, Counter[str]]:
    """What tests recorded under a name, by its keys, over all tests and workers."""
    found: dict[str, Counter[str]] = {}
    for report in (r for reports in terminalreporter.stats.values() for r in reports):
        for name, value in (
            getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ()
        ):
            for key, counts in value.items() if name == wanted else ():
                found.setdefault(key, Counter()).update(counts)
    if found:
        found["all"] = sum(found.values(), Counter())
    return found


def _verdicts(terminalreporter: Any, wanted: str, title: str) -> None:
    found = _collected(terminalreporter, wanted)
    if found:
        terminalreporter.section(title)
        for key, count in sorted(found["all"].items()):
            terminalreporter.line(f"{key:40} {count:6}")


def _shares(terminalreporter: Any) -> None:
    """How many faults put into the optimizers' lines were seen."""
    found = _collected(terminalreporter, "optimizers' mutants")
    if found:
        seen, every = found["all"]["found"], found["all"]["mutants"]
        terminalreporter.section("faults put into optimizers' lines")
        terminalreporter.line(f"seen beside the papers: {seen:,} of {every:,}")


def _witnessed(terminalreporter: Any) -> None:
    """How far the optimizers are from real ones: of each library, the furthest."""
    found: dict[str, dict[str, float]] = {}
    for report in (r for reports in terminalreporter.stats.values() for r in reports):
        properties = getattr(report, "user_properties", ())
        for name, value in properties if getattr(report, "when", "") == "call" else ():
            if name == "optimizers against torch and optax":
                for row, apart in value.items():
                    rows = found.setdefault(row.split(" = ")[1].split()[0], {})
                    rows[row] = max(rows.get(row, 0.0), apart)
    if found:
        terminalreporter.section("optimizers against torch and optax")
    for library, rows in sorted(found.items()):
        furthest = max(rows, key=rows.__getitem__)
        terminalreporter.line(f"{library:8} {len(rows):4} rows  {rows[furthest]:.1e}  {furthest}")


def _proofreading(terminalreporter: Any) -> None:
    """How many errors put into a key were found, and how many alarms were false, by operator."""
    found = _collected(terminalreporter, "proofreading")
    if found:
        terminalreporter.section("proofreading")
        terminalreporter.line(
            f"{'':24} found / errors   passed / no errors   not passed / outside the stack"
        )
    for operator, c in found.items():
        shares = (
            f"{c[f'{kind}, right']:8} / {c[kind]:<8}"
            for kind in ("changed", "unchanged", "outside")
        )
        terminalreporter.line(f"{operator:22} {'   '.join(shares)}")


def _drawn(terminalreporter: Any) -> None:
    """How many recurrences were drawn, and what share is solved and proved, by kind, over all tests
    and workers."""
    found = _collected(terminalreporter, "drawn")
    if found:
        terminalreporter.section("recurrences drawn")
        terminalreporter.line(f"{'':34}  drawn   wrong   solved   PROVED  too hard")
    for kind, c in found.items():
        total = c.total()
        shares = f"{(c['PROVED'] + c['COUNTED']) / total:8.1%} {c['PROVED'] / total:8.1%} {c['too hard'] / total:9.1%}"
        terminalreporter.line(f"{kind:34} {total:6}  {c['wrong']:6} {shares}")


def _outcomes(terminalreporter: Any) -> None:
    """What became of recurrences drawn by kind; what is refused, by reason."""
    found = _collected(terminalreporter, "recurrences")
    if not found:
        return
    terminalreporter.section(f"recurrences by kind (DERIVE_SEED={SEED})")
    heads = ("PROVED", "COUNTED", "refused", "not confirmed", "too hard")
    terminalreporter.line(f"{'':24}" + "".join(f"{head:>15}" for head in heads))
    for kind, c in found.items():
        counts = (sum(n for key, n in c.items() if key.startswith(head)) for head in heads)
        terminalreporter.line(f"{kind:24}" + "".join(f"{count:15}" for count in counts))
    for reason, count in found["all"].most_common():
        if reason.startswith("refused"):
            terminalreporter.line(f"{count:6}  {reason}")

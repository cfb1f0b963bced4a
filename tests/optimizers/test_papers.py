"""Each optimizer of the library, under all its flags, beside a version written from its paper; and
each of its lines with a fault, which must be seen."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from derive import library
from derive.model.recurrences.program import Program
from tests.optimizers.papers import AVERAGES, WITNESSES
from tests.optimizers.walk import Gradient, Lines, flagged, mutants, walk

STEPS = 24
ENTRIES = sorted(library())
AVERAGED = {"polyak_ruppert": "a", "asgd": "a", "ema_weights": "a", "lookahead": "s"}
DRAWN = {
    "eta": (0.01, 0.5), "eps": (0.01, 0.4), "eta_plus": (1.05, 1.3), "s_min": (0.001, 0.01),
    "s_max": (0.9, 1.4), "beta2": (0.85, 0.99), "beta1": (0.3, 0.8), "t0": (3, 6), "k": (2, 4),
    "d": (0.4, 0.9), "h": (0.5, 2.0), "gamma": (0.1, 0.9), "lambd": (0.1, 0.5), "w_0": (0.4, 1.5),
}  # fmt: skip


def drawn(program: Program, seed: str) -> dict[str, Any]:
    rng = random.Random(seed)
    found: dict[str, Any] = {}
    for name in program.hyperparameters:
        low, high = DRAWN.get(name, (0.1, 0.95))
        found[name] = rng.randint(low, high) if isinstance(low, int) else rng.uniform(low, high)  # type: ignore[arg-type]
    return found


def noisy(seed: str) -> Gradient:
    """Gradients of a loss that is another in each step."""
    rng = random.Random(seed)
    pulls = [(rng.uniform(-1.2, 1.2), rng.uniform(0.2, 0.9)) for _ in range(STEPS + 2)]
    return lambda t, w: pulls[t][0] + pulls[t][1] * w


def falling(t: int, w: float) -> float:
    """Gradients that shrink and change their sign once."""
    return 0.9 / t - 0.15 + 0.05 * w


GRADIENTS = [(f"noisy {seed}", noisy(f"noisy {seed}")) for seed in range(3)]
GRADIENTS += [("falling", falling), ("constant", lambda t, w: 0.37)]


SEEDS = {
    "lamb": 60
}  # of one parameter only the sign of its step counts, which a fault seldom turns


def begun(given: dict[str, Any]) -> float:
    return float(given.get("w_0", 0.6))


def theirs(program: Program, gradient: Gradient, given: dict[str, Any]) -> Iterator[float]:
    flags = {k: v for k, v in program.flags.items() if k not in given}
    words = {k: v for k, v in given.items() if k != "w_0"} | flags
    if program.name == "muon":
        words["nesterov"] = "nesterov" in program.flags
    return WITNESSES[program.name](gradient, begun(given), **words)  # type: ignore[no-any-return]


def apart(program: Program, seed: str, written: Lines | None = None) -> float:
    """The largest difference of w, under all gradients; infinite where a value is none."""
    given, worst = drawn(program, f"{program.name} {sorted(program.flags)} {seed}"), 0.0
    for _, gradient in GRADIENTS:
        expected = list(islice(theirs(program, gradient, given), STEPS))
        try:
            path = list(walk(program, gradient, given, begun(given), STEPS, written))
        except (ArithmeticError, ValueError, KeyError, TypeError):
            return math.inf
        for ours, right in zip(path, expected, strict=True):
            if isinstance(ours["w"], complex) or math.isnan(ours["w"]):
                return math.inf
            worst = max(worst, abs(ours["w"] - right) / max(1.0, abs(right)))
    return worst


def test_every_optimizer_has_a_paper() -> None:
    assert set(WITNESSES) == set(library()) and set(AVERAGES) == set(AVERAGED)
    assert all(p.source for p in library().values())


@pytest.mark.parametrize("name", ENTRIES)
def test_the_lines_do_what_the_paper_says(name: str) -> None:
    for program in flagged(library()[name]):
        for seed in range(2):
            assert apart(program, str(seed)) < 1e-12, program.flags


@pytest.mark.parametrize("name", AVERAGED)
def test_the_averages_are_the_papers(name: str) -> None:
    program = library()[name]
    given = drawn(program, name)
    for _, gradient in GRADIENTS:
        words = {k: v for k, v in given.items() if k != "w_0"}
        right = islice(AVERAGES[name](gradient, begun(given), **words), STEPS)
        ours = walk(program, gradient, given, begun(given), STEPS)
        for one, other in zip(ours, right, strict=True):
            assert abs(one[AVERAGED[name]] - other) < 1e-12


# Faults that change no step: a squared average has no sign, and only the sign of m is used.
AVERAGE = "a <- alpha * a - (1 - alpha) * g: a sign turned"
SAME: dict[str, set[str]] = {
    "rmsprop": {AVERAGE},
    "rmsprop_tf": {AVERAGE},
    "signum": {
        "m <- beta * m + g: a factor lost",
        "m <- beta * m + (1 + beta) * g: a sign turned",
        "m <- beta * m + 1 * g: a term lost",
    },
}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_fault_in_a_line_is_seen(name: str, record_property: Any) -> None:
    """Under some choice of the flags that has the line."""
    seen: dict[str, bool] = {}
    for program in flagged(library()[name]):
        for mutant in mutants(program):
            if not seen.get(str(mutant)):
                seen[str(mutant)] = _is_seen(program, mutant.lines)
    counted = {m: ok for m, ok in seen.items() if m not in SAME.get(name, ())}
    found = {"found": sum(counted.values()), "mutants": len(counted)}
    record_property("optimizers' mutants", {name: found})
    assert all(counted.values()), "\n".join(m for m, ok in counted.items() if not ok)
    assert not any(seen[m] for m in SAME.get(name, ()))


def _is_seen(program: Program, written: Lines) -> bool:
    if any(apart(program, str(n), written) > 1e-9 for n in range(SEEDS.get(program.name, 2))):
        return True
    return program.name in AVERAGED and _average_apart(program, written)


def _average_apart(program: Program, written: Lines) -> bool:
    given = drawn(program, program.name)
    for _, gradient in GRADIENTS:
        one = walk(program, gradient, given, begun(given), STEPS)
        try:
            other = list(walk(program, gradient, given, begun(given), STEPS, written))
        except (ArithmeticError, KeyError):
            return True
        name = AVERAGED[program.name]
        if any(abs(a[name] - b[name]) > 1e-9 for a, b in zip(one, other, strict=True)):
            return True
    return False

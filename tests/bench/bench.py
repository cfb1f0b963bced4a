"""Speed, as ratios measured in one run: each pair in turn, medians over the rounds. `make bench`
runs it.

Before every call, on both sides, sympy's cache is cleared and what the call before left behind is
collected; neither is timed. A ratio on a busy machine is worth little: the spread of each side is
printed beside it.
"""

from __future__ import annotations

import gc
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import sympy
from sympy import Function, Symbol, rsolve
from sympy.core.cache import clear_cache

from derive import receptive_field, sgdm, solve

ROOT = Path(__file__).parents[2]
ROUNDS = 25
t, beta, c = (Symbol(name) for name in ("t", "beta", "c"))


def seconds(call: Callable[[], object]) -> float:
    clear_cache()
    gc.collect()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def process(*arguments: str) -> Callable[[], object]:
    """Byte code is kept, as it is for whoever installs a package; the first call is not timed."""
    kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    return lambda: subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, env=kept
    )


def sympy_m() -> object:
    m = Function("m")
    return rsolve(m(t + 1) - beta * m(t) - c, m(t), {m(0): 0})


def closed_forms() -> object:
    run = solve(sgdm, gradient=c)
    return [run.derivation(name).answer for name in "mw"]


def proved() -> object:
    run = solve(sgdm, gradient=c)
    return run.m, run.w


def with_verdicts() -> object:
    run = solve(sgdm, gradient=c)
    verdicts = run.check()
    assert all(v.kind == "PROVED" for v in verdicts.values())
    return verdicts


def compare(
    name: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    limit: str,
    invert: bool = False,
) -> None:
    """One line: the ratio of the medians (ours/theirs, or theirs/ours where `invert`), the medians
    and their spread."""
    ours(), theirs()  # warm-up, not counted
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    mine, other = ([1000 * p[i] for p in pairs] for i in (0, 1))
    ratio = statistics.median(mine) / statistics.median(other)
    print(
        f"{name:<58} {1 / ratio if invert else ratio:6.2f} x ({limit:<14})  "
        f"{statistics.median(mine):7.1f} ms [{min(mine):.1f}..{max(mine):.1f}]  against "
        f"{statistics.median(other):7.1f} ms [{min(other):.1f}..{max(other):.1f}]"
    )


def main() -> None:
    print(
        f"Python {platform.python_version()}, sympy {sympy.__version__}, {platform.machine()}, "
        f"medians of {ROUNDS} rounds"
    )
    load = process("-c", "import sympy")
    compare(
        "`derive solve sgdm --ask w` / `import sympy`",
        process("-m", "derive", "solve", "sgdm", "--ask", "w"),
        load,
        "at most 1.6",
    )
    key = process("-m", "derive", "sheet", "solutions/ps09/problem.toml")
    compare("the key of ps09, checked and written / `import sympy`", key, load, "at most 4")
    compare(
        "sympy.rsolve on m / closed forms of SGDM m and w",
        closed_forms,
        sympy_m,
        "at least 5",
        invert=True,
    )
    compare(
        "sympy.rsolve on m / the same, proved",
        proved,
        sympy_m,
        "at least 1",
        invert=True,
    )
    compare(
        "sympy.rsolve on m / m and w with steps and verdicts",
        with_verdicts,
        sympy_m,
        "at least 1",
        invert=True,
    )
    compare(
        "a receptive field of 3 layers, steps and verdicts / rsolve", _field, sympy_m, "not set"
    )


def _field() -> object:
    return receptive_field([3, 5, 4], [2, 1, 3]).check()


if __name__ == "__main__":
    main()

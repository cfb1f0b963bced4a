"""How long a proofreading of the whole solution of Problem Set 09 takes as a process of its own,
beside `import sympy`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 9
KEY = "tests/data/ps09-solution.md"


def seconds(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    pairs = [
        (
            seconds("-m", "derive", "proofread", KEY, "--about", "ps09"),
            seconds("-c", "import sympy"),
        )
        for _ in range(ROUNDS)
    ]
    ours, theirs = zip(*pairs, strict=True)
    print(
        f"proofreading a key of 56 claims, cold: {statistics.median(ours):.2f} s "
        f"[{min(ours):.2f}..{max(ours):.2f}] (at most 3), "
        f"{statistics.median(ours) / statistics.median(theirs):.1f} x `import sympy` "
        f"({statistics.median(theirs):.2f} s)"
    )


if __name__ == "__main__":
    main()

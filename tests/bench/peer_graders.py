"""One grader in a process of its own, run by grading.py: pairs come in, a JSON list [truth, answer]
a line; verdicts go out.

Usage: python peer_graders.py math-verify|latex2sympy2. Both get bare formulas: no delimiters, frame
of an alignment or period. math-verify: `parse` of $...$ and `verify(gold, answer)`, as its
documentation says, with the removal of units turned off (by default the last letter of -\\eta t is
taken for tons). latex2sympy2: `latex2sympy` of what stands after the last equals sign, and sympy's
`simplify` of the difference. Undecided is what they do not read, and what raises an error.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from collections.abc import Callable

DELIMITERS = (r"\[", r"\]", r"\(", r"\)", "$$", "$")
BEGIN_END = re.compile(r"\\(begin|end)\{(align|aligned|align\*)\}")


def bare(latex: str) -> str:
    """Without delimiters, the frame of an alignment, and the period after it."""
    found = BEGIN_END.sub(" ", latex)
    for sign in DELIMITERS:
        found = found.replace(sign, " ")
    return found.replace("&", " ").replace(r"\\", " ").strip().rstrip(".")


def last_side(latex: str) -> str:
    """What stands after the last equals sign outside of braces."""
    depth, start = 0, 0
    for at, letter in enumerate(latex):
        depth += (letter == "{") - (letter == "}")
        if letter == "=" and not depth:
            start = at + 1
    return latex[start:]


def math_verify() -> Callable[[str, str], str]:
    from math_verify import (
        ExprExtractionConfig,
        LatexExtractionConfig,
        LatexNormalizationConfig,
        parse,
        verify,
    )
    from math_verify.errors import TimeoutException

    rules = LatexNormalizationConfig(units=False, malformed_operators=True, nits=True)
    config = [LatexExtractionConfig(normalization_config=rules), ExprExtractionConfig()]

    def judge(truth: str, answer: str) -> str:
        try:
            gold, target = (parse(f"${bare(latex)}$", config) for latex in (truth, answer))
            if verify(gold, target, raise_on_error=True):
                return "accepted"
        except (Exception, TimeoutException):
            return "undecided"
        read = all(any(not isinstance(part, str) for part in side) for side in (gold, target))
        return "rejected" if read else "undecided"

    return judge


def latex2sympy2() -> Callable[[str, str], str]:
    from latex2sympy2 import latex2sympy
    from sympy import simplify

    def value(latex: str) -> object:
        return latex2sympy(last_side(bare(latex)))

    def judge(truth: str, answer: str) -> str:
        try:
            return "accepted" if simplify(value(truth) - value(answer)) == 0 else "rejected"  # type: ignore[operator]
        except Exception:
            return "undecided"

    return judge


GRADERS = {"math-verify": math_verify, "latex2sympy2": latex2sympy2}


def main(name: str) -> None:
    judge = GRADERS[name]()
    versions = [
        f"{package} {importlib.metadata.version(package)}"
        for package in (name, "sympy", "antlr4-python3-runtime")
    ]
    print(json.dumps(", ".join(versions)), flush=True)
    for line in sys.stdin:
        truth, answer = json.loads(line)
        print(json.dumps(judge(truth, answer)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

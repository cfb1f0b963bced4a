r"""What is typed as elsewhere, and is something else in TeX: 1e-5, n!=6, a<-1, sin(x). It is said,
and how to write it."""

from __future__ import annotations

import re

from derive.reading.tokens.spellings import GREEK

NAMES = (
    "sinh|cosh|tanh|arcsin|arccos|arctan|asin|acos|atan|sin|cos|tan|cot|sec|csc|log|ln|exp|max|min|sqrt|abs|sign|floor|ceil|"
    "sum|prod|frac|lim|mod|infty|inf|binom|"
) + "|".join(
    sorted((name.lstrip("\\") for name in GREEK.values()), key=lambda name: (-len(name), name))
)
PLAIN_NAME = re.compile(rf"(?<![A-Za-z\\_])(?<!_\{{)(?:{NAMES})(?![A-Za-z])")
POWER_OF_TEN = re.compile(r"\d+(?:\.\d+)?[eE][+-]?\d+")
PERCENT = re.compile(r"\d\s*%")


def typed(text: str, place: int, word: str) -> str:
    """Why `word`, at `place` of `text`, cannot be read as it is typed; empty where it can."""
    if word[0].isdigit() and (found := POWER_OF_TEN.match(text, place)):
        return rf"{found[0]} is a product with e in TeX: write \cdot 10^{{...}}"
    if word.isalpha() and (found := PLAIN_NAME.match(text, place)):
        return rf"{found[0]} is a product of letters in TeX: write \{found[0]}"
    if word == "!=":
        return r"!= can be read in two ways: write \neq, or a space behind the factorial"
    if word == "<-" and " <- " not in f" {text[max(place - 1, 0) : place + 3]} ":
        return r"<- can be read in two ways: write \leftarrow, or a space behind the <"
    return ""

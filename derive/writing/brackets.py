"""What stands in brackets, and how tall these are."""

from __future__ import annotations

import re

SUM, PRODUCT, ATOM = range(3)  # what an expression may be without brackets
TALL = re.compile(r"\\(frac|sum|prod|left|sqrt)")
TALLER = re.compile(r"\\(frac|sum|prod|left)")  # too tall for the top of a fraction


def bracket(text: str) -> str:
    return rf"\left({text}\right)" if TALL.search(text) else f"({text})"

"""The error that a person can mend, and words for it; a leaf without sympy, so that the command
line starts at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DeriveError(ValueError):
    """Something a person can mend: the message names the thing, the place and the way out."""


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "adam"?`, or the list of what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    return f'; did you mean "{close[0]}"?' if close else f"; there is {', '.join(names) or 'none'}"


def short(text: str) -> str:
    """A text in quotes, as far as a line of an error has room for it."""
    return repr(text if len(text) <= 60 else text[:57] + "...")

"""A token of a formula, and what is said where one cannot be read."""

from __future__ import annotations

from typing import NamedTuple

from derive.errors import DeriveError

OPERATOR = r"\operatorname"


class Unreadable(DeriveError):
    """What cannot be read: `why`, and `at` which offset of the source."""

    def __init__(self, why: str, at: int = 0):
        super().__init__(why)
        self.why, self.at = why, at


class Refused(Unreadable):
    """What is not even tried: over a limit, or nothing that an answer may hold."""


class Token(NamedTuple):
    r"""`kind`: number, letter (a name: one character, or a word set upright), command, text, op,
    open, close, begin, end.

    `look` is how a letter is set where that makes another letter of it: \varphi is read as \phi,
    \mathbf{x} as x; or OPERATOR.
    """

    kind: str
    text: str
    at: int
    look: str = ""

    @property
    def deeper(self) -> int:
        """By how much it goes into brackets or an environment."""
        return (self.kind in ("open", "begin")) - (self.kind in ("close", "end"))

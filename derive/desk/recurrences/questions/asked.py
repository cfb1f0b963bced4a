"""An answer to a question about a solution, with its steps, what it needs and the verdict on it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from sympy import (
    Basic,
    Integer,
    Rational,
    sstr,
)

from derive.model.language.claims import DeriveError, Verdict
from derive.notation import Notation

LONG = 60  # digits from which a number is shown short


Said = tuple[Basic | None, str, Basic, tuple[Basic, ...]]


@dataclass(frozen=True)
class Asked:
    """An answer with its steps, what it needs, and the verdict on it. `says` are its lines as they
    stand on a sheet: left side (None: the answer alone), sign, right side, conditions beside it."""

    question: str
    answer: Any
    steps: tuple[str, ...]
    needs: tuple[Basic, ...] = ()
    verdict: Verdict | None = None
    says: tuple[Said, ...] = ()

    def _repr_latex_(self) -> str:
        from derive.writing.said import said  # how it looks is not needed to find or to check it

        return said(self.says, self.needs, Notation(), self.verdict)

    def __repr__(self) -> str:
        told = [f"needs {', '.join(map(str, self.needs))}"] if self.needs else []
        return "\n".join([*self.steps, *told, *([str(self.verdict)] if self.verdict else [])])


def short(value: Any) -> str:
    """A number, its middle left out where it is long, with its digits counted."""
    if isinstance(value, Rational) and value.q != 1:
        return (
            f"{short(Integer(value.p))} / {short(Integer(value.q))}"
            if len(_digits(value.p)) > LONG
            else str(value)
        )
    if not isinstance(value, Integer):
        return sstr(value)
    text = _digits(int(value))
    return (
        text
        if len(text) <= LONG
        else f"{text[:12]}...{text[-10:]} ({len(text.lstrip('-')):,} digits)"
    )


def _digits(value: int) -> str:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return str(value)
    finally:
        sys.set_int_max_str_digits(before)


def held(asked: Asked) -> Asked:
    if asked.verdict is not None and not asked.verdict.holds:
        raise DeriveError(
            f"{asked.question}: found {asked.answer}, which is not confirmed: {asked.verdict}"
        )
    return asked

"""What callers give, numbers, text or sympy expressions, as expressions on plain symbols."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Basic, Expr

from derive.model.language.claims import DeriveError
from derive.model.language.text import FUNCTIONS, read, relations


def value(given: Any, place: str, calls: Iterable[str] = FUNCTIONS) -> Expr:
    """A number, a sympy expression or text, as an expression on plain symbols. `calls` are what may
    be called in a text."""
    if isinstance(given, str):
        return read(given, place, calls=calls)
    if isinstance(given, Basic) or type(given) in (int, float):
        return given if isinstance(given, Basic) else read(str(given), place)  # type: ignore[return-value]
    raise DeriveError(f"{place}: {given!r} is neither a number nor an expression")


def conditions(given: Any, place: str) -> tuple[Basic, ...]:
    """Ranges as text or as sympy relations."""
    if isinstance(given, str | Basic):
        given = [given]
    return tuple(r for g in given for r in ([g] if isinstance(g, Basic) else relations(g, place)))

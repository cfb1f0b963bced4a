"""Recurrences as a person types them: solved, or walked for their first terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Expr, Symbol, false, nan, zoo

from derive.desk.budget import SECONDS, limit, stage
from derive.desk.given import all_about, conditions, first_values, letters, value
from derive.desk.recurrences.solved import Solved
from derive.model.language.claims import DeriveError
from derive.model.recurrences.stated import Stated
from derive.model.recurrences.statement import stated
from derive.notation import Notation
from derive.solving.recurrences.degenerate import put_into
from derive.solving.recurrences.walk import Known, step_by_step


def read_model(
    equations: str | Sequence[str],
    start: Mapping[str, Any],
    ranges: Any = (),
    values: Mapping[str, Any] | None = None,
) -> Stated:
    """The model of recurrences as text. Raises DeriveError, naming the place."""
    declared = conditions(ranges, "ranges")
    model = stated(equations, start, declared)
    put = {Symbol(name): value(v, name) for name, v in (values or {}).items()}
    for symbol in put:
        if symbol not in model.symbols:
            known = ", ".join(sorted(map(str, model.symbols)))
            raise DeriveError(
                f'value of "{symbol}": no such letter in the equations; there is {known}'
            )
    for letter, given in put.items():
        for stated_, here in ((r, r.xreplace({letter: given})) for r in declared):
            if here == false:
                raise DeriveError(f"{letter} = {given} is outside its range {stated_}")
    put_letters = {str(s) for v in put.values() for s in v.free_symbols}
    all_about(declared, letters(model) | put_letters)
    return put_into(model, put) if put else model


def solve_recurrence(
    equations: str | Sequence[str],
    start: Mapping[str, Any] | None = None,
    ranges: Any = (),
    seconds: float | None = SECONDS,
    values: Mapping[str, Any] | None = None,
    notation: Notation | None = None,
) -> Solved:
    """Closed forms of recurrences as text. Raises DeriveError with the reason where none is known,
    TooHard when time is over."""
    with limit(seconds):
        stage("reading")
        model = read_model(equations, start or {}, ranges, values)
        return Solved(model, None, seconds, notation)


def terms(
    equations: str | Sequence[str],
    start: Mapping[str, Any] | None = None,
    count: int = 5,
    ranges: Any = (),
    **values: Any,
) -> dict[str, list[Expr]]:
    """The first `count` values of each sequence, exactly, by the equations themselves: also where
    no closed form is known."""
    if not isinstance(count, int):
        raise DeriveError(f"count = {count!r:.60}: how many terms is a whole number")
    model = read_model(equations, first_values(start), ranges, values)
    first = int(model.first)
    known: Known = {}
    with limit(SECONDS):
        stage(f"unrolling {count} terms")
        found = {
            name: [step_by_step(model, name, at, known) for at in range(first, first + count)]
            for name in model.equations
        }
    for name, values_ in found.items():
        wrong = next((at for at, v in enumerate(values_, first) if v.has(zoo, nan)), None)
        if wrong is not None:
            raise DeriveError(f"{name}({wrong}) divides by zero; ask for fewer terms")
    return found

"""What callers give, numbers, text or sympy expressions, as expressions on plain symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sympy import Basic, Expr, Symbol
from sympy.core.function import AppliedUndef, UndefinedFunction

from derive.errors import nearest
from derive.model.language.claims import DeriveError
from derive.model.language.text import FUNCTIONS, read, relations
from derive.model.recurrences.starts import each_start
from derive.model.recurrences.stated import Stated


def value(given: Any, place: str, calls: Iterable[str] = FUNCTIONS) -> Expr:
    """A number, a sympy expression or text, as an expression on plain symbols. `calls` are what may
    be called in a text."""
    if isinstance(given, str):
        return read(given, place, calls=calls)
    if isinstance(given, Basic) or type(given) in (int, float):
        return given if isinstance(given, Basic) else read(str(given), place)  # type: ignore[return-value]
    raise DeriveError(f"{place}: {given!r} is neither a number nor an expression")


def conditions(given: Any, place: str) -> tuple[Basic, ...]:
    """Ranges as text, several by commas, or as sympy relations."""
    if isinstance(given, str | Basic):
        given = [given]
    if not isinstance(given, Iterable):
        raise DeriveError(f'{place}: {given!r} is not a range; write for example "0 < beta < 1"')
    texts = (part for g in given for part in (g.split(",") if isinstance(g, str) else [g]))
    found = [r for g in texts for r in ([g] if isinstance(g, Basic) else relations(g, place))]
    for range_ in found:
        if isinstance(range_, Expr):
            raise DeriveError(f"{place}: {range_} is not a range; write for example {range_} > 0")
    return tuple(found)


def letters(model: Stated) -> frozenset[str]:
    """What ranges may be about: the letters of a model, its index, and hyperparameters that have a
    value."""
    places = frozenset() if model.down is None else model.down.free_symbols
    own = () if model.source is None else model.source.program.hyperparameters
    return frozenset(map(str, (*model.symbols, *places, model.index, model.letter, *own)))


def about(ranges: Sequence[Basic], known: Iterable[str]) -> tuple[Basic, ...]:
    """The ranges of letters that are known. A letter that is compared with one of these is known,
    too: `a < b, b < 1`."""
    found: list[Basic] = []
    waiting, known = list(ranges), set(known)
    while here := [r for r in waiting if not _names(r) or _names(r) & known]:
        found += here
        waiting = [r for r in waiting if r not in here]
        known |= {name for r in here for name in _names(r)}
    return tuple(r for r in ranges if r in found)


def all_about(ranges: Sequence[Basic], known: Iterable[str]) -> None:
    """Raises DeriveError for a range of letters that nothing has."""
    known = set(known)
    found = about(ranges, known)
    left = [r for r in ranges if r not in found]
    if left:
        letter = min(_names(left[0]))
        raise DeriveError(
            f'ranges: {left[0]}: nothing has the letter "{letter}"{nearest(letter, known)}'
        )


def _names(range_: Basic) -> set[str]:
    return {str(s) for s in range_.free_symbols}


def first_values(start: Any) -> dict[str, Any]:
    """What sequences start from, by name; also from text, "x=0, w=w0". One value alone is kept
    under "", for the only sequence. Raises DeriveError."""
    if start is None or isinstance(start, Mapping):
        return {_named(key): given for key, given in (start or {}).items()}
    if isinstance(start, str) and "=" in start:
        pairs = [part.partition("=") for part in each_start(start)]
        return {name.strip(): text.strip() for name, _, text in pairs}
    if isinstance(start, str | int | float | Basic | list | tuple):
        return {"": start}
    raise DeriveError(f"start = {start!r}: write a table, such as {{'x': '0, 1'}}")


def _named(key: Any) -> str:
    """What a value is the start of, by its name: x, or x(1) for the value at index 1."""
    if isinstance(key, str):
        return key
    if isinstance(key, UndefinedFunction | AppliedUndef | Symbol):
        return str(key)
    raise DeriveError(f"start of {key!r:.60}: write a name in quotes, such as {{'x': '0, 1'}}")

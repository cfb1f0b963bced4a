"""Brackets that match, and arguments as TeX takes them."""

from __future__ import annotations

from collections.abc import Sequence

from derive.reading.tokens.token import Token, Unreadable

ACCENTS = {
    r"\hat": "hat",
    r"\bar": "bar",
    r"\tilde": "tilde",
    r"\overline": "bar",
    r"\dot": "dot",
    r"\vec": "vec",
}
PAIRS = {"{": "}", r"\{": r"\}", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil", r"\lvert": r"\rvert"}


def group(row: Sequence[Token], place: int) -> tuple[Sequence[Token], int]:
    """An argument as TeX takes it: what is in braces, or one token; and where it ends. Raises
    Unreadable for a number without braces, of which TeX takes the first digit."""
    if place >= len(row):
        raise Unreadable("something is missing at the end", row[-1].at if row else 0)
    token = row[place]
    if token.text == "{":
        end = closing(row, place)
        return row[place + 1 : end], end + 1
    if token.kind == "number" and len(token.text) > 1:
        raise Unreadable(
            f"TeX takes only the first digit of {token.text} here: write braces", token.at
        )
    if token.kind == "close" or token.kind == "op":
        raise Unreadable(f'something is missing before "{token.text}"', token.at)
    if token.text in ACCENTS:
        _, end = group(row, place + 1)
        return row[place:end], end
    return [token], place + 1


def closing(row: Sequence[Token], place: int) -> int:
    """Where the bracket that opens at `place` is closed. Raises Unreadable."""
    waiting: list[str] = []
    for end in range(place, len(row)):
        token = row[end]
        if token.kind == "open":
            waiting.append(token.text)
        elif token.kind == "close":
            opened = waiting.pop()
            if not matches(opened, token.text):
                raise Unreadable(f"{row[place].text} is closed by {token.text}", token.at)
            if not waiting:
                return end
    raise Unreadable(f'"{row[place].text}" is not closed', row[place].at)


def on_top(row: Sequence[Token], text: str) -> int | None:
    """Where a sign stands first that is in no brackets, as that of a sum's lower limit is."""
    depth = 0
    for place, token in enumerate(row):
        depth += token.deeper
        if depth == 0 and token.text == text:
            return place
    return None


def bracketed(row: Sequence[Token]) -> bool:
    """Whether all of a row stands in one pair of round brackets, as the index of m^{(t)} does."""
    return len(row) > 2 and row[0].text == "(" and closing(row, 0) == len(row) - 1


def enclosed(row: Sequence[Token]) -> bool:
    """Whether all of a row stands in one pair of brackets that are seen."""
    return len(row) > 2 and row[0].text in ("(", "[", r"\{") and closing(row, 0) == len(row) - 1


def matches(opened: str, closed: str) -> bool:
    """Brackets match by kind; a half-open interval has one of each."""
    round_or_square = (opened in "([" and closed in ")]") and opened != "" and closed != ""
    return round_or_square or PAIRS.get(opened) == closed

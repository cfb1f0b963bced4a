r"""What braces hide and what stands side by side: a text is read only where it looks like what TeX
makes of it."""

from __future__ import annotations

from collections.abc import Container, Sequence

from derive.reading.tokens.brackets import closing
from derive.reading.tokens.cursor import split
from derive.reading.tokens.heads import read_head
from derive.reading.tokens.token import Token, Unreadable

SIGNS = ("+", "-")
HANGS = ("^", "!", "'")


def shown(row: Sequence[Token], start: int, end: int) -> None:
    r"""Raises Unreadable where braces, from `start` to `end`, bind what looks otherwise: {a+b}c is
    seen as a+bc."""
    inner = row[start + 1 : end]
    if _is_one(inner):
        return
    before = row[start - 1].text if start else ""
    after = row[end + 1] if end + 1 < len(row) else Token("end of row", "", 0)
    signs, slashes = (any(t.text in marks for t in outer(inner)) for marks in (SIGNS, ("/",)))
    ends = after.kind in ("end of row", "close", "end", "text")
    free = ends or (after.kind == "op" and after.text not in (*HANGS, "*", "/", "|"))
    hangs = after.text in HANGS or before == "/"
    if hangs or (signs and not (free and before in ("", "+"))) or (slashes and not free):
        raise Unreadable("braces are not seen: write round brackets", row[start].at)


def _is_one(inner: Sequence[Token]) -> bool:
    """Whether there is one letter, number, fraction or pair of brackets, with nothing above it."""
    if len(inner) == 1 or len(split(inner, r"\over")) == 2:
        return True
    if inner and inner[0].kind == "open":
        return closing(inner, 0) == len(inner) - 1
    if inner and inner[0].text in (r"\frac", r"\binom", r"\sqrt"):
        return not outer(inner)
    head = read_head(inner, 0) if inner else None
    return head is not None and head.end == len(inner)


def outer(row: Sequence[Token]) -> list[Token]:
    """The operators in no other brackets."""
    depth, found = 0, []
    for token in row:
        depth += token.deeper
        if depth == 0 and token.kind == "op":
            found.append(token)
    return found


def beside(row: Sequence[Token], start: int, place: int, letters: Container[str]) -> None:
    """Raises Unreadable where what stands at `place` does not look multiplied with the factor
    before it, from `start` on.

    `letters` are those of the problem: a Delta among them is no difference.
    """
    token, before = row[place], row[place - 1]
    after = row[place + 1] if place + 1 < len(row) else token
    if token.text == "{" and after.kind == "number":
        token = after
    script = row[place - 2].text in ("^", "_") if place > 1 else False
    ended = before.kind in ("letter", "command") or (
        before.kind == "number" and (script or row[start].text == r"\frac")
    )
    spaced = ended and token.at > before.at + len(before.text)
    power = after.text == "^" and (
        (before.kind == "close" and row[start].text != "{") or spaced
    )  # (a+b)^n 2^n, a 2^n
    if token.kind == "number" and before.text not in ("!", "...") and not power:
        raise Unreadable(
            f"{token.text} behind another factor can be read in two ways: write a dot between them",
            token.at,
        )
    difference = before.text == r"\Delta" and "Delta" not in letters
    if difference and place == start + 1 and _raised(row, place):
        raise Unreadable(r"\Delta x^2 can be read in two ways: write brackets", before.at)
    mixed = token.text == r"\frac" and row[start].kind == "number" and place == start + 1
    if mixed and _numbers(row, place):
        raise Unreadable(
            "a number and a fraction may be a sum or a product: write the + or the dot", token.at
        )


def _raised(row: Sequence[Token], place: int) -> bool:
    head = read_head(row, place)
    return head is not None and head.end < len(row) and row[head.end].text == "^"


def _numbers(row: Sequence[Token], place: int) -> bool:
    r"""Whether a fraction's two arguments are numbers: \frac12, \frac{1}{2}."""
    texts = [t for t in row[place + 1 : place + 7] if t.text not in "{}"]
    return all(t.kind == "number" for t in texts[:2])

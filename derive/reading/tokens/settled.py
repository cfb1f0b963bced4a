r"""A row of tokens made the one row of several that TeX sets alike: g^2_t is g_t^2, {} is nothing;
letters are told apart."""

from __future__ import annotations

from derive.reading.tokens.token import OPERATOR, Token, Unreadable


def told_apart(row: list[Token]) -> None:
    """Raises Unreadable where two letters that look different would be read as one."""
    looks: dict[str, str] = {}
    for token in row:
        if token.kind not in ("letter", "command") or token.look == OPERATOR:
            continue
        if looks.setdefault(token.text, token.look) != token.look:
            one, other = looks[token.text] or token.text, token.look or token.text
            raise Unreadable(
                f"{one} and {other} in one text are two letters: call one of them otherwise",
                token.at,
            )


def without_empty(row: list[Token]) -> list[Token]:
    """`a + {}` is a +: braces with nothing in them that are no argument."""
    kept: list[Token] = []
    for token in row:
        if token.text == "}" and len(kept) > 1 and kept[-1].text == "{":
            before = kept[-2]
            if before.kind == "op" and before.text not in ("^", "_"):
                kept.pop()
                continue
        kept.append(token)
    return kept


def below_first(row: list[Token]) -> list[Token]:
    """g^2_t is g_t^2."""
    for place in range(len(row) - 3, 0, -1):
        if row[place].kind == "op" and row[place].text == "^":
            end = _end(row, place + 1)
            if end < len(row) and row[end].kind == "op" and row[end].text == "_":
                after = _end(row, end + 1)
                row[place:after] = [*row[end:after], *row[place:end]]
    return row


def _end(row: list[Token], place: int) -> int:
    """Where the argument that begins at `place` ends."""
    depth = 0
    for end in range(place, len(row)):
        depth += (row[end].kind == "open") - (row[end].kind == "close")
        if depth <= 0:
            return end + 1
    return len(row)

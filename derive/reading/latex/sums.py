r"""Sums and products with a sign: \sum_{k=1}^{n}, \prod_{i<j}; how far their body goes."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Symbol

from derive.reading.latex.words import fill
from derive.reading.tokens.brackets import group
from derive.reading.tokens.cursor import Cursor
from derive.reading.tokens.heads import read_head
from derive.reading.tokens.shown import outer
from derive.reading.tokens.token import Token, Unreadable


def over(r: Cursor, token: Token) -> str:
    """A sum or product: its body goes on to the next sign; what a product's index does not touch at
    the end is beside it."""
    r.place += 1
    limits: dict[str, Sequence[Token]] = {}
    while r.peek().text in ("_", "^") and r.peek().text not in limits:
        mark = r.peek().text
        limits[mark], r.place = group(r.row, r.place + 1)
    low = limits.get("_", ())
    if (
        len(limits) == 1
        and len(low) > 2
        and low[1].text in ("<", "<=")
        and r.reading.vocabulary.first is not None
    ):
        one = Token("number", str(r.reading.vocabulary.first), low[0].at)
        less = (
            (Token("op", "-", low[0].at), Token("number", "1", low[0].at))
            if low[1].text == "<"
            else ()
        )
        limits["^"], low = (*low[2:], *less), (low[0], Token("op", "=", low[1].at), one)
    if (
        len(limits) != 2
        or len(low) < 3
        or low[1].text != "="
        or low[0].kind not in ("letter", "command")
    ):
        raise Unreadable(
            f"{token.text} needs an index with its first and last value, as in "
            f"{token.text}_{{k=1}}^{{n}}",
            token.at,
        )
    if low[0].text == r"\pi":
        raise Unreadable(r"\pi is a number and no index", low[0].at)
    index = low[0].text.lstrip("\\")
    first, last = r.inside(low[2:], token.at), r.inside(limits["^"], token.at)
    own = _index_symbol(r, index)
    body = r.on(r.row, {**r.bound, index: own})
    body.place, negative = r.place, False
    while body.peek().kind == "op" and body.peek().text in "+-":
        negative ^= body.peek().text == "-"
        body.place += 1
    factors = body.factors()
    if any(t.text == "mod" for t in outer(r.row[r.place : factors[-1][3]])):
        raise Unreadable(
            f"where {token.text} ends before mod can be read in two ways: write brackets", token.at
        )
    if token.text == r"\prod":
        while len(factors) > 1 and not _touches(r.row[factors[-1][2] : factors[-1][3]], index):
            _beside(body, *factors.pop()[2:])
    r.place = factors[-1][3]
    text = ("-" if negative else "") + f"({body.multiplied(factors)})"
    value = r.mask(fill(r.expr(text, token.at), own), token, parts=[text])
    return rf"({token.text}_{{{r.mask(own, low[0])}={first}}}^{{{last}}} ({value}))"


def _touches(row: Sequence[Token], index: str) -> bool:
    return any(t.text.lstrip("\\") == index for t in row)


def _beside(r: Cursor, start: int, end: int) -> None:
    """Raises Unreadable where a factor that a product's index does not touch could stand in the
    product or behind it: it stands behind it where it has an index of its own, W^{(L)}."""
    heads = (read_head(r.row, place) for place in range(start, end))
    words = (
        r.reading.vocabulary.find(head)
        for head in heads
        if head is not None and head.key not in r.bound
    )
    if not any(word is not None and word[0].indexed for word in words):
        raise Unreadable(
            r"a factor behind \prod may belong to it or not: write brackets", r.row[start].at
        )


def _index_symbol(r: Cursor, name: str) -> Symbol:
    """The letter of a sum's index; another one where the problem uses that letter for something of
    its own."""
    if name not in r.reading.vocabulary.words:
        return Symbol(name)
    taken = {*r.reading.vocabulary.words, *(s.name for s in r.bound.values())}
    return Symbol(
        next(
            c
            for c in (*"kijnpqruvxyz", *(f"k{n}" for n in range(len(taken) + 1)))
            if c not in taken
        )
    )

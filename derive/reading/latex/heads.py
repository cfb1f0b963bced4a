r"""Heads in a row: letters, sequences with their index wherever it stands, gradients, names that
mean nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Function, S, Symbol, harmonic

from derive.reading.latex.grammar import whole
from derive.reading.latex.words import HERE, Word
from derive.reading.tokens.brackets import bracketed, closing, group
from derive.reading.tokens.cursor import Cursor
from derive.reading.tokens.heads import NABLA, Head, read_head
from derive.reading.tokens.token import OPERATOR, Token, Unreadable


def is_word(r: Cursor) -> bool:
    """Whether a letter of the problem stands here. In one where any letter may stand, the name of a
    function is none."""
    head = read_head(r.row, r.place)
    if head is None:
        return False
    if head.key in r.bound:
        return True
    return r.reading.vocabulary.find(head, _called(r, head)) is not None


def _called(r: Cursor, head: Head) -> Sequence[Token] | None:
    """What stands in brackets behind a head, or behind what stands above it; None where no brackets
    do."""
    place = head.end
    texts = [t.text for t in r.row[place : place + 2]]
    if texts[:1] == ["^"] and len(texts) > 1:
        place = closing(r.row, place + 1) + 1 if texts[1] == "{" else place + 2
        texts = [t.text for t in r.row[place : place + 2]]
    place += texts == ["{", "("]
    if place < len(r.row) and r.row[place].text in ("(", "[", r"\{"):
        return r.row[place + 1 : closing(r.row, place)]
    return None


def head_of(r: Cursor) -> str:
    """The head here, with its index, as a name in the explicit form."""
    head = read_head(r.row, r.place)
    if head is None:
        raise Unreadable(f'"{r.peek().text}" is not expected here', r.peek().at)
    if head.base in r.bound:  # an index; what stands below or above belongs to it no more
        r.place += 1
        return r.mask(r.bound[head.base], r.row[r.place - 1])
    found = r.reading.vocabulary.find(head, _called(r, head))
    if found is None:
        return _unknown(r, head)
    word, below = found
    if r.peek().look == OPERATOR and head.key not in r.reading.vocabulary.words:
        raise Unreadable(f"no function {head.base} is read", head.at)
    said = _own(r, head, below)
    r.place = head.end
    if not word.indexed:
        return r.mask(word.value, *said)  # type: ignore[arg-type]
    index = _index(r, word, below, head)
    made = word.at(HERE if index is None else r.expr(index, head.at), below is not None)
    if word.scaled and [t.text for t in r.row[r.place : r.place + 3]] == ["(", "s", ")"]:
        said = (*said, r.row[r.place + 1])
        r.place += 3
        made = Function(word.scaled)(*made.args)
    return r.mask(made, *said, parts=[] if index is None else [index])


def _own(r: Cursor, head: Head, index: Sequence[Token] | None) -> tuple[Token, ...]:
    """The tokens of a head without those of its index."""
    others = {id(t) for t in index or ()}
    return tuple(t for t in r.row[r.place : head.end] if id(t) not in others)


def gradient(r: Cursor, top: Sequence[Token], below: Sequence[Token], place: int) -> str:
    r"""\frac{\partial L^{(t)}}{\partial w}, which is \nabla_w L^{(t)}; the index of w says nothing
    of its own."""
    by = read_head(below, 1) if below and below[0].text == r"\partial" else None
    if by is None:
        raise Unreadable(r"a derivative is written \frac{\partial L}{\partial w}", top[0].at)
    at = top[0].at
    row = [Token("command", NABLA, at), Token("op", "_", at), Token("open", "{", at)]
    row += [below[1], Token("close", "}", at), *top[1:]]
    text = r.on(row).whole()
    said = (r.row[r.place], top[0], below[0], *below[2:])
    r.place = place
    return r.made(lambda value: value, [text], *said)


def _index(r: Cursor, word: Word, below: Sequence[Token] | None, head: Head) -> str | None:
    """The index of a sequence: below it, above it in brackets or by a letter that counts, or in
    brackets behind it."""
    if below is not None:
        return r.inside(below, head.at)
    if r.peek().text == "^":
        inner, end = group(r.row, r.place + 1)
        if bracketed(inner) or _may_count(r, inner):
            r.place = end
            return r.inside(inner[1:-1] if bracketed(inner) else inner, head.at)
    elif r.peek().text in ("(", "["):
        end = closing(r.row, r.place)
        inner = r.row[r.place + 1 : end]
        if inner and (_may_count(r, inner) or all(t.kind == "number" for t in inner)):
            r.place = end + 1
            return r.inside(inner, head.at)
    if word.numbered:
        r.reading.unknown.append((head.key, head.at))
    return None


def _may_count(r: Cursor, row: Sequence[Token]) -> bool:
    """Whether nothing but letters that count, numbers and signs stands there."""
    names = [t.text.lstrip("\\") for t in row if t.kind in ("letter", "command")]
    return (
        bool(names)
        and set(names) <= r.counting
        and all(t.kind in ("letter", "number") or t.text in "+-{}" for t in row)
    )


def _unknown(r: Cursor, head: Head) -> str:
    said = _own(r, head, None)
    if head.key == "e":
        r.place = head.end
        return r.mask(S.Exp1, *said)
    if head.base == "H" and head.parts:
        return _harmonic(r, head)
    if head.parts and _may_count(r, head.parts[-1]):  # as a sequence
        said = _own(r, head, head.parts[-1])
        r.place = head.end
        name = "_".join((head.base, *head.below[:-1]))
        r.reading.unknown.append((name, head.at))
        index = r.inside(head.parts[-1], head.at)
        return r.mask(Function(name)(r.expr(index, head.at)), *said, parts=[index])
    r.place = head.end
    r.reading.unknown.append((head.key, head.at))
    if r.peek().text == "^":
        inner, end = group(r.row, r.place + 1)
        if bracketed(inner):
            r.place = end
            index = r.inside(inner[1:-1], head.at)
            return r.mask(Function(head.key)(r.expr(index, head.at)), *said, parts=[index])
    return r.mask(Symbol(head.key), *said)


def _harmonic(r: Cursor, head: Head) -> str:
    """H_n, or H_n^{(s)} where the numbers are raised to s."""
    said = _own(r, head, head.parts[-1])
    r.place = head.end
    args = [r.inside(head.parts[-1], head.at)]
    if r.peek().text == "^":
        inner, end = group(r.row, r.place + 1)
        if bracketed(inner):
            r.place = end
            args.append(r.inside(inner[1:-1], head.at))
    return r.made(lambda *values: whole(harmonic, *values), args, *said)

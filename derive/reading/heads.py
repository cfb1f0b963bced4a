r"""Heads in a row: letters, sequences with their index wherever it stands, gradients, names that mean nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Function, S, Symbol, harmonic

from derive.reading.cursor import Cursor
from derive.reading.grammar import whole
from derive.reading.tokens import Token, Unreadable
from derive.reading.words import HERE, NABLA, Head, Letters, Word, bracketed, closing, group, read_head


def is_word(r: Cursor) -> bool:
    head = read_head(r.row, r.place)
    if head is None or head.key in r.bound:
        return head is not None
    if isinstance(r.reading.vocabulary, Letters) and head.key == "psi" and r.row[head.end : head.end + 1]:
        return r.row[head.end].text != "("  # a letter, unless it is taken of something
    return r.reading.vocabulary.find(head) is not None


def head_of(r: Cursor) -> str:
    """The head here, with its index, as a letter of the explicit form."""
    head = read_head(r.row, r.place)
    if head is None:
        raise Unreadable(f'"{r.peek().text}" is not expected here', r.peek().at)
    if head.base in r.bound:  # an index; what stands below or above belongs to it no more
        r.place += 1
        return r.mask(r.bound[head.base])
    found = r.reading.vocabulary.find(head)
    if found is None:
        return _unknown(r, head)
    word, below = found
    r.place = head.end
    if not word.indexed:
        return r.mask(word.value)  # type: ignore[arg-type]
    made = word.at(_index(r, word, below, head), below is not None)
    if word.scaled and [t.text for t in r.row[r.place : r.place + 3]] == ["(", "s", ")"]:
        r.place += 3
        made = Function(word.scaled)(*made.args)
    return r.mask(made)


def gradient(r: Cursor, top: Sequence[Token], place: int) -> str:
    r"""\frac{\partial L^{(t)}}{\partial w}, which is \nabla_w L^{(t)}."""
    text = head_of(r.on([Token("command", NABLA, top[0].at), *top[1:]]))
    r.place = place
    return text


def _index(r: Cursor, word: Word, below: Sequence[Token] | None, head: Head) -> Expr:
    """The index of a sequence: below it, above it in brackets or by a letter that counts, or in brackets behind it."""
    if below is not None:
        return r.value(below, head.at)
    if r.peek().text == "^":
        inner, end = group(r.row, r.place + 1)
        if bracketed(inner) or _may_count(r, inner):
            r.place = end
            return r.value(inner[1:-1] if bracketed(inner) else inner, head.at)
    elif r.peek().text in ("(", "["):
        end = closing(r.row, r.place)
        inner = r.row[r.place + 1 : end]
        if inner and (_may_count(r, inner) or all(t.kind == "number" for t in inner)):
            r.place = end + 1
            return r.value(inner, head.at)
    if word.numbered:
        r.reading.unknown.append((head.key, head.at))
    return HERE


def _may_count(r: Cursor, row: Sequence[Token]) -> bool:
    """Whether nothing but letters that count, numbers and signs stands there."""
    names = [t.text.lstrip("\\") for t in row if t.kind in ("letter", "command")]
    return bool(names) and set(names) <= r.counting and all(t.kind in ("letter", "number") or t.text in "+-{}" for t in row)


def _unknown(r: Cursor, head: Head) -> str:
    if head.key == "e":
        r.place = head.end
        return r.mask(S.Exp1)
    if head.base == "H" and head.parts:
        return _harmonic(r, head)
    r.place = head.end
    if head.parts and _may_count(r, head.parts[-1]):  # as a sequence
        name = "_".join((head.base, *head.below[:-1]))
        r.reading.unknown.append((name, head.at))
        return r.mask(Function(name)(r.value(head.parts[-1], head.at)))
    r.reading.unknown.append((head.key, head.at))
    if r.peek().text == "^":
        inner, end = group(r.row, r.place + 1)
        if bracketed(inner):
            r.place = end
            return r.mask(Function(head.key)(r.value(inner[1:-1], head.at)))
    return r.mask(Symbol(head.key))


def _harmonic(r: Cursor, head: Head) -> str:
    """H_n, or H_n^{(s)} where the numbers are raised to s."""
    r.place = head.end
    args = [r.value(head.parts[-1], head.at)]
    if r.peek().text == "^":
        inner, end = group(r.row, r.place + 1)
        if bracketed(inner):
            r.place = end
            args.append(r.value(inner[1:-1], head.at))
    return r.mask(whole(harmonic, *args))

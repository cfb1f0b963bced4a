"""A student's answer: one expression, a chain of them, a tuple, an interval, or words. Untrusted
text, within limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sympy import Abs, Expr, Rational
from sympy.core.function import AppliedUndef

from derive.reading.latex.pieces import relations
from derive.reading.latex.sides import side, written
from derive.reading.latex.words import Vocabulary
from derive.reading.texts.chains import Statement, statements
from derive.reading.texts.documents import Formula, document
from derive.reading.texts.given import INFINITY, Given, Interval
from derive.reading.texts.neutral import only_neutral
from derive.reading.texts.wording import (
    CHANGING,
    MATHEMATICS,
    NUMBERS,
    braced,
    counted,
    outside,
    prose,
)
from derive.reading.tokens.brackets import closing
from derive.reading.tokens.cursor import split
from derive.reading.tokens.heads import is_head
from derive.reading.tokens.token import Refused, Token, Unreadable
from derive.reading.tokens.tokens import guard

LONGEST = 2_000
PLAIN_WORDS = re.compile(r"[A-Za-z]{2,}(?:[ ,;-]+[A-Za-z$\\{}_^]+)+")
CONDITIONS = ("!=", "<", "<=", ">", ">=")
COMMENT = re.compile(r"(?<!\\)%")


def read_answer(text: str, vocabulary: Vocabulary, wordy: bool = False) -> Given:
    """What an answer says; `wordy` where words are asked for. Raises Unreadable with the place,
    Refused over a limit."""
    guard(text, LONGEST)
    if not text.strip():
        raise Unreadable("the answer is empty")
    text = braced(text, vocabulary)
    if comment := COMMENT.search(text):
        raise Unreadable(
            "% begins a remark in TeX, so that what follows is not there: leave it out",
            comment.start(),
        )
    if (number := NUMBERS.get(counted(text.strip(" .$").lower(), vocabulary))) is not None:
        return Given((Rational(number),))
    if wordy and (PLAIN_WORDS.search(text) or not MATHEMATICS.search(text)):
        return Given(words=" ".join(text.split()))
    source = document(text)
    if (at := outside(text, source)) is not None:
        raise Unreadable("a part of the formula stands outside of its dollar signs", at)
    for words, at in prose(text, source):
        if changing := CHANGING.search(words):
            raise Unreadable(
                f'"{changing[0]}" beside a formula says another value: write a formula',
                at + changing.start(),
            )
        only_neutral(words, at)
    formulas = source.formulas or (Formula(text, 0, True, ""),)
    joined = _joined([s for formula in formulas for s in statements(formula, document(""), [0])])
    values = [s for s in joined if not any(link.sign in CONDITIONS for link in s.links)] or joined
    if len(values) > 1 and not any(s.claims for s in values):
        return Given(parts=tuple(_given(s.links[0].row, vocabulary) for s in values))
    if not values:
        raise Unreadable("there is no formula in it")
    values = (
        [s for s in values if s.line == values[-1].line] if len(formulas) == 1 else values
    )  # the last line counts
    if len(values) > 1:
        raise Unreadable("there is more than one formula in it", values[1].at)
    return _chain(values[0], vocabulary)


def _joined(found: Sequence[Statement]) -> list[Statement]:
    """Statements with those that go on them."""
    joined: list[Statement] = []
    for statement in found:
        if statement.continues and joined:
            joined[-1].links += statement.links[1:]
        else:
            joined.append(statement)
    return joined


def _chain(statement: Statement, vocabulary: Vocabulary) -> Given:
    """The sides of a chain that have a value; a head that it begins with names the answer and may
    be any."""
    links = [link for link in statement.links if [t.text for t in link.row] != ["..."]]
    if not links:
        raise Unreadable("nothing but dots", statement.at)
    _only_remarks(statement, vocabulary)
    signs = [link.sign for link in links[1:]]
    if any(s in ("<", "<=", ">", ">=", "in") for s in signs):
        return Given(
            interval=_inequality(
                links[0].row, [(link.sign, link.row) for link in links[1:]], vocabulary
            )
        )
    if "~" in signs:
        raise Unreadable("an approximation, which is no equality", links[1 + signs.index("~")].at)
    if any(s not in ("=", ":=", "<-") for s in signs):
        raise Unreadable("an answer is a value or a chain of equalities", links[0].at)
    rows = [link.row for link in links]
    named = None
    if len(rows) > 1 and (is_head(rows[0]) or not rows[0] or not _known(rows[0], vocabulary)):
        named, rows = _named(rows[0], vocabulary), rows[1:]
    if not all(rows):
        raise Unreadable("nothing stands here", links[-1].at)
    last = _given(rows[-1], vocabulary)
    before: list[Expr] = []
    for row in rows[:-1]:
        try:
            before.append(side(row, vocabulary))
        except Refused:
            raise
        except Unreadable as error:
            last = replace(last, unread=error.why)
    return replace(last, sides=(*before, *last.sides), named=named)


def _named(row: Sequence[Token], vocabulary: Vocabulary) -> Expr | None:
    """The value of a sequence that an answer is called by; None for another name."""
    try:
        found = side(row, vocabulary) if row else None
    except Refused:
        raise
    except Unreadable:
        return None
    return found if isinstance(found, AppliedUndef) else None


def _only_remarks(statement: Statement, vocabulary: Vocabulary) -> None:
    """Raises Unreadable where something beside the value is said that is more than a condition."""
    if statement.listed:
        raise Unreadable("there is more than one value in it", statement.listed[0].at)
    for link in statement.links:
        for row in link.beside:
            if any(t.kind == "op" and t.text == "=" for t in row):
                raise Unreadable(
                    "a condition or a factor? Write [a = b] for 1 where a = b, or the value alone",
                    row[0].at,
                )
            relations(
                [t for t in row if t.kind != "text"],
                lambda part, at: side(part, vocabulary),
                row[0].at,
            )


def _given(row: Sequence[Token], vocabulary: Vocabulary) -> Given:
    """One side: a value, or several in brackets."""
    if row and row[0].kind == "open" and row[0].text != "{" and closing(row, 0) == len(row) - 1:
        inner = split(row[1:-1], ",")
        if len(inner) == 2 and (row[0].text == "[" or row[-1].text == "]" or _infinite(inner)):
            low, high = (_end(part, vocabulary) for part in inner)
            return Given(interval=Interval(low, high, (row[0].text == "[", row[-1].text == "]")))
        if len(inner) > 1:
            return Given(parts=tuple(_given(part, vocabulary) for part in inner))
    row = [t._replace(text="/") if t.text == ":" else t for t in row]  # a ratio, 2:1
    value = side(row, vocabulary)
    sums = any(t.text in (r"\sum", r"\prod", "...") for t in row)
    digits = [len(t.text.partition(".")[2]) for t in row if t.kind == "number" and "." in t.text]
    return Given(
        (value,),
        symbols=symbols(row),
        written=written(row, vocabulary),
        decimals=max(digits, default=None),
        sums=sums,
    )


def symbols(row: Sequence[Token]) -> int:
    """How many numbers, letters and commands are written."""
    return sum(t.kind in ("number", "letter", "command") for t in row)


def _infinite(parts: Sequence[Sequence[Token]]) -> bool:
    return any(t.text == r"\infty" for part in parts for t in part)


def _end(row: Sequence[Token], vocabulary: Vocabulary) -> Expr:
    if any(t.text == r"\infty" for t in row):
        return -INFINITY if row[0].text == "-" else INFINITY
    return side(row, vocabulary)


def _known(row: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Whether all letters of a side mean something here; |Y| = ... only names the answer."""
    unknown: list[tuple[str, int]] = []
    try:
        side(row, vocabulary, unknown)
    except Refused:
        raise
    except Unreadable:
        return True  # said where it is read
    return not unknown


def _inequality(
    first: Sequence[Token], rest: Sequence[tuple[str, Sequence[Token]]], vocabulary: Vocabulary
) -> Interval:
    """a < x < b, x > a, |x| < a, x \\in (a, b) as an interval."""
    if rest[0][0] == "in":
        found = _given(rest[0][1], vocabulary)
        if len(found.parts) == 2 and all(len(p.sides) == 1 for p in found.parts):
            return Interval(found.parts[0].sides[0], found.parts[1].sides[0], (False, False))
        if found.interval is None:
            raise Unreadable("an interval stands behind \\in")
        return found.interval
    signs = [sign for sign, _ in rest]
    rows = [first, *(row for _, row in rest)]
    if all(s in (">", ">=") for s in signs):
        rows, signs = rows[::-1], [s.replace(">", "<") for s in signs[::-1]]
    if not all(s in ("<", "<=") for s in signs) or len(rows) > 3:
        raise Unreadable("an interval is written a < x < b")
    if len(rows) == 3:
        return Interval(
            side(rows[0], vocabulary),
            side(rows[2], vocabulary),
            (signs[0] == "<=", signs[1] == "<="),
        )
    left, right = (side(row, vocabulary) for row in rows)
    closed = signs[0] == "<="
    if isinstance(left, Abs):
        return Interval(-right, right, (closed, closed))
    return (
        Interval(left, INFINITY, (closed, False))
        if is_head(rows[1])
        else Interval(-INFINITY, right, (False, closed))
    )

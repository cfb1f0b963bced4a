r"""A formula as statements: rows are split off, broken rows joined, and each statement is a chain
of sides and signs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from derive.reading.latex.accounted import placed
from derive.reading.texts.documents import Document, Formula
from derive.reading.texts.neutral import only_neutral
from derive.reading.texts.wording import CHANGING
from derive.reading.tokens.token import Token, Unreadable
from derive.reading.tokens.tokens import tokens

EQUALS = ("=", ":=", "<-")
SIGNS = (*EQUALS, "~", "<", "<=", ">", ">=", "!=", "divides", "in", "->")
LAYOUT = frozenset(
    ["aligned", "split", "gathered", "alignedat", "align", "gather", "array", "multlined"]
)
JOINS = frozenset("+-*/")
ASIDE = re.compile(
    r"\b(since|because|where|for|if|when|with|as|using|by|from|provided)\b", re.IGNORECASE
)
INSIDE = re.compile(r"\$(.*?)\$", re.DOTALL)


@dataclass
class Link:
    """A side of a chain with the sign before it (none before the first), its row's tag and what is
    said beside it."""

    sign: str
    row: list[Token]
    at: int
    tag: str = ""
    beside: list[list[Token]] = field(
        default_factory=list
    )  # formulas in what is said, such as a condition


@dataclass
class Statement:
    """A chain; `before` is the prose before it, `display` whether it is set off. One that begins
    with a sign goes on another."""

    links: list[Link]
    before: str
    display: bool
    at: int
    listed: list[Token] = field(
        default_factory=list
    )  # k = 0, 1, ...: the other values that a letter may have
    aside: bool = False  # said beside another: since w_0 = 0
    line: int = 0  # of the formula

    @property
    def continues(self) -> bool:
        return not self.links[0].row and len(self.links) > 1

    @property
    def claims(self) -> bool:
        return len(self.links) > 1


def statements(formula: Formula, source: Document, number: list[int]) -> list[Statement]:
    """The statements of a formula; `number` counts the equations of the document. Raises
    Unreadable."""
    found: list[Statement] = []
    before = formula.before
    read = tokens(formula.text, formula.at, source.macros)
    for line, row in enumerate(_rows(read)):
        tag = next((t.text for t in row if t.kind == "tag"), "")
        if formula.numbered and not tag:
            number[0] += formula.numbered == "rows" or line == 0
            tag = str(number[0])
        texts = [t for t in row if t.kind == "text"]
        for place, (words, part) in enumerate(_parts([t for t in row if t.kind != "tag"])):
            if (
                found
                and found[-1].claims
                and not words
                and all(t.kind == "number" or t.text in ("...", "+", "-") for t in part)
            ):
                found[-1].listed += part
                continue
            statement = _statement(part, words or before, formula.display)
            statement.line = line
            statement.aside = place > 0 and bool(ASIDE.search(words))
            before = ""
            statement.links[-1].tag = tag or formula.tag
            found.append(statement)
        if found and texts:
            last = found[-1].links[-1]
            last.beside += [
                tokens(m[1], t.at, source.macros) for t in texts for m in INSIDE.finditer(t.text)
            ]
    kept = [s.listed for s in found] + [
        row for s in found for link in s.links for row in (link.row, *link.beside)
    ]
    placed(read, kept)
    return found


def _rows(row: Sequence[Token]) -> list[list[Token]]:
    """Rows of the display; a row that begins with a sign of addition, or follows one, goes on with
    the row before."""
    rows: list[list[Token]] = [[]]
    depth = 0
    for place, token in enumerate(row):
        if token.kind in ("begin", "end") and token.text in LAYOUT:
            continue
        depth += token.deeper
        if token.kind == "op" and token.text == "row" and (depth == 0 or not _in_pieces(rows[-1])):
            rows.append([])
        elif token.text != "&" or token.kind != "op" or _in_pieces(rows[-1]):
            rows[-1].append(token)
        elif row[place + 1 : place + 2] and row[place + 1].kind == "text":
            rows[-1].append(token._replace(text="gap"))  # a reason in a cell of its own
    joined: list[list[Token]] = []
    for part in rows:
        plain = [t for t in part if t.text != "gap" and t.kind not in ("text", "tag")]
        first = plain[0].text if plain and plain[0].kind == "op" else ""
        ends = (
            [t for t in joined[-1] if t.text != "gap" and t.kind not in ("text", "tag")]
            if joined
            else []
        )
        open_ended = bool(ends) and ends[-1].kind == "op" and ends[-1].text in (*JOINS, *SIGNS)
        goes_on = first in JOINS and (first != "-" or not any(t.text in SIGNS for t in plain))
        if joined and (goes_on or open_ended or not plain or _unclosed(ends)):
            joined[-1] += [t for t in part if t.text != "gap"]
        elif part:
            joined.append(part)
    return joined


def _in_pieces(row: Sequence[Token]) -> bool:
    return sum({"begin": 1, "end": -1}.get(t.kind, 0) for t in row) > 0


def _unclosed(row: Sequence[Token]) -> bool:
    return sum({"open": 1, "close": -1}.get(t.kind, 0) for t in row) > 0


def _parts(row: Sequence[Token]) -> Iterator[tuple[str, list[Token]]]:
    """The statements of a row, which commas, gaps and words part, each with the words before it."""
    part: list[Token] = []
    words, depth = "", 0
    for place, token in enumerate(row):
        depth += token.deeper
        if depth == 0 and _separates(token):
            if part:
                _beside(token, row[place - 1 : place], row[place + 1 : place + 2])
                yield words, part
                part, words = [], ""
            if token.kind == "text" or token.text == "forall":
                words = token.text
        else:
            part.append(token)
    if part:
        yield words, part


def _separates(token: Token) -> bool:
    return token.kind == "text" or (
        token.kind == "op" and token.text in (",", ";", "gap", "=>", "forall", "&")
    )


def _beside(token: Token, before: Sequence[Token], after: Sequence[Token]) -> None:
    """Raises Unreadable for words that stand right behind mathematics and make another value of it:
    c, times 2; or that mathematics goes on behind, as behind the name of a function."""
    sentence = token.text.rstrip().endswith((",", ".", ":", ";"))  # \intertext{Solving it,}
    if token.kind != "text" or sentence or not before or _separates(before[0]):
        return
    if CHANGING.search(token.text):
        raise Unreadable(f'"{token.text.strip()}" makes another value of what is before', token.at)
    if after and not _separates(after[0]) and after[0].kind != "op":
        only_neutral(token.text, token.at)


def _condition_behind(row: Sequence[Token]) -> int | None:
    """Where `(t >= 1)` behind a side begins. A relation in brackets or pieces within is none of the
    side's own."""
    if len(row) < 4 or row[-1].text != ")":
        return None
    depth, compares = 0, False
    for place in range(len(row) - 1, 0, -1):
        token = row[place]
        depth -= token.deeper
        compares |= depth == 1 and token.kind == "op" and token.text in SIGNS
        if depth == 0:
            return place if compares else None
    return None


def _statement(row: Sequence[Token], before: str, display: bool) -> Statement:
    links = [Link("", [], row[0].at)]
    depth = 0
    for token in row:
        depth += token.deeper
        if depth == 0 and token.kind == "op" and token.text in SIGNS:
            links.append(Link(token.text, [], token.at))
        elif token.kind != "op" or token.text != "." or links[-1].row:
            links[-1].row.append(token)
    last = links[-1]
    start = _condition_behind(last.row)
    if start is not None:
        last.beside.append(last.row[start + 1 : -1])
        last.row = last.row[:start]
    for link in links:
        while link.row and link.row[-1].kind == "op" and link.row[-1].text in (".", ":"):
            link.row.pop()
    return Statement(links, before, display, row[0].at)

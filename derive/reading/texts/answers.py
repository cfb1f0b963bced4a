r"""A student's answer: one expression, a chain of them, a tuple, an interval, or words. Untrusted
text, within limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sympy import Abs, Expr, Rational, Symbol

from derive.reading.latex.pieces import relations
from derive.reading.latex.sides import side, written
from derive.reading.latex.words import Head, Vocabulary, is_head
from derive.reading.texts.chains import Statement, statements
from derive.reading.texts.documents import Document, Formula, document
from derive.reading.texts.neutral import only_neutral
from derive.reading.tokens.brackets import closing
from derive.reading.tokens.cursor import split
from derive.reading.tokens.tokens import Refused, Token, Unreadable, guard

LONGEST = 2_000
PLAIN_WORDS = re.compile(r"[A-Za-z]{2,}(?:[ ,;-]+[A-Za-z$\\{}_^]+)+")
CONDITIONS = ("!=", "<", "<=", ">", ">=")
MATHEMATICS = re.compile(r"[\\^_{}=+*/<>\d()\[\]]|[α-ω]")
NUMBERS = {
    "none": 0,
    "zero": 0,
    "one": 1,
    "once": 1,
    "two": 2,
    "twice": 2,
    "double": 2,
    "three": 3,
    "four": 4,
    "half": "1/2",
}
NUMBERS |= {f"{n} times": n for n in range(2, 10)}
TIMES = re.compile(r"^(\d+)\s*(×|\\times|x)$")
LETTER_X = Head("x", (), (), 0, 1)
WORDS = re.compile(r"\\(?:text\w*|mbox)\s*\{([^{}]*)\}")
# Words by which an answer is another value than the formula, or none.
CHANGING = re.compile(
    r"\b(or|oder|either|not|nicht|never|wrong|except|unless|percent|per|hundred|thousand|million|billion|dozen|half|twice|times"
    r"|plus|minus|over|squared|cubed|more|less|double|at least|at most)\b|n't\b",
    re.IGNORECASE,
)
COMMENT = re.compile(r"(?<!\\)%")
NUMBERS |= {
    f"{word} {times}": n
    for word, n in list(NUMBERS.items())
    for times in ("times", "as much", "as many", "values")
}
INFINITY = Symbol(" infinity")


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, whose ends belong to it where they are `closed`."""

    low: Expr
    high: Expr
    closed: tuple[bool, bool]


@dataclass(frozen=True)
class Given:
    """What an answer says: `sides` of a chain, of which the last is the answer; or parts of a
    tuple; or words.

    `symbols` is how many the last side has, `written` what it is with nothing simplified.
    """

    sides: tuple[Expr, ...] = ()
    parts: tuple[Given, ...] = ()
    interval: Interval | None = None
    words: str = ""
    symbols: int = 0
    written: Expr | None = None
    decimals: int | None = None
    unread: str = ""  # why a side before the last was not read
    sums: bool = False  # whether it has sum signs, product signs or dots

    def as_interval(self) -> Interval | None:
        """The interval that it is; a pair in round brackets may be one."""
        if self.interval is None and len(self.parts) == 2 and all(p.sides for p in self.parts):
            return Interval(self.parts[0].sides[0], self.parts[1].sides[0], (False, False))
        return self.interval


def read_answer(text: str, vocabulary: Vocabulary, wordy: bool = False) -> Given:
    """What an answer says; `wordy` where words are asked for. Raises Unreadable with the place,
    Refused over a limit."""
    guard(text, LONGEST)
    if not text.strip():
        raise Unreadable("the answer is empty")
    text = _braced(text, vocabulary)
    if comment := COMMENT.search(text):
        raise Unreadable(
            "% begins a remark in TeX, so that what follows is not there: leave it out",
            comment.start(),
        )
    if (number := NUMBERS.get(_counted(text.strip(" .$").lower(), vocabulary))) is not None:
        return Given((Rational(number),))
    if wordy and (PLAIN_WORDS.search(text) or not MATHEMATICS.search(text)):
        return Given(words=" ".join(text.split()))
    source = document(text)
    outside = _outside(text, source)
    if outside is not None:
        raise Unreadable("a part of the formula stands outside of its dollar signs", outside)
    for words, at in _prose(text, source):
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


def _counted(text: str, vocabulary: Vocabulary) -> str:
    """`3 x` in words, which are 3 times where x is no letter of the problem."""
    if text.endswith("x") and vocabulary.find(LETTER_X) is not None:
        return text
    return TIMES.sub(r"\1 times", text)


def _braced(text: str, vocabulary: Vocabulary) -> str:
    """W_in, typed without braces, where there is a W_{in}."""
    below = {
        part
        for key in vocabulary.words
        for part in key.split("_")[1:]
        if len(part) > 1 and part.isalpha()
    }
    return re.sub(rf"_({'|'.join(sorted(below))})(?![A-Za-z])", r"_{\1}", text) if below else text


def _outside(text: str, source: Document) -> int | None:
    """Where mathematics stands outside of the formulas of a text that has some."""
    last = 0
    for formula in source.formulas:
        found = MATHEMATICS.search(formula.before)
        start = formula.at - len(formula.before)
        if found and not formula.before.rstrip().endswith(("\\[", "\\(", "$")):
            return max(last, start + found.start())
        last = formula.at + len(formula.text)
    behind = re.sub(r"^(\$\$?|\\[\])]|\\end\{\w+\*?\})", "", text[last:]) if source.formulas else ""
    return last if MATHEMATICS.search(behind) else None


def _prose(text: str, source: Document) -> Iterator[tuple[str, int]]:
    """What stands in words in an answer and around its formulas, with where it begins."""
    for found in WORDS.finditer(text):
        if text[: found.start()].rstrip(" {").endswith(("_", r"\mathrm")):
            continue  # a name, W_{\text{in}}
        yield found[1], found.start(1)
    last = 0
    for formula in source.formulas:
        yield formula.before, formula.at - len(formula.before)
        last = formula.at + len(formula.text)
    if source.formulas:
        yield text[last:], last


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
    if len(rows) > 1 and (is_head(rows[0]) or not rows[0] or not _known(rows[0], vocabulary)):
        rows = rows[1:]
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
    return replace(last, sides=(*before, *last.sides))


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

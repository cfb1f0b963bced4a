r"""What a product is made of: numbers, brackets, roots, fractions, sums, functions, heads. Each in
explicit form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Abs, Expr, KroneckerDelta, Rational, binomial, pi

from derive.reading.latex.functions import function_of, is_function
from derive.reading.latex.grammar import whole, worked_out
from derive.reading.latex.heads import gradient, head_of
from derive.reading.latex.pieces import pieces
from derive.reading.latex.sums import over
from derive.reading.tokens.brackets import ACCENTS, closing, group, on_top
from derive.reading.tokens.cursor import Cursor
from derive.reading.tokens.heads import LETTERS, NABLA, read_head
from derive.reading.tokens.shown import shown
from derive.reading.tokens.token import Token, Unreadable

BRACKETS = {r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}


def atom(r: Cursor) -> str:
    """What stands here, up to what is multiplied with it, in explicit form."""
    token = r.peek()
    if token.kind == "number":
        r.place += 1
        return r.mask(_number(token), token)
    if token.kind == "open":
        return _bracket(r, token)
    if token.text == "|":
        return _size(r, token)
    if token.kind == "begin":
        return _pieces(r, token)
    if token.text in (r"\sum", r"\prod"):
        return over(r, token)
    if is_function(r):
        return function_of(r, token)
    if token.kind in ("command", "letter"):
        return _command(r, token)
    raise Unreadable(
        f'"{token.text}" is not expected here' if token.text else "something is missing at the end",
        token.at,
    )


def _number(token: Token) -> Rational:
    if len(token.text) > 1 and token.text[0] == "0" and token.text[1] != ".":
        raise Unreadable(
            f"{token.text}: a number does not begin with 0; thousands are written without a comma",
            token.at,
        )
    return Rational(token.text)


def _size(r: Cursor, token: Token) -> str:
    """|a|, whose bars are alike: the next one that stands in no other brackets ends it."""
    depth = 0
    for end in range(r.place + 1, len(r.row)):
        depth += r.row[end].deeper
        if depth < 0:
            break
        if depth == 0 and r.row[end].text == "|":
            inner = r.row[r.place + 1 : end]
            r.place = end + 1
            return r.made(Abs, [r.inside(inner, token.at)], token)
    raise Unreadable('"|" is not closed', token.at)


def _bracket(r: Cursor, token: Token) -> str:
    if token.text == "{" and read_head(r.row, r.place) is not None:  # {\hat{m}}_w
        return head_of(r)
    end = closing(r.row, r.place)
    inner = r.row[r.place + 1 : end]
    if token.text == "{":
        shown(r.row, r.place, end)
    r.place = end + 1
    if token.text == r"\lvert":
        return r.made(Abs, [r.inside(inner, token.at)], token)
    if token.text in BRACKETS:
        return rf"{token.text} {r.inside(inner, token.at)} {BRACKETS[token.text]}"
    if token.text == "[" and (equals := on_top(inner, "=")) is not None:
        return _bracket_of(r, inner, equals, token)
    return f"({r.inside(inner, token.at)})"


def _bracket_of(r: Cursor, inner: Sequence[Token], middle: int, token: Token) -> str:
    """[a = b], which is 1 where that holds and 0 elsewhere."""
    return r.made(
        KroneckerDelta,
        [r.inside(part, token.at) for part in (inner[middle + 1 :], inner[:middle])],
        token,
    )


def _pieces(r: Cursor, token: Token) -> str:
    end = closing_of_environment(r.row, r.place)
    inner = r.row[r.place + 1 : end]
    r.place = end + 1
    parts: list[str] = []

    def value(row: Sequence[Token], at: int) -> Expr:
        parts.append(r.inside(row, at))
        return r.expr(parts[-1], at)

    made = worked_out(lambda: pieces(token, inner, value))
    return r.mask(made, token, *_words(inner), parts=parts)


def _words(row: Sequence[Token]) -> Iterator[Token]:
    """The words of an environment, without those of environments in it."""
    depth = 0
    for token in row:
        depth += token.deeper
        if token.kind == "text" and depth == 0:
            yield token


def _command(r: Cursor, token: Token) -> str:
    if token.text == r"\frac":
        return _fraction(r, token)
    if token.text == r"\sqrt":
        return _root(r, token)
    if token.text == r"\binom":
        top, place = group(r.row, r.place + 1)
        below, r.place = group(r.row, place)
        return r.made(
            lambda n, k: whole(binomial, n, k),
            [r.inside(part, token.at) for part in (top, below)],
            token,
        )
    if token.text == r"\pi":
        r.place += 1
        return r.mask(pi, token)
    if (
        token.kind == "letter"
        or token.text in LETTERS
        or token.text in ACCENTS
        or token.text == NABLA
    ):
        return head_of(r)
    raise Unreadable(f"{token.text} has no meaning here", token.at)


def _fraction(r: Cursor, token: Token) -> str:
    top, place = group(r.row, r.place + 1)
    below, place = group(r.row, place)
    if top and top[0].text == r"\partial":
        return gradient(r, top, below, place)
    if _is_differential(below) and (_is_differential(top) or [t.text for t in top] == ["d"]):
        raise Unreadable(
            "a derivative cannot be read; a factor d is written with a dot behind it", token.at
        )
    r.place = place
    return rf"\frac{{{r.inside(top, token.at)}}}{{{r.inside(below, token.at)}}}"


def _is_differential(row: Sequence[Token]) -> bool:
    """Whether a row is d with one letter behind it."""
    head = read_head(row, 1) if len(row) > 1 and row[0].text == "d" else None
    return head is not None and (head.end == len(row) or row[head.end].text in ("^", "(", "{"))


def _root(r: Cursor, token: Token) -> str:
    r.place += 1
    degree = ""
    if r.peek().text == "[":
        end = closing(r.row, r.place)
        inside = r.inside(r.row[r.place + 1 : end], token.at)
        degree = f"[{r.made(lambda value: value, [inside], r.row[r.place])}]"
        r.place = end + 1
    inner, r.place = group(r.row, r.place)
    return rf"\sqrt{degree}{{{r.inside(inner, token.at)}}}"


def closing_of_environment(row: Sequence[Token], place: int) -> int:
    """Where the environment that begins at `place` ends. Raises Unreadable."""
    depth = 0
    for end in range(place, len(row)):
        depth += {"begin": 1, "end": -1}.get(row[end].kind, 0)
        if depth == 0:
            return end
    raise Unreadable(f"\\begin{{{row[place].text}}} has no end", row[place].at)

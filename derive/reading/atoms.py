r"""What a product is made of: numbers, brackets, roots, fractions, sums, functions, heads. Each in explicit form."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Abs, Expr, KroneckerDelta, Rational, Symbol, binomial, pi

from derive.reading.cursor import Cursor
from derive.reading.functions import function_of, is_function
from derive.reading.grammar import whole
from derive.reading.heads import gradient, head_of
from derive.reading.pieces import pieces
from derive.reading.shown import shown
from derive.reading.tokens import Token, Unreadable
from derive.reading.words import ACCENTS, LETTERS, NABLA, closing, fill, group, read_head

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
        return _over(r, token)
    if is_function(r):
        return function_of(r, token)
    if token.kind in ("command", "letter"):
        return _command(r, token)
    raise Unreadable(f'"{token.text}" is not expected here' if token.text else "something is missing at the end", token.at)


def _number(token: Token) -> Rational:
    if len(token.text) > 1 and token.text[0] == "0" and token.text[1] != ".":
        raise Unreadable(f"{token.text}: a number does not begin with 0; thousands are written without a comma", token.at)
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
    if token.text == "[" and any(t.text == "=" for t in inner):
        return _bracket_of(r, inner, token)
    return f"({r.inside(inner, token.at)})"


def _bracket_of(r: Cursor, inner: Sequence[Token], token: Token) -> str:
    """[a = b], which is 1 where that holds and 0 elsewhere."""
    middle = next(n for n, t in enumerate(inner) if t.text == "=")
    return r.made(KroneckerDelta, [r.inside(part, token.at) for part in (inner[middle + 1 :], inner[:middle])], token)


def _pieces(r: Cursor, token: Token) -> str:
    end = closing_of_environment(r.row, r.place)
    inner = r.row[r.place + 1 : end]
    r.place = end + 1
    parts: list[str] = []

    def value(row: Sequence[Token], at: int) -> Expr:
        parts.append(r.inside(row, at))
        return r.expr(parts[-1], at)

    made = pieces(token, inner, value)
    return r.mask(made, token, *(t for t in inner if t.kind == "text"), parts=parts)


def _over(r: Cursor, token: Token) -> str:
    """A sum or product: its body goes on to the next sign; what a product's index does not touch at the end is beside it."""
    r.place += 1
    limits: dict[str, Sequence[Token]] = {}
    while r.peek().text in ("_", "^") and r.peek().text not in limits:
        mark = r.peek().text
        limits[mark], r.place = group(r.row, r.place + 1)
    low = limits.get("_", ())
    if len(limits) == 1 and len(low) > 2 and low[1].text in ("<", "<=") and r.reading.vocabulary.first is not None:
        one = Token("number", str(r.reading.vocabulary.first), low[0].at)
        less = (Token("op", "-", low[0].at), Token("number", "1", low[0].at)) if low[1].text == "<" else ()
        limits["^"], low = (*low[2:], *less), (low[0], Token("op", "=", low[1].at), one)
    if len(limits) != 2 or len(low) < 3 or low[1].text != "=" or low[0].kind not in ("letter", "command"):
        raise Unreadable(f"{token.text} needs an index with its first and last value, as in {token.text}_{{k=1}}^{{n}}", token.at)
    index = low[0].text.lstrip("\\")
    first, last = r.inside(low[2:], token.at), r.inside(limits["^"], token.at)
    own = _index_symbol(r, index)
    body = r.on(r.row, {**r.bound, index: own})
    body.place, negative = r.place, False
    while body.peek().kind == "op" and body.peek().text in "+-":
        negative ^= body.peek().text == "-"
        body.place += 1
    factors = body.factors()
    if token.text == r"\prod":
        while len(factors) > 1 and not any(t.text.lstrip("\\") == index for t in r.row[factors[-1][2] : factors[-1][3]]):
            factors.pop()
    r.place = factors[-1][3]
    text = ("-" if negative else "") + f"({body.multiplied(factors)})"
    value = r.mask(fill(r.expr(text, token.at), own), token, parts=[text])
    return rf"({token.text}_{{{r.mask(own, low[0])}={first}}}^{{{last}}} ({value}))"


def _index_symbol(r: Cursor, name: str) -> Symbol:
    """The letter of a sum's index; another one where the problem uses that letter for something of its own."""
    if name not in r.reading.vocabulary.words:
        return Symbol(name)
    taken = {*r.reading.vocabulary.words, *(s.name for s in r.bound.values())}
    return Symbol(next(c for c in "kijnpqruvxyz" if c not in taken))


def _command(r: Cursor, token: Token) -> str:
    if token.text == r"\frac":
        return _fraction(r, token)
    if token.text == r"\sqrt":
        return _root(r, token)
    if token.text == r"\binom":
        top, place = group(r.row, r.place + 1)
        below, r.place = group(r.row, place)
        return r.made(lambda n, k: whole(binomial, n, k), [r.inside(part, token.at) for part in (top, below)], token)
    if token.text == r"\pi":
        r.place += 1
        return r.mask(pi, token)
    if token.kind == "letter" or token.text in LETTERS or token.text in ACCENTS or token.text == NABLA:
        return head_of(r)
    raise Unreadable(f"{token.text} has no meaning here", token.at)


def _fraction(r: Cursor, token: Token) -> str:
    top, place = group(r.row, r.place + 1)
    below, place = group(r.row, place)
    if top and top[0].text == r"\partial":
        return gradient(r, top, below, place)
    if top and top[0].text == "d" and len(below) > 1 and below[0].text == "d":
        raise Unreadable("a derivative cannot be read; a d that is a factor is written behind another one", token.at)
    r.place = place
    return rf"\frac{{{r.inside(top, token.at)}}}{{{r.inside(below, token.at)}}}"


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

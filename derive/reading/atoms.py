r"""What a product is made of: numbers, brackets, roots, fractions, sums, functions, heads. Each in explicit form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import (
    Abs,
    Expr,
    Function,
    KroneckerDelta,
    Max,
    Min,
    Symbol,
    acos,
    binomial,
    ceiling,
    cos,
    cosh,
    digamma,
    exp,
    floor,
    gamma,
    log,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
)

from derive.reading.cursor import Cursor, split
from derive.reading.grammar import power, whole
from derive.reading.heads import gradient, head_of, is_word
from derive.reading.pieces import pieces
from derive.reading.tokens import Token, Unreadable
from derive.reading.words import ACCENTS, LETTERS, NABLA, NAMES, closing, fill, group

FUNCTIONS: dict[str, Callable[..., Expr]] = {
    r"\exp": exp,
    r"\log": log,
    r"\ln": log,
    r"\cos": cos,
    r"\sin": sin,
    r"\tan": tan,
    r"\arccos": acos,
    r"\cosh": cosh,
    r"\sinh": sinh,
    r"\max": Max,
    r"\min": Min,
    r"\Gamma": gamma,
    "sign": sign,
    "sgn": sign,
    "max": Max,
    "min": Min,
    "abs": Abs,
    "exp": exp,
    "log": log,
    "ln": log,
    "sqrt": sqrt,
    "floor": floor,
    "ceil": ceiling,
    r"\mathbb{E}": Function("E"),
    "E": Function("E"),
    "Var": Function("Var"),
    r"\psi": digamma,
}
FUNCTIONS |= {name[1:]: made for name, made in FUNCTIONS.items() if name[1:] in NAMES}  # \operatorname{cos}
BRACKETS = {r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}


def atom(r: Cursor) -> str:
    """What stands here, up to what is multiplied with it, in explicit form."""
    token = r.peek()
    if token.kind == "number":
        r.place += 1
        return token.text
    if token.kind == "open":
        return _bracket(r, token)
    if token.text == "|":
        end = next((n for n in range(r.place + 1, len(r.row)) if r.row[n].text == "|"), None)
        if end is None:
            raise Unreadable('"|" is not closed', token.at)
        inner = r.row[r.place + 1 : end]
        r.place = end + 1
        return f"|{r.inside(inner, token.at)}|"
    if token.kind == "begin":
        return _pieces(r, token)
    if token.text in (r"\sum", r"\prod"):
        return _over(r, token)
    if token.kind in ("command", "letter") and token.text in FUNCTIONS and not is_word(r):
        return _function(r, token)
    if token.kind in ("command", "letter"):
        return _command(r, token)
    raise Unreadable(f'"{token.text}" is not expected here' if token.text else "something is missing at the end", token.at)


def _bracket(r: Cursor, token: Token) -> str:
    end = closing(r.row, r.place)
    inner = r.row[r.place + 1 : end]
    r.place = end + 1
    if token.text in BRACKETS:
        return rf"{token.text} {r.inside(inner, token.at)} {BRACKETS[token.text]}"
    if token.text == "[" and any(t.text == "=" for t in inner):
        return _bracket_of(r, inner, token)
    return f"({r.inside(inner, token.at)})"


def _bracket_of(r: Cursor, inner: Sequence[Token], token: Token) -> str:
    """[a = b], which is 1 where that holds and 0 elsewhere."""
    middle = next(n for n, t in enumerate(inner) if t.text == "=")
    return r.mask(KroneckerDelta(r.value(inner[middle + 1 :], token.at), r.value(inner[:middle], token.at)))


def _pieces(r: Cursor, token: Token) -> str:
    end = closing_of_environment(r.row, r.place)
    inner = r.row[r.place + 1 : end]
    r.place = end + 1
    return r.mask(pieces(token, inner, r.value))


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
    text = body.multiplied(factors)
    value = fill(r.expr(("-" if negative else "") + f"({text})", token.at), own)
    return rf"({token.text}_{{{r.mask(own)}={first}}}^{{{last}}} ({r.mask(value)}))"


def _index_symbol(r: Cursor, name: str) -> Symbol:
    """The letter of a sum's index; another one where the problem uses that letter for something of its own."""
    if name not in r.reading.vocabulary.words:
        return Symbol(name)
    taken = {*r.reading.vocabulary.words, *(s.name for s in r.bound.values())}
    return Symbol(next(c for c in "kijnpqruvxyz" if c not in taken))


def _function(r: Cursor, token: Token) -> str:
    function = FUNCTIONS[token.text]
    r.place += 1
    raised = None
    if r.peek().text == "^":
        raised, r.place = group(r.row, r.place + 1)
    if r.peek().text in ("(", "[", "{", r"\{"):
        end = closing(r.row, r.place)
        inner = r.row[r.place + 1 : end]
        r.place = end + 1
        args = [r.value(part, token.at) for part in split(inner, ",")]
    else:
        factors = r.factors()
        args = [r.expr(r.multiplied(factors), token.at)]
    if len(args) != 1 and function not in (Max, Min):
        raise Unreadable(f"{token.text} has one argument", token.at)
    made = function(*args)
    return r.mask(made if raised is None else power(made, r.value(raised, token.at)))


def _command(r: Cursor, token: Token) -> str:
    if token.text == r"\frac":
        top, place = group(r.row, r.place + 1)
        below, place = group(r.row, place)
        partial = [t for t in (top[:1] or [token]) if t.text == r"\partial"]
        if partial:
            return gradient(r, top, place)
        r.place = place
        return rf"\frac{{{r.inside(top, token.at)}}}{{{r.inside(below, token.at)}}}"
    if token.text == r"\sqrt":
        r.place += 1
        degree = ""
        if r.peek().text == "[":
            end = closing(r.row, r.place)
            degree = f"[{r.inside(r.row[r.place + 1 : end], token.at)}]"
            r.place = end + 1
        inner, r.place = group(r.row, r.place)
        return rf"\sqrt{degree}{{{r.inside(inner, token.at)}}}"
    if token.text == r"\binom":
        top, place = group(r.row, r.place + 1)
        below, r.place = group(r.row, place)
        return r.mask(whole(binomial, r.value(top, token.at), r.value(below, token.at)))
    if token.text == r"\pi":
        r.place += 1
        return r"\pi"
    if token.kind == "letter" or token.text in LETTERS or token.text in ACCENTS or token.text == NABLA:
        return head_of(r)
    raise Unreadable(f"{token.text} has no meaning here", token.at)


def closing_of_environment(row: Sequence[Token], place: int) -> int:
    """Where the environment that begins at `place` ends. Raises Unreadable."""
    depth = 0
    for end in range(place, len(row)):
        depth += {"begin": 1, "end": -1}.get(row[end].kind, 0)
        if depth == 0:
            return end
    raise Unreadable(f"\\begin{{{row[place].text}}} has no end", row[place].at)

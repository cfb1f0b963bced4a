r"""Named functions: their brackets, or without brackets what everyone takes for the argument.

`\sin 2xy` is sin(2xy), `\sin a \cos b` is a product, `\log\log n` is one in the other. What is read
in two ways (`\sin a/b`, `\log a (b+c)`, `\log(a)^2`, `\sin^{-1} x`) is not read.
"""

from __future__ import annotations

from sympy import digamma, polygamma

from derive.reading.latex.heads import is_word
from derive.reading.latex.named import FUNCTIONS, MANY, NUMBERS
from derive.reading.tokens.brackets import bracketed, closing, group
from derive.reading.tokens.cursor import Cursor, split
from derive.reading.tokens.heads import read_head
from derive.reading.tokens.shown import outer
from derive.reading.tokens.token import Token, Unreadable

LOGARITHMS = (r"\log", "log")
TWO_WAYS = "can be read in two ways: write brackets"


def is_function(r: Cursor) -> bool:
    """Whether a function's name stands here, and no letter of the problem is called so."""
    token = r.peek()
    return token.kind in ("command", "letter") and token.text in FUNCTIONS and not is_word(r)


def function_of(r: Cursor, token: Token) -> str:
    """The function here with its argument, in explicit form."""
    r.place += 1
    base = _base(r, token)
    raised = _raised(r, token)
    bracket = r.peek().text in ("(", "[", r"\{") or _in_both(r)
    args = _in_brackets(r, token) if bracket else [_run(r, token)]
    make = FUNCTIONS[token.text]
    if raised is not None and raised[0] == "order":
        return r.made(lambda order, x: polygamma(order, x), [raised[1], *args], token)
    if len(args) not in NUMBERS.get(token.text, (1,)) and make not in MANY:
        raise Unreadable(f"{token.text} has one argument", token.at)
    text = r.made(make, [*args, *base], token)
    return text if raised is None else f"({text})^{{{raised[1]}}}"


def _base(r: Cursor, token: Token) -> list[str]:
    """The base of a logarithm."""
    if r.peek().text != "_" or token.text not in LOGARITHMS:
        return []
    inner, r.place = group(r.row, r.place + 1)
    return [r.inside(inner, token.at)]


def _raised(r: Cursor, token: Token) -> tuple[str, str] | None:
    r"""What stands above the name: a "power", as in \sin^2 x, or the "order" of \psi^{(1)}(x)."""
    if r.peek().text != "^":
        return None
    inner, r.place = group(r.row, r.place + 1)
    if bracketed(inner):
        if FUNCTIONS[token.text] is not digamma:
            raise Unreadable(
                f"{token.text} with brackets above is a derivative, or applied several times",
                token.at,
            )
        return "order", r.inside(inner[1:-1], token.at)
    if "".join(t.text for t in inner) == "-1":
        two = rf"{token.text}^{{-1}} can be read in two ways"
        why = rf"{two}: write \frac{{1}}{{...}}, or the inverse by its name"
        raise Unreadable(why, token.at)
    return "power", r.inside(inner, token.at)


def _in_both(r: Cursor) -> bool:
    """Whether brackets stand in braces, as a program writes them."""
    if r.peek().text != "{":
        return False
    inner, _ = group(r.row, r.place)
    return (
        bool(inner)
        and inner[0].kind == "open"
        and inner[0].text != "{"
        and closing(inner, 0) == len(inner) - 1
    )


def _in_brackets(r: Cursor, token: Token) -> list[str]:
    both = r.peek().text == "{"
    end = closing(r.row, r.place)
    inner = r.row[r.place + 1 : end]
    r.place = end + 1
    if both and inner[0].text not in ("(", "[", r"\{"):  # |x|, which are no brackets of a function
        return [r.inside(inner, token.at)]
    args = [r.inside(part, token.at) for part in split(inner[1:-1] if both else inner, ",")]
    if (
        not both
        and token.text.startswith("\\")
        and token.text[1:].islower()
        and FUNCTIONS[token.text] not in (*MANY, digamma)
    ):
        mark = r.peek()
        if mark.text in ("^", "!"):
            raise Unreadable(
                f"{token.text}(...){mark.text} {TWO_WAYS} around all that is meant", mark.at
            )
    return args


def _run(r: Cursor, token: Token) -> str:
    """An argument without brackets: a number and letters side by side, or one of anything else."""
    if r.peek().text == "{":
        text = _in_braces(r, token)
        _ends(r, token)
        return text
    simple, texts = True, list[str]()
    while r.place < len(r.row) and (not texts or (simple and _is_letter(r))):
        first = r.peek()
        if is_function(r):
            return function_of(r, first)
        if first.kind in ("op", "close", "end", "text") and first.text != "|":
            raise Unreadable(f"{token.text} of what? Write brackets", token.at)
        simple = first.kind == "number" or _is_letter(r)
        start = r.place
        texts.append(r.factor())
        simple = simple and not any(t.text in ("^", "!") for t in outer(r.row[start : r.place]))
    if not texts:
        raise Unreadable(f"{token.text} of what? Write brackets", token.at)
    _ends(r, token)
    return r" \cdot ".join(texts)


def _in_braces(r: Cursor, token: Token) -> str:
    r"""\sin{2x}: braces are not seen, so that nothing may hang on them."""
    inner, r.place = group(r.row, r.place)
    depth = 0
    for number, t in enumerate(inner):
        depth += t.deeper
        if depth == 0 and t.kind == "op" and (t.text in "/*," or (number and t.text in "+-")):
            raise Unreadable(f"braces are not seen; {token.text} {TWO_WAYS}", t.at)
    if r.peek().text in ("^", "!", "'"):
        raise Unreadable(f"braces are not seen; {token.text} {TWO_WAYS}", r.peek().at)
    return r.inside(inner, token.at)


def _is_letter(r: Cursor) -> bool:
    """A letter that is no name of a function; e with its exponent is one."""
    if r.peek().text == r"\pi":
        return True
    head = read_head(r.row, r.place)
    if head is None or is_function(r):
        return False
    return head.key != "e" or is_word(r)


def _ends(r: Cursor, token: Token) -> None:
    """Raises Unreadable where what follows might belong to the argument or not."""
    after = r.peek()
    head = read_head(r.row, r.place)
    if (
        r.place == len(r.row)
        or is_function(r)
        or (head is not None and head.key == "e" and not is_word(r))
    ):
        return
    if after.kind == "op" and after.text in ("*", "/"):
        r.place += 1
        follows = is_function(r)
        r.place -= 1
        if follows:
            return
    elif after.kind in ("op", "close", "end", "text") and after.text not in ("mod", "|", "..."):
        return
    raise Unreadable(f"where the argument of {token.text} ends {TWO_WAYS}", after.at)

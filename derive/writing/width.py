"""About how wide LaTeX is when it is set in 11 pt, in points: enough to decide what fits on a
line."""

from __future__ import annotations

import re

LINE = 470.0  # the sheet's text width, less the indent of its displays
TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[{}^_$]|.", re.DOTALL)
WIDE = {
    "=": 14.5,
    "+": 13.0,
    "-": 13.0,
    "<": 14.5,
    ">": 14.5,
    r"\sum": 17.0,
    r"\prod": 17.0,
    r"\cdot": 9.0,
    r"\ldots": 14.0,
}
WIDE |= {r"\left": 3.0, r"\right": 3.0}  # what a tall bracket is wider than a low one
WIDE |= {"K": 10.1, "W": 11.9, "M": 10.6, "N": 9.3}
WIDE |= dict.fromkeys((r"\le", r"\ge", r"\neq", r"\mid"), 14.5) | {
    r"\quad": 11.0,
    r"\qquad": 22.0,
    " ": 0.0,
    ",": 5.0,
}
OPENS, CLOSES = frozenset(("{", "(", "[", r"\lfloor")), frozenset(("}", ")", "]", r"\rfloor"))
NARROW = frozenset("()[]|,.;:il!")
NOTHING = frozenset(
    (r"\mathrm", r"\text", r"\displaystyle", r"\small", r"\hat", r"\tilde", r"\bar", r"\sqrt", "&")
)


def width(text: str) -> float:
    """The width of a formula, or of words with formulas between dollar signs, in points."""
    if "$" in text:
        pieces = text.split("$")
        return sum(width(p) if n % 2 else 4.9 * len(p) for n, p in enumerate(pieces))
    return _row(TOKEN.findall(text))


def broken(text: str, room: float) -> list[str]:
    """A formula in pieces that are not wider than `room`, cut before a plus or minus outside of
    brackets; whole if it fits."""
    if width(text) <= room:
        return [text]
    terms, depth = [""], 0
    for token in TOKEN.findall(text):
        if token in "+-" and depth == 0 and terms[-1].strip():
            terms.append("")
        depth += (token in OPENS) - (token in CLOSES)
        terms[-1] += token
    pieces = [""]
    for term in terms:
        if pieces[-1] and width(pieces[-1] + term) > room - width(r"\quad"):
            pieces.append("")
        pieces[-1] += term
    return pieces


def words(text: str) -> float:
    """The width of words, formulas in them between dollar signs."""
    return width(f"{text}$$")


def _row(tokens: list[str]) -> float:
    total, place = 0.0, 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token == r"\frac":
            top, place = _group(tokens, place)
            bottom, place = _group(tokens, place)
            total += max(_row(top), _row(bottom)) + 4
        elif token in ("^", "_"):
            scripts = []
            place -= 1
            while place < len(tokens) and tokens[place] in ("^", "_"):
                group, place = _group(tokens, place + 1)
                scripts.append(
                    0.75 * (_row(group) - 4.9 * sum(map(group.count, "+-=<>"))) + 0.5
                )  # no space around signs
            large = _limits_of_large(tokens, place)
            total += max(0.0, max(scripts) - 14) if large else max(scripts)
        elif token == "{":
            group, place = _group(tokens, place - 1)
            total += _row(group)
        elif token not in NOTHING:
            total += WIDE.get(
                token,
                4.3 if token in NARROW else 7.4 if token[0] == "\\" or token.isupper() else 5.6,
            )
    return total


def _limits_of_large(tokens: list[str], place: int) -> bool:
    """Whether the scripts that end before `place` are the limits of a sum or product: those stand
    above and below."""
    depth = 0
    for token in reversed(tokens[:place]):
        depth += (token == "}") - (token == "{")
        if depth == 0 and token not in ("{", "^", "_"):
            return token in (r"\sum", r"\prod")
    return False


def _group(tokens: list[str], place: int) -> tuple[list[str], int]:
    """The tokens of the braces that open at `place` (or the one token there, or none), and where
    they end."""
    if tokens[place : place + 1] != ["{"]:
        return tokens[place : place + 1], place + 1
    depth = 0
    for end in range(place, len(tokens)):
        depth += (tokens[end] == "{") - (tokens[end] == "}")
        if depth == 0:
            return tokens[place + 1 : end], end + 1
    return tokens[place + 1 :], len(tokens)

r"""Mathematics in LaTeX as tokens, each with its place: spacing is gone, what has several spellings
has one.

`\left( \dfrac{a}{b} \right)` and `(\frac ab)` are the same tokens; a macro of the document's own is
put in, within limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from derive.reading.tokens.settled import below_first, told_apart, without_empty
from derive.reading.tokens.spellings import (
    ABOVE,
    BRACED,
    DOWN,
    DROPPED,
    FONTS,
    GAPS,
    HOSTILE,
    INVISIBLE,
    LOWERED,
    MARKS,
    RAISED,
    SEEN_THROUGH,
    SIDED_BAR,
    SPACES,
    TAKING,
    TEXTS,
    UP,
    UPRIGHT,
    WORD,
    one,
)
from derive.reading.tokens.token import OPERATOR, Refused, Token, Unreadable
from derive.reading.tokens.typed import PERCENT, typed

DEEPEST = 40  # brackets in brackets
MOST_TOKENS = 4_000
MOST_EXPANSIONS = 1_000


@dataclass(frozen=True)
class Macro:
    r"""A macro of the document's own, \newcommand{\name}[arguments]{body}."""

    arguments: int
    body: str


def guard(text: str, longest: int) -> None:
    """Raises Refused for a text that no answer looks like: too long, with unprintable characters,
    with commands that act."""
    if len(text) > longest:
        raise Refused(f"{len(text)} characters; at most {longest} are read")
    found = INVISIBLE.search(text)
    if found:
        raise Refused(f"a character that cannot be seen (U+{ord(found[0]):04X})", found.start())
    found = HOSTILE.search(text)
    if found:
        raise Refused(f"{found[0]} is not mathematics", found.start())


def tokens(text: str, at: int = 0, macros: Mapping[str, Macro] | None = None) -> list[Token]:
    """The tokens of `text`, which stands at offset `at`. Raises Unreadable or, over a limit,
    Refused."""
    found: list[Token] = []
    depth = 0
    for token in _tokens(text, at, macros or {}, [0]):
        found += _digits(token, found)
        depth += token.deeper
        if depth > DEEPEST or len(found) > MOST_TOKENS:
            limit = (
                f"brackets nest deeper than {DEEPEST}"
                if depth > DEEPEST
                else f"more than {MOST_TOKENS} symbols"
            )
            raise Refused(limit, token.at)
    told_apart(found)
    return below_first(without_empty(found))


def _tokens(
    text: str, start: int, macros: Mapping[str, Macro], count: list[int], fixed: int | None = None
) -> Iterator[Token]:
    """`fixed` is the place of the macro that the text comes from."""
    place = 0
    while place < len(text):
        found = WORD.match(text, place)
        assert found is not None
        word, at = found[0], start + place if fixed is None else fixed
        if why := typed(text, place, word):
            raise Unreadable(why, at)
        if word[-1] == "*" and word[0] == "\\" and len(word) > 2 and word not in TAKING:  # \beta*c
            word = word[:-1]
        sided = SIDED_BAR.match(text, place) if word[0] == "\\" else None
        place += len(word)
        if sided:
            place = sided.end()
            yield one(r"\rvert" if sided[1].endswith("r") or sided[1] == "right" else r"\lvert", at)
        elif word.isspace() or word in "~$" or word in SPACES:
            if word in (r"\left", r"\right") and text[place : place + 1] == ".":
                place += 1
        elif word == "%":
            if PERCENT.match(text, place - 2 if place > 1 else 0):
                raise Unreadable("% begins a remark in TeX: write a fraction", at)
            place = (text.find("\n", place) + 1) or len(text)
        elif word in macros:
            count[0] += 1
            if count[0] > MOST_EXPANSIONS:
                raise Refused(f"{word} is put in over {MOST_EXPANSIONS} times", at)
            body = macros[word].body
            for number in range(1, macros[word].arguments + 1):
                given, place = _argument(text, place, at)
                body = body.replace(f"#{number}", given)
            yield from _tokens(body, 0, macros, count, at)
        elif word[1:] in MARKS:
            yield from (
                Token("command", MARKS[word[1:]], at),
                Token("open", "{", at),
                one(word[0], at),
                Token("close", "}", at),
            )
        elif word[0] in UP or word[0] in DOWN:
            up = word[0] in UP
            yield from (Token("op", "^" if up else "_", at), Token("open", "{", at))
            yield from _tokens(word.translate(RAISED if up else LOWERED), at, {}, count, at)
            yield Token("close", "}", at)
        elif word in TAKING:
            found_here, place = _taking(word, text, place, _Source(start, macros, count, fixed), at)
            yield from found_here
        else:
            yield one(word, at)


class _Source(NamedTuple):
    """Where a text comes from, for what is read inside it."""

    start: int
    macros: Mapping[str, Macro]
    expanded: list[int]
    fixed: int | None


def _taking(
    word: str, text: str, place: int, source: _Source, at: int
) -> tuple[Iterable[Token], int]:
    """The tokens of a command with its arguments, and where these end."""
    if word in GAPS and text[place : place + 1] != "{":
        return [Token("op", "gap", at)], place
    for _ in range(SEEN_THROUGH.get(word, 0)):
        _, place = _argument(text, place, at)
    given, place = _argument(text, place, at)
    if word in ABOVE and (
        found_there := next((t for t in _tokens(given, 0, {}, [0]) if t.kind != "op"), None)
    ):
        raise Unreadable(f"{found_there.text} with something set on it is another letter", at)
    if word in SEEN_THROUGH:
        inside = _tokens(
            given,
            place - len(given) - 1 + source.start,
            source.macros,
            source.expanded,
            source.fixed,
        )
        if word in BRACED and text[place : place + 1] == BRACED[word]:
            _, place = _argument(text, place + 1, at)
        return inside, place
    if word in UPRIGHT:
        return _upright(word, given, at), place
    if word in DROPPED or word in GAPS:
        return [Token("op", "gap", at)] if word in GAPS else [], place
    if word in TEXTS:
        return [Token("text", given, at)], place
    if word in (r"\tag", r"\tag*"):
        return [Token("tag", given.strip("() "), at)], place
    return [Token(word[1:], given.rstrip("*"), at)], place  # \begin, \end


def _digits(token: Token, before: list[Token]) -> list[Token]:
    r"""\frac12 is one half: an argument without braces is one digit. Of more digits than two some
    would be left beside it."""
    if (
        token.kind == "number"
        and len(token.text) == 2
        and before
        and before[-1].text in (r"\frac", r"\binom")
    ):
        return [
            Token("number", token.text[0], token.at),
            Token("number", token.text[1], token.at + 1),
        ]
    return [token]


def _upright(command: str, given: str, at: int) -> Iterator[Token]:
    """A word of letters is one name; otherwise what is set upright is what it is."""
    word = "".join(given.split())  # TeX sees no spaces here
    if command == r"\mathbb" and word == "E":
        yield Token("command", r"\mathbb{E}", at)
    elif re.fullmatch(r"[A-Za-z]+", word):
        looks_other = command in FONTS or (word == "T" and command == r"\mathrm")
        named = OPERATOR if command.startswith(OPERATOR) else ""
        yield Token("letter", word, at, f"{command}{{{word}}}" if looks_other else named)
    else:
        for token in _tokens(given, at, {}, [0], at):
            yield (
                token._replace(look=f"{command}{{{token.text}}}")
                if command in FONTS and token.kind == "command"
                else token
            )


def _argument(text: str, place: int, at: int) -> tuple[str, int]:
    """The argument that begins at `place`, and where it ends."""
    while place < len(text) and text[place].isspace():
        place += 1
    if text[place : place + 1] != "{":
        found = WORD.match(text, place)
        if found and found[0][0].isdigit():  # the first digit, as TeX takes it
            return found[0][0], place + 1
        return (found[0], found.end()) if found else ("", place)
    depth = 0
    for end in range(place, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0) if text[end - 1] != "\\" else 0
        if depth == 0:
            return text[place + 1 : end], end + 1
    raise Unreadable("a brace is not closed", at)

"""What people type for what is read: ^ for a power, m[t+1], Greek letters, signs of other
keyboards; and what is said of a text that cannot be read."""

from __future__ import annotations

import re
import unicodedata

from derive.errors import DeriveError, short

SIGNS = str.maketrans({"^": "**", "−": "-", "–": "-", "·": "*", "×": "*", "∗": "*", "÷": "/"})
_KEYWORD = re.compile(r"\blambda\b")
_BRACKET = re.compile(r"(?<=\w)\[([^\[\]]*)\]")
_COMMA = re.compile(r"\d,\d")
_LATEX = re.compile(r"\\[A-Za-z]|[_^]\{")


def plain(text: str) -> str:
    """The text as Python's grammar takes it, where there is one thing that it can mean."""
    text = "".join(_letter(c) for c in text.translate(SIGNS))
    return _BRACKET.sub(r"(\1)", _KEYWORD.sub("lam", text))


def _letter(character: str) -> str:
    """A Greek letter by its name."""
    if character.isascii():
        return character
    name = unicodedata.name(character, "")
    kind, _, letter = name.partition(" LETTER ")
    if kind not in ("GREEK SMALL", "GREEK CAPITAL") or " " in letter:
        return character
    word = {"LAMDA": "LAM"}.get(letter, letter)
    return word.lower() if kind == "GREEK SMALL" else word.title()


def unread(text: str, place: str, why: str) -> DeriveError:
    """What is said of a text that is no expression, with the mend where one is seen."""
    said = f"{place}: cannot read {short(text.strip())}"
    if _LATEX.search(text):
        return DeriveError(
            f"{said}: this is LaTeX; here equations are typed, as in m(t+1) = beta*m(t) + c "
            "(proofread, grade and optimizer read LaTeX)"
        )
    mend = _with_signs(text)
    if mend != text.strip():
        return DeriveError(f"{said}: a sign is missing; did you mean {mend}?")
    return DeriveError(f"{said}: {why}")


def _with_signs(text: str) -> str:
    """The text with a * between what stands side by side."""
    text = re.sub(r"(\w)\s+(?=\w)", r"\1*", text.strip())
    text = re.sub(r"(?<![A-Za-z_\d])(\d[\d.]*)(?=[A-Za-z_(])", r"\1*", text)
    return re.sub(r"\)\s*(?=[\w(])", ")*", text)


def has_comma(text: str) -> bool:
    """Whether a number is written with a decimal comma."""
    return bool(_COMMA.search(text))

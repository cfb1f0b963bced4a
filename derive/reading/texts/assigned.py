r"""What must hold of a program's lines before they are read: nothing in them is passed over, and
every sign assigns.

Only `=`, `:=` and `\leftarrow` assign. Words that change what is done, functions that no program
has, schedules \eta_t and starts of what is not kept are said with their place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sympy import Abs, Expr, Function, Integer, Max, Min, Pow
from sympy.core.function import AppliedUndef

from derive.model.recurrences.lines import STEP
from derive.reading.latex.named import FUNCTIONS
from derive.reading.latex.words import CALLED, LIKE_FUNCTIONS
from derive.reading.texts.chains import EQUALS, Statement
from derive.reading.texts.documents import Document
from derive.reading.tokens.brackets import bracketed, group
from derive.reading.tokens.heads import read_head
from derive.reading.tokens.token import Token, Unreadable
from derive.reading.tokens.tokens import tokens

PROGRAMS = frozenset(
    ["sign", "sgn", "abs", "sqrt", "max", "min"]
)  # functions that a program's line may have
OTHERS = frozenset(
    "clip clamp prox proj norm mean median var std E Var sg tanh softsign relu".split()
)
HIGHEST = 1_000  # a power above this is not worked out
STEPS = ("k", "n")  # how steps are counted where no t is written
LAID_OUT = re.compile(
    r"\\(?:begin|end)\s*\{\w+\*?\}|\\[\[\]()]|\$|\\(?:text\w*|mbox)\b|\\\\|^\s*\\(?:re)?newcommand.*$"
    r"|^\s*\\(?:def|DeclareMathOperator|documentclass|usepackage)\b.*$",
    re.MULTILINE,
)
PROSE = frozenset(
    "and where with then the a an update updates rule rules is are as follows optimizer "
    "optimiser method set let of in for step"
    " gradient parameter parameters we have lines line sgd adam momentum start starting from "
    "at by by".split()
)
TWICE = "is assigned a second time; a program's line assigns what is not assigned before it"


def nothing_passed_over(source: Document, found: Sequence[Statement]) -> None:
    """Raises Unreadable for words beside the lines, for a sign that assigns nothing, for what no
    line of a program has."""
    _words(source)
    for statement in found:
        for link in statement.links[1:]:
            if link.sign not in EQUALS:
                raise Unreadable(r"this assigns nothing: =, := and \leftarrow do", link.at)
        if statement.listed:
            raise Unreadable("one line assigns one value", statement.listed[0].at)
        for link in statement.links:
            _functions(link.row)


def _words(source: Document) -> None:
    last = 0
    for formula in source.formulas:
        _prose(formula.before, formula.at - len(formula.before))
        last = formula.at + len(formula.text)
    if source.formulas:
        _prose(source.text[last:], last)
    for text, at in [(f.text, f.at) for f in source.formulas] or [(source.text, 0)]:
        for token in tokens(text, at, source.macros):
            if token.kind == "text":
                _prose(token.text, token.at)


def _prose(text: str, at: int) -> None:
    plain = LAID_OUT.sub(lambda m: " " * len(m[0]), text)
    for word in re.finditer(r"\\?[A-Za-z]+|[^\s.,;:{}]+", plain):
        if word[0].lower() not in PROSE:
            raise Unreadable(
                f'"{word[0][:30]}" beside the lines is not read: write lines only',
                max(at, 0) + word.start(),
            )


def _functions(row: Sequence[Token]) -> None:
    """Raises Unreadable for a function that a program does not have; it would be read as a
    factor."""
    place = 0
    while place < len(row):
        head = read_head(row, place)
        if row[place].text == r"\mathbb{E}" or (
            head and (head.base in OTHERS - {"E"} or _no_function(head.base))
        ):
            raise Unreadable(_none(row[place].text), row[place].at)
        if (
            head
            and head.base not in PROGRAMS
            and head.end < len(row)
            and row[head.end].text in ("(", "[", r"\{")
        ):
            name = head.base
            upright = name.isascii() and len(name) > 1 and row[place].kind == "letter"
            if (
                (upright or name in CALLED | LIKE_FUNCTIONS)
                and not head.below
                and name not in ("Theta", "Gamma", "Omega", "psi")
            ):
                raise Unreadable(f"{_none(name)}; write a dot where it is a product", row[place].at)
        place = head.end if head and head.base.startswith("nabla") else place + 1


def _no_function(base: str) -> bool:
    return len(base) > 1 and base in FUNCTIONS and base not in PROGRAMS


def _none(name: str) -> str:
    return f"{name} is no function of a program's line; these are: abs, max, min, sign, sqrt"


def counted_by_t(found: Sequence[Statement]) -> None:
    """Steps counted by k, as in x_{k+1} = x_k - ..., are counted by t."""
    rows = [link.row for statement in found for link in statement.links]
    if any(t.text == STEP for row in rows for t in row):
        return
    counts = {
        letter
        for statement in found
        for letter in STEPS
        if letter in _index(statement.links[0].row)
    }
    if len(counts) == 1:
        letter = counts.pop()
        for row in rows:
            row[:] = [t._replace(text=STEP) if t.text == letter else t for t in row]


def _index(row: Sequence[Token]) -> list[str]:
    """The names in the index of what a line assigns."""
    head = read_head(row, 0)
    if head is None:
        return []
    if head.end < len(row) and row[head.end].text == "^":
        inner, _ = group(row, head.end + 1)
        return [t.text for t in inner] if bracketed(inner) else []
    return [t.text for t in head.parts[-1]] if head.parts else []


def typed(value: Expr, at: int) -> Expr:
    """A value with the functions that a program's line has, by its names for them."""
    if any(isinstance(p.exp, Integer) and abs(p.exp) > HIGHEST for p in value.atoms(Pow)):
        raise Unreadable(f"a power above {HIGHEST} is not worked out", at)
    for made, name in ((Abs, "abs"), (Max, "max"), (Min, "min")):
        value = value.replace(made, Function(name))
    return value


def a_start(value: Expr, at: int) -> str:
    """The text of a start, which has no steps in it."""
    if value.atoms(AppliedUndef) or {s.name for s in value.free_symbols} & {STEP, "c", "g"}:
        raise Unreadable(
            "a start is a number or a letter other than t, c and g, which mean something else", at
        )
    return str(value)

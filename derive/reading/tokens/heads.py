r"""A head: a letter with its accents and what stands below it, as in \hat{m}_w, \beta_1, W_{in}; it
has one spelling however it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.reading.tokens.brackets import ACCENTS, closing, group
from derive.reading.tokens.token import Token, Unreadable
from derive.reading.tokens.tokens import tokens

NABLA = r"\nabla"


@dataclass(frozen=True)
class Head:
    """A base with its accents, what stands below it, by commas, and where it ends."""

    base: str
    below: tuple[str, ...]
    parts: tuple[tuple[Token, ...], ...]
    at: int
    end: int

    @property
    def key(self) -> str:
        return "_".join((self.base, *self.below))


def spelled(latex: str) -> str:
    """The key of a head written in LaTeX. Raises Unreadable where it is none."""
    found = tokens(latex)
    head = read_head(found, 0)
    if head is None or head.end != len(found):
        raise Unreadable(f"{latex} is not a letter that can be looked up")
    return head.key


def read_head(row: Sequence[Token], start: int) -> Head | None:
    """The head that begins at `start`; None where none does."""
    if start >= len(row):
        return None
    token = row[start]
    if token.text == "{":  # {\hat{m}}_w
        inner, end = group(row, start)
        head = read_head(inner, 0)
        if (
            head is None
            or head.below
            or head.end != len(inner)
            or end >= len(row)
            or row[end].text != "_"
        ):
            return None
        base, below, parts = head.base, head.below, head.parts
    elif token.text in ACCENTS:
        inner, end = group(row, start + 1)
        head = read_head(inner, 0)
        if head is None or head.end != len(inner):
            raise Unreadable(f"nothing to set {token.text} on", token.at)
        base, below, parts = f"{ACCENTS[token.text]} {head.base}", head.below, head.parts
    elif token.text == NABLA:
        by, end = "", start + 1
        if end < len(row) and row[end].text == "_":
            inner, end = group(row, end + 1)
            letter = read_head(inner, 0)
            if letter is None:
                raise Unreadable(r"a \nabla by what is no letter", token.at)
            by = f"_{letter.base}"  # whose index says nothing of its own
        head = read_head(row, end)
        if head is None:
            raise Unreadable(r"a \nabla of nothing", token.at)
        return replace(head, base=f"nabla{by} {head.base}", at=token.at)
    elif token.kind == "letter" or (token.kind == "command" and token.text in LETTERS):
        base, below, parts, end = token.text.lstrip("\\"), (), (), start + 1
    else:
        return None
    more, more_parts, end = _below(row, end)
    return Head(base, (*below, *more), (*parts, *more_parts), token.at, end)


LETTERS = frozenset(
    rf"\{n}"
    for n in (
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma "
        "tau upsilon phi chi psi omega"
        " Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell"
    ).split()
)


def is_head(row: Sequence[Token]) -> bool:
    """Whether a row is nothing but a letter with what stands on it: w, w^{(t)}, W_{out}, m(t)."""
    head = read_head(row, 0) if row else None
    if head is None:
        return False
    place = head.end
    while place < len(row) and row[place].text in ("^", "("):
        start = place + 1 if row[place].text == "^" else place
        if start >= len(row):
            return False
        place = closing(row, start) + 1 if row[start].kind == "open" else start + 1
    return place == len(row)


def _below(
    row: Sequence[Token], place: int
) -> tuple[tuple[str, ...], tuple[tuple[Token, ...], ...], int]:
    """What stands below, by commas: the texts, the tokens, and where it ends."""
    if place >= len(row) or row[place].text != "_":
        return (), (), place
    inner, end = group(row, place + 1)
    if not inner:
        raise Unreadable("nothing stands below", row[place].at)
    parts: list[list[Token]] = [[]]
    for token in inner:
        if token.text == "," and token.kind == "op":
            parts.append([])
        else:
            parts[-1].append(token)
    texts = tuple(
        "".join(t.text.lstrip("\\") for t in part if t.text not in "{}") for part in parts
    )
    return texts, tuple(map(tuple, parts)), end

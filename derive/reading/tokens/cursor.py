r"""A row of tokens that is read from left to right, and what is met on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Expr, Symbol

from derive.reading.latex.grammar import letter, meant, parsed, worked_out
from derive.reading.latex.words import Vocabulary
from derive.reading.tokens.token import Token, Unreadable

Factor = tuple[str, str, int, int]  # the operator before it, its text, where it begins and ends


@dataclass(frozen=True)
class Mask:
    """What a name in the explicit form stands for: `value`, made of the explicit forms `parts`;
    `said` are its own tokens."""

    value: Expr
    said: tuple[Token, ...]
    parts: tuple[str, ...] = ()


@dataclass
class Reading:
    """What is met while a side is read: the names that stand for something, by what the grammar
    calls them; unknown letters."""

    vocabulary: Vocabulary
    masks: dict[str, Mask] = field(default_factory=dict)
    unknown: list[tuple[str, int]] = field(default_factory=list)

    @property
    def names(self) -> dict[str, Expr]:
        return {name: mask.value for name, mask in self.masks.items()}

    def mask(self, mask: Mask) -> str:
        """A name for it."""
        written, name = letter(len(self.masks))
        self.masks[name] = mask
        return written


class Cursor:
    """A place in a row at one level of brackets; `bound` are the indices of the sums around it."""

    def __init__(self, row: Sequence[Token], reading: Reading, bound: Mapping[str, Symbol]):
        self.row, self.reading, self.bound, self.place = row, reading, bound, 0

    def peek(self) -> Token:
        """The token here; an empty one at the end."""
        return (
            self.row[self.place]
            if self.place < len(self.row)
            else Token("end of row", "", self.row[-1].at if self.row else 0)
        )

    @property
    def counting(self) -> frozenset[str]:
        """The letters that count."""
        return self.reading.vocabulary.indices | self.bound.keys()

    def mask(self, value: Expr, *said: Token, parts: Sequence[str] = ()) -> str:
        """A name for a value that is said by these tokens and made of these parts, in the explicit
        form."""
        return self.reading.mask(Mask(value, said, tuple(parts)))

    def made(self, function: Callable[..., Expr], parts: Sequence[str], *said: Token) -> str:
        """A name for a function of parts; `said` are the tokens that mean the function."""
        values = [self.expr(part, said[0].at) for part in parts]
        try:
            return self.mask(worked_out(function, *values), *said, parts=parts)
        except Unreadable as error:
            raise type(error)(error.why, error.at or said[0].at) from None

    def expr(self, text: str, at: int) -> Expr:
        """The expression of a text in explicit form."""
        try:
            return meant(parsed(text), self.reading.names)
        except Unreadable as error:
            raise type(error)(error.why, error.at or at) from None

    def on(self, row: Sequence[Token], bound: Mapping[str, Symbol] | None = None) -> Cursor:
        """Another row of the same reading."""
        return type(self)(row, self.reading, self.bound if bound is None else bound)

    def inside(self, row: Sequence[Token], at: int) -> str:
        """What stands in brackets, in explicit form."""
        if not row:
            raise Unreadable("nothing stands between these brackets", at)
        return self.on(row).whole()

    def value(self, row: Sequence[Token], at: int) -> Expr:
        """The value of what stands in brackets."""
        return self.expr(self.inside(row, at), at)

    def whole(self) -> str:
        """All of the row in explicit form."""
        raise NotImplementedError

    def factor(self) -> str:
        """What stands here with its powers, in explicit form."""
        raise NotImplementedError

    def factors(self) -> list[Factor]:
        """What is multiplied from here on."""
        raise NotImplementedError

    def multiplied(self, factors: list[Factor]) -> str:
        """A product in explicit form."""
        raise NotImplementedError


def split(row: Sequence[Token], mark: str) -> list[Sequence[Token]]:
    """The parts of a row between marks that stand in no brackets."""
    parts: list[Sequence[Token]] = []
    depth = start = 0
    for place, token in enumerate(row):
        depth += token.deeper
        if depth == 0 and token.kind in ("op", "command") and token.text == mark:
            parts.append(row[start:place])
            start = place + 1
    return [*parts, row[start:]]

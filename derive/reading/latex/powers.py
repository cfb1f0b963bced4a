"""An atom with what stands on it: powers, factorials, rising and falling ones."""

from __future__ import annotations

from sympy import FallingFactorial, RisingFactorial

from derive.reading.latex.atoms import atom
from derive.reading.latex.grammar import factorial_of, whole
from derive.reading.tokens.brackets import enclosed, group
from derive.reading.tokens.cursor import Cursor
from derive.reading.tokens.heads import read_head
from derive.reading.tokens.token import Token, Unreadable

INDEXED = "^{(...)}"  # of a letter that has no index, in its name


class Powers(Cursor):
    """Reads factors; what is passed on has brackets around each base."""

    def factor(self) -> str:
        """An atom with its powers and factorials."""
        start = self.place
        text = atom(self)
        raised = self._has_index(start)
        while self.place < len(self.row) and self.peek().text in ("^", "!", "'"):
            mark, before = self.peek(), self.row[self.place - 1]
            self.place += 1
            if mark.text == "'":
                raise Unreadable("a prime has no meaning here", mark.at)
            if mark.text == "!":
                if raised or before.text == "!":
                    raise Unreadable(
                        f"! behind {'a power' if raised else '!'} can be read in two ways: "
                        f"write brackets",
                        mark.at,
                    )
                text = self.made(factorial_of, [text], mark)
                continue
            if raised:
                raise Unreadable("TeX has no second exponent: write braces or brackets", mark.at)
            raised, text = True, self._power(text, mark, self.row[start])
        return text

    def _has_index(self, start: int) -> bool:
        """Whether what was read from `start` on is a letter with something above it."""
        depth = 0
        for token in self.row[start : self.place]:
            depth += token.deeper
            if depth == 0 and token.text == "^":
                return (
                    self.row[start].kind in ("letter", "command")
                    and read_head(self.row, start) is not None
                )
        return False

    def _power(self, text: str, mark: Token, first: Token) -> str:
        """A power of `text`, which begins with `first`; the exponent stands here."""
        if self.peek().text in (r"\frac", r"\binom"):
            return rf"({text})^{{{atom(self)}}}"
        if self.peek().kind == "number" and len(self.peek().text) > 1:
            raise Unreadable(
                f"TeX raises only the first digit of ^{self.peek().text}: write braces", mark.at
            )
        exponent, self.place = group(self.row, self.place)
        if [t.text for t in self.row[self.place - 2 : self.place]] == [
            "^",
            "1",
        ] and self.peek().text == "/":
            raise Unreadable(
                "^1/ can be read in two ways: write braces around the exponent", mark.at
            )
        line = exponent[0] if exponent else mark
        if len(exponent) == 1 and line.look == r"\mathrm{T}":
            raise Unreadable(r"^\mathrm{T} is a transpose: write T for a letter", line.at)
        if line.text in (r"\overline", r"\underline"):
            kind = RisingFactorial if line.text == r"\overline" else FallingFactorial
            length, end = group(exponent, 1)
            if end < len(exponent):
                raise Unreadable(f'"{exponent[end].text}" is not expected here', exponent[end].at)
            return self.made(
                lambda *args: whole(kind, *args), [text, self.inside(length, mark.at)], line
            )
        if enclosed(exponent) and first.kind in ("letter", "command"):  # an index, of what has none
            self.reading.unknown.append((f"{first.text}{INDEXED}", first.at))
        elif enclosed(exponent) and first.kind != "number":
            raise Unreadable(
                "an exponent in brackets can be read in two ways: write a power without them",
                mark.at,
            )
        return rf"({text})^{{{self.inside(exponent, mark.at)}}}"

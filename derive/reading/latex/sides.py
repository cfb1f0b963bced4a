r"""One side of a relation: tokens to a sympy expression on plain symbols.

What the grammar of latex2sympy2 misreads (indexed sequences, sums with dots, pieces, named
functions) is read here and stands for one letter in what is passed on; the rest is passed on in
explicit form.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Mod, Product, Sum

from derive.reading.latex.accounted import accounted
from derive.reading.latex.dots import series
from derive.reading.latex.grammar import as_written, parsed
from derive.reading.latex.powers import INDEXED, Powers
from derive.reading.latex.words import Vocabulary
from derive.reading.tokens.cursor import Factor, Reading, split
from derive.reading.tokens.shown import beside, outer
from derive.reading.tokens.token import Token, Unreadable

STOPS = frozenset("+-")


def side(
    row: Sequence[Token], vocabulary: Vocabulary, unknown: list[tuple[str, int]] | None = None
) -> Expr:
    """The expression of one side; names without a meaning go to `unknown`, or are an error. Raises
    Unreadable with its place."""
    row = [token for token in row if token.text != "gap"]
    if not row:
        raise Unreadable("nothing stands here")
    found = Reading(vocabulary)
    reader = _Reader(row, found, {})
    text = reader.whole()
    accounted(row, text, found)
    value = reader.expr(text, row[0].at)
    if unknown is not None:
        unknown += found.unknown
    elif found.unknown:
        name, at = found.unknown[0]
        mend = "; an exponent is written without brackets" if name.endswith(INDEXED) else ""
        raise Unreadable(f'"{name}" is no letter of this problem{mend}', at)
    return value


def written(row: Sequence[Token], vocabulary: Vocabulary) -> Expr:
    """A side that can be read, with nothing in it simplified."""
    reading = Reading(vocabulary)
    return as_written(
        parsed(_Reader([t for t in row if t.text != "gap"], reading, {}).whole()), reading.names
    )


class _Reader(Powers):
    """Sums of products of powers, written in explicit form."""

    def whole(self) -> str:
        parts = split(self.row, r"\over")
        if len(parts) == 2:
            return r"\frac{{{}}}{{{}}}".format(
                *(self.inside(part, self.row[0].at) for part in parts)
            )
        text = self.total()
        if self.place < len(self.row):
            token = self.peek()
            raise Unreadable(f'"{token.text}" is not expected here', token.at)
        return text

    def total(self) -> str:
        """Terms, with or without dots among them."""
        terms: list[str | None] = []
        dots = self.peek()
        while self.place < len(self.row) and (not terms or self.peek().text in STOPS):
            at, negative, signed = self.peek().at, False, False
            while self.peek().kind == "op" and self.peek().text in STOPS:
                negative, signed = negative ^ (self.peek().text == "-"), True
                self.place += 1
            if (
                self.peek().text == "..."
                and (signed or not terms)
                and self._ends_term(self.place + 1)
            ):
                if not terms or None in terms:
                    raise Unreadable("the dots follow no pattern", at)
                terms.append(None)
                dots = self.peek()
                self.place += 1
                continue
            start = self.place
            text = self.product()
            mod = next((t for t in outer(self.row[start : self.place]) if t.text == "mod"), None)
            if mod and (terms or signed):
                raise Unreadable("a + b mod c can be read in two ways: write brackets", mod.at)
            terms.append(f"-{text}" if negative else text)
        if None in terms:
            middle = terms.index(None)
            return self._dots(
                Sum, [t for t in terms[:middle] if t], [t for t in terms[middle + 1 :] if t], dots
            )
        return "+".join(t for t in terms if t).replace("+-", "-")

    def _dots(
        self, kind: type[Sum | Product], before: list[str], behind: list[str], dots: Token
    ) -> str:
        """The sum or product of which these are the terms around the dots."""
        first, last = ([self.expr(t, dots.at) for t in part] for part in (before, behind))
        made = series(kind, first, last, self.counting, dots.at)
        return self.mask(made, dots, parts=[*before, *behind])

    def _ends_term(self, place: int) -> bool:
        return place >= len(self.row) or self.row[place].text in STOPS

    def product(self) -> str:
        return self.multiplied(self.factors())

    def multiplied(self, factors: list[Factor]) -> str:
        texts = [text for _, text, _, _ in factors]
        if "..." in texts:
            middle = texts.index("...")
            dots = self.row[factors[middle][3] - 1]
            if any(operator == "/" for operator, *_ in factors):
                raise Unreadable("dots in a quotient", dots.at)
            return self._dots(Product, texts[:middle], texts[middle + 1 :], dots)
        return "".join(
            (rf" {operator} " if number else "") + text
            for number, (operator, text, _, _) in enumerate(factors)
        )

    def factors(self) -> list[Factor]:
        r"""What is multiplied: the operator before it (\cdot or /), its text, where it begins and
        ends."""
        found: list[Factor] = []
        under = False  # the factor before is what a slash divides by, and is not in brackets
        while self.place < len(self.row):
            token, operator, plain = self.peek(), r"\cdot", True
            if token.text == "mod" and found:
                return [(r"\cdot", self._remainder(found, token), found[0][2], self.place)]
            if token.kind == "op" and token.text in "*/":
                if not found:
                    raise Unreadable(f'nothing stands before "{token.text}"', token.at)
                operator, plain = ("/" if token.text == "/" else operator), False
                self.place += 1
                token = self.peek()
            if (
                token.kind in ("op", "close", "end", "text")
                and token.text not in ("|", "...")
                and (plain or token.text != "-")
            ):
                break
            if plain and under:
                raise Unreadable(
                    "a/bc can be read in two ways: write brackets, or \\frac", token.at
                )
            if plain and found:
                beside(self.row, found[-1][2], self.place, self.reading.vocabulary.words)
            start, minus = self.place, ""
            if not plain and token.text == "-":  # 2 \cdot -3
                self.place += 1
                minus = "-"
            if token.text == "...":
                self.place += 1
                found.append((operator, "...", start, self.place))
                continue
            text = minus + self.factor()
            found.append((operator, text, start, self.place))
            under = operator == "/" and self.row[start].kind != "open"
        if not found or (self.place and self.row[self.place - 1].text in ("*", "/")):
            token = self.peek()
            raise Unreadable(
                f'a factor is missing before "{token.text}"'
                if token.text
                else "a factor is missing at the end",
                token.at,
            )
        return found

    def _remainder(self, found: list[Factor], token: Token) -> str:
        """What stands before mod by what stands behind it."""
        self.place += 1
        rest = self.factors()
        if any(t.text in ("*", "/") for t in self.row[rest[0][3] : rest[-1][2]]):
            raise Unreadable(
                "where the modulus ends can be read in two ways: write brackets", token.at
            )
        parts = [self.multiplied(found), self.multiplied(rest)]
        if self.expr(parts[1], token.at).is_zero:
            raise Unreadable("it divides by zero", token.at)
        return self.made(Mod, parts, token)

r"""One side of a relation: tokens to a sympy expression on plain symbols.

What the grammar of latex2sympy2 misreads (indexed sequences, sums with dots, pieces, named functions) is read here and stands
for one letter in what is passed on; the rest is passed on in explicit form.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, FallingFactorial, Mod, Product, RisingFactorial, Sum

from derive.reading.atoms import atom
from derive.reading.cursor import Cursor, Factor, Reading, split
from derive.reading.dots import series
from derive.reading.grammar import as_written, factorial_of, parsed, whole
from derive.reading.tokens import Token, Unreadable
from derive.reading.words import Vocabulary, group

STOPS = frozenset("+-")


def side(row: Sequence[Token], vocabulary: Vocabulary, unknown: list[tuple[str, int]] | None = None) -> Expr:
    """The expression of one side; names without a meaning go to `unknown`, or are an error. Raises Unreadable with its place."""
    row = [token for token in row if token.text != "gap"]
    if not row:
        raise Unreadable("nothing stands here")
    found = Reading(vocabulary)
    reader = _Reader(row, found, {})
    value = reader.expr(reader.whole(), row[0].at)
    if unknown is not None:
        unknown += found.unknown
    elif found.unknown:
        name, at = found.unknown[0]
        raise Unreadable(f'"{name}" is no letter of this problem', at)
    return value


def written(row: Sequence[Token], vocabulary: Vocabulary) -> Expr:
    """A side that can be read, with nothing in it simplified."""
    reading = Reading(vocabulary)
    return as_written(parsed(_Reader([t for t in row if t.text != "gap"], reading, {}).whole()), reading.names)


class _Reader(Cursor):
    """Sums of products of powers, written in explicit form."""

    def whole(self) -> str:
        parts = split(self.row, r"\over")
        if len(parts) == 2:
            return r"\frac{{{}}}{{{}}}".format(*(self.inside(part, self.row[0].at) for part in parts))
        text = self.total()
        if self.place < len(self.row):
            token = self.peek()
            raise Unreadable(f'"{token.text}" is not expected here', token.at)
        return text

    def total(self) -> str:
        """Terms, with or without dots among them."""
        terms: list[str | None] = []
        dots = 0
        while self.place < len(self.row) and (not terms or self.peek().text in STOPS):
            at, negative, signed = self.peek().at, False, False
            while self.peek().kind == "op" and self.peek().text in STOPS:
                negative, signed = negative ^ (self.peek().text == "-"), True
                self.place += 1
            if self.peek().text == "..." and (signed or not terms) and self._ends_term(self.place + 1):
                if not terms or None in terms:
                    raise Unreadable("the dots follow no pattern", at)
                terms.append(None)
                dots = self.peek().at
                self.place += 1
                continue
            text = self.product()
            terms.append(f"-{text}" if negative else text)
        if None in terms:
            middle = terms.index(None)
            before, behind = ([self.expr(t, dots) for t in part if t] for part in (terms[:middle], terms[middle + 1 :]))
            return self.mask(series(Sum, before, behind, self.counting, dots))
        return "+".join(t for t in terms if t).replace("+-", "-")

    def _ends_term(self, place: int) -> bool:
        return place >= len(self.row) or self.row[place].text in STOPS

    def product(self) -> str:
        return self.multiplied(self.factors())

    def multiplied(self, factors: list[Factor]) -> str:
        texts = [text for _, text, _, _ in factors]
        if "..." in texts:
            middle = texts.index("...")
            at = self.row[factors[middle][2]].at
            if any(operator == "/" for operator, *_ in factors):
                raise Unreadable("dots in a quotient", at)
            before, behind = ([self.expr(t, at) for t in part] for part in (texts[:middle], texts[middle + 1 :]))
            return self.mask(series(Product, before, behind, self.counting, at))
        return "".join((rf" {operator} " if number else "") + text for number, (operator, text, _, _) in enumerate(factors))

    def factors(self) -> list[Factor]:
        r"""What is multiplied: the operator before it (\cdot or /), its text, where it begins and ends."""
        found: list[Factor] = []
        under = False  # the factor before is what a slash divides by, and is not in brackets
        while self.place < len(self.row):
            token, operator, plain = self.peek(), r"\cdot", True
            if token.text == "mod" and found:
                self.place += 1
                rest = self.product()
                text = self.multiplied(found)
                modulus = self.expr(rest, token.at)
                if modulus.is_zero:
                    raise Unreadable("it divides by zero", token.at)
                return [(r"\cdot", self.mask(Mod(self.expr(text, token.at), modulus)), found[0][2], self.place)]
            if token.kind == "op" and token.text in "*/":
                if not found:
                    raise Unreadable(f'nothing stands before "{token.text}"', token.at)
                operator, plain = ("/" if token.text == "/" else operator), False
                self.place += 1
                token = self.peek()
            if token.kind in ("op", "close", "end", "text") and token.text not in ("|", "...") and (plain or token.text != "-"):
                break
            if plain and under:
                raise Unreadable("a/bc can be read in two ways: write brackets, or \\frac", token.at)
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
            under = operator == "/" and self.row[start].kind != "open" and self.row[start].kind != "number"
        if not found or (self.place and self.row[self.place - 1].text in ("*", "/")):
            token = self.peek()
            raise Unreadable(
                f'a factor is missing before "{token.text}"' if token.text else "a factor is missing at the end", token.at
            )
        return found

    def factor(self) -> str:
        """An atom with its powers and factorials."""
        at = self.peek().at
        text = atom(self)
        while self.place < len(self.row) and self.peek().text in ("^", "!", "'"):
            mark = self.peek()
            self.place += 1
            if mark.text == "'":
                raise Unreadable("a prime has no meaning here", mark.at)
            if mark.text == "!":
                text = self.mask(factorial_of(self.expr(text, at)))
                continue
            exponent, self.place = group(self.row, self.place)
            line = exponent[0].text if exponent else ""
            if line in (r"\overline", r"\underline"):
                kind = RisingFactorial if line == r"\overline" else FallingFactorial
                length, _ = group(exponent, 1)
                text = self.mask(whole(kind, self.expr(text, at), self.value(length, mark.at)))
            elif (
                exponent
                and exponent[0] is self.row[self.place - 1]
                and exponent[0].kind == "number"
                and len(exponent[0].text) > 1
            ):
                raise Unreadable(f"TeX raises only the first digit of ^{exponent[0].text}: write braces", mark.at)
            else:
                text = rf"({text})^{{{self.inside(exponent, mark.at)}}}"
        return text

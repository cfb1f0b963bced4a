r"""One side of a relation: tokens to a sympy expression on plain symbols.

What the grammar of latex2sympy2 misreads (indexed sequences, sums with dots, pieces, named functions) is read here and stands
for one letter in what is passed on; the rest is passed on in explicit form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import (
    Abs,
    Basic,
    Expr,
    FallingFactorial,
    Function,
    Max,
    Min,
    Mod,
    Product,
    RisingFactorial,
    S,
    Sum,
    Symbol,
    acos,
    binomial,
    cos,
    cosh,
    digamma,
    exp,
    gamma,
    harmonic,
    log,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
)

from derive.reading.dots import series
from derive.reading.grammar import as_written, factorial_of, letter, meant, parsed, power, whole
from derive.reading.tokens import Token, Unreadable
from derive.reading.words import ACCENTS, HERE, LETTERS, NABLA, Head, Vocabulary, Word, closing, fill, group, read_head

FUNCTIONS: dict[str, Callable[..., Expr]] = {
    r"\exp": exp,
    r"\log": log,
    r"\ln": log,
    r"\cos": cos,
    r"\sin": sin,
    r"\tan": tan,
    r"\arccos": acos,
    r"\cosh": cosh,
    r"\sinh": sinh,
    r"\max": Max,
    r"\min": Min,
    r"\Gamma": gamma,
    "sign": sign,
    "sgn": sign,
    "max": Max,
    "min": Min,
    "abs": Abs,
    "exp": exp,
    "log": log,
    "ln": log,
    "sqrt": sqrt,
    r"\mathbb{E}": Function("E"),
    "E": Function("E"),
    "Var": Function("Var"),
    r"\psi": digamma,
}
BRACKETS = {r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}
STOPS = frozenset("+-")
Factor = tuple[str, str, int, int]


@dataclass
class Reading:
    """What is met while a side is read: the letters that stand for something, names that are not known."""

    vocabulary: Vocabulary
    names: dict[str, Expr] = field(default_factory=dict)
    unknown: list[tuple[str, int]] = field(default_factory=list)

    def mask(self, value: Expr) -> str:
        name = letter(len(self.names))
        self.names[name] = value
        return name


def side(row: Sequence[Token], vocabulary: Vocabulary, unknown: list[tuple[str, int]] | None = None) -> Expr:
    """The expression of one side; names without a meaning go to `unknown`, or are an error. Raises Unreadable with its place."""
    found = Reading(vocabulary)
    if not row:
        raise Unreadable("nothing stands here")
    value = _value(row, found, {})
    if unknown is not None:
        unknown += found.unknown
    elif found.unknown:
        name, at = found.unknown[0]
        raise Unreadable(f'"{name}" is no letter of this problem', at)
    return value


def written(row: Sequence[Token], vocabulary: Vocabulary) -> Expr:
    """A side that can be read, with nothing in it simplified."""
    reading = Reading(vocabulary)
    text = _Reader(row, reading, {}).whole()
    return as_written(parsed(text), reading.names)


def _value(row: Sequence[Token], reading: Reading, bound: Mapping[str, Symbol]) -> Expr:
    if not row:
        raise Unreadable("nothing stands here")
    reader = _Reader(row, reading, bound)
    text = reader.whole()
    return reader.expr(text, row[0].at)


class _Reader:
    """One row of tokens at one level of brackets, written in explicit form from left to right."""

    def __init__(self, row: Sequence[Token], reading: Reading, bound: Mapping[str, Symbol]):
        self.row, self.reading, self.bound, self.place = row, reading, bound, 0

    def peek(self) -> Token:
        return self.row[self.place] if self.place < len(self.row) else Token("end of row", "", self.row[-1].at if self.row else 0)

    def expr(self, text: str, at: int) -> Expr:
        try:
            return meant(parsed(text), self.reading.names)
        except Unreadable as error:
            raise type(error)(error.why, error.at or at) from None

    def inside(self, row: Sequence[Token], at: int) -> str:
        if not row:
            raise Unreadable("nothing stands between these brackets", at)
        return _Reader(row, self.reading, self.bound).whole()

    def value(self, row: Sequence[Token], at: int) -> Expr:
        return self.expr(self.inside(row, at), at)

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
                dots = at
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

    @property
    def counting(self) -> frozenset[str]:
        return self.reading.vocabulary.indices | self.bound.keys()

    def mask(self, value: Expr) -> str:
        return self.reading.mask(value)

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
        text = self.atom()
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

    def atom(self) -> str:
        token = self.peek()
        if token.kind == "number":
            self.place += 1
            return token.text
        if token.kind == "open":
            return self._bracket(token)
        if token.text == "|":
            end = next((n for n in range(self.place + 1, len(self.row)) if self.row[n].text == "|"), None)
            if end is None:
                raise Unreadable('"|" is not closed', token.at)
            inner = self.row[self.place + 1 : end]
            self.place = end + 1
            return f"|{self.inside(inner, token.at)}|"
        if token.kind == "begin":
            return self._pieces(token)
        if token.text in (r"\sum", r"\prod"):
            return self._over(token)
        if token.kind in ("command", "letter") and token.text in FUNCTIONS and not self._is_word():
            return self._function(token)
        if token.kind in ("command", "letter"):
            return self._command(token)
        raise Unreadable(f'"{token.text}" is not expected here' if token.text else "something is missing at the end", token.at)

    def _is_word(self) -> bool:
        head = read_head(self.row, self.place)
        return head is not None and (head.key in self.bound or self.reading.vocabulary.find(head) is not None)

    def _bracket(self, token: Token) -> str:
        end = closing(self.row, self.place)
        inner = self.row[self.place + 1 : end]
        self.place = end + 1
        if token.text in BRACKETS:
            return rf"{token.text} {self.inside(inner, token.at)} {BRACKETS[token.text]}"
        if token.text == "[" and any(t.text == "=" for t in inner):
            return self._bracket_of(inner, token)
        return f"({self.inside(inner, token.at)})"

    def _bracket_of(self, inner: Sequence[Token], token: Token) -> str:
        """[a = b], which is 1 where that holds and 0 elsewhere."""
        from sympy import KroneckerDelta

        middle = next(n for n, t in enumerate(inner) if t.text == "=")
        return self.mask(KroneckerDelta(self.value(inner[middle + 1 :], token.at), self.value(inner[:middle], token.at)))

    def _pieces(self, token: Token) -> str:
        from derive.reading.pieces import pieces

        end = closing_of_environment(self.row, self.place)
        inner = self.row[self.place + 1 : end]
        self.place = end + 1
        return self.mask(pieces(token, inner, self.value))

    def _over(self, token: Token) -> str:
        """A sum or product: its body goes on to the next sign; what a product's index does not touch at the end is beside it."""
        self.place += 1
        limits: dict[str, Sequence[Token]] = {}
        while self.peek().text in ("_", "^") and self.peek().text not in limits:
            mark = self.peek().text
            limits[mark], self.place = group(self.row, self.place + 1)
        low = limits.get("_", ())
        if len(limits) != 2 or len(low) < 3 or low[1].text != "=" or low[0].kind not in ("letter", "command"):
            raise Unreadable(
                f"{token.text} needs an index with its first and last value, as in {token.text}_{{k=1}}^{{n}}", token.at
            )
        index = low[0].text.lstrip("\\")
        first, last = self.inside(low[2:], token.at), self.inside(limits["^"], token.at)
        own = self._index_symbol(index)
        body = _Reader(self.row, self.reading, {**self.bound, index: own})
        body.place, negative = self.place, False
        while body.peek().kind == "op" and body.peek().text in STOPS:
            negative ^= body.peek().text == "-"
            body.place += 1
        factors = body.factors()
        if token.text == r"\prod":
            while len(factors) > 1 and not any(t.text.lstrip("\\") == index for t in self.row[factors[-1][2] : factors[-1][3]]):
                factors.pop()
        self.place = factors[-1][3]
        text = body.multiplied(factors)
        value = fill(self.expr(("-" if negative else "") + f"({text})", token.at), own)
        return rf"({token.text}_{{{self.mask(own)}={first}}}^{{{last}}} ({self.mask(value)}))"

    def _index_symbol(self, name: str) -> Symbol:
        """The letter of a sum's index; another one where the problem uses that letter for something of its own."""
        if name not in self.reading.vocabulary.words:
            return Symbol(name)
        taken = {*self.reading.vocabulary.words, *(s.name for s in self.bound.values())}
        return Symbol(next(c for c in "kijnpqruvxyz" if c not in taken))

    def _function(self, token: Token) -> str:
        function = FUNCTIONS[token.text]
        self.place += 1
        raised = None
        if self.peek().text == "^":
            raised, self.place = group(self.row, self.place + 1)
        if self.peek().text in ("(", "[", "{", r"\{"):
            end = closing(self.row, self.place)
            inner = self.row[self.place + 1 : end]
            self.place = end + 1
            args = [self.value(part, token.at) for part in split(inner, ",")]
        else:
            factors = self.factors()
            args = [self.expr(self.multiplied(factors), token.at)]
        if len(args) != 1 and function not in (Max, Min):
            raise Unreadable(f"{token.text} has one argument", token.at)
        made = function(*args)
        return self.mask(made if raised is None else power(made, self.value(raised, token.at)))

    def _command(self, token: Token) -> str:
        if token.text == r"\frac":
            top, place = group(self.row, self.place + 1)
            below, place = group(self.row, place)
            partial = [t for t in (top[:1] or [token]) if t.text == r"\partial"]
            if partial:
                return self._gradient(top, place)
            self.place = place
            return rf"\frac{{{self.inside(top, token.at)}}}{{{self.inside(below, token.at)}}}"
        if token.text == r"\sqrt":
            self.place += 1
            degree = ""
            if self.peek().text == "[":
                end = closing(self.row, self.place)
                degree = f"[{self.inside(self.row[self.place + 1 : end], token.at)}]"
                self.place = end + 1
            inner, self.place = group(self.row, self.place)
            return rf"\sqrt{degree}{{{self.inside(inner, token.at)}}}"
        if token.text == r"\binom":
            top, place = group(self.row, self.place + 1)
            below, self.place = group(self.row, place)
            return self.mask(whole(binomial, self.value(top, token.at), self.value(below, token.at)))
        if token.text == r"\pi":
            self.place += 1
            return r"\pi"
        if token.kind == "letter" or token.text in LETTERS or token.text in ACCENTS or token.text == NABLA:
            return self._head()
        raise Unreadable(f"{token.text} has no meaning here", token.at)

    def _gradient(self, top: Sequence[Token], place: int) -> str:
        r"""\frac{\partial L^{(t)}}{\partial w}, which is \nabla_w L^{(t)}."""
        reader = _Reader([Token("command", NABLA, top[0].at), *top[1:]], self.reading, self.bound)
        text = reader._head()
        self.place = place
        return text

    def _head(self) -> str:
        head = read_head(self.row, self.place)
        assert head is not None
        if head.base in self.bound:  # an index; what stands below or above belongs to it no more
            self.place += 1
            return self.mask(self.bound[head.base])
        found = self.reading.vocabulary.find(head)
        if found is None:
            return self._unknown(head)
        word, below = found
        self.place = head.end
        if not word.indexed:
            return self.mask(word.value)  # type: ignore[arg-type]
        made = word.at(self._index(word, below, head), below is not None)
        if word.scaled and [t.text for t in self.row[self.place : self.place + 3]] == ["(", "s", ")"]:
            self.place += 3
            made = Function(word.scaled)(*made.args)
        return self.mask(made)

    def _index(self, word: Word, below: Sequence[Token] | None, head: Head) -> Expr:
        """The index of a sequence: below it, above it in brackets or by a letter that counts, or in brackets behind it."""
        if below is not None:
            return self.value(below, head.at)
        if self.peek().text == "^":
            inner, end = group(self.row, self.place + 1)
            bracketed = len(inner) > 2 and inner[0].text == "(" and closing(inner, 0) == len(inner) - 1
            if bracketed or self._may_count(inner):
                self.place = end
                return self.value(inner[1:-1] if bracketed else inner, head.at)
        elif self.peek().text in ("(", "["):
            end = closing(self.row, self.place)
            inner = self.row[self.place + 1 : end]
            if inner and (self._may_count(inner) or all(t.kind == "number" for t in inner)):
                self.place = end + 1
                return self.value(inner, head.at)
        if word.numbered:
            self.reading.unknown.append((head.key, head.at))
        return HERE

    def _may_count(self, row: Sequence[Token]) -> bool:
        """Whether nothing but letters that count, numbers and signs stands there."""
        names = [t.text.lstrip("\\") for t in row if t.kind in ("letter", "command")]
        return (
            bool(names) and set(names) <= self.counting and all(t.kind in ("letter", "number") or t.text in "+-{}" for t in row)
        )

    def _unknown(self, head: Head) -> str:
        if head.key == "e":
            self.place = head.end
            return self.mask(S.Exp1)
        if head.base == "H" and head.parts:
            return self._harmonic(head)
        self.place = head.end
        if head.parts and self._may_count(head.parts[-1]):  # as a sequence
            name = "_".join((head.base, *head.below[:-1]))
            self.reading.unknown.append((name, head.at))
            return self.mask(Function(name)(self.value(head.parts[-1], head.at)))
        self.reading.unknown.append((head.key, head.at))
        if self.peek().text == "^":
            inner, end = group(self.row, self.place + 1)
            if len(inner) > 2 and inner[0].text == "(" and closing(inner, 0) == len(inner) - 1:
                self.place = end
                return self.mask(Function(head.key)(self.value(inner[1:-1], head.at)))
        return self.mask(Symbol(head.key))

    def _harmonic(self, head: Head) -> str:
        """H_n, or H_n^{(s)} where the numbers are raised to s."""
        self.place = head.end
        args = [self.value(head.parts[-1], head.at)]
        if self.peek().text == "^":
            inner, end = group(self.row, self.place + 1)
            if len(inner) > 2 and inner[0].text == "(" and closing(inner, 0) == len(inner) - 1:
                self.place = end
                args.append(self.value(inner[1:-1], head.at))
        return self.mask(whole(harmonic, *args))


def closing_of_environment(row: Sequence[Token], place: int) -> int:
    """Where the environment that begins at `place` ends. Raises Unreadable."""
    depth = 0
    for end in range(place, len(row)):
        depth += {"begin": 1, "end": -1}.get(row[end].kind, 0)
        if depth == 0:
            return end
    raise Unreadable(f"\\begin{{{row[place].text}}} has no end", row[place].at)


def split(row: Sequence[Token], mark: str) -> list[Sequence[Token]]:
    """The parts of a row between marks that stand in no brackets."""
    parts: list[Sequence[Token]] = []
    depth = start = 0
    for place, token in enumerate(row):
        depth += {"open": 1, "begin": 1, "close": -1, "end": -1}.get(token.kind, 0)
        if depth == 0 and token.kind in ("op", "command") and token.text == mark:
            parts.append(row[start:place])
            start = place + 1
    return [*parts, row[start:]]


Value = Callable[[Sequence[Token], int], Basic]

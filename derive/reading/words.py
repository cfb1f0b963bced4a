r"""What heads stand for: `\hat{m}_w`, `\beta_1`, `W_{\mathrm{in}}` are looked up under one spelling, however they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sympy import Expr, Symbol

from derive.model.claims import T, sequence
from derive.model.program import GRADIENT
from derive.notation import HEADS, Notation
from derive.reading.tokens import Token, Unreadable, tokens

ACCENTS = {r"\hat": "hat", r"\bar": "bar", r"\tilde": "tilde", r"\overline": "bar", r"\dot": "dot", r"\vec": "vec"}
NABLA = r"\nabla"
GRADIENTS = (
    "g",
    "g_w",
    "nabla L",
    "nabla_w L",
    "nabla f",
    "nabla_w f",
    "nabla_theta L",
    "nabla_theta f",
    "nabla ell",
    "nabla_w ell",
)
NAMES = frozenset("sign sgn max min abs exp log ln sqrt floor ceil cos sin tan arccos cosh sinh Gamma Var".split())
NO_LETTERS = frozenset(  # names of functions that have no meaning here: none of them is a letter either
    "mod gcd lcm tanh coth sec csc cot arcsin arctan asin acos atan arcosh arsinh artanh erf erfc sinc arg det tr rank Re Im "
    "round frac trunc rem div argmax argmin sup inf lim sigmoid softmax relu ReLU Heaviside heaviside lg lb".split()
)
HERE = Symbol(" here")  # the index of a sequence that is written without one; a name that nobody can write


@dataclass(frozen=True)
class Word:
    """A letter (`value` is what it means), or a sequence: its index is written `shift` greater than in the model, or, where the
    model counts steps back from `down`, as what is left. `body` is what it is at t, where a text or a problem says that. With
    `(s)` behind it is `scaled`; one that is `numbered`, such as a root, never stands without an index."""

    name: str
    value: Expr | None = None
    shift: int = 0
    below: int = 0  # the shift where the index stands below
    down: Expr | None = None
    body: Expr | None = None
    scaled: str = ""
    numbered: bool = False

    @property
    def indexed(self) -> bool:
        return self.value is None

    def at(self, index: Expr, below: bool = False) -> Expr:
        if self.body is not None:
            return self.body.xreplace({T: index})
        if index == HERE:
            return sequence(self.name)(HERE)
        shift = max(self.shift, self.below if below else 0)
        return sequence(self.name)(index - shift if self.down is None else self.down - index)


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


@dataclass(frozen=True)
class Vocabulary:
    r"""The words of a model by their spelling; `indices` are the letters that count.

    `first` is from where an index counts of which only the end is said, as in \prod_{i<j}; none where that is not known.
    """

    words: Mapping[str, Word] = field(default_factory=dict)
    indices: frozenset[str] = frozenset("tklijn")
    first: int | None = None

    def find(self, head: Head) -> tuple[Word, tuple[Token, ...] | None] | None:
        """The word of a head, and what of that stands below it is an index: `m_{w,t}`, `m_t`, `K_j`."""
        if head.key in self.words:
            return self.words[head.key], None
        shorter = "_".join((head.base, *head.below[:-1]))
        word = self.words.get(shorter) if head.below else None
        return (word, head.parts[-1]) if word is not None and word.indexed else None

    def with_words(self, more: Mapping[str, Word]) -> Vocabulary:
        return replace(self, words={**self.words, **more})


@dataclass(frozen=True)
class Letters(Vocabulary):
    """Any letter stands for itself, and `index`, where there is one, for the index."""

    indices: frozenset[str] = frozenset("n")
    index: str = ""

    def find(self, head: Head) -> tuple[Word, None] | None:
        """A letter by its name; none by that of a function, of Euler's number, of a harmonic number. Raises Unreadable."""
        if head.base in NO_LETTERS:
            raise Unreadable(f"{head.base} is a function that is not read here", head.at)
        harmonic = head.base == "H" and head.below and not head.below[-1].isdigit()
        if head.key != self.index and (head.key in (*NAMES, "e") or harmonic):
            return None
        return Word(head.key, T if head.key == self.index else Symbol(head.key)), None


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
        if head is None or head.end != len(inner) or end >= len(row) or row[end].text != "_":
            return None
        base, below, parts = head.base, head.below, head.parts
    elif token.text in ACCENTS:
        inner, end = group(row, start + 1)
        head = read_head(inner, 0)
        if head is None or head.end != len(inner):
            raise Unreadable(f"nothing to set {token.text} on", token.at)
        base, below, parts = f"{ACCENTS[token.text]} {head.base}", head.below, head.parts
    elif token.text == NABLA:
        below, parts, end = _below(row, start + 1)
        head = read_head(row, end)
        if head is None:
            raise Unreadable(r"a \nabla of nothing", token.at)
        return replace(head, base=f"nabla {head.base}", at=token.at)
    elif token.kind == "letter" or (token.kind == "command" and token.text in LETTERS):
        base, below, parts, end = token.text.lstrip("\\"), (), (), start + 1
    else:
        return None
    more, more_parts, end = _below(row, end)
    return Head(base, (*below, *more), (*parts, *more_parts), token.at, end)


LETTERS = frozenset(
    rf"\{n}"
    for n in (
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi psi omega"
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


def _below(row: Sequence[Token], place: int) -> tuple[tuple[str, ...], tuple[tuple[Token, ...], ...], int]:
    """What stands below, by commas: the texts, the tokens, and where it ends."""
    if place >= len(row) or row[place].text != "_":
        return (), (), place
    inner, end = group(row, place + 1)
    parts: list[list[Token]] = [[]]
    for token in inner:
        if token.text == "," and token.kind == "op":
            parts.append([])
        else:
            parts[-1].append(token)
    texts = tuple("".join(t.text.lstrip("\\") for t in part if t.text not in "{}") for part in parts)
    return texts, tuple(map(tuple, parts)), end


def group(row: Sequence[Token], place: int) -> tuple[Sequence[Token], int]:
    """An argument as TeX takes it: what is in braces, or one token (the first digit of a number); and where it ends."""
    if place >= len(row):
        raise Unreadable("something is missing at the end", row[-1].at if row else 0)
    token = row[place]
    if token.text == "{":
        end = closing(row, place)
        return row[place + 1 : end], end + 1
    if token.kind == "close" or token.kind == "op":
        raise Unreadable(f'something is missing before "{token.text}"', token.at)
    if token.text in ACCENTS:
        _, end = group(row, place + 1)
        return row[place:end], end
    return [token], place + 1


def closing(row: Sequence[Token], place: int) -> int:
    """Where the bracket that opens at `place` is closed. Raises Unreadable."""
    waiting: list[str] = []
    for end in range(place, len(row)):
        token = row[end]
        if token.kind == "open":
            waiting.append(token.text)
        elif token.kind == "close":
            opened = waiting.pop()
            if not matches(opened, token.text):
                raise Unreadable(f"{row[place].text} is closed by {token.text}", token.at)
            if not waiting:
                return end
    raise Unreadable(f'"{row[place].text}" is not closed', row[place].at)


def bracketed(row: Sequence[Token]) -> bool:
    """Whether all of a row stands in one pair of round brackets, as the index of m^{(t)} does."""
    return len(row) > 2 and row[0].text == "(" and closing(row, 0) == len(row) - 1


def matches(opened: str, closed: str) -> bool:
    """Brackets match by kind; a half-open interval has one of each."""
    round_or_square = (opened in "([" and closed in ")]") and opened != "" and closed != ""
    return round_or_square or {"{": "}", r"\{": r"\}", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}.get(opened) == closed


def words_of(notation: Notation, words: Iterable[Word]) -> dict[str, Word]:
    """Words by their spelling as `notation` writes them, with and without `_w`; the gradient by what it is usually called."""
    found: dict[str, Word] = {}
    for word in words:
        latex = HEADS.get(word.name) or notation.symbol(word.name)
        found[spelled(latex)] = word
    for key, word in list(found.items()):
        if word.indexed and not word.numbered:
            found.setdefault(key.removesuffix("_w") if key.endswith("_w") else f"{key}_w", word)
    if gradient := next((w for w in found.values() if w.name == GRADIENT and w.indexed), None):
        found = dict.fromkeys(GRADIENTS, gradient) | found
    return found


def fill(expr: Expr, index: Expr) -> Expr:
    """`expr` with the sequences that stand without an index taken at `index`."""
    return expr.xreplace({HERE: index}) if HERE in expr.free_symbols else expr

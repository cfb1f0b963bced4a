"""What heads stand for: letters and sequences of a problem are looked up under one spelling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sympy import Expr, Symbol

from derive.model.language.claims import T, sequence
from derive.model.recurrences.lines import GRADIENT
from derive.notation import HEADS, Notation
from derive.reading.latex.named import FUNCTIONS
from derive.reading.tokens.heads import LETTERS, Head, read_head, spelled
from derive.reading.tokens.token import Token, Unreadable

BY = (
    "",
    "_w",
    "_theta",
    "_x",
    "_W",
    "_p",
    "_Theta",
    "_phi",
)  # what papers call the parameter that is trained
GRADIENTS = ("g", "g_w", *(f"nabla{by} {loss}" for by in BY for loss in ("L", "f", "ell")))
# Where any letter may stand: names that are functions, that are functions before a bracket, that
# might be some.
FUNCTION_NAMES = frozenset(name for name in FUNCTIONS if name.isalpha() and len(name) > 1)
CALLED = frozenset(["Gamma", "psi", "E"])
LIKE_FUNCTIONS = frozenset(["f", "g", "h", "F", "G", "H", "O", "o", "Theta", "Omega"])
HERE = Symbol(
    " here"
)  # the index of a sequence that is written without one; a name that nobody can write


@dataclass(frozen=True)
class Word:
    """A letter (`value` is what it means), or a sequence: its index is written `shift` greater than
    in the model, or, where the model counts steps back from `down`, as what is left. `body` is what
    it is at t, where a text or a problem says that. With `(s)` behind it is `scaled`; one that is
    `numbered`, such as a root, never stands without an index."""

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
        shift = max(self.shift, self.below if below else 0)
        if self.body is not None:
            return self.body.xreplace({HERE: index - shift})
        if index == HERE:
            return sequence(self.name)(HERE)
        return sequence(self.name)(index - shift if self.down is None else self.down - index)


@dataclass(frozen=True)
class Vocabulary:
    r"""The words of a model by their spelling; `indices` are the letters that count.

    `index` is what a line is about that names none. `first` is from where an index counts of which
    only the end is said, as in \prod_{i<j}; none where that is not known.
    """

    words: Mapping[str, Word] = field(default_factory=dict)
    indices: frozenset[str] = frozenset("tklijn")
    first: int | None = None
    index: Symbol = T

    def find(
        self, head: Head, called: Sequence[Token] | None = None
    ) -> tuple[Word, tuple[Token, ...] | None] | None:
        """The word of a head, and what of that stands below it is an index: `m_{w,t}`, `m_t`,
        `K_j`.

        `called` is what stands in brackets behind it, so that it might be a function.
        """
        if head.key in self.words:
            return self.words[head.key], None
        shorter = "_".join((head.base, *head.below[:-1]))
        word = self.words.get(shorter) if head.below else None
        return (word, head.parts[-1]) if word is not None and word.indexed else None

    def with_words(self, more: Mapping[str, Word]) -> Vocabulary:
        return replace(self, words={**self.words, **more})


@dataclass(frozen=True)
class Letters(Vocabulary):
    """Any letter stands for itself."""

    indices: frozenset[str] = frozenset("n")

    def find(self, head: Head, called: Sequence[Token] | None = None) -> tuple[Word, None] | None:
        """A letter by its name; a number's and a function's are none, nor is one that everyone
        takes for a function."""
        name = head.base
        if head.key == "e" or name in FUNCTION_NAMES or (called is not None and name in CALLED):
            return None
        if (
            name == "H"
            and head.parts
            and any(t.kind == "letter" and len(t.text) == 1 for t in head.parts[-1])
        ):
            return None  # a harmonic number
        if called is not None and (name in LIKE_FUNCTIONS or _is_upright(name) or _is_one(called)):
            raise Unreadable(
                f"{name}(...) may be a function or a product: write a dot where it is a product",
                head.at,
            )
        return Word(head.key, Symbol(head.key)), None


def _is_upright(name: str) -> bool:
    return len(name) > 1 and name.isalpha() and rf"\{name}" not in LETTERS


def _is_one(row: Sequence[Token]) -> bool:
    """Whether there is one letter or number and no more, as in x(t), which nobody writes for a
    product."""
    head = read_head(row, 0) if row else None
    return (head is not None and head.end == len(row)) or (
        len(row) == 1 and row[0].kind == "number"
    )


def words_of(notation: Notation, words: Iterable[Word]) -> dict[str, Word]:
    """Words by their spelling as `notation` writes them, with and without `_w`; the gradient by
    what it is usually called."""
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

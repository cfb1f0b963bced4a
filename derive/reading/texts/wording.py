"""The words of an answer, and around its formulas: numbers in words, names without braces, words by
which it is another value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.reading.latex.words import Vocabulary
from derive.reading.texts.documents import Document
from derive.reading.tokens.heads import Head

MATHEMATICS = re.compile(r"[\\^_{}=+*/<>\d()\[\]]|[α-ω]")
NUMBERS = {
    "none": 0,
    "zero": 0,
    "one": 1,
    "once": 1,
    "two": 2,
    "twice": 2,
    "double": 2,
    "three": 3,
    "four": 4,
    "half": "1/2",
}
NUMBERS |= {f"{n} times": n for n in range(2, 10)}
NUMBERS |= {
    f"{word} {times}": n
    for word, n in list(NUMBERS.items())
    for times in ("times", "as much", "as many", "values")
}
TIMES = re.compile(r"^(\d+)\s*(×|\\times|x)$")
LETTER_X = Head("x", (), (), 0, 1)
WORDS = re.compile(r"\\(?:text\w*|mbox)\s*\{([^{}]*)\}")
# Words by which an answer is another value than the formula, or none.
CHANGING = re.compile(
    r"\b(or|oder|either|not|nicht|never|wrong|except|unless|percent|per|hundred|thousand|million|billion|dozen|half|twice|times"
    r"|plus|minus|over|squared|cubed|more|less|double|at least|at most)\b|n't\b",
    re.IGNORECASE,
)


def counted(text: str, vocabulary: Vocabulary) -> str:
    """`3 x` in words, which are 3 times where x is no letter of the problem."""
    if text.endswith("x") and vocabulary.find(LETTER_X) is not None:
        return text
    return TIMES.sub(r"\1 times", text)


def braced(text: str, vocabulary: Vocabulary) -> str:
    """W_in, typed without braces, where there is a W_{in}."""
    below = {
        part
        for key in vocabulary.words
        for part in key.split("_")[1:]
        if len(part) > 1 and part.isalpha()
    }
    return re.sub(rf"_({'|'.join(sorted(below))})(?![A-Za-z])", r"_{\1}", text) if below else text


def outside(text: str, source: Document) -> int | None:
    """Where mathematics stands outside of the formulas of a text that has some."""
    last = 0
    for formula in source.formulas:
        found = MATHEMATICS.search(formula.before)
        start = formula.at - len(formula.before)
        if found and not formula.before.rstrip().endswith(("\\[", "\\(", "$")):
            return max(last, start + found.start())
        last = formula.at + len(formula.text)
    behind = re.sub(r"^(\$\$?|\\[\])]|\\end\{\w+\*?\})", "", text[last:]) if source.formulas else ""
    return last if MATHEMATICS.search(behind) else None


def prose(text: str, source: Document) -> Iterator[tuple[str, int]]:
    """What stands in words in an answer and around its formulas, with where it begins."""
    for found in WORDS.finditer(text):
        if text[: found.start()].rstrip(" {").endswith(("_", r"\mathrm")):
            continue  # a name, W_{\text{in}}
        yield found[1], found.start(1)
    last = 0
    for formula in source.formulas:
        yield formula.before, formula.at - len(formula.before)
        last = formula.at + len(formula.text)
    if source.formulas:
        yield text[last:], last

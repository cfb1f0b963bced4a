"""The words that may stand around an answer's formula: they say that it is the answer, or how it
was found. No others."""

from __future__ import annotations

import re

from derive.reading.tokens.token import Unreadable

LAID_OUT = re.compile(
    r"\\(?:begin|end)\s*\{\w+\*?\}(?:\{\d+\})?|\\[\[\]()]|\$"
    r"|\\(?:text\w*|mbox)\b|\\(?:quad|qquad|[,;: ])"
)
FOUND = re.compile(
    r"\bgeometric (?:sum|series|progression)\b|\bclosed form\b|\binduction\b", re.IGNORECASE
)
ODD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’-][A-Za-z]+)*|[^\s.,:;{}\\]")
NEUTRAL = frozenset(
    "the an answer answers result results solution value values formula is are so thus hence "
    "therefore then we get obtain have"
    " find"
    " conclude see know it its it's this that which follows equals equal to gives give yields "
    "simplifies becomes since because by"
    " using use used from for all any every where with and if when otherwise else as in of at "
    "here let final finally my our i"
    " unroll unrolling unrolled recurrence recursion induction series geometric definition "
    "constant form closed"
    " gradient gradients parameter weight momentum width output input field receptive "
    "optimizer layer layers step steps steady"
    " adam sgdm sgd proof qed done also namely i.e ie say below above integer positive natural "
    "even odd".split()
)


def only_neutral(words: str, at: int) -> None:
    """Raises Unreadable for a word that might make another value of the formula beside which it
    stands."""
    plain = FOUND.sub(lambda m: " " * len(m[0]), LAID_OUT.sub(lambda m: " " * len(m[0]), words))
    for word in ODD.finditer(plain):
        article = word[0].lower() == "a" and re.match(r"\s+[a-z]{2}", words[word.end() :])
        if word[0].lower() not in NEUTRAL and not article:
            raise Unreadable(
                f'"{word[0][:30]}" beside a formula is not read: write the formula alone',
                max(at, 0) + word.start(),
            )

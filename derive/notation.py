"""The dictionary between names and their LaTeX, used for writing and for reading; a leaf that
imports nothing of derive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega".split()
)
SHORT = {"eps": "epsilon", "lam": "lambda", "left": "a", "right": "b", "centre": "c"}
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}

# Heads that are not written with an index: what the question calls them.
HEADS = {"out": r"W_{\mathrm{out}}", "min_in": r"W_{\mathrm{in}}", "reads": "R", "read": "N"}

INDICES = frozenset(["t", "l", "L", "k", "j", "i", "n", "o", "p", "q"])

SPECIAL = {c: "\\" + c for c in "&%$#_{}"} | {
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
}


def escaped(text: str) -> str:
    """Plain text as LaTeX sets it, every character as it is."""
    return "".join(SPECIAL.get(c, c) for c in text)


@dataclass(frozen=True)
class Notation:
    """How a problem writes its letters: `names` overrides LaTeX, `index` says how steps are
    counted, `conditions` which of them a step says: "needed", those that the ranges do not give, or
    "all".

    "superscript": m^{(t+1)} is made from m^{(t)} and the gradient at time t, from 0. "subscript",
    as papers do: m_t is made from m_{t-1} and the gradient g_t, t from 1. `numbered` are names of
    roots, r_1 and r_2 in either. `taken` are names of a problem's own: H is then no harmonic
    number, nor e Euler's.
    """

    index: str = "superscript"
    names: Mapping[str, str] = field(default_factory=dict)
    numbered: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
    conditions: str = "needed"

    @property
    def first(self) -> int:
        """The number of the first gradient."""
        return int(self.index == "subscript")

    def symbol(self, name: str) -> str:
        """The LaTeX of a name: `beta1` is \\beta_1, `m_hat` is \\hat{m}, `W_in` is
        W_{\\mathrm{in}}."""
        if name in self.names:
            return self.names[name]
        head, *tail = name.split("_")
        for word in tail:
            if word in ACCENTS:
                rest = "_".join([head, *(w for w in tail if w != word)])
                return f"{ACCENTS[word]}{{{self.symbol(rest)}}}"
        letters, digits = re.fullmatch(r"([A-Za-z]*)(\d*)", head).groups()  # type: ignore[union-attr]
        below = [digits] * bool(digits) + [
            w if len(w) == 1 or w.isdigit() else rf"\mathrm{{{w}}}" for w in tail
        ]
        base = self._word(letters)
        return (
            f"{base}_{{{','.join(below)}}}"
            if below and len(",".join(below)) > 1
            else base + "".join(f"_{b}" for b in below)
        )

    def _word(self, letters: str) -> str:
        word = SHORT.get(letters, letters)
        if word.lower() in GREEK:
            return rf"\{word}"
        return word if len(word) == 1 else rf"\mathrm{{{word}}}"

    def value(self, name: str, index: str) -> str:
        """The LaTeX of a sequence at an index that is already LaTeX."""
        if f"{name}({index})" in self.names:
            return self.names[f"{name}({index})"]
        if name in HEADS:
            return HEADS[name]
        letter = self.symbol(name)
        if name in self.numbered:
            return f"{letter}_{{{index}}}"
        if self.index == "superscript":
            return f"{letter}^{{({index})}}"
        base, mark, below = letter.rpartition("_")
        return (
            f"{base}_{{{below.strip('{}')},{index}}}"
            if mark and not below.endswith("}")
            else f"{letter}_{{{index}}}"
        )

    def is_greek(self, name: str) -> bool:
        return bool(re.match(r"\\(?!mathrm)[a-z]+", self.symbol(name)))

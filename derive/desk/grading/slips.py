"""Likely mistakes, derived: what comes out where a step of a question's own derivation is done a
little wrong."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any

from sympy import Basic, Expr
from sympy.core.function import AppliedUndef

from derive.checking.counting.worlds import Sample
from derive.checking.numbers.intervals import NotReadable
from derive.desk.proofreading.edits import KINDS, edits, words_for
from derive.desk.proofreading.letters.settings import Setting
from derive.desk.sheets.pieces import Piece
from derive.model.language.claims import Claim

MOST_LINES = 12
MOST_EDITS = 400  # of a line
HINTS = {
    "another": "This is the value of another quantity of the problem.",
    "limit": "Look at where your sum or product begins and ends.",
    "index": "Look at the index: you are a step too early or too late.",
    "exponent": "Look at the exponents.",
    "sign": "Look at the signs.",
    "number": "Look at the numbers: one is off by one.",
    "factor": "A factor is lost.",
    "missing factor": "There is a factor too many, or one too few.",
    "letter": "A letter is taken for another.",
    "name": "A quantity is taken for another: read the update again.",
    "term": "A term is lost.",
    "floor": "Think of rounding.",
    "inverted": "Something is above the line that belongs below it, or the other way round.",
    "step": "One step of your derivation is not right.",
}
Print = tuple[Any, ...]


class Slips:
    """The values that slips give in a few worlds, by which a wrong answer is recognised."""

    def __init__(
        self,
        setting: Setting,
        goal: Expr,
        needs: tuple[Basic, ...],
        piece: Piece | None,
        key: Expr | None,
    ):
        self.setting, self.goal, self.needs, self.piece, self.key = setting, goal, needs, piece, key

    def kind(self, value: Expr) -> str:
        """What was done wrong where that gives this value; nothing where no slip does."""
        found = self._print(value)
        return self._table.get(found, "") if found is not None else ""

    @cached_property
    def _worlds(self) -> list[Any]:
        worlds = self.sample.worlds(
            Claim(self.goal, self.key if self.key is not None else self.goal, self.needs)
        )
        return worlds[3:6] or worlds[-3:]

    @property
    def sample(self) -> Sample:
        return self.setting.sample

    def _print(self, value: Expr) -> Print | None:
        """The value in the worlds; None where it has none that is exact."""
        try:
            found = tuple(self.sample.evaluated(value, env) for env in self._worlds)
        except (ZeroDivisionError, NotReadable):
            return None
        return (
            tuple(map(Fraction, found))
            if found and all(isinstance(f, int | Fraction) for f in found)
            else None
        )

    @cached_property
    def _table(self) -> dict[Print, str]:
        found: dict[Print, str] = {}
        right = self._print(self.goal)
        for kind, value in sorted(self._slipped(), key=lambda pair: ORDER.index(pair[0])):
            made = self._print(value)
            if made is not None and made != right:
                found.setdefault(made, kind)
        return found

    def _slipped(self) -> Iterator[tuple[str, Expr]]:
        if self.piece is None:
            lines = [self.key] if self.key is not None else []
        else:
            run = self.piece.run
            chain = run.derivation(self.piece.name)
            lines = [step.claim.right for step in (*chain.lemmas, *chain.steps)]
            if isinstance(self.goal, AppliedUndef):
                yield from (
                    ("another", run.derivation(n).goal) for n in run.names if n != self.piece.name
                )
        lines = [self.goal, *dict.fromkeys(line for line in reversed(lines) if line is not None)][
            :MOST_LINES
        ]
        words = words_for(self.setting, lines)
        for line in lines:
            yield from ((edit.kind, edit.expr) for edit in islice(edits(line, words), MOST_EDITS))


ORDER = ("another", *KINDS)

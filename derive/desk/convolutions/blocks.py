"""The closed forms of a block repeated, checked twice: as a recurrence, and against windows."""

from __future__ import annotations

from dataclasses import replace

from sympy import Symbol

from derive.checking.convolutions.depth import check_depths
from derive.desk.recurrences.solved import Solved
from derive.model.convolutions.blocks import Block
from derive.model.language.claims import Claim, Verdict
from derive.notation import Notation


class Blocks(Solved):
    """A block repeated, solved: `run.W` is the field after L layers (or n blocks); see Block for
    the others.

    Each closed form is checked as a recurrence's, and again against the windows of real stacks.
    """

    def __init__(self, block: Block, notation: Notation | None = None):
        self.block = block
        self._by_windows: dict[Claim, Verdict] = {}
        notation = notation or Notation()
        ends = {
            n: rf"\mathrm{{{n}}}"
            for n in ("left", "right")
            if Symbol(notation.symbol(n)) in block.symbols
        }
        super().__init__(block.stated, notation=replace(notation, names={**ends, **notation.names}))
        self.main = "W"

    def verdicts(self, name: str | None = None) -> list[Verdict]:
        found = super().verdicts(name)
        name = name or self.main
        answer = self.derivation(name).claim
        if answer not in self._by_windows:  # asked for with every value that is given out
            self._by_windows[answer] = check_depths(self.block, {name: answer.right}, answer.needs)
        by_windows = self._by_windows[answer]
        return found if by_windows.holds else [*found[:-1], by_windows]

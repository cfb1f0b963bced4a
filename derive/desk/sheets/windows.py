"""Questions about any stack of convolutions, whatever the problem gives: one layer's outputs and
least input, the receptive field, an example in numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Integer

from derive.desk.convolutions.given import as_stack
from derive.desk.convolutions.stacks import of_stack, receptive_field, window
from derive.desk.sheets.pieces import Answer, Piece
from derive.desk.sheets.problem import Problem
from derive.model.convolutions.stacks import KERNEL, STRIDE, WIDTH
from derive.model.language.claims import LEVEL, Claim
from derive.notation import Notation

# kernel sizes and strides of the smallest stack whose field has a position that is not read
HULL = ((1, 3), (2, 1))


class Windows:
    """The questions about layers in letters."""

    def __init__(self, problem: Problem, notation: Notation):
        self.given, self.notation = problem.given, notation

    @property
    def questions(self) -> tuple[str, ...]:
        return tuple(ANSWERS)

    def knows(self, question: str) -> bool:
        return question in ANSWERS

    def answer(self, question: str) -> Answer:
        return ANSWERS[question](self)

    def _out(self) -> Answer:
        run = window("out", "W_in", "K", "P", "S", self.notation)
        pieces = (Piece(run, "out"), Piece(run, "exact", "exact"), Piece(run, "fits", "fits"))
        return Answer("conv.out", "out", pieces)

    def _least(self) -> Answer:
        run = window("min_in", "W_out", "K", "P", "S", self.notation)
        return Answer("conv.min_in", "min_in", (Piece(run, "min_in"),))

    def _example(self) -> Answer:
        example = self.given.get("example", {"K": [3, 5, 4], "S": [2, 1, 3]})
        run = receptive_field(example.get("K"), example.get("S"), notation=self.notation)
        return Answer("rf.example", "example", (Piece(run, "W"),), {"stack": run.model})

    def _field(self) -> Answer:
        reads = window("reads", "n", "K", "P", "S", self.notation)
        run = receptive_field(L=self.given.get("layers"), notation=self.notation)
        hull = receptive_field(*HULL, notation=self.notation)
        about = {
            "start": Claim(WIDTH(run.model.depth), Integer(1)),
            "gap": KERNEL(LEVEL) < STRIDE(LEVEL),
            "hull": HULL,
        }
        empty: dict[str, Any] = {"K": [], "S": []}
        none = of_stack(as_stack(empty, None), self.notation, empty)
        pieces = (
            Piece(reads, "reads", "reads"),
            Piece(run, "layers"),
            Piece(run, "W"),
            Piece(hull, "W", "hull"),
            Piece(hull, "read", "read"),
            Piece(none, "W", "no layers"),
        )
        return Answer("rf", "field", pieces, about)


ANSWERS: dict[str, Callable[[Windows], Answer]] = {
    "conv.out": Windows._out,
    "conv.min_in": Windows._least,
    "rf": Windows._field,
    "rf.example": Windows._example,
}

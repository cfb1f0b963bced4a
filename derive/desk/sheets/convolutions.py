"""Questions about convolutions in a problem file: a stack's sequences, its size, its blocks
repeated; a table of networks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from sympy import Expr, Integer, Symbol

from derive.desk.convolutions.depth import Regular
from derive.desk.convolutions.given import as_stack, layers_of
from derive.desk.convolutions.published import table
from derive.desk.convolutions.repeats import Repeated, repeated
from derive.desk.convolutions.stacks import Field, receptive_field
from derive.desk.run import Run
from derive.desk.sheets.equations import cases
from derive.desk.sheets.pieces import Answer, Piece
from derive.desk.sheets.problem import Problem
from derive.errors import DeriveError
from derive.model.convolutions.network import chain
from derive.model.language.claims import Claim, Verdict
from derive.notation import Notation
from derive.reading.networks.layers import stages
from derive.solving.convolutions.passes import sized

SIZES = ("K", "S", "D", "P")


class Convolutions:
    """The stack or the networks of one problem."""

    def __init__(self, problem: Problem, notation: Notation):
        self.problem, self.notation, self.stack = problem, notation, problem.stack

    @cached_property
    def run(self) -> Field | Regular:
        """The stack's field and what goes with it."""
        given = {k: v for k, v in self.stack.items() if k in (*SIZES, "L", "repeat")}
        return receptive_field(notation=self.notation, **given)

    @cached_property
    def sizes(self) -> Run:
        """The number of outputs of each layer."""
        return self.run.outputs(self.stack.get("width", "W_in"))

    @property
    def questions(self) -> tuple[str, ...]:
        if self.problem.networks:
            return ("networks",)
        if "layers" in self.stack:
            return ("repeats",)
        return (*(n for n in self.run.names if not n.endswith("_l")), *self.run.questions)

    def knows(self, question: str) -> bool:
        return question in self.questions

    def answer(self, question: str) -> Answer:
        """Raises DeriveError where it cannot be answered."""
        special = ANSWERS.get(question)
        if special is not None:
            return special(self)
        before = "layers" if question == "W" else f"{question}_l"  # its form in every layer
        layers = (Piece(self.run, before, "layers"),) if before in self.run.names else ()
        return Answer(question, "stack", (*layers, Piece(self.run, question)), {"name": question})

    def _outputs(self) -> Answer:
        return Answer("O", "stack", (Piece(self.sizes, "O"),), {"name": "O"})

    def _cases(self) -> Answer:
        found = cases(self.run, ("W",))  # type: ignore[arg-type]
        pieces = tuple(Piece(case["run"], name, "case") for case in found for name in case["names"])
        return Answer("cases", "cases", pieces, {"cases": found, "run": self.run})

    def _growth(self) -> Answer:
        asked = self.run.growth()  # type: ignore[union-attr]
        assert asked.verdict is not None
        claim = Claim(Symbol("growth"), asked.answer, asked.needs)
        checked = (("answer", claim, asked.verdict),)
        return Answer("growth", "growth", (), {"term": asked.answer}, checked)

    def _drawing(self) -> Answer:
        """The stack on an input of the width that is given, coloured what its middle output reads,
        which the drawing counts."""
        from derive.desk.convolutions.drawing import tikz  # not needed for mathematics

        layers = as_stack({k: v for k, v in self.stack.items() if k in SIZES}, None)
        if layers.values is None or layers.letters or "width" not in self.stack:
            raise DeriveError(
                "a drawing is of a stack of numbers, on an input of that width; give lists and "
                "width = 16"
            )
        network, width = chain(layers_of(layers)), self.stack["width"]
        at = (sized(network, width)[1][network.output] - 1) // 2
        return Answer("drawing", "drawing", (), {"tikz": tikz(network, width, at, fragment=True)})

    def _networks(self) -> Answer:
        rows = table(self.problem.networks)
        verdicts = [Verdict(row["verdict"], "counted", row["phases"]) for row in rows]
        claims = [(row["name"], Claim(Symbol(row["name"]), Integer(row["size"]))) for row in rows]
        checked = tuple((name, claim, v) for (name, claim), v in zip(claims, verdicts, strict=True))
        return Answer("networks", "networks", (), {"rows": rows}, checked)

    def _repeats(self) -> Answer:
        parts = stages(self.stack["layers"])
        if parts is None:
            raise DeriveError("no part of the layers is repeated a letter's times: *n")
        found: Repeated = repeated(parts)
        claims: dict[str, Expr] = {
            "W": found.size,
            "left": found.left,
            "right": found.right,
            "J": found.stride,
        }
        checked = tuple(
            (name, Claim(Symbol(name), form), found.verdict) for name, form in claims.items()
        )
        return Answer("repeats", "repeats", (), {"found": found}, checked)


# The questions that are no name of a run.
ANSWERS: dict[str, Callable[[Convolutions], Answer]] = {
    "networks": Convolutions._networks,
    "repeats": Convolutions._repeats,
    "O": Convolutions._outputs,
    "drawing": Convolutions._drawing,
    "cases": Convolutions._cases,
    "growth": Convolutions._growth,
}

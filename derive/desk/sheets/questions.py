"""From a question's name (`sgdm.w`, `conv.out`, `rf`) to its answer: the runs that hold it, and
what the page needs to know."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy import Basic, Gt, Integer, Lt, Symbol, sqrt

from derive.checking.counting.unroll import truth
from derive.checking.counting.worlds import hidden
from derive.desk.convolutions.stacks import receptive_field, window
from derive.desk.recurrences.answer import memory_ratio, scale, solve
from derive.desk.run import Run
from derive.desk.sheets.pieces import Answer, Piece
from derive.desk.sheets.problem import Problem
from derive.errors import nearest
from derive.model.convolutions.stacks import KERNEL, LEVEL, STRIDE, WIDTH
from derive.model.language.claims import Claim, DeriveError, free_symbols
from derive.model.recurrences.program import PARAMETER, Program
from derive.notation import Notation
from derive.solving.recurrences.scaling import degrees

if TYPE_CHECKING:
    from derive.desk.sheets.convolutions import Convolutions
    from derive.desk.sheets.equations import Equations

STACKS = ("conv.out", "conv.min_in", "rf", "rf.example")
HULL = (
    (1, 3),
    (2, 1),
)  # kernel sizes and strides of the smallest stack whose field has a position that is not read


class Desk:
    """Answers the questions of one problem, each run made once."""

    def __init__(self, problem: Problem, notation: Notation):
        self.problem, self.notation = problem, notation
        self._runs: dict[str, Run] = {}
        self.equations: Equations | None = None
        self.convolutions: Convolutions | None = None
        if problem.stack or problem.networks:
            from derive.desk.sheets.convolutions import Convolutions

            self.convolutions = Convolutions(problem, notation)
        if problem.equations:
            from derive.desk.sheets.equations import Equations

            self.equations = Equations(problem, notation)

    def questions(self) -> tuple[str, ...]:
        """Every question this problem can be asked."""
        if self.equations is not None:
            return self.equations.questions
        if self.convolutions is not None:
            return self.convolutions.questions
        named = [f"{p.name}.{line.target}" for p in self.problem.optimizers for line in p.parsed]
        scaled = [f"{p.name}.scaling" for p in self.problem.optimizers]
        ratio = ["memory.ratio"] if len(self.problem.optimizers) == 2 else []
        return (*named, *scaled, *ratio, *STACKS)

    def answer(self, question: str, place: str) -> Answer:
        """Raises DeriveError, naming the place, for a question that is not known or cannot be
        answered."""
        if question not in self.questions():
            raise DeriveError(
                f'{place}: no question "{question}"{nearest(question, self.questions())}'
            )
        try:
            return self._answer(question)
        except DeriveError as error:
            raise DeriveError(f"{place}, {question}: {error}") from None

    def _answer(self, question: str) -> Answer:
        given = self.problem.given
        if self.equations is not None:
            return self._recurrence(question, self.equations)
        if self.convolutions is not None:
            return self.convolutions.answer(question)
        subject, _, name = question.partition(".")
        match question:
            case "memory.ratio":
                return self._memory()
            case "conv.out":
                run = window("out", "W_in", "K", "P", "S", self.notation)
                return Answer(
                    question,
                    "out",
                    (Piece(run, "out"), Piece(run, "exact", "exact"), Piece(run, "fits", "fits")),
                )
            case "conv.min_in":
                return Answer(
                    question,
                    "min_in",
                    (Piece(window("min_in", "W_out", "K", "P", "S", self.notation), "min_in"),),
                )
            case "rf":
                return self._field()
            case "rf.example":
                example = given.get("example", {"K": [3, 5, 4], "S": [2, 1, 3]})
                run = receptive_field(example.get("K"), example.get("S"), notation=self.notation)
                return Answer(question, "example", (Piece(run, "W"),), {"stack": run.model})
        program = next(p for p in self.problem.optimizers if p.name == subject)
        return self._scaling(program) if name == "scaling" else self._state(program, name)

    def _recurrence(self, question: str, equations: Equations) -> Answer:
        """A closed form; the degenerate cases; or why there is none, and the first terms."""
        if question == "terms":
            reason = equations.reason()
            lines = [Claim(left, right) for left, right in reason.lines]
            return Answer(
                question, "terms", (), {"equations": equations, "why": reason.why, "lines": lines}
            )
        if question == "cases":
            from derive.desk.sheets.equations import cases

            found = cases(equations.run, equations.run.names)
            pieces = tuple(
                Piece(case["run"], name, "case") for case in found for name in case["names"]
            )
            return Answer(question, "cases", pieces, {"cases": found, "run": equations.run})
        return Answer(
            question, "recurrence", (Piece(equations.run, question),), {"equations": equations}
        )

    def _values(self, program: Program, table: str, known: tuple[str, ...]) -> dict[str, Any]:
        return {k: v for k, v in self.problem.given.get(table, {}).items() if k in known}

    def run(self, program: Program, ranges: tuple[Basic, ...] | None = None) -> Run:
        """The optimizer under what is given."""
        given = self.problem.given
        return solve(
            program,
            given.get("gradient", "c"),
            self._values(program, "start", program.states),
            given.get("ranges", ()) if ranges is None else ranges,
            self.notation,
            **self._values(program, "values", program.hyperparameters),
        )

    def _state(self, program: Program, name: str) -> Answer:
        run = self._runs.setdefault(program.name, self.run(program))
        pieces = [Piece(run, name)]
        about: dict[str, Any] = {"program": program, "name": name, "kept": name in program.states}
        about["models"] = [self.run(p).model for p in self.problem.optimizers]
        letter = self._sign_needed(run, name)
        if letter is not None:
            kept = [r for r in run.model.source.ranges if letter not in r.free_symbols]
            mirrored = self.run(program, (*kept, Lt(letter, 0)))
            if mirrored.derivation(name).answer != run.derivation(name).answer:
                pieces.append(Piece(mirrored, name, "mirror"))
                about |= {
                    "sign": Lt(letter, 0),
                    "root": sqrt(letter**2),
                    "minus": -letter,
                    "letter": letter,
                }
                about["undefined"] = self._undefined(run, name, letter)
        return Answer(f"{program.name}.{name}", "state", tuple(pieces), about)

    def _sign_needed(self, run: Run, name: str) -> Symbol | None:
        """The letter whose sign a root needed: c, where the answer needs c > 0."""
        signs = [
            n.lhs
            for n in run.derivation(name).needs
            if isinstance(n, Gt) and isinstance(n.lhs, Symbol) and n.rhs == 0
        ]
        return signs[0] if len(signs) == 1 else None

    def _undefined(self, run: Run, name: str, letter: Symbol) -> bool:
        """Whether the program's first step divides by zero at letter = 0."""
        env: dict[str, Any] = {
            s.name: Fraction(1, n) for n, s in enumerate(free_symbols(*hidden(run.model)), 2)
        } | {letter.name: 0}
        try:
            truth(run.model, env)[name](1)
        except ZeroDivisionError:
            return True
        return False

    def _scaling(self, program: Program) -> Answer:
        key = f"{program.name}.scaling"
        start, values = (
            self._values(program, t, k)
            for t, k in (("start", program.states), ("values", program.hyperparameters))
        )
        run = self._runs.setdefault(key, scale(program, start, self.notation, **values))
        degree = degrees(run.model)
        assert degree is not None
        about = {
            "program": program,
            "degree": degree[PARAMETER],
            "from_start": run.model.start[PARAMETER][0] != 0,
        }
        return Answer(key, "scaling", tuple(Piece(run, n) for n in run.names), about)

    def _memory(self) -> Answer:
        first, second = self.problem.optimizers
        names = {
            f"stored({n})": rf"M_{{\text{{{p.title}}}}}" for n, p in enumerate((first, second))
        }
        run = memory_ratio(
            first, second, Notation(self.notation.index, {**self.notation.names, **names})
        )
        return Answer(
            "memory.ratio", "memory", (Piece(run, "ratio"),), {"programs": (first, second)}
        )

    def _field(self) -> Answer:
        reads = window("reads", "n", "K", "P", "S", self.notation)
        run = receptive_field(L=self.problem.given.get("layers"), notation=self.notation)
        hull = receptive_field(*HULL, notation=self.notation)
        about = {
            "start": Claim(WIDTH(run.model.depth), Integer(1)),
            "gap": KERNEL(LEVEL) < STRIDE(LEVEL),
            "hull": HULL,
        }
        none = receptive_field([], [], notation=self.notation)
        pieces = (
            Piece(reads, "reads", "reads"),
            Piece(run, "layers"),
            Piece(run, "W"),
            Piece(hull, "W", "hull"),
            Piece(hull, "read", "read"),
            Piece(none, "W", "no layers"),
        )
        return Answer("rf", "field", pieces, about)

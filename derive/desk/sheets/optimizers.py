"""Questions about optimizers in a problem file: what they keep under what is given, how that scales
with the gradient, how much they store."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Basic, Gt, Lt, Symbol, sqrt

from derive.checking.counting.kinds import hidden, truth
from derive.desk.given import about, all_about, conditions, letters
from derive.desk.recurrences.answer import CONSTANT, memory_ratio, scale, solve
from derive.desk.recurrences.solved import Solved
from derive.desk.run import Run
from derive.desk.sheets.pieces import Answer, Piece, answered
from derive.desk.sheets.problem import Problem
from derive.model.language.claims import free_symbols
from derive.model.recurrences.lines import PARAMETER
from derive.model.recurrences.program import Program
from derive.notation import Notation
from derive.solving.recurrences.scaling import degrees


class Optimizers:
    """The optimizers of one problem, each solved once."""

    def __init__(self, problem: Problem, notation: Notation):
        self.problem, self.notation = problem, notation
        self._runs: dict[str, Solved] = {}
        self._scales: dict[str, Run] = {}

    @property
    def questions(self) -> tuple[str, ...]:
        named = [f"{p.name}.{target}" for p in self.problem.optimizers for target in p.targets]
        scaled = [f"{p.name}.scaling" for p in self.problem.optimizers]
        ratio = ["memory.ratio"] if len(self.problem.optimizers) == 2 else []
        return (*named, *scaled, *ratio)

    def knows(self, question: str) -> bool:
        return question in self.questions or self._asked(question) is not None

    def answer(self, question: str) -> Answer:
        if question == "memory.ratio":
            return self._memory()
        if question not in self.questions:
            program, text = self._asked(question)  # type: ignore[misc]
            if text not in program.targets:
                return answered(question, self.solved(program), text)
            question = f"{program.name}.{text}"
        subject, _, name = question.partition(".")
        program = next(p for p in self.problem.optimizers if p.name == subject)
        return self._scaling(program) if name == "scaling" else self._state(program, name)

    def _asked(self, question: str) -> tuple[Program, str] | None:
        """The optimizer and what is asked of it: `sgdm.w.limit`; of one alone also `w.limit`."""
        for program in self.problem.optimizers:
            subject, _, text = question.partition(".")
            alone = len(self.problem.optimizers) == 1
            for asked in (text,) if subject == program.name else (question,) if alone else ():
                if asked in program.targets or _is_question(asked, program):
                    return program, asked
        return None

    def solved(self, program: Program) -> Solved:
        """The optimizer under what is given."""
        if program.name not in self._runs:
            self._runs[program.name] = self.run(program)
        return self._runs[program.name]

    def _values(self, program: Program, table: str, known: tuple[str, ...]) -> dict[str, Any]:
        return {k: v for k, v in self.problem.given.get(table, {}).items() if k in known}

    @cached_property
    def _ranges(self) -> dict[str, tuple[Basic, ...]]:
        """The ranges that are about each optimizer. Raises DeriveError for one that is about
        none."""
        ranges = conditions(self.problem.given.get("ranges", ()), "ranges")
        known = {p.name: letters(self.run(p, ()).model) for p in self.problem.optimizers}
        all_about(ranges, frozenset().union(*known.values()))
        return {name: about(ranges, own) for name, own in known.items()}

    def run(self, program: Program, ranges: tuple[Basic, ...] | None = None) -> Solved:
        """The same, under other ranges."""
        given = self.problem.given
        return solve(
            program,
            given.get("gradient", CONSTANT),
            self._values(program, "start", program.states),
            self._ranges[program.name] if ranges is None else ranges,
            self.notation,
            **self._values(program, "values", program.hyperparameters),
        )

    def _state(self, program: Program, name: str) -> Answer:
        run = self.solved(program)
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
        start, values = (
            self._values(program, t, k)
            for t, k in (("start", program.states), ("values", program.hyperparameters))
        )
        if program.name not in self._scales:
            self._scales[program.name] = scale(program, start, self.notation, **values)
        run = self._scales[program.name]
        degree = degrees(run.model)
        assert degree is not None
        about = {
            "program": program,
            "degree": degree[PARAMETER],
            "from_start": run.model.start[PARAMETER][0] != 0,
        }
        return Answer(
            f"{program.name}.scaling", "scaling", tuple(Piece(run, n) for n in run.names), about
        )

    def _memory(self) -> Answer:
        first, second = self.problem.optimizers
        names = {
            f"stored({n})": rf"M_{{\text{{{p.title}}}}}" for n, p in enumerate((first, second))
        }
        run = memory_ratio(
            first, second, replace(self.notation, names={**self.notation.names, **names})
        )
        return Answer(
            "memory.ratio", "memory", (Piece(run, "ratio"),), {"programs": (first, second)}
        )


def _is_question(text: str, program: Program) -> bool:
    from derive.desk.recurrences.questions.entries import (
        is_question,  # a key of closed forms has none
    )

    return is_question(text, program.targets)

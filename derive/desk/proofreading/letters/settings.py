"""What the letters of a text mean: one setting for each model that a problem is about, with the
words it is written in."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Basic, Ge

from derive.checking.counting.worlds import Sample
from derive.desk.proofreading.letters.spoken import SPOKEN, meanings
from derive.desk.run import Run
from derive.desk.sheets.pieces import Piece
from derive.desk.sheets.problem import ProblemSet
from derive.desk.sheets.questions import Desk
from derive.model.language.claims import Claim, Let, NoClosedForm, Root
from derive.model.recurrences.training import SCALED, trained
from derive.notation import INDICES, Notation
from derive.reading.latex.words import Vocabulary, words_of


@dataclass
class Setting:
    """A model under what a problem gives, or (`general`) an optimizer under any gradient, and how
    its letters are written.

    `names` are what a text calls it; `pieces` are the derivations of the problem's answers in it.
    It counts only where a text has said `when`.
    """

    names: tuple[str, ...]
    model: Any
    notation: Notation
    pieces: list[Piece] = field(default_factory=list)
    general: bool = False
    when: tuple[Basic, ...] = ()
    proved: list[Claim] = field(default_factory=list)

    @cached_property
    def sample(self) -> Sample:
        return self.pieces[0].run.sample(self.pieces[0].name) if self.pieces else Sample(self.model)

    @property
    def scales(self) -> bool:
        """Whether it is about gradients multiplied by s."""
        return any(name.endswith(SCALED) for name in getattr(self.model, "equations", ()))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        kind = SPOKEN[type(self.model)]
        words = [*kind.words(self.model, self.notation), *meanings(self._where)]
        indices = frozenset((*INDICES, *self.model.indices, kind.letter(self.model)))
        return Vocabulary(
            words_of(self.notation, words), indices, kind.first, kind.index(self.model)
        )

    @property
    def free(self) -> frozenset[str]:
        """Sequences that nothing determines, as letters are not."""
        return frozenset(SPOKEN[type(self.model)].free(self.model))

    @property
    def _where(self) -> tuple[Root | Let, ...]:
        return self.sample.where if self.model.stepwise else ()

    @cached_property
    def conditions(self) -> tuple[tuple[Basic, ...], ...]:
        """What lines of the problem's own derivations need: a right line may need it without saying
        so."""
        found: list[tuple[Basic, ...]] = []
        if self.model.stepwise:  # right but for the start
            found.append((Ge(self.model.index, self.model.first + 1, evaluate=False),))
        for piece in self.pieces:
            chain = piece.run.derivation(piece.name)
            found += SPOKEN[type(self.model)].least(self.model, chain.answer)
            for step in (*chain.lemmas, *chain.steps):
                new = tuple(n for n in step.claim.needs if n not in self.model.ranges)
                found += [(n,) for n in new] + ([new] if len(new) > 1 else [])
        return tuple(dict.fromkeys(found))


def settings(problems: ProblemSet) -> list[Setting]:
    """The settings of a problem set, in its order. Raises DeriveError where a problem cannot be
    derived."""
    found: list[Setting] = []
    for problem in problems.problems:
        desk = Desk(problem, problems.notation)
        for program in problem.optimizers:
            start = desk.optimizers.solved(program).model.start
            general = trained(program, None, {n: v for n, given in start.items() for v in given})
            found.append(
                Setting((program.title, program.name), general, problems.notation, general=True)
            )
        for run, pieces in _runs(desk).values():
            names: tuple[str, ...] = ()
            when: tuple[Basic, ...] = ()
            source = getattr(run.model, "source", None)
            if source is not None and source.gradient is not None:
                names = (source.program.title, source.program.name)
                when = source.ranges if pieces[0].role == "mirror" else ()
            found.append(Setting(names, run.model, run.notation, pieces, when=when))
        if desk.equations is not None and desk.equations.model not in (s.model for s in found):
            found.append(Setting((), desk.equations.model, problems.notation))
    return found


def _runs(desk: Desk) -> dict[int, tuple[Run, list[Piece]]]:
    """The runs of a problem's answers, with the derivations in each; those of single numbers in
    passing are left out."""
    found: dict[int, tuple[Run, list[Piece]]] = {}
    asked = [q for part in desk.problem.parts for q in part.ask if desk.knows(q)]  # of this one
    for question in asked:
        try:
            answer = desk.answer(question, desk.problem.place)
        except NoClosedForm:
            continue
        for piece in answer.pieces:
            if piece.role not in ("no layers", "hull", "read"):
                found.setdefault(id(piece.run), (piece.run, []))[1].append(piece)
    return found

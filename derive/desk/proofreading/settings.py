"""What the letters of a text mean: one setting for each model that a problem is about, with the
words it is written in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Basic, Expr, Ge, Integer, Symbol

from derive.checking.counting.worlds import Sample
from derive.desk.run import Run
from derive.desk.sheets.pieces import Piece
from derive.desk.sheets.problem import ProblemSet
from derive.desk.sheets.questions import Desk
from derive.model.convolutions.sizes import Sizes
from derive.model.convolutions.stacks import LEVEL, ORDER, Stack
from derive.model.convolutions.windows import OUTPUT, Window
from derive.model.language.claims import Claim, Let, NoClosedForm, Root, T, sequence
from derive.model.recurrences.memory import Memory
from derive.model.recurrences.program import GRADIENT, STEP
from derive.model.recurrences.stated import Source, Stated
from derive.model.recurrences.training import SCALED, trained
from derive.notation import INDICES, Notation
from derive.reading.latex.words import HERE, Vocabulary, Word, words_of


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
        return isinstance(self.model, Stated) and any(
            name.endswith(SCALED) for name in self.model.equations
        )

    @cached_property
    def vocabulary(self) -> Vocabulary:
        words = words_of(self.notation, _words(self.model, self.notation, self._where))
        first = 1 if isinstance(self.model, Stack | Sizes) else None  # layers
        index = self.model.index if isinstance(self.model, Stated) else T
        return Vocabulary(
            words, frozenset((*INDICES, *self.model.indices, self._index)), first, index
        )

    @property
    def free(self) -> frozenset[str]:
        """Sequences that nothing determines, as letters are not."""
        if isinstance(self.model, Stack):
            return frozenset((*self.model.sequences, "P"))
        return frozenset(self.model.free) if isinstance(self.model, Stated) else frozenset()

    @property
    def _where(self) -> tuple[Root | Let, ...]:
        return self.sample.where if isinstance(self.model, Stated) else ()

    @property
    def _index(self) -> str:
        return self.model.letter.name if isinstance(self.model, Stated) else STEP

    @cached_property
    def conditions(self) -> tuple[tuple[Basic, ...], ...]:
        """What lines of the problem's own derivations need: a right line may need it without saying
        so."""
        found: list[tuple[Basic, ...]] = []
        if isinstance(self.model, Stated):  # right but for the start
            found.append((Ge(self.model.index, self.model.first + 1, evaluate=False),))
        for piece in self.pieces:
            chain = piece.run.derivation(piece.name)
            if isinstance(self.model, Window) and self.model.asked == "min_in":
                found.append(
                    (Ge(chain.answer, 1, evaluate=False),)
                )  # else the padding alone is wide enough
            for step in (*chain.lemmas, *chain.steps):
                new = tuple(n for n in step.claim.needs if n not in self.model.ranges)
                found += [(n,) for n in new] + ([new] if len(new) > 1 else [])
        return tuple(dict.fromkeys(found))


def _words(model: Any, notation: Notation, where: Sequence[Root | Let]) -> Iterator[Word]:
    """The words of a model."""
    match model:
        case Stated(source=Source() as source):
            yield from _of_program(model, source, notation)
        case Window():
            layer = model.layer
            yield Word(model.asked, model.goal)
            yield from _letters(
                (
                    layer.kernel_size,
                    layer.stride,
                    layer.dilation,
                    *layer.padding,
                    model.given,
                    OUTPUT,
                )
            )
        case Stack():
            yield from map(Word, dict.fromkeys((*model.sequences, *ORDER, "P")))
            for name, size in (model.values or {}).items():
                if isinstance(size, Expr):  # the same for all layers, or by its layer
                    yield Word(name, body=size.xreplace({LEVEL: HERE}))
            yield from _letters((LEVEL, Symbol("W_out"), *map(Symbol, sorted(model.letters))))
            yield Word("L", model.depth)
        case Sizes():
            yield from map(Word, (*model.stack.sequences, "O"))
            yield from _letters(
                (Symbol("l"), Symbol("L"), model.given, *map(Symbol, sorted(model.stack.letters)))
            )
        case Stated():
            yield Word("z", Symbol("z"))  # of a characteristic polynomial
            yield from (Word(n, down=model.down) for n in model.equations)
            yield from map(Word, model.free)
            yield from _letters(sorted(model.symbols, key=str))
            yield Word(
                model.letter.name, model.index if model.down is None else model.down - model.index
            )
        case Memory():
            yield from (
                Word(f"stored({n})", sequence("stored")(Integer(n)))
                for n in range(len(model.programs))
            )
    for entry in where:
        value = Symbol(entry.name) if isinstance(entry, Let) and entry.index is None else None
        yield Word(entry.name, value, numbered=value is None)
        yield from _letters([entry.variable] if isinstance(entry, Root) else [])


def _of_program(model: Stated, source: Source, notation: Notation) -> Iterator[Word]:
    for name in model.equations:
        if not name.endswith(SCALED):
            yield Word(name, scaled=name + SCALED if name + SCALED in model.equations else "")
    here = {Symbol(n): sequence(n)(HERE) for n in source.program.states} | {Symbol(STEP): HERE + 1}
    gradient = None if source.gradient is None else source.gradient.xreplace(here)
    yield Word(GRADIENT, shift=notation.first, below=1, body=gradient)
    for name in source.program.hyperparameters:
        yield Word(name, source.values.get(name, Symbol(name)))
    yield from _letters([*sorted(model.symbols, key=str), T])


def _letters(parts: Sequence[Expr]) -> Iterator[Word]:
    for part in parts:
        yield from (Word(s.name, s) for s in sorted(part.free_symbols, key=str))


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
            source = run.model.source if isinstance(run.model, Stated) else None
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
    asked = [question for part in desk.problem.parts for question in part.ask]
    for question in asked:
        try:
            answer = desk.answer(question, desk.problem.place)
        except NoClosedForm:
            continue
        for piece in answer.pieces:
            if piece.role not in ("no layers", "hull", "read"):
                found.setdefault(id(piece.run), (piece.run, []))[1].append(piece)
    return found

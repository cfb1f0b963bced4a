"""From a question's name (`sgdm.w`, `w.limit`, `conv.out`, `rf`) to its answer: what each subject
of a problem can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from derive.desk.sheets.optimizers import Optimizers
from derive.desk.sheets.pieces import Answer
from derive.desk.sheets.problem import Problem, ProblemSet
from derive.desk.sheets.windows import Windows
from derive.errors import DeriveError, nearest
from derive.notation import Notation

if TYPE_CHECKING:
    from derive.desk.sheets.equations import Equations


class Subject(Protocol):
    """What a problem is about: the questions that it lists, those that it knows, their answers."""

    @property
    def questions(self) -> tuple[str, ...]: ...

    def knows(self, question: str) -> bool: ...

    def answer(self, question: str) -> Answer: ...


class Desk:
    """Answers the questions of one problem, each run made once."""

    def __init__(self, problem: Problem, notation: Notation):
        self.problem, self.notation = problem, notation
        self.equations = _equations(problem, notation) if problem.equations else None
        self.optimizers = Optimizers(problem, notation)

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        if self.equations is not None:
            return (self.equations,)
        if self.problem.stack or self.problem.networks:
            from derive.desk.sheets.convolutions import Convolutions  # an optimizer needs it not

            return (Convolutions(self.problem, self.notation),)
        return (self.optimizers, Windows(self.problem, self.notation))

    def questions(self) -> tuple[str, ...]:
        """The questions that this problem lists; names can be asked more, see
        recurrences.questions."""
        return tuple(question for subject in self.subjects for question in subject.questions)

    def knows(self, question: str) -> bool:
        return any(subject.knows(question) for subject in self.subjects)

    def answer(self, question: str, place: str) -> Answer:
        """Raises DeriveError, naming the place, for a question that is not known or cannot be
        answered."""
        for subject in self.subjects:
            if subject.knows(question):
                try:
                    return subject.answer(question)
                except DeriveError as error:
                    raise DeriveError(f"{place}, {question}: {error}") from None
        raise DeriveError(f'{place}: no question "{question}"{_meant(question, [self])}')


def _equations(problem: Problem, notation: Notation) -> Equations:
    from derive.desk.sheets.equations import Equations  # other problems need no solver

    return Equations(problem, notation)


def desks(problems: ProblemSet) -> list[Desk]:
    """A desk for each problem of a file."""
    return [Desk(problem, problems.notation) for problem in problems.problems]


def find(question: str, at: Sequence[Desk]) -> tuple[Desk, str]:
    """The desk that knows a question, and the question as it knows it: `2.x` is x of the second
    problem, or of that whose number is 2. Raises DeriveError."""
    number, _, rest = question.partition(".")
    if number.isdigit():
        numbered = [d for d in at if d.problem.number == int(number)]
        chosen = numbered or list(at[int(number) - 1 : int(number)])
        if not chosen:
            raise DeriveError(f'no question "{question[:60]}": there are {len(at)} problems')
        at, question = chosen[:1], rest
    desk = next((d for d in at if d.knows(question)), None)
    if desk is None:
        raise DeriveError(f'no question "{question[:60]}"{_meant(question, at)}')
    return desk, question


def _meant(question: str, at: Sequence[Desk]) -> str:
    """Of which optimizer, where several can be asked it; else the nearest question."""
    each = [(d, f"{p.name}.{question}") for d in at for p in d.problem.optimizers]
    whole = list(dict.fromkeys(name for desk, name in each if desk.knows(name)))
    if whole:
        return f"; of which optimizer: {' or '.join(whole)}?"
    return nearest(question, {q for d in at for q in d.questions()})

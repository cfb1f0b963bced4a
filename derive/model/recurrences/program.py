"""An optimizer as its update lines: read from text, whitelisted, its memory counted."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Basic, Expr

from derive.model.language.claims import DeriveError
from derive.model.language.syntax import NAME
from derive.model.language.text import FUNCTIONS, parse, read, relations

GRADIENT = "g"  # the gradient at w, before the step
STEP = "t"  # the number of the step being made, from 1; shared by all parameters
PARAMETER = "w"


@dataclass(frozen=True)
class Line:
    """`target <- value`, the value as a checked syntax tree."""

    target: str
    value: ast.expr


@dataclass(frozen=True)
class Program:
    """An optimizer: its update lines in order, the start of each state, ranges of its
    hyperparameters.

    In a line `g` is the gradient at w before the step, `g(e)` the gradient at e, and `t` the number
    of the step being made (1, 2, ...). A name may be assigned again: what follows reads its newer
    value. A name that is read before it is assigned keeps its value from step to step: it is a
    state and needs a start. A name that no line assigns is a hyperparameter. `source` names the
    paper and says where sources differ.
    """

    name: str
    lines: tuple[str, ...]
    start: Mapping[str, str] = field(default_factory=dict)
    ranges: tuple[str, ...] = ()
    title: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        missing = [s for s in self.states if s not in self.start]
        if missing:
            raise DeriveError(
                f'optimizer "{self.name}": the state "{missing[0]}" has no start; a line reads '
                f"it before one assigns it. "
                f'Write for example start = {{{missing[0]} = "0"}}'
            )
        for name in self.start:
            if name not in self.states:
                raise DeriveError(
                    f'optimizer "{self.name}": start of "{name}", which is not a state; '
                    f"states: {', '.join(self.states)}"
                )
        if PARAMETER not in self.states:
            raise DeriveError(
                f'optimizer "{self.name}": no line updates the parameter "w"; write for '
                f'example "w <- w - eta*g"'
            )

    @cached_property
    def parsed(self) -> tuple[Line, ...]:
        """The lines, read. Raises DeriveError with the line's number."""
        if not self.lines:
            raise DeriveError(
                f'optimizer "{self.name}": no lines; write for example lines = ["w <- w - eta*g"]'
            )
        place = f'optimizer "{self.name}", line'
        return tuple(_line(text, f"{place} {number}") for number, text in enumerate(self.lines, 1))

    @property
    def targets(self) -> tuple[str, ...]:
        """The names that a step makes, each where it is assigned last. The gradient may be
        assigned too; it is no quantity of its own."""
        return _targets(self.parsed)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Names whose old value a step reads, in the order of the lines: what must be kept from
        step to step."""
        return _kept(self.parsed)

    @cached_property
    def starts(self) -> dict[str, Expr]:
        """Each state's value before the first step, in the order of the states. Raises
        DeriveError."""
        return {
            state: read(self.start[state], f'optimizer "{self.name}", start')
            for state in self.states
        }

    @cached_property
    def relations(self) -> tuple[tuple[str, Basic], ...]:
        """Each relation of the ranges, with the text it stands in. Raises DeriveError."""
        place = f'optimizer "{self.name}", ranges'
        return tuple((text, found) for text in self.ranges for found in relations(text, place))

    @property
    def memory(self) -> tuple[str, ...]:
        """What is stored for each parameter beside the parameter itself."""
        return tuple(s for s in self.states if s != PARAMETER)

    @property
    def shared(self) -> tuple[str, ...]:
        """What is stored once for all parameters: the step count, where a line reads it."""
        return (STEP,) if any(STEP in names(line.value) for line in self.parsed) else ()

    @property
    def reads_gradient(self) -> bool:
        return any(GRADIENT in every_name(line.value) for line in self.parsed)

    @cached_property
    def hyperparameters(self) -> tuple[str, ...]:
        """Names that no line assigns, in the order they are met."""
        assigned = {line.target for line in self.parsed}
        met = [n for line in self.parsed for n in names(line.value)]
        return tuple(dict.fromkeys(n for n in met if n not in assigned | {GRADIENT, STEP}))


def of_lines(lines: Iterable[str], start: Mapping[str, str], name: str = "these lines") -> Program:
    """An optimizer by its lines alone; a state without a start begins at 0. Raises DeriveError."""
    lines = tuple(lines)
    kept = _kept(tuple(_line(text, f"line {number}") for number, text in enumerate(lines, 1)))
    return Program(name, lines, {**dict.fromkeys(kept, "0"), **start})


ARROWS = ("<-", "←", ":=")


def _line(text: str, place: str) -> Line:
    for arrow in ARROWS[1:]:
        text = text.replace(arrow, ARROWS[0]) if isinstance(text, str) else text
    if not isinstance(text, str) or text.count("<-") != 1:
        raise DeriveError(f'{place}: write an update as "m <- beta*m + g"')
    target, value = (part.strip() for part in text.split("<-"))
    if not NAME.fullmatch(target) or target in (STEP, *FUNCTIONS):
        raise DeriveError(f'{place}: cannot assign to "{target[:60]}"')
    tree = parse(value, place, (*FUNCTIONS, GRADIENT))
    if isinstance(tree, ast.Compare):
        raise DeriveError(f"{place}: a comparison is not a value")
    return Line(target, tree)


def _targets(lines: Sequence[Line]) -> tuple[str, ...]:
    last = {line.target: number for number, line in enumerate(lines)}
    return tuple(sorted((t for t in last if t != GRADIENT), key=last.__getitem__))


def _kept(lines: Sequence[Line]) -> tuple[str, ...]:
    assigned: set[str] = set()
    kept: set[str] = set()
    for line in lines:
        kept |= {n for n in names(line.value) if n not in assigned}
        assigned.add(line.target)
    return tuple(target for target in _targets(lines) if target in kept)


def every_name(tree: ast.expr) -> set[str]:
    """The names in an expression, called ones too."""
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}


def names(tree: ast.expr) -> list[str]:
    """The names an expression reads, as met; called functions are not among them."""
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    return [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called]

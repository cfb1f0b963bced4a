"""An optimizer as its update lines: read from text, whitelisted, its memory counted."""

from __future__ import annotations

import ast
import re
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
LINES = "these lines"  # what a program is called that has no name


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
        for number, line in enumerate(self.parsed, 1):
            for place in _places(line.value):
                if not set(names(place)) & set(self.targets):
                    raise DeriveError(
                        f'optimizer "{self.name}", line {number}: {GRADIENT}({ast.unparse(place)}):'
                        f" write {GRADIENT} for the gradient at this step; {GRADIENT}(w + mu*v) is "
                        "the gradient at another place"
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
        """Whether what is given as the gradient is read: g before a line assigns it, or g(...)."""
        for line in self.parsed:
            if GRADIENT in names(line.value) or any(_places(line.value)):
                return True
            if line.target == GRADIENT:  # from here on g is this value, and g(...) the gradient
                return any(any(_places(other.value)) for other in self.parsed)
        return False

    @cached_property
    def hyperparameters(self) -> tuple[str, ...]:
        """Names that no line assigns, in the order they are met."""
        assigned = {line.target for line in self.parsed}
        met = [n for line in self.parsed for n in names(line.value)]
        return tuple(dict.fromkeys(n for n in met if n not in assigned | {GRADIENT, STEP}))


def of_lines(lines: Iterable[str], start: Mapping[str, str], name: str = LINES) -> Program:
    """An optimizer by its lines alone; a state without a start begins at 0. Raises DeriveError."""
    lines = tuple(lines)
    kept = _kept(tuple(_line(text, f"line {number}") for number, text in enumerate(lines, 1)))
    return Program(name, lines, {**dict.fromkeys(kept, "0"), **start})


ARROWS = ("<-", "←", ":=")
_TWO_SIGNS = re.compile(r"<-[-+*/>=<]|[-<+*/]<-")
_ASSIGNED = re.compile(r"\s*(\w+)\s*([-+*/]?)=(?!=)\s*(.+?)\s*", re.DOTALL)


def with_arrow(text: str) -> str | None:
    """A line as it is written here, `w <- w - eta*g`, of one as other languages write it,
    `w -= eta*g` or `w = w - eta*g`; None where a text is neither."""
    found = _ASSIGNED.fullmatch(text)
    if found is None or not NAME.fullmatch(found[1]):
        return None
    target, sign, value = found.groups()
    if not sign:
        return f"{target} <- {value}"
    one = re.fullmatch(r"[\w.*/() ]+", value) if sign in "+-" else re.fullmatch(r"[\w.]+", value)
    gap = f" {sign} " if sign in "+-" else sign
    return f"{target} <- {target}{gap}{value if one else f'({value})'}"


def _line(text: str, place: str) -> Line:
    if isinstance(text, str) and (two := _TWO_SIGNS.search(text)):
        raise DeriveError(f'{place}: "{two[0]}" is no arrow; write "w <- w - eta*g", or "w <- -w"')
    for arrow in ARROWS[1:]:
        text = text.replace(arrow, ARROWS[0]) if isinstance(text, str) else text
    if not isinstance(text, str) or text.count("<-") != 1:
        mend = with_arrow(text) if isinstance(text, str) and "<-" not in text else None
        raise DeriveError(
            f"{place}: write {mend[:90]}"
            if mend
            else f'{place}: write an update as "m <- beta*m + g"'
        )
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


def _places(tree: ast.expr) -> list[ast.expr]:
    """Where an expression takes the gradient at a place of its own."""
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    return [n.args[0] for n in calls if isinstance(n.func, ast.Name) and n.func.id == GRADIENT]


def names(tree: ast.expr) -> list[str]:
    """The names an expression reads, as met; called functions are not among them."""
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    return [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called]

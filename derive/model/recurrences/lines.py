"""An optimizer's update lines, read from text: what each assigns, what it reads, its gradients."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from derive.model.language.claims import DeriveError
from derive.model.language.syntax import NAME
from derive.model.language.text import FUNCTIONS, parse
from derive.model.recurrences.flags import Guard, guarded

GRADIENT = "g"  # the gradient at w, before the step
STEP = "t"  # the number of the step being made, from 1; shared by all parameters
PARAMETER = "w"


@dataclass(frozen=True)
class Line:
    """`target <- value`, the value as a checked syntax tree; `text` as it is written."""

    target: str
    value: ast.expr
    text: str = ""


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


def read_line(text: str, place: str) -> tuple[Line, Guard]:
    """A line, and the flags that must be given for it. Raises DeriveError naming `place`."""
    line, guard = guarded(text, place) if isinstance(text, str) else (text, ())
    return _line(line, place), guard


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
    tree = parse(value, place, (*FUNCTIONS, GRADIENT, "where"))
    if isinstance(tree, ast.Compare):
        raise DeriveError(f"{place}: a comparison is not a value")
    return Line(target, tree, text)


def assigned(lines: Sequence[Line]) -> tuple[str, ...]:
    """The names that a step makes, each where it is assigned last; the gradient is none."""
    last = {line.target: number for number, line in enumerate(lines)}
    return tuple(sorted((t for t in last if t != GRADIENT), key=last.__getitem__))


def kept(lines: Sequence[Line]) -> tuple[str, ...]:
    """The names whose old value a step reads."""
    seen: set[str] = set()
    read: set[str] = set()
    for line in lines:
        read |= {n for n in names(line.value) if n not in seen}
        seen.add(line.target)
    return tuple(target for target in assigned(lines) if target in read)


def places(tree: ast.expr) -> list[ast.expr]:
    """Where an expression takes the gradient at a place of its own."""
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    return [n.args[0] for n in calls if isinstance(n.func, ast.Name) and n.func.id == GRADIENT]


def names(tree: ast.expr) -> list[str]:
    """The names an expression reads, as met; called functions are not among them."""
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    return [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called]

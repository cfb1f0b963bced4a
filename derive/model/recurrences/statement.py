"""A recurrence as a person types it: "w(t+2) = 3*w(t+1) - w(t)" and the start of w, to a Stated
model."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Basic, Dummy, Expr, I, Pow, S, Symbol, log, nan, zoo
from sympy.core.function import AppliedUndef

from derive.errors import short
from derive.model.language.claims import DeriveError
from derive.model.language.syntax import Anything
from derive.model.language.terms import fresh
from derive.model.language.text import FUNCTIONS, expression, parse, read
from derive.model.recurrences.equations import state
from derive.model.recurrences.lines import with_arrow
from derive.model.recurrences.newest import for_newest
from derive.model.recurrences.starts import by_name
from derive.model.recurrences.stated import Stated

_EQUALS = re.compile(r"(?<![<>=!])==?(?!=)")


def read_equation(text: str, place: str) -> tuple[Expr, Expr]:
    """Both sides of `left = right`; a call of a name that is no function is a value of a sequence.
    Raises DeriveError."""
    line = with_arrow(text) if isinstance(text, str) else None
    if line is not None:
        raise DeriveError(
            f"{place}: {short(text)}: write {line[:90]} for a line of an optimizer, or in an "
            "equation the value that is made on the left, as in m(t+1) = ..."
        )
    sides = _EQUALS.split(text) if isinstance(text, str) else []
    if len(sides) != 2:
        raise DeriveError(
            f'{place}: {short(text)} is not an equation; write for example "m(t+1) = beta*m(t) + c"'
        )
    left, right = (_side(side, place) for side in sides)
    return left, right


def _side(text: str, place: str) -> Expr:
    tree = parse(text, place, Anything(FUNCTIONS))
    if isinstance(tree, ast.Compare):
        raise DeriveError(f"{place}: {short(text)} compares; conditions stand in Piecewise")
    try:
        value = expression(tree, Symbol)
    except ZeroDivisionError:
        value = zoo
    if value.has(zoo, nan):
        raise DeriveError(f"{place}: {short(text)} divides by zero")
    if value.has(I) or any(_is_unreal(part) for part in value.atoms(Pow, log)):
        raise DeriveError(f"{place}: {short(text)} takes a root of a negative number, or its log")
    return value


def _is_unreal(part: Basic) -> bool:
    """Whether it is a root or a logarithm of a number below zero, whatever its letters are."""
    number = part.args[0]
    if not (number.is_number and number.is_negative):
        return False
    if isinstance(part, log) or part.args[1].is_number:
        return isinstance(part, log) or not part.args[1].is_integer
    power = part.args[1].as_coefficients_dict()
    return not power.pop(S.One, S.Zero).is_Integer and all(c.is_Integer for c in power.values())


def stated(
    equations: str | Sequence[str], start: Mapping[str, Any], ranges: Sequence[Basic] = ()
) -> Stated:
    """The model of some equations. `start` gives each sequence its first values, `{"w": "w0, w1"}`,
    from index 0 on, or from the index under "at": `{"at": "L", "W": "1"}`, or each at its place,
    `{"a(1)": 1, "a(2)": 3}`; equations that read higher places count down from there.

    Raises DeriveError, naming the equation.
    """
    texts = [equations] if isinstance(equations, str) else list(equations)
    if not texts:
        raise DeriveError('no equation; write for example "m(t+1) = beta*m(t) + c"')
    read_ = for_newest(
        [read_equation(text, f"equation {number}") for number, text in enumerate(texts, 1)]
    )
    names = _names(read_)
    index = _index(read_, names)
    if "" in start:
        if len(names) > 1:
            raise DeriveError(f"start = {start['']}: of which of {', '.join(names)}?")
        start = {names[0]: start[""]}
    down = any(_reads_above(left, right, names, index) for left, right in read_)
    start = by_name(start, down)
    place = read(str(start["at"]), "start at") if "at" in start and "at" not in names else None
    start = {name: value for name, value in start.items() if name != "at" or "at" in names}
    for name in start:
        if name not in names:
            raise DeriveError(f'start of "{name}": no equation for it; there is {", ".join(names)}')
    down = down and place is not None
    values = {name: _values(name, value) for name, value in start.items()}
    begun = [value for each in values.values() for value in each]
    _apart(read_, index, begun, ranges)
    if down:
        steps = _steps(
            [*(side for sides in read_ for side in sides), place, index, *begun, *ranges]
        )  # type: ignore[list-item]
        read_ = [
            tuple(_turned(side, place, index, steps, names) for side in sides) for sides in read_
        ]  # type: ignore[misc]
        ranges = (*ranges, *([] if place is None or place.is_number else [place >= 0]))
    elif place is not None and not place.is_Integer:
        raise DeriveError(f"start at {place}: a recurrence that counts up starts at a whole number")
    first = int(place) if place is not None and not down else 0
    given = {name: dict(enumerate(each, first)) for name, each in values.items()}
    model = state(read_, names, steps if down else index, given, ranges, first)
    if down:
        whole = model.integers | {s.name for s in place.free_symbols}  # type: ignore[union-attr]
        model = replace(model, counted=index, down=place, integers=whole)
    for name in names:
        if len(given.get(name, {})) > model.order(name):
            raise DeriveError(
                f'start of "{name}": {len(given[name])} values; its equation needs '
                f"{model.order(name)}"
            )
    return model


def _reads_above(left: Expr, right: Expr, names: Sequence[str], index: Symbol) -> bool:
    """Whether a value is made from values at higher places."""
    places = [a.args[0] - index for a in right.atoms(AppliedUndef) if a.func.__name__ in names]
    return any((p - (left.args[0] - index)).is_positive for p in places)


def _steps(parts: Sequence[Basic]) -> Symbol:
    """A letter for the steps down from a place: t, or one that is not in sight."""
    return fresh(*parts, letters="tsnm")


def _turned(expr: Expr, place: Expr, index: Symbol, steps: Symbol, names: Sequence[str]) -> Expr:
    """What an equation says so many steps down from a place."""
    values = {
        a: a.func(steps - (a.args[0] - index))
        for a in expr.atoms(AppliedUndef)
        if a.func.__name__ in names
    }
    letters = {a: Dummy() for a in values}
    turned = expr.xreplace(letters).xreplace({index: place - steps})
    return turned.xreplace({letter: values[a] for a, letter in letters.items()})  # type: ignore[no-any-return]


def _values(name: str, given: Any) -> list[Expr]:
    """One value, several separated by commas, or a list of them."""
    items = (
        given.split(",")
        if isinstance(given, str)
        else given
        if isinstance(given, list | tuple)
        else [given]
    )
    return [
        item if isinstance(item, Basic) else _side(str(item), f"start of {name}") for item in items
    ]  # type: ignore[misc]


def _names(equations: Sequence[tuple[Expr, Expr]]) -> tuple[str, ...]:
    """The sequences that stand alone on a left side, one for each equation."""
    found = [left.func.__name__ for left, _ in equations]
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice:
        raise DeriveError(f"two equations for {twice}")
    return tuple(found)


def _apart(
    equations: Sequence[tuple[Expr, Expr]],
    index: Symbol,
    start: Sequence[Expr],
    ranges: Sequence[Basic],
) -> None:
    """Raises DeriveError where a name is a sequence and a letter, or the index stands in a start
    value."""
    sides = [side for pair in equations for side in pair]
    called = {a.func.__name__ for side in sides for a in side.atoms(AppliedUndef)}
    both = sorted(
        called & {s.name for part in (*sides, *start, *ranges) for s in part.free_symbols}
    )  # type: ignore[attr-defined]
    if both:
        raise DeriveError(
            f'"{both[0]}" is a sequence and a letter; call one of them something else'
        )
    moving = [value for value in start if index in value.free_symbols]
    if moving:
        raise DeriveError(
            f"start {moving[0]}: a start value does not hold the index {index}; write a letter "
            f"of its own"
        )


def _index(equations: Sequence[tuple[Expr, Expr]], names: Sequence[str]) -> Symbol:
    """The one letter in the places where sequences are read."""
    values = [
        a
        for sides in equations
        for side in sides
        for a in side.atoms(AppliedUndef)
        if a.func.__name__ in names
    ]
    letters = sorted({s for a in values for s in a.args[0].free_symbols}, key=str)
    if len(letters) != 1:
        raise DeriveError(
            f"sequences are read at {', '.join(map(str, letters)) or 'numbers'}; there must be "
            f"one index, as t in m(t)"
        )
    return letters[0]

"""The first real key with one error put in at a time; whether it changes a value is worked out
here, and by nothing of derive.

`mutants` gives all of an equation's errors, `put_in` the key's text with one in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.equations import LEFT, PLACES, RIGHT
from tests.operators import OPERATORS, change
from tests.trees import Node, Outside, World, differ, latex, optimizer, seq, stack, worth

KEY = Path(__file__).parent / "data" / "ps09-solution.md"
WORLDS = 80


@dataclass(frozen=True)
class Mutant:
    """An equation with one error in its right side; `changed` as `changed` says."""

    tag: int
    operator: str
    latex: str
    changed: bool | None

    def __str__(self) -> str:
        return f"({self.tag}) {self.operator}: {self.latex}"


COUNTED = {
    "seq": (0,),
    "add": (0, 1),
    "times": (0, 1),
    "power": (1,),
}  # indices, limits, exponents: changed from outside only


def _spots(n: Node) -> Iterator[tuple[Node, Callable[[Node], Node]]]:
    """Each node of value, with what puts another in its place."""
    yield n, lambda new: new
    for place, part in enumerate(n.parts):
        if place not in COUNTED.get(n.kind, ()):
            for spot, put in _spots(part):
                yield spot, lambda new, place=place, put=put: change(n, place, put(new))  # type: ignore[misc]


@cache
def worlds(tag: int) -> tuple[World, ...]:
    rng = random.Random(tag)
    return tuple(optimizer(rng, adam=tag < 6) if tag < 8 else stack(rng) for _ in range(WORLDS))


def left(tag: int) -> Node:
    """What stands on the left."""
    return seq(LEFT[tag], "t+1") if tag < 8 else seq("W", "l" if tag < 13 else 0)


def changed(tag: int, right: Node) -> bool | None:
    """Whether a right side differs from the left one in any world that has both.

    None where it does not, but has no value in a world in which the right equation has one: it
    reads a layer that is not there.
    """
    outside = False
    for world in worlds(tag):
        try:
            true = worth(RIGHT[tag], world)
        except Outside:
            continue
        try:
            if differ(true, worth(right, world)):
                return True
        except Outside:
            outside = True
    return None if outside else False


@cache
def mutants(tag: int) -> tuple[Mutant, ...]:
    """All errors in one equation, each text once."""
    found: dict[str, Mutant] = {}
    for name, operator in OPERATORS.items():
        for spot, put in _spots(RIGHT[tag]):
            for new in operator(spot):
                right = put(new)
                text = latex(right)
                if text != latex(RIGHT[tag]):
                    found.setdefault(text, Mutant(tag, name, text, changed(tag, right)))
    return tuple(found.values())


def put_in(mutant: Mutant, text: str) -> tuple[str, range]:
    """The key's text with the mutant in, and the lines of its display."""
    line, right = PLACES[mutant.tag]
    lines = text.split("\n")
    assert lines[line - 1].count(right) == 1, mutant.tag
    lines[line - 1] = lines[line - 1].replace(right, mutant.latex)
    return "\n".join(lines), range(
        line, line + 1 + ("$$" in lines[line - 1] and r"\tag" not in lines[line - 1])
    )

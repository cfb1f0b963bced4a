"""The sizes of a stack as a person gives them: lists, one number for all, letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sympy import Integer

from derive.desk.given import value
from derive.errors import DeriveError
from derive.model.convolutions.layers import Layer, conv
from derive.model.convolutions.stacks import Stack
from derive.model.language.claims import DEPTH

WORDS = ("same", "valid", "full", "causal")  # of other programs, for a padding


def no_word(padding: Any) -> None:
    """Raises DeriveError for a padding by the word that other programs have for it."""
    for given in padding if isinstance(padding, list | tuple) else [padding]:
        if isinstance(given, str) and given.strip().lower() in WORDS:
            raise DeriveError(
                f'P = "{given}": write how many are padded on each side, a number or a letter; '
                'layers as text know the word: analyse("3/2same", 32)'
            )


def each_of(given: dict[str, Any], depth: Any) -> dict[str, Any]:
    """Single numbers for a number of layers, as a list of so many: K = 3 for L = 5."""
    numbers = all(
        isinstance(x, int) or (isinstance(x, str) and x.isdigit()) for x in given.values()
    )
    if not (given and numbers and isinstance(depth, int | str) and str(depth).isdigit()):
        return given
    return {letter: [int(x)] * int(depth) for letter, x in given.items()}


def lettered(letter: str, given: Any) -> bool:
    """Whether a size is a letter of its own for every layer: K(l)."""
    return isinstance(given, str) and given.replace(" ", "") == f"{letter}(l)"


def as_stack(given: Mapping[str, Any], depth: Any) -> Stack:
    """A stack of letters, or of lists; K and S are 1 for each layer where they are not given."""
    varies = "KS" + "".join(letter for letter in "DP" if letter in given)
    lists = {letter: x for letter, x in given.items() if isinstance(x, list | tuple)}
    if not lists:
        return Stack(DEPTH if depth is None else value(depth, "L"), varies)
    length = max(map(len, lists.values()))
    for letter, x in given.items():
        if lettered(letter, x):
            raise DeriveError(
                f"{letter} = {x}: a list for {', '.join(lists)} gives every layer a size; give "
                f"{letter} a list too"
            )
    every = {letter: [1] * length for letter in "KS"} | {
        k: x if k in lists else [x] * length for k, x in given.items()
    }
    values = {
        k: tuple(value(size, f"{k}[{n}]") for n, size in enumerate(x, 1)) for k, x in every.items()
    }
    if depth is not None and not str(depth).isdigit():
        raise DeriveError(
            f"L = {depth}: {', '.join(lists)} gives each of {length} layers its size; leave L out, "
            "or give one number for all layers"
        )
    return Stack(Integer(length if depth is None else depth), varies, values)


def layers_of(stack: Stack) -> Iterator[Layer]:
    """The layers of a stack of numbers."""
    assert stack.values is not None
    for level in range(int(stack.depth)):
        sizes = {k: int(x[level]) for k, x in stack.values.items()}
        yield conv(sizes["K"], sizes["S"], sizes.get("P", 0), sizes.get("D", 1))

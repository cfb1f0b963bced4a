"""Stacks that go on regularly: every layer alike, or as an expression in its number, or a block
repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Integer, Symbol, floor

from derive.desk.convolutions import enough
from derive.desk.convolutions.blocks import Blocks
from derive.desk.given import value
from derive.desk.recurrences.questions.asked import Asked
from derive.desk.run import Run
from derive.errors import DeriveError
from derive.model.convolutions.blocks import Block
from derive.model.convolutions.sizes import Sizes
from derive.model.convolutions.stacks import OUTPUTS, Stack
from derive.model.language.claims import DEPTH, LEVEL
from derive.model.language.text import CALLS, expression, parse
from derive.notation import Notation
from derive.solving.convolutions.sizes import stack_size


class Regular(Blocks):
    """A block repeated, with what is asked of a stack that goes on regularly."""

    questions = ("O", "cases", "growth")  # of a problem file, beside the names

    def outputs(self, width: Any = "W_in") -> Run:
        """How many outputs the last layer has, O(l) after l layers, on an input of a width, where
        every layer has at least one.

        Raises DeriveError for a block of several layers.
        """
        if len(self.block.layers) > 1:
            raise DeriveError(
                "the number of outputs is asked of one kind of layer, or of numbers, not of blocks"
            )
        if self.block.free:
            letters = ", ".join(f"{name}(l)" for name in self.block.free)
            raise DeriveError(
                f"{letters}: beside expressions this is not asked; out_size takes letters for "
                f"all sizes"
            )
        (layer,), given = self.block.layers, value(width, "width")
        varies = "KS" + "".join(k for k in "DP" if k in layer)
        model = Sizes(Stack(DEPTH, varies, {"S": Integer(1), **layer}), given)
        at = {self.block.letter: LEVEL}
        least, step = (
            self.confirmed(name).answer.xreplace({OUTPUTS: Integer(1)}).xreplace(at)
            for name in ("N", "J")
        )
        answer = (given - least if step == 1 else floor((given - least) / step)) + Integer(1)
        needs = dict.fromkeys(
            n
            for name in ("N", "J")
            for n in self.confirmed(name).needs
            if self.block.letter not in n.free_symbols
        )
        return Run(
            model, {"O": lambda run: stack_size(model, answer, tuple(needs))}, "O", self.notation
        )

    def growth(self, name: str | None = None) -> Asked:
        """How it grows with the depth: linearly, or by which factor."""
        return enough.growth(self, name or self.main)

    def least_depth(self, field: Any) -> Asked:
        """The least depth with a receptive field of that width."""
        return enough.least_depth(self, field)

    def least_size(self, name: str, field: Any, depth: Any) -> Asked:
        """The least value of a letter (kernel size, stride, dilation) with which so many layers
        have that field."""
        return enough.least_size(self, name, field, depth)


def regular(
    given: Mapping[str, Any],
    depth: Any = None,
    repeat: Any = None,
    notation: Notation | None = None,
) -> Regular:
    """A stack whose sizes K, S, D, P are each one expression for all layers, such as 3, "K", "2**(l
    - 1)", "K(l)", of L layers; or, with `repeat`, lists of them for a block repeated n times.
    Raises DeriveError."""
    if "K" not in given:
        raise DeriveError(f"{', '.join(given) or 'repeat'}: and the kernel size? give K")
    lists = {k: list(x) if isinstance(x, list | tuple) else [x] for k, x in given.items()}
    if repeat is None:
        for name, sizes in lists.items():
            if isinstance(given[name], list | tuple):
                raise DeriveError(
                    f"{name} = {sizes}: a list beside an expression for every layer; a block "
                    f'takes repeat="n"'
                )
        letter = DEPTH if depth is None else _letter(depth, "L")
        return Regular(Block(({k: _size(k, x, k) for k, x in given.items()},), letter), notation)
    letter = _letter(repeat, "repeat")
    length = max(map(len, lists.values()))
    for name, sizes in lists.items():
        if len(sizes) not in (1, length):
            raise DeriveError(f"{name} has {len(sizes)} entries for a block of {length} layers")
    full = {k: x * length if len(x) == 1 else x for k, x in lists.items()}
    layers = [{k: _size(k, x[n], f"{k}[{n + 1}]") for k, x in full.items()} for n in range(length)]
    return Regular(Block(tuple(layers), letter), notation)


def _letter(given: Any, place: str) -> Symbol:
    found = value(given, place)
    if not isinstance(found, Symbol):
        raise DeriveError(
            f"{place} = {given}: a letter for the number, such as L; then ask for its value: "
            f"run.value(12)"
        )
    return found


def _size(name: str, given: Any, place: str) -> Expr:
    """A size as an expression; K(l) is one that nothing determines."""
    if not isinstance(given, str):
        return value(given, place)
    return expression(parse(given, place, (*CALLS, name)), Symbol)  # type: ignore[no-any-return]

"""Closed forms over the depth of a stack against windows: real stacks, a block more each time,
followed position by position."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from sympy import Basic, Expr, Symbol

from derive.checking.convolutions.reach import outermost, windows
from derive.checking.numbers.evaluate import Env, evaluate
from derive.checking.numbers.intervals import NotReadable
from derive.model.convolutions.blocks import Block
from derive.model.convolutions.layers import Layer
from derive.model.convolutions.network import chain
from derive.model.convolutions.stacks import OUTPUTS
from derive.model.language.claims import Verdict

WORLDS, DEEPEST, LARGEST, FAR = (
    12,
    7,
    6,
    300,
)  # stacks, blocks of each, sizes; blocks where the greatest power rules
NO_WORLD = Verdict("UNCHECKED", "counted", reason="no stack of whole numbers meets the conditions")


def check_depths(block: Block, closed: Mapping[str, Expr], needs: tuple[Basic, ...]) -> Verdict:
    """The closed forms of a block's sequences, in worlds whose sizes are whole numbers that meet
    the needs."""
    rng = random.Random(0)
    counted = 0
    for _ in range(20 * WORLDS):
        env: Env = {
            s.name: rng.randint(block.least(s), LARGEST)
            for s in (*sorted(block.symbols, key=str), OUTPUTS)
        }
        env |= {name: _drawn(rng, 0 if name == "P" else 1) for name in block.free}
        depth = counted % DEEPEST
        try:
            if not all(evaluate(need, env | {block.letter.name: depth}) for need in needs):
                continue
            stack = [
                layer
                for at in range(depth)
                for layer in _layers(block, env | {block.letter.name: at})
            ]
            for name, true in _true(stack, int(env[OUTPUTS.name])).items():
                if (
                    name in closed
                    and Fraction(evaluate(closed[name], env | {block.letter.name: depth})) != true
                ):
                    reason = f"{name} of {depth} blocks is {true} by their windows"
                    return Verdict("FAILS", "counted", counted, _shown(env), reason)
        except (ZeroDivisionError, NotReadable, TypeError):
            continue
        counted += 1
        if counted == WORLDS:
            return Verdict("COUNTED", "counted", counted)
    return NO_WORLD


def _shown(env: Env) -> tuple[tuple[str, str], ...]:
    return tuple((k, str(v)) for k, v in env.items() if not callable(v))


def _drawn(rng: random.Random, least: int) -> Any:
    """Sizes of the layers 1, 2, ... that stay as drawn."""
    values = [rng.randint(least, LARGEST) for _ in range(DEEPEST + 2)]
    return lambda at: values[int(at)]


def _layers(block: Block, env: Env) -> list[Layer]:
    """The layers of one block as numbers. Raises ZeroDivisionError where a size is none."""
    found = []
    for number in range(len(block.layers)):
        size, stride, dilation, padding = (
            Fraction(evaluate(block.size(number, name), env)) for name in "KSDP"
        )
        if (
            any(x.denominator != 1 for x in (size, stride, dilation, padding))
            or min(size, stride, dilation) < 1
            or padding < 0
        ):
            raise ZeroDivisionError("not a size")
        found.append(Layer(int(size), int(stride), (int(padding), int(padding)), int(dilation)))
    return found


def _true(stack: list[Layer], outputs: int) -> dict[str, int]:
    """W, J, left, right by the windows' ends; N by counting windows, where every layer's input is
    one."""
    network = chain(stack)
    (first, last), (after, _) = (outermost(network, network.output, index) for index in (0, 1))
    found = {"W": last - first + 1, "J": after - first, "left": first, "right": last}
    width = outputs
    for layer in reversed(stack):
        width = (
            layer.stride * (width - 1)
            + layer.dilation * (layer.kernel_size - 1)
            + 1
            - sum(layer.padding)
        )
        if width < 1:
            return found
    if _outputs(stack, width) == outputs and _outputs(stack, width - 1) < outputs:
        found["N"] = width
    return found


def _outputs(stack: list[Layer], width: int) -> int:
    for layer in stack:
        width = windows(layer, width)
    return width


def check_growth(
    block: Block, form: Expr, base: Expr, degree: int, needs: tuple[Basic, ...]
) -> Verdict:
    """A polynomial of that degree has a constant difference of that order, above it none; a power's
    values grow by its base."""
    agreed = 0
    for env in _worlds(block, needs):
        values = [
            Fraction(evaluate(form, env | {block.letter.name: at})) for at in range(degree + 4)
        ]
        if base == 1:
            for _ in range(degree):
                values = [b - a for a, b in pairwise(values)]
            right = len(set(values)) == 1 and (values[0] != 0 or degree == 0)
        else:
            far, farther = (
                Fraction(evaluate(form, env | {block.letter.name: at})) for at in (FAR, FAR + 1)
            )
            right = far != 0 and abs(farther / far / Fraction(evaluate(base, env)) - 1) < Fraction(
                1, 50
            )
        if not right:
            return Verdict("FAILS", "counted", agreed, _shown(env), "it does not grow like that")
        agreed += 1
    return Verdict("COUNTED", "counted", agreed) if agreed else NO_WORLD


def check_enough(
    block: Block,
    form: Expr,
    letter: Symbol,
    answer: Expr,
    wanted: Expr,
    needs: tuple[Basic, ...],
    least: int,
) -> Verdict:
    """The form at the answer is at least what is wanted, and one below it is not, unless that is
    below the least value."""
    agreed = 0
    more = (
        (form.free_symbols | answer.free_symbols | wanted.free_symbols) - {letter} - block.symbols
    )
    for env in _worlds(block, needs, *more):
        try:
            at, goal = int(evaluate(answer, env)), evaluate(wanted, env)
            here, before = (evaluate(form, env | {letter.name: n}) for n in (at, at - 1))
        except (ZeroDivisionError, NotReadable):
            continue
        if here < goal or (at > least and before >= goal):
            return Verdict("FAILS", "counted", agreed, _shown(env), f"not at {at}")
        agreed += 1
    return Verdict("COUNTED", "counted", agreed) if agreed else NO_WORLD


def _worlds(block: Block, needs: tuple[Basic, ...], *more: Any) -> Iterator[Env]:
    """Sizes from 1 on, and other letters (a field that is wanted) from wider."""
    rng = random.Random(1)
    found = 0
    for _ in range(20 * WORLDS):
        env: Env = {
            s.name: rng.randint(block.least(s), LARGEST)
            for s in (*sorted(block.symbols, key=str), OUTPUTS)
        }
        env |= {s.name: rng.randint(1, 10 * LARGEST) for s in sorted(more, key=str)}
        try:
            if not all(evaluate(need, env | {block.letter.name: 5}) for need in needs):
                continue
        except (ZeroDivisionError, NotReadable):
            continue
        found += 1
        yield env
        if found == WORLDS:
            return

"""The truth about stacks with letters and single windows: the positions that are read, followed one
by one."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sympy import Expr

from derive.checking.numbers.evaluate import Env, evaluate
from derive.checking.numbers.factorials import LONGEST_SUM, whole
from derive.checking.numbers.intervals import NotReadable
from derive.model.convolutions.sizes import Sizes
from derive.model.convolutions.stacks import LEAST, Stack
from derive.model.convolutions.windows import Window
from derive.model.language.claims import LEVEL

Sequences = dict[str, Callable[..., Any]]


def window(kernel_size: int, stride: int, padding: int, output: int, dilation: int = 1) -> range:
    """The input positions that one output reads."""
    first = stride * output - padding
    return range(first, first + dilation * kernel_size, dilation)


def _sizes(model: Stack, env: Env) -> Sequences:
    """K, S, D, P of each layer."""
    sizes: Sequences = {letter: lambda i, least=LEAST[letter]: least for letter in LEAST}
    for letter in model.varies:
        values = (model.values or {}).get(letter)
        if values is None:
            sizes[letter] = env[letter]
        elif isinstance(values, tuple):
            sizes[letter] = lambda i, values=values: whole(evaluate(_entry(values, i), env))
        else:
            sizes[letter] = lambda i, values=values: whole(evaluate(values, env | {LEVEL.name: i}))
    return sizes


def _entry(values: tuple[Expr, ...], layer: Any) -> Expr:
    """What a list says of a layer."""
    if not 1 <= layer <= len(values):
        raise ZeroDivisionError(f"no layer {layer}")
    return values[int(layer) - 1]


def of_stack(model: Stack, env: Env) -> Sequences:
    """Every sequence of a stack, by following single positions from layer to layer."""
    depth = int(evaluate(model.depth, env))
    sizes = _sizes(model, env)

    def down(level: Any) -> range:
        """The layers from the last to the one above a level."""
        if not 0 <= level <= depth:
            raise ZeroDivisionError(f"no layer {level}")
        return range(depth, int(level), -1)

    def reads(layer: int, output: int) -> range:
        return window(
            sizes["K"](layer), sizes["S"](layer), sizes["P"](layer), output, sizes["D"](layer)
        )

    def follow(level: Any, end: int, output: int = 0) -> int:
        """The first (end 0) or last (-1) position of what layer `level` gives, followed back from
        one output."""
        for layer in down(level):
            output = reads(layer, output)[end]
        return output

    def least(level: Any) -> int:
        """So many outputs end with the last one's window, less the padding there."""
        outputs = int(env["W_out"])
        for layer in down(level):
            outputs = reads(layer, outputs - 1)[-1] + 1 - sizes["P"](layer)
        return outputs

    def read(level: Any) -> int:
        """How many positions are really read: every window of every output, as a set."""
        positions = {0}
        for layer in down(level):
            positions = {p for output in positions for p in reads(layer, output)}
            if len(positions) > LONGEST_SUM:
                raise NotReadable("more positions than are counted one by one")
        return len(positions)

    return {letter: sizes[letter] for letter in model.sequences} | {
        "W": lambda level: follow(level, -1) - follow(level, 0) + 1,
        "R": lambda level: follow(level, -1) - follow(level, 0),
        "left": lambda level: follow(level, 0),
        "right": lambda level: follow(level, -1),
        "centre": lambda level: Fraction(follow(level, 0) + follow(level, -1), 2),
        "J": lambda level: follow(level, 0, 1) - follow(level, 0),
        "M": lambda level: least(level) - 1,
        "N": least,
        "read": read,
    }


def of_sizes(model: Sizes, env: Env) -> Sequences:
    """The outputs of each layer, by the starts of its windows; every layer must have one."""
    sizes = _sizes(model.stack, env)
    made = [int(evaluate(model.given, env))]

    def size(level: Any) -> int:
        if level < 0:
            raise ZeroDivisionError(f"no layer {level}")
        while len(made) <= level:
            k, s, d, p = (sizes[letter](len(made)) for letter in "KSDP")
            starts = range(-p, made[-1] + p - d * (k - 1), s)
            if not starts:
                raise ZeroDivisionError(f"layer {len(made)} has no output")
            made.append((starts[-1] - starts[0]) // s + 1)
        return made[int(level)]

    return {letter: sizes[letter] for letter in model.stack.sequences} | {"O": size}


def of_window(model: Window, env: Env) -> Sequences:
    """Every sequence of one layer, by counting its windows."""
    layer = model.layer
    sizes = (layer.kernel_size, layer.stride, layer.dilation, *layer.padding)
    k, s, d, p, q = (int(evaluate(part, env)) for part in sizes)

    def out(width: Any) -> int:
        """The starts, a stride apart, at which a window lies wholly on the padded input."""
        return len(range(-p, int(width) + q - d * (k - 1), s))

    def min_in(outputs: Any) -> int:
        """The least width with so many outputs, by halving: more width never gives fewer
        outputs."""
        low, high = -p - q - 1, 1
        while out(high) < outputs:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if out(middle) >= outputs else (middle, high)
        return high

    def reads(outputs: Any) -> int:
        """From the first position of the first window to the last of the last."""
        return window(k, s, p, int(outputs) - 1, d)[-1] - window(k, s, p, 0, d)[0] + 1

    return {"out": out, "min_in": min_in, "reads": reads}

"""The truth about stacks with letters and single windows: the positions that are read, followed one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.checking.evaluate import Env, evaluate
from derive.checking.functions import LONGEST_SUM, NotReadable
from derive.model.stacks import Stack
from derive.model.windows import Window

Sequences = dict[str, Callable[..., Any]]


def window(kernel_size: int, stride: int, padding: int, output: int, dilation: int = 1) -> range:
    """The input positions that one output reads."""
    first = stride * output - padding
    return range(first, first + dilation * kernel_size, dilation)


def of_stack(model: Stack, env: Env) -> Sequences:
    depth = int(evaluate(model.depth, env))
    found: Sequences = {}
    for letter, values in (("K", model.kernel_sizes), ("S", model.strides)):
        found[letter] = env[letter] if values is None else lambda i, values=values: int(values[int(i) - 1])

    def width(level: Any) -> int:
        """Follow the first and the last position back from one output to what layer `level` gives."""
        if not 0 <= level <= depth:
            raise ZeroDivisionError(f"no layer {level}")
        first = last = 0
        for layer in range(depth, int(level), -1):
            k, s = found["K"](layer), found["S"](layer)
            first, last = window(k, s, 0, first)[0], window(k, s, 0, last)[-1]
        return last - first + 1

    def read(level: Any) -> int:
        """How many positions are really read: every window of every output, as a set."""
        positions = {0}
        for layer in range(depth, int(level), -1):
            k, s = found["K"](layer), found["S"](layer)
            positions = {p for output in positions for p in window(k, s, 0, output)}
            if len(positions) > LONGEST_SUM:
                raise NotReadable("more positions than are counted one by one")
        return len(positions)

    return found | {"W": width, "read": read}


def of_window(model: Window, env: Env) -> Sequences:
    layer = model.layer
    sizes = (layer.kernel_size, layer.stride, layer.dilation, *layer.padding)
    k, s, d, p, q = (int(evaluate(part, env)) for part in sizes)

    def out(width: Any) -> int:
        """The starts, a stride apart, at which a window lies wholly on the padded input."""
        return len(range(-p, int(width) + q - d * (k - 1), s))

    def min_in(outputs: Any) -> int:
        """The least width with so many outputs, by halving: more width never gives fewer outputs."""
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

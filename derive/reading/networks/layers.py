"""A network as one line of text, layers as kernel/stride: `7/2 3/2 [3 3]*16`, branches in
parentheses: `(1 3 1 | )`.

A layer is `K` or `K/S`, after a letter for its kind (none: convolution; `m` max-pooling, `a`
average pooling, `t` transposed convolution, `u` up-sampling, `g` global pooling), before what else
it has: `d2` dilation, `p1` padding, `p1:0` padding left and right, `o1` output padding, `c64`
channels, `g4` groups, `same`, `causal`, `ceil`. `[...]` groups, `*16` repeats, `(a | b | )` adds
branches up; an empty one passes its input on. `3x5` is 3 on the first axis and 5 on the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from derive.errors import DeriveError, short
from derive.model.convolutions.layers import KINDS, Layer
from derive.model.convolutions.network import INPUT, Network, Node, network

MOST_NODES = 1_000_000
DEEPEST = 50
LETTERS = {
    "": "conv",
    "c": "conv",
    "m": "maxpool",
    "a": "avgpool",
    "t": "conv_transpose",
    "u": "upsample",
    "g": "global_pool",
}
KEYS = {"d": "dilation", "o": "output_padding", "c": "out_channels", "g": "groups"}
TOKEN = re.compile(r"\s*(?:([\[\](|)])|\*\s*(\d+|[A-Za-z]\w{0,30})|([^\s\[\](|)*]+))")
REST = r"((?:d\d{1,18}|p-?\d{1,18}(?::-?\d{1,18})?|[ocg]\d{1,18}|same|causal|ceil)*)"
FIGURES = 18  # of how often a part is repeated
LAYER = re.compile(r"([cmatug]?)(\d{1,18})?(?:/(\d{1,18}))?" + REST)
BY_AXIS = re.compile(r"\d+(?:x\d+)+")
MORE = re.compile(r"([dpocg])(-?\d+)(?::(-?\d+))?|(same|causal|ceil)")


@dataclass
class Branches:
    """What parentheses hold."""

    ways: list[list[Any]] = field(default_factory=lambda: [[]])


def layers(text: str, name: str = "stack") -> Network:
    """The network that a line says. Raises DeriveError naming the word that cannot be read."""
    if not text.strip():
        raise DeriveError(f'{text!r}: no layers; write kernel/stride, such as "7/2 3/2"')
    return _built(_parsed(text), text, name)


def by_axis(text: str) -> tuple[str, ...]:
    """A line for each axis: `3x5/2x1` is 3/2 on the first and 5/1 on the second, and 3 is 3 on all.
    Raises DeriveError."""
    numbers = {word.count("x") + 1 for word in BY_AXIS.findall(text)}
    if len(numbers) > 1:
        raise DeriveError(
            f"{short(text)}: sizes for {' and for '.join(map(str, sorted(numbers)))} axes"
        )
    axes = numbers.pop() if numbers else 1
    return tuple(
        BY_AXIS.sub(lambda found, axis=axis: found[0].split("x")[axis], text)  # type: ignore[misc]
        for axis in range(axes)
    )


def stages(text: str) -> list[tuple[Network, str | int]] | None:
    """Where parts of a line are repeated `*n` times, n a letter: its parts with how often each;
    None where none is."""
    items = _parsed(text)
    if not any(isinstance(times, str) for _, times in items):
        return None
    return [
        (_built([(item, 1)], text, name), times)
        for name, (item, times) in zip(_split(text), items, strict=True)
    ]


def _split(text: str) -> list[str]:
    """The text of each part of the whole line, without how often it stands there."""
    found: list[str] = []
    depth = 0
    for mark, times, word in _tokens(text):
        if depth == 0 and not times:
            found.append("")
        depth += (mark in ("[", "(")) - (mark in ("]", ")"))
        if times and depth:
            found[-1] = found[-1].rstrip() + f"*{times} "
        elif not times:
            found[-1] += (mark or word) + ("" if mark in ("[", "(") else " ")
    return [re.sub(r" ([\])])", r"\1", part).strip() for part in found]


def _built(items: list[Any], text: str, name: str) -> Network:
    nodes: list[Node] = [Node("0", INPUT, ())]

    def add(op: str, inputs: tuple[str, ...], layer: Layer | None = None) -> str:
        if len(nodes) > MOST_NODES:
            raise DeriveError(f"{short(text)}: more than {MOST_NODES} layers")
        nodes.append(Node(str(len(nodes)), op, inputs, layer))
        return nodes[-1].id

    def grow(items: list[Any], at: str) -> str:
        for item, times in items:
            if isinstance(times, str):
                raise DeriveError(
                    f'{short(text)}: "*{times}": a letter repeats a part of the whole line, '
                    f"not one inside another"
                )
            for _ in range(times):
                match item:
                    case list():
                        at = grow(item, at)
                    case Branches():
                        at = add("add", tuple([grow(way, at) for way in item.ways]))
                    case op, layer:
                        at = add(op, (at,), layer)
        return at

    end = grow(items, "0")
    return network(name, nodes, end, short(text))


def _parsed(text: str) -> list[Any]:
    """Nested lists of (item, how often)."""
    stack: list[tuple[str, Any]] = [("", [])]

    def here() -> list[Any]:
        top = stack[-1][1]
        return top.ways[-1] if isinstance(top, Branches) else top  # type: ignore[no-any-return]

    before = ""
    for mark, times, word in _tokens(text):
        if times and before:
            raise DeriveError(f'{short(text)}: "*{before}*{times}" repeats twice; write how often')
        before = times
        if mark in ("[", "("):
            if len(stack) > DEEPEST:
                raise DeriveError(f"{short(text)}: nested deeper than {DEEPEST}")
            stack.append((mark, [] if mark == "[" else Branches()))
        elif mark == "|":
            if not isinstance(stack[-1][1], Branches):
                raise DeriveError(
                    f'{short(text)}: "|" stands between branches, in parentheses: (1 3 1 | )'
                )
            stack[-1][1].ways.append([])
        elif mark:
            opened, made = stack.pop() if len(stack) > 1 else ("", None)
            if {"]": "[", ")": "("}[mark] != opened:
                raise DeriveError(f'{short(text)}: "{mark}" closes nothing')
            here().append((made, 1))
        elif times:
            if not here():
                raise DeriveError(
                    f'{short(text)}: "*{times}" repeats what stands before it; nothing does'
                )
            item, _ = here().pop()
            if times.isdigit() and (len(times) > FIGURES or int(times) > MOST_NODES):
                raise DeriveError(f"{short(text)}: more than {MOST_NODES} layers")
            here().append((item, int(times) if times.isdigit() else times))
        else:
            here().append((_layer(word, short(text)), 1))
    if len(stack) > 1:
        raise DeriveError(f'{short(text)}: "{stack[-1][0]}" is not closed')
    return stack[0][1]  # type: ignore[no-any-return]


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    at, text = 0, text.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise DeriveError(
                f"{short(text)}: cannot read {short(text[at:].strip())}; write layers as "
                f"kernel/stride, [3 3]*16"
            )
        yield found[1] or "", found[2] or "", found[3] or ""
        at = found.end()


def _layer(word: str, place: str) -> tuple[str, Layer]:
    found = LAYER.fullmatch(word)
    if found is None or (found[2] is None and found[1] != "g"):
        raise DeriveError(
            f'{place}: cannot read the layer "{word[:40]}"; write kernel/stride: 3, 3/2, '
            f"3/2d2p1, t2/2, u2"
        )
    letter, size, stride, rest = found.groups()
    values: dict[str, Any] = (
        {} if letter == "g" else {"scale" if letter == "u" else "kernel_size": int(size)}
    )
    if stride is not None:
        values["stride"] = int(stride)
    said = MORE.findall(rest)
    if len({key or mark for key, *_, mark in said}) < len(said):
        raise DeriveError(f'{place}: "{word[:40]}" says one thing twice; say it once')
    for key, low, high, mark in said:
        if mark == "ceil":
            values["ceil_mode"] = True
        elif mark or key == "p":
            values["padding"] = mark or [int(low), int(high or low)]
        else:
            values[KEYS[key]] = int(low)
    op = LETTERS[letter]
    try:
        return op, KINDS[op](**values)
    except TypeError:
        raise DeriveError(f'{place}: "{word[:40]}": {op} has no {" or ".join(values)}') from None
    except DeriveError as error:
        raise DeriveError(f'{place}, layer "{word[:40]}": {error}') from None

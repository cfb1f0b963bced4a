"""A small stack as a picture: a row of circles a layer, input at the bottom, a line a tap, one
output's field coloured.

What stands where; `derive.writing.drawing.svg` and `derive.writing.drawing.tikz` write it. After
the figures of Araujo, Norris and Sim ("Computing Receptive Fields of Convolutional Neural
Networks", Distill 2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derive.errors import DeriveError
from derive.model.convolutions.layers import Layer
from derive.model.convolutions.network import Network, Node
from derive.writing.drawing.picture import Dot, Picture, Row, Tap

WIDEST, DEEPEST = 40, 8  # positions of a row, with its padding; layers
NAMES = {
    "layer": "convolution",
    "conv": "convolution",
    "maxpool": "max-pooling",
    "avgpool": "average pooling",
    "conv_transpose": "transposed convolution",
    "upsample": "up-sampling",
    "unfold": "patches",
    "global_pool": "global pooling",
}


def picture(network: Network, sizes: Mapping[str, int], output: int) -> Picture:
    """What there is to draw of a fitted chain whose nodes have these sizes. Raises DeriveError for
    what no slide has room for."""
    levels = _levels(network)
    wide = [sizes[nodes[-1].id] for nodes in levels]
    if not 0 <= output < wide[-1]:
        raise DeriveError(
            f"{network.name}: no output {output} to draw; there are 0 to {wide[-1] - 1}"
        )
    layers = [nodes[0].layer or Layer(1) for nodes in levels]
    sides = [_sides(nodes[0]) for nodes in levels[1:]] + [(0, 0)]
    for level, (width, side) in enumerate(zip(wide, sides, strict=True)):
        if width + sum(side) > WIDEST:
            what = "the input" if level == 0 else f"layer {level}"
            raise DeriveError(
                f"{network.name}: {what} has {width + sum(side)} positions with padding; "
                f"a drawing has room for {WIDEST} in a row; give a smaller --width"
            )
    read, places = _read(layers, wide, output), _places(layers, sides)
    rows = []
    for level, nodes in enumerate(levels):
        (base, step), (left, right) = places[level], sides[level]
        dots = []
        for index in range(-left, wide[level] + right):
            kind = (
                "padding"
                if not 0 <= index < wide[level]
                else "read"
                if index in read[level]
                else "plain"
            )
            if level == len(levels) - 1 and index == output:
                kind = "asked"
            dots.append(Dot(index, base + step * index, kind))
        name, unit = (f"layer {level}", "output") if level else ("input", "position")
        size = f"{wide[level]} {unit}{'s' * (wide[level] != 1)}"
        below = slice(level - 1, level + 1)
        taps = (
            _lines(layers[level], places[below], wide[below], sides[level - 1], read[level])
            if level
            else ()
        )
        rows.append(Row(name, size, tuple(dots), _made(nodes) if level else (), taps))
    return Picture(
        f"{network.name}: what output {output} depends on",
        tuple(rows),
        _field(output, sorted(read[0])),
    )


def _levels(network: Network) -> list[list[Node]]:
    """The input, then each layer with the nodes after it that only pass on."""
    levels: list[list[Node]] = []
    for node in list(network.above(network.output))[::-1]:
        if len(node.inputs) > 1:
            raise DeriveError(
                f"{network.name}, node {node.id}: {node.op} of two inputs; only chains are "
                f'drawn, as "3 3/2 3d2"'
            )
        if node.layer is not None or not levels:
            levels.append([node])
        else:
            levels[-1].append(node)
    if len(levels) > DEEPEST + 1:
        raise DeriveError(
            f"{network.name}: {len(levels) - 1} layers; a drawing has room for {DEEPEST}; draw "
            f"a part of it"
        )
    return levels


def _spreads(node: Node) -> bool:
    """Whether a layer puts its inputs down on its outputs, as transposed ones do: then no position
    is padded, outputs are cut."""
    return node.op in ("conv_transpose", "upsample") or (
        node.layer is not None and node.layer.up > 1
    )


def _sides(node: Node) -> tuple[int, int]:
    """The padding of a layer as positions of the row below it."""
    if node.layer is None or _spreads(node):
        return 0, 0
    return max(node.layer.padding[0], 0), max(node.layer.padding[1], 0)


def inputs(layer: Layer, output: int) -> list[int]:
    """The inputs that the taps of one output hit, those outside too."""
    places = [
        layer.stride * output - layer.padding[0] + layer.dilation * tap
        for tap in range(layer.kernel_size)
    ]
    return [place // layer.up for place in places if place % layer.up == 0]


def _read(layers: list[Layer], wide: list[int], output: int) -> list[set[int]]:
    """For each row the real positions that the output of the last depends on."""
    found = [{output}]
    for layer, width in zip(layers[:0:-1], wide[-2::-1], strict=True):
        found.append({i for o in found[-1] for i in inputs(layer, o) if 0 <= i < width})
    return found[::-1]


def _places(layers: list[Layer], sides: list[tuple[int, int]]) -> list[tuple[Fraction, Fraction]]:
    """The x of position 0 of each row, and the distance of two: outputs stand over the middle of
    what they read.

    Padding that is larger on one side moves them to that side's end: a causal layer's outputs stand
    over their last tap.
    """
    places = [(Fraction(0), Fraction(1))]
    for layer, (left, right) in zip(layers[1:], sides, strict=False):
        base, step = places[-1]
        middle = Fraction(layer.reach - 2 * layer.padding[0] + left - right, 2) / layer.up
        places.append((base + step * middle, step * layer.stride / layer.up))
    closest = min(step for _, step in places)
    return [(base / closest, step / closest) for base, step in places]


def _lines(
    layer: Layer,
    places: list[tuple[Fraction, Fraction]],
    wide: list[int],
    sides: tuple[int, int],
    read: set[int],
) -> tuple[Tap, ...]:
    (low, step), (high, stride) = places
    lines = []
    for output in range(wide[1]):
        for i in inputs(layer, output):
            real = 0 <= i < wide[0]
            if real or (output in read and -sides[0] <= i < wide[0] + sides[1]):
                kind = "padding" if not real else "read" if output in read else "plain"
                lines.append(Tap(high + stride * output, low + step * i, kind))
    return tuple(lines)


def _made(nodes: list[Node]) -> tuple[str, ...]:
    """A layer in words: its kind and what comes after it, its numbers."""
    first, layer = nodes[0], nodes[0].layer
    assert layer is not None
    kind = ", ".join([NAMES.get(first.op, first.op), *(n.op.replace("_", " ") for n in nodes[1:])])
    if first.op == "upsample":
        return kind, f"scale {layer.up}"
    up = _spreads(first)
    words = [f"kernel {layer.kernel_size}"]
    words += (
        [f"stride {layer.up if up else layer.stride}"] if max(layer.up, layer.stride) > 1 else []
    )
    words += [f"dilation {layer.dilation}"] if layer.dilation > 1 else []
    left, right = (layer.reach - p for p in layer.padding) if up else layer.padding
    if left == right:
        words += [f"padding {left}"] if left else []
    else:
        words.append(
            "padding "
            + ", ".join(f"{p} {side}" for p, side in ((left, "left"), (right, "right")) if p)
        )
    return kind, ", ".join(words)


def _field(output: int, found: list[int]) -> str:
    if not found:
        return f"output {output} depends on no input"
    if len(found) == 1:
        return f"output {output} depends on input {found[0]}"
    number = len(found)
    many = f"{number} inputs" if number == found[-1] - found[0] + 1 else f"{number} of the inputs"
    return f"output {output} depends on {many}, {found[0]} to {found[-1]}".replace(
        "the inputs,", "the inputs"
    )

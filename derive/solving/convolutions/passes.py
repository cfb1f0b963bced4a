"""One pass over a network, from the input on: the ends of what each node's outputs read, and how
many outputs there are.

The ends and their step are those of Araujo, Norris and Sim ("Computing Receptive Fields of
Convolutional Neural Networks", Distill 2019, equations 5 to 8), left and right ends merged
separately; after a transposed convolution each phase has its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from derive.errors import DeriveError
from derive.model.convolutions.layers import MERGES, Layer
from derive.model.convolutions.network import INPUT, Network, Node, fork

MOST_PHASES = 4096

Ends = (
    tuple[int, int] | None
)  # the first and the last input that an output reads; None where it reads none


@dataclass(frozen=True, slots=True)
class Field:
    """What outputs 0, 1, ... read: output o + len(ends) reads what output o reads, moved on by
    `advance`."""

    advance: int
    ends: tuple[Ends, ...]

    @property
    def stride(self) -> Fraction:
        """The input step between neighbouring outputs, in the mean ('jump')."""
        return Fraction(self.advance, len(self.ends))

    def at(self, output: int) -> Ends:
        turn, phase = divmod(output, len(self.ends))
        ends = self.ends[phase]
        return ends and (ends[0] + turn * self.advance, ends[1] + turn * self.advance)


def size_of(
    kernel_sizes: Iterable[int], strides: Iterable[int], dilations: Iterable[int] | None = None
) -> int:
    """The receptive field of a chain from its numbers alone: 1 + sum of D (K - 1) times the strides
    below (Distill, eq. 2)."""
    size, jump = 1, 1
    if dilations is None:
        for kernel_size, stride in zip(kernel_sizes, strides, strict=True):
            size += (kernel_size - 1) * jump
            if stride != 1:
                jump *= stride
    else:
        for kernel_size, stride, dilation in zip(kernel_sizes, strides, dilations, strict=True):
            size += (kernel_size - 1) * dilation * jump
            if stride != 1:
                jump *= stride
    return size


def field_of(layers: Iterable[Layer]) -> Field:
    """The field of a chain's last layer: its ends and its step, nothing kept of the layers before.
    Raises DeriveError."""
    found = Field(1, ((0, 0),))
    for layer in layers:
        found = _through(layer, found, "of the chain")
    return found


def fields(network: Network) -> dict[str, Field]:
    """The field of every node. Raises DeriveError where a merge's inputs are not aligned, or a
    layer needs the width."""
    found: dict[str, Field] = {}
    for node in network.nodes.values():
        if node.op == INPUT:
            found[node.id] = Field(1, ((0, 0),))
        elif node.layer is not None:
            if node.layer.fit:
                why = f"{node.layer.fit} depends on the width of its input; give --width"
                raise DeriveError(f"{network.name}, node {node.id}: {why}")
            found[node.id] = _through(node.layer, found[node.inputs[0]], node.id)
        elif node.op in MERGES:
            found[node.id] = _merged(network, node, found)
        else:
            found[node.id] = found[node.inputs[0]]
    return found


def _through(layer: Layer, below: Field, node: str) -> Field:
    stride, left = layer.stride, layer.padding[0]
    if layer.up == 1 and len(below.ends) == 1:
        (ends,) = below.ends
        first = ends and ends[0] - left * below.advance
        moved = ends and (first, ends[1] + (layer.reach - left) * below.advance)
        return Field(below.advance * stride, (moved,))  # type: ignore[arg-type]
    common = gcd(stride, layer.up)
    outputs, inputs = (
        layer.up // common,
        stride // common,
    )  # so many outputs on, the places read are so many inputs on
    turns = len(below.ends) // gcd(inputs, len(below.ends))
    if outputs * turns > MOST_PHASES:
        raise DeriveError(
            f"node {node}: its outputs read in {outputs * turns} different ways; at most "
            f"{MOST_PHASES}"
        )
    advance = below.advance * inputs * turns // len(below.ends)
    return Field(advance, tuple(_ends(layer, below, output) for output in range(outputs * turns)))


def _ends(layer: Layer, below: Field, output: int) -> Ends:
    """The least and greatest end over the inputs read. Of those with the same phase only the
    outermost two can be it."""
    inputs = taps(layer, output)
    outer = min(len(inputs), len(below.ends) // gcd(inputs.step, len(below.ends)))
    met_low = [e[0] for e in map(below.at, inputs[:outer]) if e is not None]
    met_high = [e[1] for e in map(below.at, inputs[len(inputs) - outer :]) if e is not None]
    return (min(met_low), max(met_high)) if met_low else None


def taps(layer: Layer, output: int) -> range:
    """The inputs that an output's taps hit, from left to right; without an end on either side."""
    place, dilation, up = layer.stride * output - layer.padding[0], layer.dilation, layer.up
    every = up // gcd(dilation, up)  # so many taps on, again an input is hit
    start = next(
        (k for k in range(min(every, layer.kernel_size)) if (place + dilation * k) % up == 0), None
    )
    if start is None:
        return range(0)
    first, step = (place + dilation * start) // up, dilation * every // up
    return range(first, first + step * ((layer.kernel_size - start + every - 1) // every), step)


def _merged(network: Network, node: Node, found: dict[str, Field]) -> Field:
    first = found[node.inputs[0]]
    for other in node.inputs[1:]:
        if found[other].advance * len(first.ends) != first.advance * len(found[other].ends):
            one, two = fork(network.path(node.inputs[0]), network.path(other))
            raise DeriveError(
                f"{network.name}, node {node.id}: its inputs are not aligned: "
                f"by {one} outputs are {first.stride} inputs apart, by {two} they are "
                f"{found[other].stride}"
            )
    below = [found[i] for i in node.inputs]
    period = lcm(*(len(f.ends) for f in below))
    if period > MOST_PHASES:
        raise DeriveError(
            f"node {node.id}: its outputs read in {period} different ways; at most {MOST_PHASES}"
        )
    ends = []
    for output in range(period):
        met = [e for e in (f.at(output) for f in below) if e is not None]
        ends.append((min(e[0] for e in met), max(e[1] for e in met)) if met else None)
    return Field(first.advance * (period // len(first.ends)), tuple(ends))


def sized(network: Network, width: int) -> tuple[Network, dict[str, int]]:
    """The network with each layer fitted to an input of that width, and how many outputs each node
    has.

    Raises DeriveError with the node at which nothing is left, and for a merge of different sizes.
    """
    if width < 1:
        raise DeriveError(f"--width {width}: a width is a whole number of at least 1")
    sizes: dict[str, int] = {}
    layers: dict[str, Layer] = {}
    for node in network.nodes.values():
        if node.op == INPUT:
            sizes[node.id] = width
            continue
        given = sizes[node.inputs[0]]
        sizes[node.id] = given
        if node.layer is not None:
            try:
                layer = node.layer.fitted(given)
            except DeriveError as error:
                raise DeriveError(f"{network.name}, node {node.id}: {error}") from None
            if layer is not node.layer:
                layers[node.id] = layer
            sizes[node.id] = layer.out_size(given)
            if sizes[node.id] < 1:
                raise DeriveError(
                    f"{network.name}, node {node.id}: nothing is left: its input has {given} "
                    f"positions, "
                    f"{layer.up * (given - 1) + 1 + sum(layer.padding)} with the padding, its "
                    f"kernel spans {layer.reach + 1}; "
                    f"a width of {width} is too small for this network"
                )
        else:
            for other in node.inputs[1:]:
                if sizes[other] != given:
                    one, two = fork(network.path(node.inputs[0]), network.path(other))
                    raise DeriveError(
                        f"{network.name}, node {node.id}: two shapes: {given} positions by "
                        f"{one}, {sizes[other]} by {two}"
                    )
    return network.fitted(layers) if layers else network, sizes

"""The truth about networks: from one output back to the inputs, position by position, through every
node it depends on."""

from __future__ import annotations

from collections.abc import Mapping

from derive.checking.convolutions.spots import (
    NONE,
    Spots,
    TooWide,
    plus,
    quotients,
    times,
    union,
    within,
)
from derive.model.convolutions.layers import Layer
from derive.model.convolutions.network import Network


def reached(
    network: Network, output: str, index: int, sizes: Mapping[str, int] | None = None
) -> Spots:
    """The input positions that output `index` of a node reads: all, or with `sizes` those that each
    node on the way really has.

    Raises TooWide.
    """
    wanted: dict[str, Spots] = {output: range(index, index + 1)}
    for node in network.above(output):
        spots = wanted.pop(node.id, NONE)
        if sizes is not None:
            spots = within(spots, sizes[node.id])
        if not node.inputs:
            return spots
        if node.layer is not None:
            spots = _read(node.layer, spots)
        for below in node.inputs:
            wanted[below] = union(wanted.get(below, NONE), spots)
    raise ValueError("a network without an input")


def _read(layer: Layer, outputs: Spots) -> Spots:
    """The inputs of a layer that these outputs read: their windows' places, and of those the places
    with an input."""
    places = plus(
        times(outputs, layer.stride, -layer.padding[0]), layer.dilation, layer.kernel_size
    )
    return quotients(places, layer.up)


def outermost(network: Network, output: str, index: int) -> tuple[int, int]:
    """The first and the last input position alone, at any width: where no layer leaves places
    empty, the ends lead to the ends.

    Raises TooWide where one does.
    """
    wanted = {output: (index, index)}
    for node in network.above(output):
        first, last = wanted.pop(node.id)
        if not node.inputs:
            return first, last
        if node.layer is not None:
            if node.layer.up > 1:
                raise TooWide("up-sampling, and too wide to count position by position")
            first, last = node.layer.reads(first)[0], node.layer.reads(last)[1]
        for below in node.inputs:
            seen = wanted.get(below, (first, last))
            wanted[below] = min(first, seen[0]), max(last, seen[1])
    raise ValueError("a network without an input")


def windows(layer: Layer, width: int) -> int:
    """How many windows start, a stride apart, so that they lie on the padded input.

    With `ceil_mode` one more, cut off on the right, unless the one before it ends with the padding
    or it starts in it.
    """
    left, right = layer.padding
    last_start = layer.up * (width - 1) + right - layer.dilation * (layer.kernel_size - 1)
    starts = range(-left, last_start + 1, layer.stride)
    after = -left + layer.stride * len(starts)
    more = layer.ceil_mode and after - layer.stride < last_start and after < width
    return len(starts) + more

"""The truth about what a layer costs: its weights numbered one by one, its products made one by
one."""

from __future__ import annotations

from itertools import product

from derive.model.convolutions.layers import Layer

MOST = 2_000_000  # weights that are numbered


def weights(layer: Layer, given: int, axes: int) -> int | None:
    """How many numbers a convolution keeps: for each pair of channels of one group and each tap,
    and the biases.

    None where they are too many.
    """
    assert layer.channels is not None
    if layer.channels * given // layer.groups * layer.kernel_size**axes > MOST:
        return None
    taps = list(product(range(layer.kernel_size), repeat=axes))
    pairs = [
        (into, out)
        for out in range(layer.channels)
        for into in range(given)
        if out * layer.groups // layer.channels == into * layer.groups // given
    ]
    return len(pairs) * len(taps) + (layer.channels if layer.bias else 0)

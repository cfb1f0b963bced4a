"""What a network's layers cost: parameters, and multiply-adds on an input of a width (pooling has
none of either)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.errors import DeriveError
from derive.model.convolutions.layers import Layer
from derive.model.convolutions.network import INPUT, Network


@dataclass(frozen=True)
class Cost:
    """Channels after a node, its own parameters, and its own multiply-adds (None without sizes)."""

    channels: int
    parameters: int
    multiply_adds: int | None


def costs(
    network: Network, channels: int, axes: int = 1, sizes: Mapping[str, int] | None = None
) -> dict[str, Cost]:
    """The cost of every node, `channels` being the input's; kernels and sizes are the same along
    each of the `axes`.

    A convolution has out * in/groups * kernel weights and out biases, and as many multiply-adds for
    each output; a transposed one for each input (PyTorch, `ConvTranspose1d`). Raises DeriveError
    where channels are not known or do not divide.
    """
    found: dict[str, Cost] = {}
    for node in network.nodes.values():
        if node.op == INPUT:
            found[node.id] = Cost(channels, 0, 0 if sizes is not None else None)
            continue
        below = [found[i].channels for i in node.inputs]
        given = sum(below) if node.op == "concat" else below[0]
        if node.op == "add" and len(set(below)) > 1:
            raise DeriveError(
                f"{network.name}, node {node.id}: adds {', '.join(map(str, below))} channels"
            )
        place = f"{network.name}, node {node.id}"
        width = None if sizes is None else (sizes[node.inputs[0]], sizes[node.id])
        found[node.id] = _cost(node.layer, node.op, given, axes, width, place)
    return found


def _cost(
    layer: Layer | None, op: str, given: int, axes: int, width: tuple[int, int] | None, place: str
) -> Cost:
    if layer is None or not op.startswith("conv"):
        return Cost(given, 0, 0 if width is not None else None)
    if layer.channels is None:
        raise DeriveError(
            f"{place}: how many channels has its output? give out_channels (3c64 in a line)"
        )
    if given % layer.groups or layer.channels % layer.groups:
        raise DeriveError(
            f"{place}: {given} channels in and {layer.channels} out are not divided by "
            f"{layer.groups} groups"
        )
    weights = layer.channels * (given // layer.groups) * layer.kernel_size**axes
    made = (
        None
        if width is None
        else weights * (width[0] if op == "conv_transpose" else width[1]) ** axes
    )
    return Cost(layer.channels, weights + layer.channels * layer.bias, made)

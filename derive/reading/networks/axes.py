"""A node on all its spatial axes at once, and one network for each axis out of such nodes: what the
imports have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError
from derive.model.convolutions.layers import Layer, conv, upsample
from derive.model.convolutions.network import Network, Node, network

AFTER = 1 << 62  # an end of a slice that is meant as "to the end" (ONNX writes the largest integer)


@dataclass(frozen=True, slots=True)
class Part:
    """A node as `Node`, with a layer for each axis; none: it merges, or passes on what it gets."""

    op: str
    inputs: tuple[str, ...]
    layers: tuple[Layer, ...] = ()


def one_each(parts: dict[str, Part], axes: int, name: str, output: str) -> tuple[Network, ...]:
    """A network for each axis, by the axis named. Raises DeriveError (see `network`)."""
    made = []
    for axis in range(axes):
        nodes = [
            Node(k, p.op, p.inputs, p.layers[axis] if p.layers else None) for k, p in parts.items()
        ]
        title = f"{name}, axis {axis}" if axes > 1 else name
        made.append(network(title, nodes, output, title))
    return tuple(made)


def each(value: Any, axes: int, what: str) -> tuple[Any, ...]:
    """One value for each axis; a single one is for all. Raises DeriveError for another number of
    them."""
    values = (
        tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    )
    if len(values) not in (1, axes):
        raise DeriveError(f"{what} = {values}: {len(values)} numbers for {axes} spatial axes")
    return values * axes if len(values) == 1 else values


def along(kind: Callable[..., Layer], axes: int, **values: Any) -> tuple[Layer, ...]:
    """The layer of a kind on each axis, from values for each axis or for all. Raises
    DeriveError."""
    columns = {k: each(v, axes, k) for k, v in values.items()}
    return tuple(kind(**{k: column[axis] for k, column in columns.items()}) for axis in range(axes))


def padded(sides: Iterable[tuple[int, int]]) -> tuple[Layer, ...]:
    """Constants put on both sides of each axis, or cut off where negative: a kernel of one position
    with that padding."""
    return tuple(conv(1, padding=side) for side in sides)


def sliced(start: int | None, stop: int | None, step: int | None) -> Layer:
    """`x[start:stop:step]` on one axis, where it means the same at every width. Raises DeriveError
    where it does not."""
    start, step = start or 0, 1 if step is None else step
    numbers = all(type(n) is int for n in (start, step, stop or 0))
    if numbers and stop is not None and stop >= AFTER:
        stop = None
    if not numbers or start < 0 or step < 1 or (stop is not None and stop >= 0):
        raise DeriveError(
            f"the slice {start}:{'' if stop is None else stop}:{step} depends on the width; "
            f"a start from 0 on, a negative stop and a step of at least 1 do not"
        )
    return conv(1, stride=step, padding=(-start, stop or 0))


def enlarged(scale: Any) -> Layer:
    """Up-sampling to the nearest. Raises DeriveError unless the scale is a whole number."""
    if not isinstance(scale, int | float) or not float(scale).is_integer() or scale < 1:
        raise DeriveError(f"scale factor {scale}: only whole ones are read")
    return upsample(int(scale))


def channels(dim: Any, axes: int, what: str) -> None:
    """Raises DeriveError unless a dimension (0: batch, 1: channels, then the axes; negative: from
    the end) is the channels'."""
    if type(dim) is not int or dim % (axes + 2) != 1 or not -axes - 2 <= dim < axes + 2:
        raise DeriveError(
            f"{what} along dimension {dim}: only along the channels, dimension 1, each "
            f"position keeps to itself"
        )


def scaling(shape: Sequence[int], axes: int) -> None:
    """Raises DeriveError unless a constant of this shape is the same at all positions.

    One that differs by position fits one width only, and would spread an input of width 1 to its
    own.
    """
    if len(shape) > axes + 2 or any(size != 1 for size in tuple(shape)[-axes:]):
        raise DeriveError(
            f"its operand of shape {list(shape)} differs by position, so that it has a width "
            f"of its own"
        )

"""Which layers the modules and functions of PyTorch make on the spatial axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.errors import DeriveError
from derive.model.convolutions.layers import (
    Layer,
    conv,
    conv_transpose,
    global_pool,
    pool,
    unfold,
    upsample,
)
from derive.reading.networks.axes import along, channels, each, enlarged, padded, sliced


def _numbers(kind: str, values: dict[str, Any], axes: int) -> Callable[..., Any]:
    """Gives a value by its name, or the value that PyTorch gives where it is left out."""
    stride = 1 if kind.startswith("conv") else None
    usual = {"stride": stride, "padding": 0, "output_padding": 0, "dilation": 1, "ceil_mode": False}
    return lambda name: each(
        v if (v := values.get(name)) not in (None, (), []) else usual[name], axes, name
    )


def layers(kind: str, values: dict[str, Any], axes: int) -> tuple[Layer, ...]:
    """The layers of a kind with these values, one for each axis; none where positions stay as they
    are. Raises DeriveError."""
    number = _numbers(kind, values, axes)
    mode = values.get("padding_mode", "zeros")
    if mode != "zeros":
        raise DeriveError(
            f'padding_mode "{mode}" changes what the border reads; only "zeros" is read'
        )
    if values.get("return_indices"):
        raise DeriveError("return_indices: where the maxima lie depends on the data")
    match kind:
        case "conv":
            padding = _sides(values, number, axes)
            given = {"stride": number("stride"), "padding": padding, "dilation": number("dilation")}
            return along(conv, axes, kernel_size=values["kernel_size"], **given)
        case "conv_transpose":
            names = ("stride", "padding", "output_padding", "dilation")
            return along(
                conv_transpose,
                axes,
                kernel_size=values["kernel_size"],
                **{n: number(n) for n in names},
            )
        case "max_pool" | "avg_pool" | "lp_pool":
            names = ("stride", "padding", "dilation", "ceil_mode")
            return along(
                pool, axes, kernel_size=values["kernel_size"], **{n: number(n) for n in names}
            )
        case "adaptive_avg_pool" | "adaptive_max_pool":
            return tuple(
                _adaptive(size) for size in each(values.get("output_size"), axes, "output_size")
            )
        case "pad":
            return _pad(values, axes)
        case "interpolate":
            return _interpolate(values, axes)
        case "pixel_shuffle":
            return along(upsample, axes, scale=values["upscale_factor"])
        case "pixel_unshuffle":
            return along(unfold, axes, kernel_size=values["downscale_factor"])
        case "mean":
            return _mean(values, axes)
        case "softmax" | "chunk" | "cat":
            channels(values.get("dim", 0), axes, kind)
    return ()


def _sides(values: dict[str, Any], number: Callable[..., Any], axes: int) -> Any:
    """A convolution's padding. "same" is stride 1 only, and of an odd number the greater half goes
    right (`_ConvNd`)."""
    padding = values.get("padding", 0)
    if padding == "valid":
        return 0
    if padding != "same":
        return number("padding")
    if any(stride != 1 for stride in number("stride")):
        raise DeriveError('padding "same" with a stride: PyTorch has it for stride 1 only')
    totals = [
        d * (k - 1)
        for d, k in zip(
            number("dilation"), each(values["kernel_size"], axes, "kernel_size"), strict=True
        )
    ]
    return [(total // 2, total - total // 2) for total in totals]


def _adaptive(size: Any) -> Layer:
    if size not in (1, None):
        raise DeriveError(
            f"output size {size}: its windows differ in size with the width; only 1 is read, "
            f"or None"
        )
    return conv(1) if size is None else global_pool()


def _pad(values: dict[str, Any], axes: int) -> tuple[Layer, ...]:
    """PyTorch writes the last axis' two sides first."""
    if values.get("mode", "constant") != "constant":
        raise DeriveError(
            f'mode "{values["mode"]}" changes what the border reads; only "constant" is read'
        )
    pad = values["pad"] if isinstance(values["pad"], tuple | list) else (values["pad"],) * 2 * axes
    if len(pad) % 2 or any(type(n) is not int for n in pad):
        raise DeriveError(f"pad = {pad}: two whole numbers for each axis")
    pairs = list(zip(pad[::2], pad[1::2], strict=True))
    if any(pair != (0, 0) for pair in pairs[axes + 1 :]):
        raise DeriveError(f"pad = {pad}: pads the batch, too")
    return padded([*pairs[:axes], *[(0, 0)] * (axes - len(pairs))][::-1])


def _interpolate(values: dict[str, Any], axes: int) -> tuple[Layer, ...]:
    if values.get("mode", "nearest") not in (
        "nearest",
        "nearest-exact",
    ):  # alike for whole scales: (o + 1/2)/s and o/s
        raise DeriveError(f'mode "{values["mode"]}" is not read; only "nearest"')
    if values.get("size") is not None or values.get("scale_factor") is None:
        raise DeriveError(
            "an output size of its own: its scale depends on the width; give a whole scale_factor"
        )
    return tuple(enlarged(scale) for scale in each(values["scale_factor"], axes, "scale_factor"))


def _mean(values: dict[str, Any], axes: int) -> tuple[Layer, ...]:
    """Over a whole axis, which is kept: as an adaptive pooling to size 1."""
    dims = values.get("dim")
    dims = tuple(dims) if isinstance(dims, tuple | list) else (dims,)
    if not values.get("keepdim") or any(
        type(d) is not int or not -axes - 1 <= d < axes + 2 or d == 0 for d in dims
    ):
        raise DeriveError(
            "a mean is read over channels or spatial axes named by dim, with keepdim=True"
        )
    over = {d % (axes + 2) - 2 for d in dims}
    return tuple(global_pool() if axis in over else conv(1) for axis in range(axes))


def item(index: Any, axes: int) -> tuple[Layer, ...]:
    """`x[index]`, slices of batch, channels and axes; none where all positions stay. Raises
    DeriveError for other indices."""
    given = list(index) if isinstance(index, tuple) else [index]
    whole = slice(None)
    if given.count(Ellipsis) == 1:
        at = given.index(Ellipsis)
        given[at : at + 1] = [whole] * (axes + 2 - len(given) + 1)
    given += [whole] * (axes + 2 - len(given))
    if len(given) != axes + 2 or not all(isinstance(i, slice) for i in given):
        raise DeriveError(
            f"the index {index}: only slices are read, one for each of {axes + 2} dimensions"
        )
    if all(i == whole for i in given[2:]):
        return ()
    return tuple(sliced(i.start, i.stop, i.step) for i in given[2:])

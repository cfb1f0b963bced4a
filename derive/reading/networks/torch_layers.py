"""What PyTorch's modules, functions and methods are called, what they take, and which layers they
make on the spatial axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.model.convolutions.layers import (
    Layer,
    conv,
    conv_transpose,
    global_pool,
    pool,
    unfold,
    upsample,
)
from derive.model.language.claims import DeriveError
from derive.reading.networks.axes import along, channels, each, enlarged, padded, sliced

# The arguments of a kind in their order as a function; what a module calls otherwise is in RENAMED.
ARGUMENTS = {
    "conv": "input weight bias stride padding dilation groups",
    "conv_transpose": "input weight bias stride padding output_padding groups dilation",
    "max_pool": "input kernel_size stride padding dilation ceil_mode return_indices",
    "avg_pool": "input kernel_size stride padding ceil_mode count_include_pad divisor_override",
    "lp_pool": "input norm_type kernel_size stride ceil_mode",
    "adaptive_avg_pool": "input output_size",
    "adaptive_max_pool": "input output_size return_indices",
    "pad": "input pad mode value",
    "interpolate": "input size scale_factor mode align_corners recompute_scale_factor antialias",
    "pixel_shuffle": "input upscale_factor",
    "pixel_unshuffle": "input downscale_factor",
    "softmax": "input dim",
    "chunk": "input chunks dim",
    "cat": "tensors dim",
    "mean": "input dim keepdim",
    "merge": "input other",
    "pass": "input",
}
RANKED = (
    "conv",
    "conv_transpose",
    "max_pool",
    "avg_pool",
    "lp_pool",
    "adaptive_avg_pool",
    "adaptive_max_pool",
)
STEMS = dict(
    zip(
        RANKED,
        "Conv ConvTranspose MaxPool AvgPool LPPool AdaptiveAvgPool AdaptiveMaxPool".split(),
        strict=True,
    )
)
FUNCTIONS = {f"{kind}{n}d": (kind, n) for kind in RANKED for n in (1, 2, 3)}
MODULES = {f"{stem}{n}d": (kind, n) for kind, stem in STEMS.items() for n in (1, 2, 3)}
MODULES |= {
    f"{name}Pad{n}d": ("pad", n)
    for name in "Zero Constant Reflection Replication Circular".split()
    for n in (1, 2, 3)
}
MODULES |= {
    "UpsamplingNearest2d": ("interpolate", 2),
    "UpsamplingBilinear2d": ("interpolate", 2),
    "Upsample": ("interpolate", 0),
}
MODULES |= {"PixelShuffle": ("pixel_shuffle", 2), "PixelUnshuffle": ("pixel_unshuffle", 2)}
MODULES |= dict.fromkeys("Softmax LogSoftmax Softmin GLU".split(), ("softmax", 0))
MODULES |= dict.fromkeys(
    (
        "Identity ReLU ReLU6 LeakyReLU PReLU RReLU ELU CELU SELU GELU SiLU Mish Hardswish "
        "Hardsigmoid Hardtanh Hardshrink "
        "Softshrink Tanhshrink Threshold Sigmoid LogSigmoid Tanh Softplus Softsign Softmax2d "
        "Dropout Dropout1d Dropout2d "
        "Dropout3d AlphaDropout FeatureAlphaDropout BatchNorm1d BatchNorm2d BatchNorm3d "
        "SyncBatchNorm InstanceNorm1d "
        "InstanceNorm2d InstanceNorm3d GroupNorm LayerNorm RMSNorm LocalResponseNorm ChannelShuffle"
    ).split(),
    ("pass", 0),
)
RENAMED = {"pad": "padding"}
FUNCTIONS |= {"pad": ("pad", 0), "interpolate": ("interpolate", 0), "softmax": ("softmax", 0)}
FUNCTIONS |= {"pixel_shuffle": ("pixel_shuffle", 2), "pixel_unshuffle": ("pixel_unshuffle", 2)}
FUNCTIONS |= dict.fromkeys("log_softmax softmin glu".split(), ("softmax", 0)) | dict.fromkeys(
    ("chunk", "split"), ("chunk", 0)
)
FUNCTIONS |= dict.fromkeys("cat concat concatenate".split(), ("cat", 0)) | dict.fromkeys(
    "mean amax amin".split(), ("mean", 0)
)
FUNCTIONS |= dict.fromkeys(
    "add sub subtract mul multiply div divide true_divide pow maximum minimum".split(), ("merge", 0)
)
FUNCTIONS |= dict.fromkeys(
    (
        "relu relu6 leaky_relu prelu rrelu elu celu selu gelu silu mish hardswish hardsigmoid "
        "hardtanh hardshrink softshrink "
        "tanhshrink threshold sigmoid logsigmoid tanh softplus softsign dropout dropout1d "
        "dropout2d dropout3d alpha_dropout "
        "feature_alpha_dropout batch_norm instance_norm group_norm layer_norm rms_norm "
        "local_response_norm channel_shuffle "
        "relu_ sigmoid_ tanh_ abs neg exp log sqrt rsqrt square clamp clamp_ clip sin cos erf"
    ).split(),
    ("pass", 0),
)
OPERATORS = dict.fromkeys("add sub mul truediv pow iadd isub imul itruediv".split(), "merge") | {
    "neg": "pass"
}
METHODS = {
    name: kind
    for name, (kind, rank) in FUNCTIONS.items()
    if not rank and kind not in ("pad", "interpolate", "cat")
}
METHODS |= dict.fromkeys("add_ sub_ mul_ div_".split(), "merge")
METHODS |= dict.fromkeys(
    "contiguous clone detach float double half bfloat16 to cuda cpu requires_grad_".split(), "pass"
)


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

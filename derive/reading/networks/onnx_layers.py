"""What ONNX's operators are on the spatial axes (the operators' specification, https://onnx.ai/onnx/operators)."""

from __future__ import annotations

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
from derive.reading.networks.axes import along, channels, padded, sliced
from derive.reading.networks.onnx_resize import resize
from derive.reading.networks.onnx_values import Values, attributes

PASSED = frozenset(
    "Abs BatchNormalization Cast Ceil Celu Clip Cos DequantizeLinear Dropout Elu Erf Exp Floor "
    "Gelu GroupNormalization "
    "HardSigmoid HardSwish Identity InstanceNormalization LRN LayerNormalization LeakyRelu Log "
    "Mish Neg PRelu QuantizeLinear "
    "Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Softplus Softsign Sqrt Swish Tanh "
    "ThresholdedRelu".split()
)
MERGED = frozenset("Add Sub Mul Div Pow Max Min Sum Mean".split())
POOLED = frozenset("MaxPool AveragePool LpPool".split())
GLOBAL = frozenset("GlobalAveragePool GlobalMaxPool GlobalLpPool".split())
REDUCED = frozenset("ReduceMean ReduceMax ReduceMin ReduceSum ReduceL2".split())
OTHERS = (
    "Conv ConvTranspose Pad Slice Resize Upsample Concat Split Softmax LogSoftmax "
    "DepthToSpace SpaceToDepth"
).split()
KNOWN = PASSED | MERGED | POOLED | GLOBAL | REDUCED | frozenset(OTHERS)
AUTO = {"SAME_UPPER": "same_upper", "SAME_LOWER": "same_lower"}


def kernel(node: Any, said: dict[str, Any], values: Values) -> list[int]:
    """The kernel's shape as said, or as the weights have it. Raises DeriveError."""
    shape = said.get("kernel_shape")
    if shape is None and node.op_type in ("Conv", "ConvTranspose"):
        weights = values.shape(node.input[1]) if len(node.input) > 1 else None
        if weights is None or len(weights) < 3:
            raise DeriveError("it has no kernel_shape, and its weights are no constant")
        shape = weights[2:]
    if not isinstance(shape, list) or not shape:
        raise DeriveError("it has no kernel_shape")
    return shape


def layers(node: Any, values: Values, axes: int, opset: int) -> tuple[Layer, ...]:
    """The layers of a node, one for each axis; none where positions stay as they are. Raises
    DeriveError for what is not read."""
    op, said = node.op_type, attributes(node)
    match op:
        case _ if op in POOLED or op in ("Conv", "ConvTranspose"):
            return _windows(node, said, values, axes)
        case _ if op in GLOBAL:
            return (global_pool(),) * axes
        case _ if op in REDUCED:
            over = _listed(node, said, values, "axes", 1)
            if (
                said.get("keepdims", 1) != 1
                or not over
                or any(not -axes - 1 <= a < axes + 2 or a == 0 for a in over)
            ):
                raise DeriveError(
                    "it is read over channels or spatial axes named by axes, with keepdims"
                )
            return tuple(
                global_pool() if a in {o % (axes + 2) - 2 for o in over} else conv(1)
                for a in range(axes)
            )
        case "Pad":
            return _pad(node, said, values, axes)
        case "Slice":
            return _slice(node, said, values, axes)
        case "Resize" | "Upsample":
            return resize(node, said, values, axes)
        case "Softmax" | "LogSoftmax":
            if opset < 13:
                raise DeriveError(f"in opset {opset} it runs over the positions, too")
            channels(said.get("axis", -1), axes, op)
        case "Concat" | "Split":
            channels(said.get("axis", 1 if op == "Concat" and opset < 4 else 0), axes, op)
        case "DepthToSpace" | "SpaceToDepth":
            if axes != 2:
                raise DeriveError(f"it has 2 spatial axes, the graph {axes}")
            size = said.get("blocksize")
            return (
                along(upsample, 2, scale=size)
                if op == "DepthToSpace"
                else along(unfold, 2, kernel_size=size)
            )
    return ()


def _whole(said: dict[str, Any], key: str, length: int, usual: int) -> list[int]:
    """An attribute of so many whole numbers. Raises DeriveError."""
    given = said.get(key) or [usual] * length
    if (
        not isinstance(given, list)
        or len(given) != length
        or any(type(n) is not int for n in given)
    ):
        raise DeriveError(f"{key} = {given}: {length} whole numbers")
    return given


def _windows(node: Any, said: dict[str, Any], values: Values, axes: int) -> tuple[Layer, ...]:
    sizes, auto, ceiling = (
        kernel(node, said, values),
        said.get("auto_pad", "NOTSET"),
        said.get("ceil_mode", 0) == 1,
    )
    pads = _whole(said, "pads", 2 * axes, 0)
    given: dict[str, Any] = {k: _whole(said, k + "s", axes, 1) for k in ("stride", "dilation")}
    padding: Any = list(zip(pads[:axes], pads[axes:], strict=True))
    if len(sizes) != axes:
        raise DeriveError(f"its kernel has {len(sizes)} axes, the graph {axes}")
    if auto not in ("NOTSET", "VALID", *AUTO):
        raise DeriveError(f'auto_pad "{auto}" is not known')
    if node.op_type == "ConvTranspose":
        if auto in AUTO or "output_shape" in said:
            raise DeriveError(
                "output_shape, or auto_pad SAME: its padding depends on the width; write pads "
                "and output_padding"
            )
        given["output_padding"] = _whole(said, "output_padding", axes, 0)
    if auto == "VALID" and ceiling:
        raise DeriveError(
            "auto_pad VALID with ceil_mode: the specification rounds down, not all runtimes "
            "do; write pads"
        )
    if auto != "NOTSET":
        padding, ceiling = AUTO.get(auto, 0), False  # SAME has ceil(W/S) outputs in either mode
    if node.op_type in POOLED:
        return along(pool, axes, kernel_size=sizes, padding=padding, ceil_mode=ceiling, **given)
    return along(
        conv_transpose if "output_padding" in given else conv,
        axes,
        kernel_size=sizes,
        padding=padding,
        **given,
    )


def _listed(
    node: Any, said: dict[str, Any], values: Values, key: str, place: int
) -> list[int] | None:
    """Whole numbers that older opsets have as an attribute, newer ones as an input."""
    if key in said:
        return _whole(said, key, len(said[key]) if isinstance(said[key], list) else 1, 0)
    return values.integers(node.input[place], key) if len(node.input) > place else None


def _pad(node: Any, said: dict[str, Any], values: Values, axes: int) -> tuple[Layer, ...]:
    if said.get("mode", "constant") != "constant":
        raise DeriveError(
            f'mode "{said["mode"]}" changes what the border reads; only "constant" is read'
        )
    pads, dims = (
        _listed(node, said, values, "pads", 1),
        _listed(node, said, values, "axes", 3) or list(range(axes + 2)),
    )
    if (
        pads is None
        or len(pads) != 2 * len(dims)
        or any(not -axes - 2 <= d < axes + 2 for d in dims)
    ):
        raise DeriveError(f"pads = {pads}: two whole numbers for each of {len(dims)} dimensions")
    by_dim = {d % (axes + 2): (pads[n], pads[n + len(dims)]) for n, d in enumerate(dims)}
    if by_dim.get(0, (0, 0)) != (0, 0):
        raise DeriveError(f"pads = {pads}: pads the batch, too")
    return padded(by_dim.get(axis + 2, (0, 0)) for axis in range(axes))


def _slice(node: Any, said: dict[str, Any], values: Values, axes: int) -> tuple[Layer, ...]:
    dims = _listed(node, said, values, "axes", 3)
    if dims and all(d in (0, 1, -axes - 1, -axes - 2) for d in dims):
        return ()  # exporters compute how to split channels from their number
    starts, stops = _listed(node, said, values, "starts", 1), _listed(node, said, values, "ends", 2)
    if starts is None or stops is None:
        raise DeriveError("it has no starts or ends")
    dims = dims or list(range(len(starts)))
    steps = _listed(node, said, values, "steps", 4) or [1] * len(starts)
    if not len(starts) == len(stops) == len(dims) == len(steps) or any(
        not -axes - 2 <= d < axes + 2 for d in dims
    ):
        raise DeriveError("its starts, ends, axes and steps do not fit together")
    by_dim = {d % (axes + 2): n for n, d in enumerate(dims)}
    found = (by_dim.get(axis + 2) for axis in range(axes))
    return tuple(conv(1) if n is None else sliced(starts[n], stops[n], steps[n]) for n in found)

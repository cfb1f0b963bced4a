"""Layers on one axis: what one output reads, how many outputs there are.

Every kind is one relation. Input i lies on place `up * i`, the places between are empty; output o
reads places `stride * o - left + dilation * k`, k = 0..kernel_size - 1, and so the inputs that lie
on them. A convolution or a pooling has up = 1; a transposed convolution of stride s has up = s and
stride 1 (Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", section
4); up-sampling to the nearest is a kernel of its scale on that grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sympy import Expr

from derive.errors import DeriveError

Size = Any  # an int, or a sympy expression where sizes are letters
SAME = ("same", "same_upper", "same_lower")


@dataclass(frozen=True, slots=True)
class Layer:
    """Kernel size >= 1, stride >= 1, padding (left, right; negative: a crop), dilation >= 1;
    integers, or sympy expressions.

    `channels` are those of a convolution's output; these, `groups` and `bias` change what it costs
    and no field. Names as in PyTorch's `Conv1d`. `fit`: what only the input's width can say, see
    `fitted`. Raises DeriveError for a value outside.
    """

    kernel_size: Size
    stride: Size = 1
    padding: tuple[Size, Size] = (0, 0)
    dilation: Size = 1
    up: int = 1
    ceil_mode: bool = False
    fit: str = ""
    channels: int | None = None
    groups: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        size, stride, dilation = self.kernel_size, self.stride, self.dilation
        if (
            type(size) is type(stride) is type(dilation) is int
            and size >= 1
            and stride >= 1
            and dilation >= 1
        ):
            return
        whole_number("K", self.kernel_size, 1)
        whole_number("S", self.stride, 1)
        whole_number("D", self.dilation, 1)

    @property
    def reach(self) -> Size:
        """From the first place that an output reads to the last."""
        return self.dilation * (self.kernel_size - 1)

    def reads(self, output: Size) -> tuple[Size, Size]:
        """The first and the last input position that output `output` (from 0) reads, for up = 1;
        negative in the padding."""
        left = self.stride * output - self.padding[0]
        return left, left + self.reach

    def fitted(self, width: int) -> Layer:
        """The layer with its padding (or, of a global pooling, its kernel) as an input of this
        width makes it.

        "same" has ceil(width/stride) outputs; what must be padded is halved, and of an odd number
        the greater half goes right (TensorFlow, "Notes on padding"; PyTorch at stride 1), or left
        for "same_lower" (ONNX). Raises DeriveError for "same" with an even kernel and an odd
        number: its side has to be said.
        """
        if self.fit == "global":
            return replace(self, kernel_size=width, fit="")
        if self.fit in SAME:
            total = max((-(-width // self.stride) - 1) * self.stride + self.reach + 1 - width, 0)
            if self.fit == "same" and total % 2 and self.kernel_size % 2 == 0:
                raise DeriveError(
                    f'padding "same" with the even kernel size {self.kernel_size} has {total} '
                    f"to pad: which side gets more? "
                    f'write "same_upper" (right, as TensorFlow and PyTorch do) or "same_lower" '
                    f"(left)"
                )
            less = total // 2
            sides = (total - less, less) if self.fit == "same_lower" else (less, total - less)
            return replace(self, padding=sides, fit="")
        return self

    def out_size(self, width: int) -> int:
        """How many outputs an input of this width has; 0 or less where the kernel does not fit.
        Needs a fitted layer.

        With `ceil_mode` a last window that starts in the right padding is dropped (PyTorch,
        `MaxPool1d`).
        """
        left, right = self.padding
        room = self.up * (width - 1) + 1 + left + right - self.reach - 1
        if not self.ceil_mode:
            return room // self.stride + 1
        count = -(-room // self.stride) + 1
        return count - 1 if (count - 1) * self.stride >= width + left else count


def whole_number(letter: str, value: Size, least: int | None) -> None:
    """Raises DeriveError where a number is not a whole number of at least `least`; letters pass."""
    if isinstance(value, Expr) and not value.is_number:
        return
    whole = bool(value.is_Integer) if isinstance(value, Expr) else type(value) is int
    if not whole or (least is not None and value < least):
        bound = "" if least is None else f" of at least {least}"
        raise DeriveError(f"{letter} = {value}: {letter} must be a whole number{bound}")


def conv(
    kernel_size: Size,
    stride: Size = 1,
    padding: Any = 0,
    dilation: Size = 1,
    out_channels: int | None = None,
    groups: int = 1,
    bias: bool = True,
) -> Layer:
    """A convolution (`Conv1d`), depthwise and grouped ones too."""
    sides, fit = _padding(padding, kernel_size, dilation)
    channels = _channels(out_channels, groups)
    return Layer(
        kernel_size, stride, sides, dilation, fit=fit, channels=channels, groups=groups, bias=bias
    )


def _channels(out_channels: int | None, groups: int) -> int | None:
    whole_number("groups", groups, 1)
    if out_channels is not None:
        whole_number("out_channels", out_channels, 1)
    return out_channels


def pool(
    kernel_size: Size,
    stride: Size | None = None,
    padding: Any = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Layer:
    """A pooling (`MaxPool1d`, `AvgPool1d`); its stride is its kernel size unless said."""
    sides, fit = _padding(padding, kernel_size, dilation)
    most = (Layer(kernel_size, dilation=dilation).reach + 1) // 2
    if ceil_mode and max(sides) > most:
        raise DeriveError(f"padding {list(sides)}, ceil_mode: PyTorch refuses more than {most}")
    step = kernel_size if stride is None else stride
    return Layer(kernel_size, step, sides, dilation, ceil_mode=ceil_mode, fit=fit)


def conv_transpose(
    kernel_size: Size,
    stride: int = 1,
    padding: Any = 0,
    output_padding: int = 0,
    dilation: Size = 1,
    out_channels: int | None = None,
    groups: int = 1,
    bias: bool = True,
) -> Layer:
    """A transposed convolution (`ConvTranspose1d`): padding cuts outputs off, output_padding adds
    some on the right."""
    whole_number("S", stride, 1)
    whole_number("output_padding", output_padding, 0)
    if output_padding >= max(stride, dilation) and output_padding:
        raise DeriveError(
            f"output_padding = {output_padding}: it must be smaller than the stride or the dilation"
        )
    (left, right), fit = _padding(padding, kernel_size, dilation)
    if fit:
        raise DeriveError(f'padding "{fit}": a transposed convolution takes numbers, [left, right]')
    around = Layer(kernel_size, 1, (0, 0), dilation).reach
    sides = (around - left, around - right + output_padding)
    channels = _channels(out_channels, groups)
    return Layer(
        kernel_size, 1, sides, dilation, up=stride, channels=channels, groups=groups, bias=bias
    )


def upsample(scale: int) -> Layer:
    """Up-sampling to the nearest by a whole factor (`Upsample`): output o reads input floor(o /
    scale)."""
    whole_number("scale", scale, 1)
    return Layer(scale, 1, (scale - 1, scale - 1), up=scale)


def unfold(
    kernel_size: Size, stride: Size | None = None, padding: Any = 0, dilation: Size = 1
) -> Layer:
    """Patches (`Unfold`, a patch embedding): a pooling's positions."""
    return pool(kernel_size, stride, padding, dilation)


def global_pool() -> Layer:
    """Reads the whole input (`AdaptiveAvgPool1d(1)`): a kernel of the input's width."""
    return Layer(1, fit="global")


KINDS: dict[str, Callable[..., Layer]] = {
    "conv": conv,
    "maxpool": pool,
    "avgpool": pool,
    "unfold": unfold,
    "conv_transpose": conv_transpose,
    "upsample": upsample,
    "global_pool": global_pool,
}
MERGES = ("add", "concat")
# Each output reads its own input only. Norms whose statistics run over positions are passed too, as
# the field's tools do.
PASSED = (
    "identity relu relu6 leaky_relu prelu elu selu gelu silu swish mish hardswish hardsigmoid "
    "sigmoid tanh softplus softmax "
    "dropout norm batch_norm batchnorm layer_norm layernorm group_norm groupnorm instance_norm "
    "bias scale"
).split()


def _padding(padding: Any, kernel_size: Size, dilation: Size) -> tuple[tuple[Size, Size], str]:
    """The two sides, and the name of a padding that needs the width. Raises DeriveError for another
    form."""
    if isinstance(padding, str):
        if padding == "valid":
            return (0, 0), ""
        if padding == "causal":
            return (Layer(kernel_size, dilation=dilation).reach, 0), ""
        if padding in SAME:
            return (0, 0), padding
        raise DeriveError(
            f'padding "{padding}": write [left, right], or one of valid, causal, {", ".join(SAME)}'
        )
    sides = tuple(padding) if isinstance(padding, list | tuple) else (padding, padding)
    if len(sides) != 2:
        raise DeriveError(f"padding = {padding}: two numbers, [left, right]")
    for side in sides:
        whole_number("P", side, None)
    return sides, ""  # type: ignore[return-value]

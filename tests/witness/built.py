"""Modules of PyTorch built from drawn networks, and what their outputs read: the inputs with a
gradient that is not zero.

All weights are positive, all inputs too, so that no gradient can cancel; one of exactly zero says
that there is no way. Through a max-pooling only the maximum has a gradient: to be seen through, it
is made a sum over the same windows, as many as PyTorch's own pooling has outputs.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from tests.windows import Spec


class SeenThrough(nn.Module):
    """A max-pooling's windows, summed: a convolution of ones that is cut to the pooling's own
    number of outputs."""

    def __init__(self, pool: Any):
        super().__init__()
        self.pool = pool

    def forward(self, x: Any) -> Any:
        axes = x.ndim - 2
        size, stride, pad, dilation = (
            v if isinstance(v, tuple) else (v,) * axes
            for v in (
                self.pool.kernel_size,
                self.pool.stride,
                self.pool.padding,
                self.pool.dilation,
            )
        )
        outputs = self.pool(x).shape[2:]
        more = [
            n
            for a in reversed(range(axes))
            for n in (pad[a], pad[a] + stride[a] + dilation[a] * size[a])
        ]
        ones = torch.ones(x.shape[1], 1, *size, dtype=x.dtype)
        conv = (F.conv1d, F.conv2d, F.conv3d)[axes - 1]
        found = conv(F.pad(x, more), ones, stride=stride, dilation=dilation, groups=x.shape[1])
        return found[(slice(None), slice(None), *(slice(0, n) for n in outputs))]


def seen_through(module: Any) -> Any:
    """A copy with every weight the same positive number, in double, and no maximum."""
    module = copy.deepcopy(module).double().eval()
    for parent in list(module.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.MaxPool1d | nn.MaxPool2d | nn.MaxPool3d):
                setattr(parent, name, SeenThrough(child))
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.fill_(1 / max(parameter[0].numel(), 1))
    return module


def positions(
    module: Any, sizes: tuple[int, ...]
) -> tuple[tuple[int, ...], list[list[frozenset[int]]]]:
    """The output's sizes, and for its first and last element the inputs with a gradient, put onto
    each axis."""
    torch.manual_seed(0)
    x = (torch.rand(1, 1, *sizes, dtype=torch.float64) + 0.5).requires_grad_()
    y = module(x)
    found = []
    for index in (0, -1):
        (gradient,) = torch.autograd.grad(
            y[(0, slice(None), *(index,) * len(sizes))].sum(), x, retain_graph=True
        )
        spots = gradient[0, 0].nonzero()
        found.append([frozenset(spots[:, axis].tolist()) for axis in range(len(sizes))])
    return tuple(y.shape[2:]), found


class Drawn(nn.Module):
    """A drawn network on one axis; each node one channel. Sides that PyTorch's layer cannot have
    are padded or cut off."""

    def __init__(self, specs: list[Spec]):
        super().__init__()
        self.specs = specs
        self.first = nn.Conv1d(1, 1, 1)  # says that there is one axis; up-sampling alone does not
        self.layers = nn.ModuleDict({s["id"]: self.made(s) for s in specs if s["inputs"]})

    def made(self, spec: Spec) -> Any:
        given: dict[str, Any] = {
            k: spec[k] for k in ("kernel_size", "stride", "dilation") if k in spec
        }
        sides = spec.get("padding", (0, 0))
        pad = sides[0] if sides[0] == sides[1] >= 0 else 0
        match spec["op"]:
            case "conv":
                return nn.Conv1d(1, 1, padding=pad, bias=False, **given)
            case "conv_transpose":
                return nn.ConvTranspose1d(
                    1, 1, padding=pad, output_padding=spec["output_padding"], bias=False, **given
                )
            case "avgpool" if given.pop("dilation") == 1:
                return nn.AvgPool1d(padding=pad, ceil_mode=spec["ceil_mode"], **given)
            case "maxpool" | "avgpool":  # a dilated average pooling does not exist
                return nn.MaxPool1d(
                    padding=pad,
                    ceil_mode=spec["ceil_mode"],
                    **given | {"dilation": spec["dilation"]},
                )
            case "upsample":
                return nn.Upsample(scale_factor=spec["scale"])
            case "concat":
                return nn.Conv1d(len(spec["inputs"]), 1, 1, bias=False)  # one channel again
        return nn.ReLU()

    def forward(self, x: Any) -> Any:
        values: dict[str, Any] = {}
        x = self.first(x)
        for spec in self.specs:
            given = [values[i] for i in spec["inputs"]] or [x]
            y = (
                sum(given[1:], given[0])
                if spec["op"] == "add"
                else torch.cat(given, 1)
                if len(given) > 1
                else given[0]
            )
            left, right = spec.get("padding", (0, 0))
            apart = left != right or left < 0
            if apart and spec["op"] == "conv":
                y = F.pad(y, (left, right))
            y = self.layers[spec["id"]](y) if spec["inputs"] else y
            if apart and spec["op"] == "conv_transpose":
                y = F.pad(y, (-left, -right))
            values[spec["id"]] = y
        return values[self.specs[-1]["id"]]

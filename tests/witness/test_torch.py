"""`from_torch` beside PyTorch itself: sizes as its layers have them, positions as its gradients
have them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the witness needs PyTorch: make witness")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from derive import DeriveError, analyse, from_torch  # noqa: E402
from derive.desk.convolutions.network import Analysis  # noqa: E402
from derive.reading.networks.data import from_data  # noqa: E402
from derive.solving.convolutions.passes import sized  # noqa: E402
from tests.desk.convolutions.test_networks import part, told  # noqa: E402
from tests.windows import draw  # noqa: E402
from tests.witness import modules  # noqa: E402
from tests.witness.built import Drawn, positions, seen_through  # noqa: E402

WIDTH = 60


def compare(module: Any, sizes: tuple[int, ...]) -> None:
    """The outermost outputs' fields on each axis, and how many outputs there are."""
    reports = [axis.at().as_dict() for axis in analyse(from_torch(module), sizes)]
    out_sizes, (first, last) = positions(seen_through(module), sizes)
    assert (
        module.double().eval()(torch.ones(1, 1, *sizes, dtype=torch.float64)).shape[2:] == out_sizes
    )
    assert tuple(r["out_width"] for r in reports) == out_sizes
    for axis, report in enumerate(reports):
        assert report["verdict"] == "COUNTED"
        assert part(report["first"]) == told(first[axis])
        assert part(report["last"]) == told(last[axis])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("graph", [False, True], ids=["stacks", "graphs"])
def test_drawn(graph: bool, seed: int, record_property: Any) -> None:
    rng = random.Random(f"witness {seed} {graph}")
    for _ in range(40):
        compare(Drawn(draw(rng, 40 if graph else 12, graph, WIDTH)), (WIDTH,))
    record_property("networks", 40)


@pytest.mark.parametrize("module", modules.SIZES)
def test_modules(module: type[Any]) -> None:
    compare(module(), modules.SIZES[module])


def test_fields_differ_by_axis() -> None:
    high, wide = analyse(from_torch(modules.Crossed()), (20, 17))
    assert high.at().as_dict()["size"] == 9 and wide.at().as_dict()["size"] == 3


@pytest.mark.parametrize("size", range(1, 7))
def test_same(size: int) -> None:
    for dilation, width in itertools.product((1, 2, 3), (1, 4, 17)):
        compare(nn.Sequential(nn.Conv1d(1, 1, size, padding="same", dilation=dilation)), (width,))


def widths_agree(module: Any, widths: range = range(1, 26)) -> int:
    """How many widths have outputs; where PyTorch has none, there must be an error."""
    (network,) = from_torch(module)
    found = 0
    for width in widths:
        try:
            true = module(torch.empty(1, 1, width, device="meta")).shape[-1]
        except RuntimeError:
            true = 0
        if true:
            assert sized(network, width)[1][network.output] == true, f"{module}, width {width}"
            found += 1
        else:
            with pytest.raises(DeriveError, match="nothing is left"):
                sized(network, width)
    return found


def test_sizes_of_poolings() -> None:
    counted = 0
    for size, stride, ceil_mode in itertools.product(
        range(1, 6), (None, 1, 2, 3, 4, 5), (False, True)
    ):
        for pad in range(size // 2 + 1):
            counted += widths_agree(nn.AvgPool1d(size, stride, pad, ceil_mode))
            counted += widths_agree(nn.LPPool1d(2, size, stride, ceil_mode)) if not pad else 0
            for dilation in (1, 2, 3):
                counted += widths_agree(
                    nn.MaxPool1d(size, stride, pad, dilation, ceil_mode=ceil_mode)
                )
    assert counted > 10_000


def test_sizes_of_convolutions() -> None:
    counted = 0
    with torch.device("meta"):
        for size, stride, pad, dilation in itertools.product(
            (1, 2, 3, 4, 5), (1, 2, 3), (0, 1, 2, 3), (1, 2, 3)
        ):
            counted += widths_agree(nn.Conv1d(1, 1, size, stride, pad, dilation))
            for extra in range(max(stride, dilation)):
                counted += widths_agree(
                    nn.ConvTranspose1d(1, 1, size, stride, pad, extra, dilation=dilation),
                    range(1, 8),
                )
    assert counted > 5_000


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact"])
def test_nearest_reads_the_floor(mode: str) -> None:
    for scale, width in itertools.product(range(1, 12), range(1, 30)):
        found = F.interpolate(
            torch.arange(float(width))[None, None], scale_factor=scale, mode=mode
        )[0, 0]
        assert found.tolist() == [o // scale for o in range(width * scale)]


class Calls(nn.Module):
    """A function of its input, with a weight at hand."""

    def __init__(self, function: Callable[..., Any]):
        super().__init__()
        self.function = function
        self.weight, self.scale = (
            nn.Parameter(torch.ones(1, 1, 3, 3)),
            nn.Parameter(torch.ones(1, 1, 1)),
        )
        self.map, self.norm = nn.Parameter(torch.ones(1, 1, 4, 4)), nn.BatchNorm2d(1)
        self.conv = nn.Conv2d(1, 1, 3)

    def forward(self, x: Any) -> Any:
        return self.function(self, self.conv(x))


FORMS: list[tuple[Callable[..., Any], Any]] = [
    (lambda m, x: F.conv2d(x, m.weight, None, 2, 1), nn.Conv2d(1, 1, 3, 2, 1)),
    (lambda m, x: F.conv2d(x, m.weight, padding="same"), nn.Conv2d(1, 1, 3, padding="same")),
    (
        lambda m, x: F.conv_transpose2d(x, m.weight, stride=2, output_padding=1),
        nn.ConvTranspose2d(1, 1, 3, 2, output_padding=1),
    ),
    (lambda m, x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True), nn.MaxPool2d(3, 2, 1, ceil_mode=True)),
    (lambda m, x: torch.max_pool2d(x, (3, 2)), nn.MaxPool2d((3, 2))),
    (lambda m, x: F.avg_pool2d(x, 2), nn.AvgPool2d(2)),
    (lambda m, x: F.lp_pool2d(x, 2, 3, stride=2), nn.LPPool2d(2, 3, 2)),
    (lambda m, x: F.adaptive_avg_pool2d(x, 1), nn.AdaptiveAvgPool2d(1)),
    (lambda m, x: F.adaptive_max_pool2d(x, (1, None)), nn.AdaptiveMaxPool2d((1, None))),
    (lambda m, x: x.mean((2, 3), keepdim=True), nn.AdaptiveAvgPool2d(1)),
    (lambda m, x: torch.amax(x, dim=-1, keepdim=True), nn.AdaptiveMaxPool2d((None, 1))),
    (lambda m, x: F.interpolate(x, scale_factor=(2, 3)), nn.Upsample(scale_factor=(2, 3))),
    (lambda m, x: F.pad(x, (1, 2, -1, 0)), nn.ZeroPad2d((1, 2, -1, 0))),
    (lambda m, x: F.pad(x, (1, 2), value=7.0), nn.ConstantPad2d((1, 2, 0, 0), 7.0)),
    (lambda m, x: F.pixel_unshuffle(x, 2), nn.Conv2d(1, 1, 2, 2)),
    (
        lambda m, x: x[:, :, 1:-2, ::2],
        nn.Sequential(nn.ZeroPad2d((0, 0, -1, -2)), nn.Conv2d(1, 1, 1, (1, 2))),
    ),
    (lambda m, x: 2 - F.relu(m.norm(x), inplace=True) * m.scale / 3, nn.Identity()),
    (
        lambda m, x: F.softmax(F.group_norm(x, 1), dim=1),
        nn.GroupNorm(1, 1),
    ),  # a convention: its statistics read all positions
    (lambda m, x: x.clamp(0, 1).contiguous().float().add_(1), nn.Identity()),
]


@pytest.mark.parametrize("number", range(len(FORMS)))
def test_functional_forms(number: int) -> None:
    form, module = FORMS[number]
    called, meant = from_torch(Calls(form)), from_torch(nn.Sequential(nn.Conv2d(1, 1, 3), module))
    x = torch.ones(1, 1, 20, 22)
    assert Calls(form)(x).shape[2:] == nn.Sequential(nn.Conv2d(1, 1, 3), module)(x).shape[2:]
    for one, two, size in zip(
        analyse(called, (20, 22)), analyse(meant, (20, 22)), Calls(form)(x).shape[2:], strict=True
    ):
        assert one.at().as_dict() == two.at().as_dict()
        assert one.at().out_width == size


REFUSED: list[tuple[Callable[..., Any], str]] = [
    (
        lambda m, x: torch.flatten(x, 1),
        r'node "flatten" \(flatten\).*output="conv".*from_torch\(model.features\)',
    ),
    (lambda m, x: x.view(x.size(0), -1), r'node "view" \(view\).*output="conv"'),
    (lambda m, x: F.interpolate(x, scale_factor=1.5), "scale factor 1.5: only whole ones"),
    (lambda m, x: F.interpolate(x, scale_factor=2, mode="bilinear"), 'mode "bilinear" is not read'),
    (lambda m, x: F.interpolate(x, size=(8, 8)), "an output size of its own"),
    (
        lambda m, x: F.pad(x, (1, 1, 1, 1), mode="circular"),
        'mode "circular" changes what the border reads',
    ),
    (lambda m, x: F.pad(x, (x.size(2), 0)), "computed from sizes"),
    (lambda m, x: F.adaptive_avg_pool2d(x, 7), "output size 7"),
    (lambda m, x: F.max_pool2d(x, 2, return_indices=True)[0], "max_pool2d_with_indices"),
    (lambda m, x: F.softmax(x, dim=-1), "softmax along dimension -1"),
    (lambda m, x: torch.cat([x, x], 2), "cat along dimension 2"),
    (lambda m, x: torch.cat([x, m.map], 1), r'node "map_1" \(map\): a constant'),
    (lambda m, x: x + m.map, r"operand of shape \[1, 1, 4, 4\] differs by position"),
    (lambda m, x: x[:, :, :5], "the slice 0:5:1 depends on the width"),
    (lambda m, x: x[:, :, : x.size(2) - 1], "the slice 0:sub:1 depends on the width"),
    (lambda m, x: x[:, 0], "only slices are read"),
    (lambda m, x: x.mean(2), "keepdim=True"),
    (lambda m, x: F.conv1d(x, m.scale), r'it has 1 spatial axes, node "conv" 2'),
    (lambda m, x: F.conv2d(x, m.weight * x), "its weight is computed"),
    (lambda m, x: x + (x.add_(x) * 0), 'node "add_".*it changes "conv", which is read again'),
    (lambda m, x: x if x.sum() > 0 else x * 2, "torch.fx cannot trace its forward"),
    (
        lambda m, x: (x, x * 2),
        r"its forward returns 2 tensors \(conv, mul\); say which with output=",
    ),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_refused_by_name(number: int) -> None:
    form, said = REFUSED[number]
    with pytest.raises(DeriveError, match=said):
        from_torch(Calls(form))


BAD: list[tuple[Any, dict[str, Any], str]] = [
    (
        nn.Sequential(nn.Conv2d(1, 1, 3), nn.Flatten(), nn.Linear(4, 4)),
        {},
        r'node "_1" \(Flatten\).*output="_0"',
    ),
    (nn.Sequential(nn.Conv1d(1, 1, 3), nn.Linear(4, 4)), {}, r'node "_1" \(Linear\)'),
    (nn.Sequential(nn.Conv1d(1, 1, 3), nn.LSTM(4, 4)), {}, r'node "_1" \(LSTM\)'),
    (nn.Conv1d(1, 1, 3, padding=1, padding_mode="reflect"), {}, 'padding_mode "reflect"'),
    (nn.Conv1d(1, 1, 3, padding=1, padding_mode="circular"), {}, 'padding_mode "circular"'),
    (nn.Conv1d(1, 1, 3, padding=1, padding_mode="replicate"), {}, 'padding_mode "replicate"'),
    (nn.Sequential(nn.Conv1d(1, 1, 3), nn.ReflectionPad1d(1)), {}, 'mode "ReflectionPad1d"'),
    (
        nn.Sequential(nn.Conv2d(1, 1, 3), nn.UpsamplingBilinear2d(scale_factor=2)),
        {},
        'mode "bilinear"',
    ),
    (nn.Sequential(nn.Conv2d(1, 1, 3), nn.FractionalMaxPool2d(2, 4)), {}, "FractionalMaxPool2d"),
    (nn.Sequential(nn.Conv1d(1, 1, 3), nn.Softmax(dim=-1)), {}, "softmax along dimension -1"),
    (nn.ReLU(), {}, "no convolution or pooling in it says how many spatial axes"),
    (nn.Conv1d(1, 1, 3), {"output": "_9"}, 'no node "_9"'),
    (nn.Sequential(nn.Linear(1, 1)), {}, r'node "_0" \(Linear\)'),
    (3, {}, "not int"),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_bad_modules(number: int) -> None:
    module, given, said = BAD[number]
    with pytest.raises(DeriveError, match=said):
        from_torch(module, **given)


def test_output_stops_before_what_is_not_known() -> None:
    module = nn.Sequential(nn.Conv2d(1, 1, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4, 4))
    networks = from_torch(module, name="small", output="_1")
    assert [n.name for n in networks] == ["small, axis 0", "small, axis 1"]
    assert [a.at().as_dict()["size"] for a in analyse(networks)] == [4, 4]
    assert list(networks[0].nodes) == ["input_1", "_0", "_1"]


def test_another_function_of_that_name_is_not_taken_for_it() -> None:
    def relu(x: Any) -> Any:
        return F.relu(x.flip(-1))

    form = Calls(lambda m, x: relu(x))
    with pytest.raises(DeriveError, match='node "flip"'):
        from_torch(form)


def test_a_width_for_each_axis() -> None:
    with pytest.raises(DeriveError, match="3 widths for 2 axes"):
        analyse(from_torch(modules.Crossed()), (1, 2, 3))
    assert [a.at().out_width for a in analyse(from_torch(modules.Crossed()), 20)] == [20, 20]


@pytest.mark.parametrize("seed", range(30))
def test_parameters(seed: int) -> None:
    """As many as the modules really keep, and as many products as a hook counts for a convolution's
    outputs."""
    rng = random.Random(seed)
    channels = given = rng.choice((2, 4, 6))
    parts: list[Any] = []
    nodes: list[dict[str, Any]] = [{"id": "x", "op": "input", "inputs": []}]
    for number in range(rng.randint(1, 5)):
        size, groups, out = rng.randint(1, 4), rng.choice((1, 2)), rng.choice((2, 4, 8))
        bias, turned = rng.random() < 0.5, rng.random() < 0.4
        kind = torch.nn.ConvTranspose2d if turned else torch.nn.Conv2d
        parts.append(kind(given, out, size, groups=groups, bias=bias))
        node = {
            "id": f"n{number}",
            "op": "conv_transpose" if turned else "conv",
            "inputs": [nodes[-1]["id"]],
        }
        nodes.append(
            node | {"kernel_size": size, "out_channels": out, "groups": groups, "bias": bias}
        )
        given = out
    costs = Analysis(from_data({"nodes": nodes}, "net"), 32).costs(channels, axes=2)
    assert [c.parameters for c in costs.values()][1:] == [
        sum(p.numel() for p in part.parameters()) for part in parts
    ]
    with FlopCounterMode(display=False) as counter:
        torch.nn.Sequential(*parts)(torch.zeros(1, channels, 32, 32))
    assert 2 * sum(c.multiply_adds or 0 for c in costs.values()) == counter.get_total_flops()

"""Speed of networks: growth over layers and nodes, beside a bare loop, the imports, torchscan.
`make bench` runs it.

Medians over rounds in one process; the slope is that of time over size, log-log, by least squares
over the sizes printed.
"""

from __future__ import annotations

import gc
import math
import random
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sympy.core.cache import clear_cache

from derive import receptive_field
from derive.desk.convolutions.network import Analysis
from derive.model.convolutions.layers import Layer
from derive.model.convolutions.network import Network, Node, chain, network
from derive.reading.networks.layers import layers
from derive.solving.convolutions.passes import field_of, fields, size_of

SIZES = (10**3, 10**4, 10**5, 10**6)


def median(call: Callable[[], object], rounds: int = 5) -> float:
    found = []
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def slope(sizes: Sequence[int], times: Sequence[float]) -> float:
    x, y = [math.log(s) for s in sizes], [math.log(t) for t in times]
    mean_x, mean_y = statistics.mean(x), statistics.mean(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum(
        (a - mean_x) ** 2 for a in x
    )


def line(name: str, sizes: Sequence[int], times: Sequence[float], limit: str = "") -> None:
    each = "  ".join(f"{t / n * 1e6:.3f}" for n, t in zip(sizes, times, strict=True))
    print(f"{name:52} us each: {each}   slope {slope(sizes, times):.2f}{limit}")


def random_graph(number: int) -> Network:
    """Layers that keep the step and merges of up to three nodes before, none wider than its
    neighbours by much."""
    rng = random.Random(number)
    nodes = [Node("0", "input", ())]
    for n in range(1, number):
        below = [str(rng.randrange(max(0, n - 50), n)) for _ in range(rng.choice((1, 1, 2, 3)))]
        if len(below) == 1:
            size = rng.choice((1, 3, 3, 5))
            nodes.append(Node(str(n), "conv", (below[0],), Layer(size, 1, (size // 2, size // 2))))
        else:
            nodes.append(Node(str(n), "add", tuple(dict.fromkeys(below))))
    return network("random", nodes, str(number - 1), "random")


def chains() -> None:
    print(f"chains of {', '.join(f'{n:,}' for n in SIZES)} layers")
    numbers = {n: ([3, 3, 1] * (n // 3 + 1))[:n] for n in SIZES}
    ones, dilations = {n: [1] * n for n in SIZES}, {n: [1, 2, 4, 8] * (n // 4) for n in SIZES}

    def bare(n: int) -> int:
        size = 1
        for k in numbers[n]:
            size += k - 1
        return size

    line("a bare loop", SIZES, [median(lambda n=n: bare(n)) for n in SIZES])
    line(
        "size from lists",
        SIZES,
        [median(lambda n=n: size_of(numbers[n], ones[n])) for n in SIZES],
        " (goal: 1 us)",
    )
    dilated = [median(lambda n=n: size_of(numbers[n], ones[n], dilations[n])) for n in SIZES]
    line("size from lists, with dilations", SIZES, dilated, " (goal: 1 us)")

    def with_ends(n: int) -> object:
        return field_of(Layer(k, 1, (1, 1)) for k in numbers[n])

    def as_network(n: int) -> object:
        return fields(chain(Layer(k, 1, (1, 1)) for k in numbers[n]))

    line(
        "ends and step, Layer objects made",
        SIZES,
        [median(partial(with_ends, n), 3) for n in SIZES],
        " (goal: 5 us)",
    )
    line(
        "the same as a network, of every node",
        SIZES,
        [median(partial(as_network, n), 3) for n in SIZES],
    )
    few = (10**3, 3 * 10**3, 10**4)
    wide = [median(lambda n=n: field_of([Layer(3, 2)] * n), 3) for n in few]
    line("ends and step, stride 2: numbers of n bits", few, wide)


def graphs() -> None:
    sizes = SIZES[:3]
    made = {n: random_graph(n) for n in sizes}
    print("random graphs, ends and step of each node")
    line("ends and step", sizes, [median(lambda n=n: fields(made[n])) for n in sizes])
    line(
        "and the count of the output, walked back",
        sizes,
        [median(lambda n=n: Analysis(made[n]).at(), 3) for n in sizes],
    )


def letters() -> None:
    def closed() -> object:
        clear_cache()
        run = receptive_field(K="K", S="S")
        return run.solution.values

    def proved() -> object:
        clear_cache()
        run = receptive_field(K="K", S="S")
        return run.W, run.verdict("W")

    closed()
    print(
        f"a uniform stack with letters: closed forms {median(closed, 15) * 1e3:.1f} ms (goal: "
        f"20 ms), ",
        end="",
    )
    print(f"W with steps and verdict {median(proved, 15) * 1e3:.1f} ms")


def resnet152() -> Any:
    """He et al. 2016 as torchvision builds it: the stride in the 3x3."""
    from torch import nn

    def normed(channels: int, out: int, size: int, stride: int = 1) -> tuple[Any, Any]:
        return nn.Conv2d(channels, out, size, stride, size // 2, bias=False), nn.BatchNorm2d(out)

    class Bottleneck(nn.Module):
        def __init__(self, channels: int, width: int, stride: int):
            super().__init__()
            parts = [
                *normed(channels, width, 1),
                nn.ReLU(),
                *normed(width, width, 3, stride),
                nn.ReLU(),
            ]
            self.body = nn.Sequential(*parts, *normed(width, 4 * width, 1))
            same = stride == 1 and channels == 4 * width
            self.shortcut = (
                nn.Identity() if same else nn.Sequential(*normed(channels, 4 * width, 1, stride))
            )

        def forward(self, x: Any) -> Any:
            return nn.functional.relu(self.body(x) + self.shortcut(x))

    parts: list[Any] = [
        nn.Conv2d(3, 64, 7, 2, 3),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
    ]
    channels = 64
    for width, blocks, stride in ((64, 3, 1), (128, 8, 2), (256, 36, 2), (512, 3, 2)):
        for block in range(blocks):
            parts.append(Bottleneck(channels, width, stride if block == 0 else 1))
            channels = 4 * width
    return nn.Sequential(*parts).eval()


def imports() -> None:
    try:
        import onnx  # noqa: F401
        import torch
    except ImportError as error:
        print(f"ResNet-152 from torch and ONNX: not measured ({error})")
        return
    from derive import from_onnx, from_torch

    model = resnet152()
    networks = from_torch(model)
    report = Analysis(networks[0]).at()
    print(f"ResNet-152: {len(networks[0].nodes)} nodes, size {report.phases[0].size}")
    beside("torch", partial(from_torch, model), partial(asked, networks[0]))
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that needs no further package is called old
        path = Path(folder) / "resnet152.onnx"
        torch.onnx.export(model, torch.zeros(1, 3, 64, 64), str(path), dynamo=False)
        beside("ONNX", partial(from_onnx, path), partial(asked, from_onnx(path)[0]))
    scanned(model)


def asked(found: Network) -> object:
    return Analysis(found).at()


def beside(name: str, read: Callable[[], object], ask: Callable[[], object]) -> None:
    import_, analysis = median(read), median(ask)
    ratio = f"{analysis / import_:.2f} of it; goal: at most 1"
    print(
        f"  {name}: import {import_ * 1e3:.0f} ms, analysis of an axis {analysis * 1e3:.1f} ms "
        f"({ratio})"
    )


def asked_of(module: Any) -> Any:
    from derive import from_torch

    return Analysis(from_torch(module)[0]).at()


def scanned(model: Any) -> None:
    """torchscan runs the module once on data and follows sizes by hooks, one module after the
    other."""
    try:
        from torchscan import crawl_module
    except ImportError as error:
        print(f"torchscan: not measured ({error})")
        return
    from torch import nn

    block = lambda: (nn.Conv2d(3, 3, 3, 2), nn.ReLU(), nn.Conv2d(3, 3, 5, 1, 2), nn.MaxPool2d(2))  # noqa: E731
    plain = nn.Sequential(*(m for _ in range(3) for m in block()))
    dilated = nn.Sequential(*(nn.Conv2d(3, 3, 3, 1, 2**n, 2**n) for n in range(6)))
    print(
        "beside torchscan 0.2, which gives each module's own field, not the network's (here: "
        "the last module's)"
    )
    for name, module, width in (
        ("plain", plain, 300),
        ("dilated", dilated, 64),
        ("ResNet-152", model, 64),
    ):
        theirs = partial(crawl_module, module, (3, width, width))
        ours = partial(asked_of, module)
        told = [layer["metrics"].get("receptive_field") for layer in theirs()["layers"]]
        field = [found["value"] for found in told if found][-1]
        here, there = (f"{median(call, 3) * 1e3:.0f} ms" for call in (ours, theirs))
        print(f"  {name:12} derive {ours().phases[0].size}, {here}; torchscan {field}, {there}")


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}; {time.strftime('%Y-%m-%d')}")
    chains()
    graphs()
    letters()
    print(
        "VGG-16's line read: "
        + f"{median(lambda: layers('3 3 2/2 3 3 2/2 3 3 3 2/2 3 3 3 2/2 3 3 3 2/2')) * 1e3:.2f} ms"
    )
    imports()

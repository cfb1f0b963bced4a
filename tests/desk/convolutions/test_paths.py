"""Paths of taps from each input to an output, against paths followed one by one by each layer's
definition."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from functools import cache
from math import comb, prod
from pathlib import Path
from typing import Any

import pytest
from sympy import Poly, symbols

import derive.desk.convolutions.paths as desk_paths
from derive.desk.convolutions.network import Analysis
from derive.errors import DeriveError
from derive.reading.networks.data import from_data, read_all
from derive.reading.networks.library import networks
from tests.windows import Spec, draw

ROOT = Path(__file__).parents[3]


def followed(nodes: list[Spec], name: str, output: int) -> dict[int, int]:
    """The number of paths from each input, every layer going on for ever on both sides."""
    by_id = {n["id"]: n for n in nodes}

    @cache
    def ways(name: str, o: int) -> Counter[int]:
        node = by_id[name]
        if not node["inputs"]:
            return Counter({o: 1})
        taps, dilation = range(node.get("kernel_size", 1)), node.get("dilation", 1)
        match node["op"]:
            case "conv" | "maxpool" | "avgpool":
                below = [o * node["stride"] + k * dilation - node["padding"][0] for k in taps]
            case (
                "conv_transpose"
            ):  # input i is spread over outputs i * stride + k * dilation - padding
                whole = [
                    divmod(o - k * dilation + node["padding"][0], node["stride"]) for k in taps
                ]
                below = [quotient for quotient, rest in whole if rest == 0]
            case "upsample":
                below = [o // node["scale"]]
            case _:
                below = [o]
        found: Counter[int] = Counter()
        for source in node["inputs"]:
            for position in below:
                found.update(ways(source, position))
        return found

    return dict(ways(name, output))


def profile_of(text: str, output: int = 0) -> Any:
    return Analysis(read_all(text)[0]).paths(output=output)


def one_by_one(found: Any) -> dict[int, int]:
    return (
        {found.left + n: count for n, count in enumerate(found.counts) if count}
        if found.counts
        else {}
    )


@pytest.mark.parametrize("graph", [False, True], ids=["stacks", "graphs"])
def test_drawn(graph: bool, record_property: Any) -> None:
    rng = random.Random(f"paths {graph}")
    products = ups = 0
    for _ in range(60):
        nodes = draw(rng, 25 if graph else 9, graph, 60)
        analysis = Analysis(from_data({"nodes": nodes, "output": nodes[-1]["id"]}, "drawn"))
        for node in rng.sample(nodes, min(3, len(nodes))):
            for output in (0, rng.randint(1, 30)):
                found, true = (
                    analysis.paths(node["id"], output),
                    followed(nodes, node["id"], output),
                )
                assert one_by_one(found) == true
                assert found.total == sum(true.values()) and found.verdict.kind == "COUNTED"
                assert not true or (found.left, len(found.counts)) == (
                    min(true),
                    max(true) - min(true) + 1,
                )
                ups += any(n["op"] in ("conv_transpose", "upsample") for n in nodes)
                if found.polynomial is not None:
                    products += 1
                    z = symbols("z")
                    shifted = Poly((found.polynomial * z**-found.left).cancel(), z)
                    assert shifted.all_coeffs()[::-1] == list(found.counts)
    assert ups > 100 and products > 40
    record_property("profiles", 2 * 3 * 60)


@pytest.mark.parametrize(
    "text, counts, left, polynomial",
    [
        ("3 3 3", [1, 3, 6, 7, 6, 3, 1], 0, "(z**2 + z + 1)**3"),
        ("2 2 2 2", [1, 4, 6, 4, 1], 0, "(z + 1)**4"),
        ("3p1 3p1", [1, 2, 3, 2, 1], -2, "(z**2 + z + 1)**2/z**2"),
        ("3/2 3/2", [1, 1, 2, 1, 2, 1, 1], 0, "(z**2 + z + 1)*(z**4 + z**2 + 1)"),
        ("1/2 2d3", [1, 0, 0, 0, 0, 0, 1], 0, "z**6 + 1"),
        ("3 10", [1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 2, 1], 0, "(z**10 - 1)*(z**2 + z + 1)/(z - 1)"),
        ("1", [1], 0, "1"),
        ("( | 3p1)", [1, 2, 1], -1, "None"),  # 1 + (1 + z + z**2)/z
        ("( | 3p1)*2", [1, 4, 6, 4, 1], -2, "None"),
        ("( | | )", [3], 0, "None"),  # added to itself
        ("3 u2", [1, 1, 1], 0, "None"),
        ("u2 3", [2, 1], 0, "None"),
        ("t3/2", [1, 1], -1, "None"),
        ("t1/2 1/2p1", [], None, "None"),  # only places between inputs
    ],
)
def test_by_hand(text: str, counts: list[int], left: int | None, polynomial: str) -> None:
    found = profile_of(text)
    assert list(found.counts) == counts
    assert found.left == left
    assert str(found.polynomial) == polynomial


def test_phases_by_hand() -> None:
    """A transposed convolution of kernel 3 and stride 2: even outputs have taps 0 and 2 on inputs,
    odd ones tap 1."""
    assert [list(profile_of("t3/2", o).counts) for o in range(2, 6)] == [[1, 1], [1], [1, 1], [1]]
    assert [list(profile_of("u2 3", o).counts) for o in range(2)] == [[2, 1], [1, 2]]


@pytest.mark.parametrize("depth", [1, 7, 64])
def test_the_central_binomial(depth: int) -> None:
    found = profile_of(f"[2]*{2 * depth}")
    assert found.counts == tuple(comb(2 * depth, k) for k in range(2 * depth + 1))
    assert max(found.counts) == found.counts[depth] == comb(2 * depth, depth)


@pytest.mark.parametrize("text", ["7/2 3/2 [3 3]*16", "3 3d2 3d4 3d8", "m2 a3/1p1 5d3", "[2]*40"])
def test_the_sum_is_the_product_of_the_kernels(text: str) -> None:
    network = read_all(text)[0]
    assert profile_of(text).total == prod(
        n.layer.kernel_size for n in network.nodes.values() if n.layer
    )


def test_the_library_is_counted() -> None:
    for name in ("vgg_16", "resnet50", "wavenet", "unet", "densenet121"):
        entry = networks()[name]
        analysis = Analysis(entry.network(), entry.width)
        found, ends = analysis.paths(), analysis.at().phases[0].ends
        assert ends == (found.left, found.left + len(found.counts) - 1)
        assert found.counts[0] and found.counts[-1]


def test_a_wrong_count_is_never_given(monkeypatch: pytest.MonkeyPatch) -> None:
    true = desk_paths.paths
    for wrong in (lambda first, c: (first + 1, c), lambda first, c: (first, [*c[:-1], c[-1] + 1])):
        monkeypatch.setattr(desk_paths, "paths", lambda *given, w=wrong: w(*true(*given)))
        with pytest.raises(DeriveError, match="FAILS"):
            profile_of("3 3/2 2")
    monkeypatch.setattr(desk_paths, "paths", true)
    factors = desk_paths.product
    monkeypatch.setattr(desk_paths, "product", lambda *given: factors(*given) + 1)
    with pytest.raises(DeriveError, match="FAILS"):
        profile_of("3 3/2 2")


@pytest.mark.parametrize(
    "text, output, width, message",
    [
        ("60000 60000", 0, None, "119999 positions; paths are counted over 100000"),
        ("[3]*2000", 0, None, "bits; ask for a node further below"),
        ("30000 30000", 0, None, "more than 40000000 additions"),
        ("3", -1, None, "no output -1; its outputs count from 0"),
        ("3", 8, 10, "no output 8; its outputs count 0 to 7"),
    ],
)
def test_what_is_refused(text: str, output: int, width: int | None, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        Analysis(read_all(text)[0], width).paths(output=output)


def test_an_unknown_node() -> None:
    with pytest.raises(DeriveError, match='no node "x"'):
        Analysis(read_all("3")[0]).paths("x")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "derive", "rf", *words], cwd=ROOT, capture_output=True, text=True
    )


def test_on_the_command_line() -> None:
    shown = run("3p1 3", "--paths").stdout.splitlines()
    assert [line.split() for line in shown[-5:]] == [
        ["-1", "1"],
        ["0", "2"],
        ["1", "3"],
        ["2", "2"],
        ["3", "1"],
    ]
    assert "9 paths to output 0, (z**2 + z + 1)**2/z, COUNTED" in shown[-6]
    found = json.loads(run("3p1 3", "--paths", "--json").stdout)
    assert (found["left"], found["paths"]) == (-1, [1, 2, 3, 2, 1])
    assert "paths" not in json.loads(run("3p1 3", "--json").stdout)
    refused = run("-K", "3,3", "-S", "1,1", "--paths")
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1

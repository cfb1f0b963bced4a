"""Drawings of stacks: circles, lines and colours against windows put on positions; SVG, TikZ and
plots as files."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import derive.desk.convolutions.drawing as desk_drawing
from derive.desk.convolutions.drawing import svg, tikz
from derive.desk.convolutions.growth import growth
from derive.errors import DeriveError
from derive.model.convolutions.layers import Layer
from derive.model.convolutions.network import Network, chain
from derive.reading.networks.data import from_data, read_all
from derive.writing.drawing.plots import growth_plot
from derive.writing.drawing.stack import picture
from derive.writing.drawing.svg import RADIUS
from tests.windows import Spec, clipped, draw, sizes

ROOT = Path(__file__).parents[2]
SPACE = "{http://www.w3.org/2000/svg}"


def real_taps(nodes: list[Spec], width: int) -> int:
    """How many taps of all layers lie on real positions."""
    wide, count = sizes(nodes, width), 0
    for node in nodes[1:]:
        below, above = wide[node["inputs"][0]], wide[node["id"]]
        dilation, stride = node.get("dilation", 1), node.get("stride", 1)
        match node["op"]:
            case "conv" | "maxpool" | "avgpool":
                spots = [
                    o * stride + k * dilation - node["padding"][0]
                    for o in range(above)
                    for k in range(node["kernel_size"])
                ]
                count += sum(0 <= spot < below for spot in spots)
            case "conv_transpose":
                spots = [
                    i * stride + k * dilation - node["padding"][0]
                    for i in range(below)
                    for k in range(node["kernel_size"])
                ]
                count += sum(0 <= spot < above for spot in spots)
            case "upsample":
                count += above
    return count


def coloured(nodes: list[Spec], width: int, output: int) -> list[list[int]]:
    """For each row that is drawn the real positions that an output of the last depends on."""
    wide, found = sizes(nodes, width), []
    for at, node in enumerate(nodes):
        if node["op"] != "relu":
            end = nodes[at:]
            rest: list[Spec] = [{"id": node["id"], "op": "input", "inputs": []}, *end[1:]]
            found.append(sorted(clipped(rest, wide[node["id"]])[nodes[-1]["id"]][output]))
    return found


def drawn_chains(number: int) -> list[tuple[Network, list[Spec], int, int]]:
    """Chains that a drawing has room for, each with a width and an output."""
    rng, found = random.Random("drawings"), []
    while len(found) < number:
        width = rng.randint(3, 20)
        nodes = draw(rng, 5, False, width)
        padded = [sum(max(p, 0) for p in n.get("padding", [])) for n in nodes[1:]]
        wide = sizes(nodes, width)
        if all(
            wide[n["inputs"][0]] + more <= 40 and wide[n["id"]] <= 40
            for n, more in zip(nodes[1:], padded, strict=True)
        ):
            network = from_data(
                {"name": "drawn", "nodes": nodes, "output": nodes[-1]["id"]}, "drawn"
            )
            found.append((network, nodes, width, rng.randrange(wide[nodes[-1]["id"]])))
    return found


CHAINS = drawn_chains(60)


def dots(tree: ElementTree.Element) -> list[dict[str, list[tuple[str, str, str]]]]:
    """For each row its circles by kind: x, y, the last word of the title."""
    rows = []
    for row in tree.iter(f"{SPACE}g"):
        if row.get("class") == "row":
            groups = [g for g in row if (g.get("class") or "").startswith("dots ")]
            rows.append(
                {
                    str(g.get("class")).split()[1]: [
                        (
                            str(c.get("cx")),
                            str(c.get("cy")),
                            c.findtext(f"{SPACE}title", "").split()[-1],
                        )
                        for c in g
                    ]
                    for g in groups
                }
            )
    return rows


def lines(tree: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [line for g in tree.iter(f"{SPACE}g") if g.get("class") == f"taps {kind}" for line in g]


@pytest.mark.parametrize("number", range(len(CHAINS)))
def test_drawn_chains(number: int) -> None:
    network, nodes, width, output = CHAINS[number]
    text = svg(network, width, output)
    tree = ElementTree.fromstring(text)
    rows, true = dots(tree), coloured(nodes, width, output)
    layers = [n for n in nodes if n["op"] != "relu"]
    wide = sizes(nodes, width)
    assert len(rows) == len(true) == len(layers)
    for level, (row, node) in enumerate(zip(rows, layers, strict=True)):
        real = [d for kind in ("plain", "read", "asked") for d in row.get(kind, [])]
        assert sorted(int(d[2]) for d in real) == list(range(wide[node["id"]]))
        assert [int(d[2]) for kind in ("read", "asked") for d in row.get(kind, [])] == true[level]
        above = layers[level + 1] if level + 1 < len(layers) else {}
        padding = (
            [max(p, 0) for p in above.get("padding", [])]
            if above.get("op") != "conv_transpose"
            else []
        )
        assert len(row.get("padding", [])) == sum(padding)
    assert len(lines(tree, "plain")) + len(lines(tree, "read")) == real_taps(nodes, width)
    neat(tree, rows)
    said = tikz(network, width, output)
    assert len(re.findall(r"\\draw\[tap (?:plain|read)\]", said)) == real_taps(nodes, width)
    for kind in ("plain", "read", "asked", "padding"):
        assert said.count(rf"\node[dot, {kind}]") == sum(len(row.get(kind, [])) for row in rows)


def neat(tree: ElementTree.Element, rows: list[dict[str, list[tuple[str, str, str]]]]) -> None:
    """Lines go from circle to circle of neighbouring rows, coloured ones between coloured circles;
    none overlap or stick out."""
    _, _, width, height = (float(n) for n in str(tree.get("viewBox")).split())
    places = [{(x, y): kind for kind, found in row.items() for x, y, _ in found} for row in rows]
    for kind in ("plain", "read", "padding"):
        for line in lines(tree, kind):
            top, bottom = (line.get("x1"), line.get("y1")), (line.get("x2"), line.get("y2"))
            level = next(n for n, row in enumerate(places) if bottom in row)
            met = places[level + 1][top], places[level][bottom]  # type: ignore[index]
            if kind != "plain":
                assert met[0] in ("read", "asked")
                assert met[1] == ("padding" if kind == "padding" else "read")
            else:
                assert "padding" not in met and met[0] not in ("read", "asked")
    for row in places:
        across = sorted(float(x) for x, _ in row)
        assert all(b - a >= 2 * RADIUS for a, b in pairwise(across))
        assert across[0] >= RADIUS and across[-1] <= width - RADIUS
        assert all(RADIUS <= float(y) <= height - RADIUS for _, y in row)


def test_by_hand() -> None:
    """3, then 3 with stride 2, over 7 inputs: 5 and 2 outputs; output 1 reads 2, 3, 4 and so 2 to
    6."""
    tree = ElementTree.fromstring(svg(read_all("3 3/2")[0], 7, 1))
    rows = dots(tree)
    assert [[int(d[2]) for d in row.get("read", [])] for row in rows] == [
        [2, 3, 4, 5, 6],
        [2, 3, 4],
        [],
    ]
    assert [int(d[2]) for d in rows[2]["asked"]] == [1]
    assert (len(lines(tree, "plain")), len(lines(tree, "read")), len(lines(tree, "padding"))) == (
        9,
        12,
        0,
    )
    words = [t.text for t in tree.iter(f"{SPACE}text")]
    assert "output 1 depends on 5 inputs, 2 to 6" in words
    assert {"kernel 3, stride 2", "layer 2", "2 outputs", "7 positions"} <= set(words)
    assert "output 1 depends on 5 inputs, 2 to 6" in str(tree.get("aria-label")) and tree.findtext(
        f"{SPACE}title"
    )


@pytest.mark.parametrize(
    "text, width, output, field, made",
    [
        ("3p1 3p1", 8, 0, "output 0 depends on 3 inputs, 0 to 2", "kernel 3, padding 1"),
        ("3d2", 8, 1, "output 1 depends on 3 of the inputs 1 to 5", "kernel 3, dilation 2"),
        ("2d4causal", 8, 0, "output 0 depends on input 0", "kernel 2, dilation 4, padding 4 left"),
        ("1/3p1", 1, 0, "output 0 depends on no input", "kernel 1, stride 3, padding 1"),
        ("t4/2p1", 8, 1, "output 1 depends on 2 inputs, 0 to 1", "kernel 4, stride 2, padding 1"),
        ("m2 u3", 8, 4, "output 4 depends on 2 inputs, 2 to 3", "scale 3"),
        ("g", 9, 0, "output 0 depends on 9 inputs, 0 to 8", "kernel 9"),
    ],
)
def test_words(text: str, width: int, output: int, field: str, made: str) -> None:
    for said in (svg(read_all(text)[0], width, output), tikz(read_all(text)[0], width, output)):
        assert field in said and made in said


def test_outputs_stand_over_the_middle_of_what_they_read() -> None:
    def places(text: str) -> list[list[Fraction]]:
        network, width = read_all(text)[0], 8
        made = picture(network, desk_drawing.sized(network, width)[1], 0)
        return [[d.x for d in row.dots if d.kind != "padding"] for row in made.rows]

    assert places("3")[1] == list(range(1, 7))
    assert places("3p1")[1] == list(range(8))
    assert places("3/2")[1] == [1, 3, 5]
    assert places("3/2 3")[2] == [3], "over the middle one of 1, 3, 5"
    assert places("3/2p1 2/2")[1:] == [[0, 2, 4, 6], [1, 5]]
    assert places("3causal")[1] == list(range(8)), "over the last tap"
    assert places("u2")[1] == [Fraction(n) - Fraction(1, 2) for n in range(16)]
    assert places("u2")[0] == [2 * n for n in range(8)]


def test_what_only_passes_on_is_named_with_its_layer() -> None:
    data = {
        "nodes": [
            {"id": "c", "op": "conv", "inputs": "x", "kernel_size": 3},
            {"id": "r", "op": "batch_norm", "inputs": "c"},
        ]
    }
    said = svg(from_data(data, "a & b <c>"), 6)
    assert "convolution, batch norm" in said and said.count('class="row"') == 2
    assert "a &amp; b &lt;c&gt;" in said
    assert (
        ElementTree.fromstring(said).findtext(f"{SPACE}title")
        == "a & b <c>: what output 0 depends on"
    )


def test_a_wrong_colour_is_never_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.writing.drawing.stack.inputs", lambda layer, output: [output])
    with pytest.raises(DeriveError, match="FAILS"):
        svg(read_all("3")[0], 6)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex")
@pytest.mark.parametrize("fragment", [False, True])
def test_tex_compiles(fragment: bool, tmp_path: Path) -> None:
    stacks = [("3 3/2 3d2", 16, 1), ("3p1 m2 u2 t4/2p1", 10, 3), ("1/3p1", 1, 0)]
    if fragment:
        body = "".join(
            tikz(read_all(text)[0], width, output, fragment=True) for text, width, output in stacks
        )
        texts = [
            "\\documentclass{article}\n\\usepackage{tikz}\n\\begin{document}\n"
            + body
            + "\\end{document}\n"
        ]
    else:
        named = from_data(
            {
                "name": "a_b & 50% \\",
                "nodes": [{"id": "c", "op": "conv", "inputs": "x", "kernel_size": 3}],
            },
            "here",
        )
        texts = [
            tikz(named, 9),
            *(tikz(read_all(text)[0], width, output) for text, width, output in stacks),
        ]
    for text in texts:
        (tmp_path / "stack.tex").write_text(text, encoding="utf-8")
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "stack.tex"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        if "standalone.cls' not found" in done.stdout:
            pytest.skip("no standalone.cls")
        assert done.returncode == 0, done.stdout[-2000:]
        assert "Missing character" not in done.stdout


def run(*words: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONHASHSEED": seed}
    return subprocess.run(
        [sys.executable, "-m", "derive", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=environment,
    )


def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    made = []
    for seed in ("1", "2"):
        for ending in ("svg", "tex"):
            done = run(
                "draw",
                "3 3/2 3d2",
                "--width",
                "16",
                "--output",
                str(tmp_path / f"{seed}.{ending}"),
                seed=seed,
            )
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        made.append([(tmp_path / f"{seed}.{ending}").read_bytes() for ending in ("svg", "tex")])
    assert made[0] == made[1]
    assert (
        made[0][0].decode() == svg(read_all("3 3/2 3d2")[0], 16) == run("draw", "3 3/2 3d2").stdout
    )
    assert made[0][1].decode() == tikz(read_all("3 3/2 3d2")[0], 16)


@pytest.mark.parametrize(
    "words, message",
    [
        (["(3p1 | )"], "only chains are drawn"),
        (["3", "--width", "41"], "room for 40 in a row; give a smaller --width"),
        (["3 3p9", "--width", "30"], "layer 1 has 46 positions with padding"),
        (["[1]*9"], "9 layers; a drawing has room for 8"),
        (["3", "--at", "14"], "no output 14 to draw; there are 0 to 13"),
        (["3", "--at", "-1"], "no output -1"),
        (["3", "--width", "2"], "nothing is left"),
        (["3", "--width", "0"], "at least 1"),
        (["3x"], "cannot read the layer"),
        (["3", "--fragment"], "--fragment is for a .tex"),
        (["4same"], "which side gets more"),
    ],
)
def test_errors_are_one_line(words: list[str], message: str) -> None:
    done = run("draw", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr.startswith("derive: ")
        and done.stderr.count("\n") == 1
        and message in done.stderr
    )


def test_a_file_stays_whole(tmp_path: Path) -> None:
    for name in ("old.svg", "old.png"):
        (tmp_path / name).write_text("kept")
    assert run("draw", "3", "--width", "2", "-o", str(tmp_path / "old.svg")).returncode == 2
    refused = run("draw", "3", "-o", str(tmp_path / "old.png"))
    assert refused.returncode == 2 and 'ends with .svg or .tex, not ".png"' in refused.stderr
    assert [(tmp_path / name).read_text() for name in ("old.svg", "old.png")] == ["kept"] * 2
    assert run("draw", "3", "-o", str(tmp_path / "none" / "x.svg")).returncode == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["old.png", "old.svg"]


def test_a_chain_from_layers() -> None:
    assert "convolution" in svg(chain([Layer(3), Layer(3, 2)]), 9)


def test_growth_by_hand() -> None:
    found = growth(
        {"one": "[3]*5", "two": "[3/2]*4", "block": "3 (3p1 5p2 | 3p1) 3", "up": "m2 u2 3"}
    )
    assert found["one"] == [1, 3, 5, 7, 9, 11]
    assert found["two"] == [1, 3, 7, 15, 31]
    assert found["block"] == [1, 3, 5, 9, 11]
    assert found["up"] == [1, 2, 2, 4]
    assert growth({"VGG": "vgg16"})["VGG"][-1] == 212


class TestPlot:
    @pytest.fixture(autouse=True)
    def needs(self) -> None:
        pytest.importorskip("matplotlib", reason="no matplotlib")

    def test_the_same_bytes_each_time(self, tmp_path: Path) -> None:
        code = (
            "import sys; from pathlib import Path\n"
            "from derive.desk.convolutions.growth import growth; from "
            "derive.writing.drawing.plots import growth_plot\n"
            "fields = growth({'stride 1': '[3]*9', 'stride 2': '[3/2]*9'})\n"
            "for ending in ('svg', 'png', 'pdf'): growth_plot(fields, Path(sys.argv[1] + ending))"
        )
        for seed in "12":
            environment = os.environ | {"PYTHONHASHSEED": seed}
            subprocess.run(
                [sys.executable, "-c", code, str(tmp_path / f"{seed}.")],
                check=True,
                cwd=ROOT,
                env=environment,
            )
        for ending in ("svg", "png", "pdf"):
            assert (tmp_path / f"1.{ending}").read_bytes() == (
                tmp_path / f"2.{ending}"
            ).read_bytes()
        text = (tmp_path / "1.svg").read_text(encoding="utf-8")
        ElementTree.fromstring(text)
        assert "<dc:date>" not in text

    def test_what_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DeriveError, match="ends with"):
            growth_plot({"a": [1, 3]}, tmp_path / "x.gif")
        with pytest.raises(DeriveError, match="no fields"):
            growth_plot({}, tmp_path / "x.svg")
        with pytest.raises(DeriveError, match="No such file"):
            growth_plot({"a": [1, 3]}, tmp_path / "none" / "x.svg")


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    modules: dict[str, Any] = dict.fromkeys(("matplotlib", "matplotlib.figure"))
    for name, missing in modules.items():
        monkeypatch.setitem(sys.modules, name, missing)
    with pytest.raises(DeriveError, match=r"pip install 'derive\[bench\]'"):
        growth_plot({"a": [1, 3]}, tmp_path / "x.svg")

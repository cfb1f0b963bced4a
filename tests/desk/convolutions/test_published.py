"""The library's networks against published sizes, and where the usual ways to a field go wrong, by
numbers worked out by hand."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.__main__ import main
from derive.desk.convolutions.network import Analysis
from derive.desk.convolutions.published import differences, table
from derive.desk.convolutions.reported import Reported
from derive.errors import DeriveError
from derive.reading.networks.data import read_all
from derive.reading.networks.layers import layers
from derive.reading.networks.library import Entry, Published, entry, networks

ROOT = Path(__file__).parents[3]
NAMES = list(networks())
# The article's table, typed once more: the library's own numbers must not be all that holds the
# library's layouts.
ARTICLE = {
    "alexnet_v2": (195, 64),
    "vgg_16": (212, 90),
    "mobilenet_v1": (315, 126),
    "resnet_v1_50": (483, 239),
    "resnet_v1_101": (1027, 511),
    "resnet_v1_152": (1507, 751),
    "inception_v2": (699, 318),
    "inception_v3": (1311, 618),
    "inception_v4": (2071, 998),
    "inception_resnet_v2": (3039, 1482),
}


def of(name: str, width: int | None = None) -> Reported:
    return Analysis(networks()[name].network(), width or networks()[name].width).at()


def at(text: str, width: int | None = None) -> Reported:
    return Analysis(layers(text), width).at()


def size(text: str) -> int:
    return at(text).phases[0].size


@pytest.mark.parametrize("name", NAMES)
def test_a_network_is_what_was_published(name: str) -> None:
    found = networks()[name]
    assert found.source and found.title and found.output
    assert of(name).verdict.kind == "COUNTED"
    assert differences(found) == []
    assert (found.width is not None) == ("same" in found.layers), (
        "a width stands where the padding needs one"
    )


def test_how_many_are_published() -> None:
    """So that nobody's number is dropped unseen."""
    assert len([n for n in NAMES if networks()[n].published]) >= 26
    assert len(NAMES) >= 44
    here = {
        *BY_HAND,
        "alexnet",
        "googlenet",
        "resnet50_paper",
        "resnext50_32x4d",
        "vgg11",
        "vgg16",
        "vit_b_16",
    }
    assert {n for n in NAMES if not networks()[n].published} <= here, (
        "a network whose size nothing holds"
    )


@pytest.mark.parametrize("name", ARTICLE)
def test_the_table_of_the_article(name: str) -> None:
    """Araujo, Norris, Sim 2019, at width 224."""
    report = of(name, 224)
    (phase,) = report.phases
    assert phase.ends is not None
    assert (phase.size, -phase.ends[0], report.stride) == (*ARTICLE[name], 32)


def test_a_number_that_differs_is_told() -> None:
    said = Published("somebody", size=8, stride=2, padding=3, width=10, out_width=5)
    assert differences(Entry("x", "X", "7/2p3", "here", "it", published=(said,))) == [
        "x: size 7, not 8 (somebody)"
    ]
    said = Published("somebody", size=188)  # one number for outputs that read 188 and 204
    assert differences(Entry("u", "U", networks()["unet"].layers, "here", "it", published=(said,)))


# By hand, where nothing was published: the kernels' (K - 1) times the step they read at, stage by
# stage, plus 1.
BY_HAND = {
    "vgg13": 1 + (4 + 1) * (1 + 2 + 4 + 8 + 16),
    "vgg19": 1 + (4 + 1) * (1 + 2) + (8 + 1) * (4 + 8 + 16),
    "c3d_time": 1 + 2 + (2 + 1) * 1 + (4 + 1) * (2 + 4 + 8),
    "resnet152": 11 + 2 * (3 * 4 + (4 + 7 * 8) + (8 + 35 * 16) + (16 + 2 * 32)),
    "darknet53": 1 + 2 * (1 + (1 + 2) + (2 + 2 * 4) + (4 + 8 * 8) + (8 + 8 * 16) + (16 + 4 * 32)),
    "convnext_tiny": 4 + 6 * (3 * 4 + 3 * 8 + 9 * 16 + 3 * 32) + (4 + 8 + 16),
    "mobilenet_v2": 1
    + 2 * (1 + 2 + (2 + 4) + (4 + 2 * 8) + (8 + 3 * 16) + 3 * 16 + (16 + 2 * 32) + 32),
    "squeezenet1_1": 1 + 2 * (1 + 2 + 2 * 4 + 4 + 2 * 8 + 8 + 4 * 16),
    "efficientnet_b0": 1
    + 2 * (1 + 2 + (2 + 4) + 2 * (4 + 8) + (8 + 2 * 16) + 2 * 3 * 16 + 2 * (16 + 3 * 32) + 32),
    "densenet121": 11 + 2 * (6 * 4 + 12 * 8 + 24 * 16 + 16 * 32) + (4 + 8 + 16),
    "tcn": 1 + 2 * 6 * 255,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand(name: str) -> None:
    (phase,) = of(name).phases
    assert phase.size == phase.count == BY_HAND[name]


# Where layouts of one name differ.


def test_where_a_residual_network_has_its_strides() -> None:
    """11 after 7/2 3/2 at step 4, and each 3x3 adds 2 of the steps it reads at; 3, 4, 6, 3 of them
    in ResNet-50.

    TF-Slim: the last of a stage has the stride, so all of a stage read at its step: 11 + 2 (3*4 +
    4*8 + 6*16 + 3*32) = 483. The paper: the 1x1 before the first has it; the same sum. torchvision:
    the first has it and still reads at the step before: 11 + 2 (3*4 + (4 + 3*8) + (8 + 5*16) + (16
    + 2*32)) = 427.
    """
    fifty = ("resnet_v1_50", "resnet50_paper", "resnet50", "resnext50_32x4d")
    assert [of(n).phases[0].size for n in fifty] == [483, 483, 427, 427]
    assert [of(n).phases[0].size for n in ("resnet_v1_101", "resnet101")] == [1027, 971]


def test_same_padding_depends_on_the_width() -> None:
    """The 3/2 SAME pooling gets 112 positions at width 224: 55*2 + 3 - 112 = 1 to pad, on the
    right; 161 at 321: 1 on each side.

    A position there is a step of 2, so at 321 the left end is 2 further out.
    """
    assert [of("resnet_v1_50", w).phases[0].ends for w in (224, 321)] == [(-239, 243), (-241, 241)]


def test_alexnet_is_padded_at_its_first_layer_or_not() -> None:
    """5x5 padded by 2 at step 8, three 3x3 by 1 at step 16: 2*8 + 3*16 = 64; torchvision adds 2 at
    step 1."""
    assert [of(n).phases[0].ends for n in ("alexnet_v2", "alexnet")] == [(-64, 130), (-66, 128)]


def test_wavenet_adds_one_less_than_a_block_reads() -> None:
    """A block of dilations 1, 2, ..., 512 reads 1 + 1023; three of them 1 + 3*1023, not 3*1024."""
    assert size(networks()["wavenet"].layers.removesuffix("*3")) == 1024
    assert of("wavenet").phases[0].ends == (-3069, 0)


def test_googlenet_is_not_what_torchvision_builds() -> None:
    """27 at step 8 after the stem. Paper, 5x5 branches: 27 + 2*32 + 16 + 5*64 + 32 + 2*128 = 715,
    and 6*32 more by the 7x7 pool.

    torchvision, 3x3 instead and a last pooling of 2: 27 + 2*16 + 16 + 5*32 + 16 + 2*64 = 379.
    """
    assert [of(n).phases[0].size for n in ("googlenet_paper", "googlenet")] == [715, 379]
    paper = networks()["googlenet_paper"]
    assert Analysis(layers(paper.layers + " a7/1"), 224).at().phases[0].size == 907
    assert of("googlenet", 224).out_width == 7  # by ceil_mode: 112, 56, 28, 14, 7


def test_vgg_is_the_same_in_both() -> None:
    """torchvision's are TF-Slim's, whose numbers are published; a ViT's patch is its kernel."""
    assert [of(n).phases[0].ends for n in ("vgg11", "vgg16")] == [
        of(n).phases[0].ends for n in ("vgg_a", "vgg_16")
    ]
    assert of("vit_b_16").phases[0].ends == (0, 15)


# Where the field is not the longest chain, not one, or not cut at the input's edges.


def test_the_field_of_a_merge_is_more_than_its_longest_path() -> None:
    """Two 3x3 side by side, one padded on both sides, one on the right: -1 to 1 and 0 to 2,
    together -1 to 2."""
    report = at("(3p1 | 3p0:2)", 8)
    assert [size("3p1"), size("3p0:2")] == [3, 3]
    assert (
        report.phases[0].ends == (-1, 2)
        and report.phases[0].size == 4
        and report.phases[0].count == 4
    )
    assert report.first is not None and report.first.ends == (0, 2)


def test_u_net_has_two_sizes() -> None:
    """By output o of 16. The lowest level reads 140 at step 16; o reads 4 of its positions or 5:
    140 + 3*16 = 188 or 204.

    o reads up-sampled positions o to o + 4, so outputs o//2 to o//2 + 2 of level 2; these read o//4
    to o//4 + 3 of level 3. These read positions q to q + 7, q = o//4, so of level 4 four outputs
    where q is even and five where it is odd, from o//8 on; four outputs from r = o//8 read r to r +
    7, which is four of the lowest where r is even, else five; five outputs read five. So four only
    for q and r even: o = 0 to 3.
    """
    report = of("unet", 572)
    assert [p.size for p in report.phases] == [188] * 4 + [204] * 12
    assert [p.ends for p in report.phases] == [(0, 187)] * 4 + [(0, 203)] * 12
    assert (report.stride, report.out_width) == (1, 388)
    assert report.last is not None and report.last.ends == (
        384,
        571,
    )  # output 387 = 24*16 + 3 is of the small phase


def test_what_is_cut_off_by_a_floor_is_not_read() -> None:
    """2/2 leaves two of five positions' windows, 0 1 and 2 3; position 4 is in none. The last 3p1
    reads both and one that is not.

    Its field ends at 5, cut at the edge 4; what it reads ends at 3.
    """
    report = at("2/2 3p1", 5)
    assert report.phases[0].ends == (-2, 3) and report.out_width == 2
    assert report.last is not None and report.last.ends == (0, 3)


def test_padding_inside_is_padding_not_input() -> None:
    """A crop of 2 and then a pad of 1: output 0 reads middle positions -1, 0, 1; -1 is padding
    though it stands for 1 to 3.

    0 and 1 read 2 to 5.
    """
    report = at("3p-2 3p1", 12)
    assert report.phases[0].ends == (1, 5)
    assert report.first is not None and report.first.ends == (2, 5) and report.first.count == 4


def test_sparse_taps_do_not_start_at_the_edge() -> None:
    """Taps at -2 and 2 of an input 0 to 4: only 2 is there; the field cut at the edge would start
    at 0."""
    report = at("2d4p2", 5)
    assert report.phases[0].ends == (-2, 2) and report.phases[0].count == 2
    assert report.first is not None and report.first.ends == (2, 2)


def test_an_output_may_see_padding_only() -> None:
    """A 1x1 padded by 1: output 0 reads -1, which is no input. A 3p1 on it reads -1 (none), 0 (that
    one) and 1, so input 0."""
    report = at("1p1", 3)
    assert report.phases[0].ends == (-1, -1) and report.out_width == 5
    assert (
        report.first is not None
        and report.first.ends is None
        and report.first.size == report.first.count == 0
    )
    assert report.as_dict()["first"] == {"size": 0, "left": None, "right": None, "count": 0}
    after = at("1p1 3p1", 3).first
    assert after is not None and after.ends == (0, 0)


# The library as data, by name, as a table.


def test_every_file_is_packaged() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "setuptools"
    ]["package-data"]["derive"]
    packaged = {p for pattern in stated for p in (ROOT / "derive").glob(pattern)}
    assert set((ROOT / "derive").rglob("*.toml")) <= packaged


GOOD = {"title": "X", "layers": "3", "source": "here", "output": "it"}
WRONG = [
    ("3", "is not a table"),
    ({**GOOD, "layer": "3"}, 'unknown key "layer"; did you mean "layers"?'),
    ({**GOOD, "source": ""}, "source is missing"),
    ({k: v for k, v in GOOD.items() if k != "output"}, "output is missing"),
    ({**GOOD, "layers": 3}, "layers = 3: a text in quotes"),
    ({**GOOD, "width": "224"}, "width = '224': a whole number"),
    ({**GOOD, "published": {"size": 3}}, "published is a list of tables"),
    ({**GOOD, "published": [{"size": 3}]}, "published: source is missing"),
    ({**GOOD, "published": [{"source": "there", "left": 3}]}, 'published: unknown key "left"'),
]


@pytest.mark.parametrize(("data", "says"), WRONG, ids=[says for _, says in WRONG])
def test_a_wrong_entry(data: object, says: str) -> None:
    with pytest.raises(DeriveError) as error:
        entry("x", data, "file.toml")
    assert says in str(error.value) and 'file.toml: network "x"' in str(error.value)


def test_no_name_hides_layers() -> None:
    for name in NAMES:
        with pytest.raises(DeriveError):
            layers(name)


def test_by_name_on_the_command_line() -> None:
    done = CliRunner().invoke(main, ["rf", "resnet50"])
    assert done.exit_code == 0 and "427 positions, -213 to 213, step 32" in done.output
    done = CliRunner().invoke(main, ["rf", "inception_v2", "--width", "224"])
    assert done.exit_code == 0 and "699 positions, -318 to 380" in done.output
    assert (
        read_all("g")[0].nodes["1"].op == "global_pool"
        and read_all("m3")[0].nodes["1"].op == "maxpool"
    )


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("resnet5", 'no network "resnet5"; did you mean "resnet'),
        ("ResNet-50", 'did you mean "resnet50"?'),
        ("zzz", "; there is alexnet, "),
        ("inception_v2", "give --width"),
        ("3x", 'cannot read the layer "3x"'),
    ],
)
def test_a_name_that_is_none(asked: str, says: str) -> None:
    done = CliRunner().invoke(main, ["rf", asked])
    assert (
        done.exit_code == 2
        and says in done.output
        and done.output.count("\n") == 1
        and len(done.output) < 1_000
    )


def test_the_table() -> None:
    rows = table()
    assert [row["name"] for row in rows] == NAMES
    for row in rows:
        assert row["verdict"] == "COUNTED" and row["agrees"] is not False
        assert row["size"] == row["right"] - row["left"] + 1 and row["centre"] == Fraction(
            row["left"] + row["right"], 2
        )
    (row,) = table(["alexnet_v2"])
    assert {k: row[k] for k in ("size", "stride", "left", "right", "centre", "published")} == {
        "size": 195, "stride": 32, "left": -64, "right": 130, "centre": 33, "published": 195
    }  # fmt: skip
    assert table(["unet"])[0]["sizes"] == [188, 204]
    with pytest.raises(DeriveError, match="did you mean"):
        table(["alexnet_v3"])

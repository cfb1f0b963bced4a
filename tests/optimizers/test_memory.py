"""What optimizers keep: read from the lines, counted by leaving each out, in bytes; and what is
said of names, flags and types that are none."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from derive import DeriveError, Program, library, memory, optimizer, optimizers, solve
from derive.checking.counting.unroll import stored
from derive.commands.main import main
from tests.optimizers.walk import flagged

# By hand, from the papers' pseudo-code: what must be kept for each parameter, without flags.
KEPT = {
    "sgd": 0, "sgdm": 1, "sgdm_ema": 1, "keras_sgd": 1, "heavy_ball": 1, "nesterov": 1,
    "nesterov_bengio": 1, "nesterov_1983": 1, "qhm": 1, "aggmo": 3, "polyak_ruppert": 1, "asgd": 1,
    "ema_weights": 1, "lookahead": 1, "schedule_free_sgd": 1, "schedule_free_adamw": 2,
    "rmsprop": 1, "rmsprop_tf": 1, "adagrad": 1, "adadelta": 2, "adam": 2, "adam_eps_hat": 2,
    "adamw": 2, "adamw_paper": 2, "adamax": 2, "nadam": 2, "amsgrad": 3, "amsgrad_hat": 3,
    "radam": 2, "yogi": 2, "adabelief": 2, "adopt": 2, "adan": 4, "ademamix": 3, "qhadam": 2,
    "novograd": 1, "lamb": 2, "mars": 3, "sophia": 2, "signsgd": 0, "signum": 1, "lion": 1,
    "rprop": 2, "lars": 1, "muon": 1, "shampoo": 1, "adafactor": 1,
}  # fmt: skip


def test_what_is_kept_by_hand() -> None:
    assert {name: len(p.memory) for name, p in library().items()} == KEPT


@pytest.mark.parametrize("name", sorted(library()))
def test_counting_finds_what_the_lines_say(name: str) -> None:
    for program in flagged(library()[name]):
        assert set(stored(program)) == set(program.memory), program.flags


def test_flags_change_what_is_kept() -> None:
    assert optimizer("sgd(momentum)").memory == ("b",)
    assert optimizer("adam(amsgrad)").memory == ("m", "v", "v_max")
    assert optimizer("rmsprop(centered, momentum=mu)").memory == ("v", "a", "b")
    assert optimizer("nadam(momentum_decay)").shared == ("t", "p")
    assert library()["novograd"].shared == ("t", "v")


def test_bytes() -> None:
    rows = memory("adamw", parameters=7e9, dtype="float32", master="float32").records
    assert [(r["what"], r["bytes"]) for r in rows] == [
        ("parameters", 28 * 10**9), ("gradients", 28 * 10**9), ("master copy", 28 * 10**9),
        ("m", 28 * 10**9), ("v", 28 * 10**9), ("all", 140 * 10**9),
    ]  # fmt: skip
    rows = memory("sgd", parameters=10, dtype="bfloat16", gradients=False).records
    assert [(r["what"], r["bytes"]) for r in rows] == [("parameters", 20), ("all", 20)]
    every = {r["program"] for r in memory().records}
    assert every == {name for name, p in library().items() if not p.scalar}


def test_a_line_that_forgets_a_state_is_seen() -> None:
    """A program whose memory is said to be less than its steps read."""
    wrong = Program("m", ("m <- beta*m + g", "w <- w - eta*m"), {"m": "0", "w": "0"})
    object.__setattr__(wrong, "layer", ("w",))
    assert stored(wrong) == ("m",) == wrong.memory


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: memory("adamm"), 'no optimizer "adamm"; did you mean "adam'),
        (lambda: memory("adam", dtype="float31"), 'no type "float31"; did you mean "float32"'),
        (lambda: memory("adam", master="half"), 'no type "half"'),
        (lambda: memory("adam", parameters=-1), "parameters = -1: how many"),
        (lambda: memory("adam", amsgrd=True), 'no flag "amsgrd"; did you mean "amsgrad"'),
        (lambda: memory("shampoo"), "depends on its sides"),
        (lambda: optimizer("soap"), "no scalar form of SOAP"),
        (lambda: optimizer("sgd(nesterov)"), "nesterov changes nothing here: it goes with momentum"),
        (lambda: optimizer("sgd(momentum, dampening=2)") and solve("sgd", momentum="b", dampening=2),
         "dampening = 2 is outside its range"),
        (lambda: solve("adam", amsgrad="yes"), "write amsgrad=True"),
        (lambda: solve("sgd", momentun="b"), 'no such hyperparameter or flag; did you mean "momentum"'),
        (lambda: Program("p", ("w <- w - g if not",), {"w": "0"}), "is no flag"),
        (lambda: Program("p", ("w <- where(t, 1, g)",), {"w": "0"}), "t' is no condition"),
        (lambda: optimizers(["adamm"]), 'did you mean "adam'),
        (lambda: optimizers().written("html"), 'no form "html" of a table'),
    ],
)  # fmt: skip
def test_what_cannot_be(call: object, said: str) -> None:
    with pytest.raises(DeriveError) as error:
        call()  # type: ignore[operator]
    assert said in str(error.value)


def run(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands() -> None:
    listed = json.loads(run("optimizers", "adam", "sgd(momentum)", "--as", "json"))
    assert [r["keeps"] for r in listed] == [["m", "v"], ["b"]] and listed[0]["lines"]
    assert run("optimizers").count("\n") == len(library()) + 1
    assert "140,000,000,000" in run("memory", "adamw", "--parameters", "7e9", "--master", "float32")
    assert CliRunner().invoke(main, ["memory", "adamw", "--dtype", "x"]).exit_code == 2
    assert "w(t) = -c*eta*t" in run("solve", "sgd(weight_decay=0)", "--ask", "w")


def test_a_notebook_shows_a_table() -> None:
    assert optimizers(["sgd"])._repr_markdown_().startswith("| name | optimizer |")
    assert repr(optimizers(["sgd"])).splitlines()[1].startswith("sgd")

"""The same run or not: what people ask about pairs of optimizers, each answer beside the papers'
loops under gradients that change from step to step."""

from __future__ import annotations

import random
from typing import Any

import pytest
from click.testing import CliRunner
from sympy import Rational, Symbol, symbols

from derive import DeriveError, optimizer, same_run
from derive.checking.proof.alike import counted_alike, proved_alike
from derive.commands.main import main
from derive.model.language.claims import sequence
from derive.model.recurrences.training import trained
from tests.optimizers.walk import walk

eta, beta, mu, m, w, v, nu, alpha = symbols("eta beta mu m w v nu alpha")
lam, weight_decay = symbols("lam weight_decay")
SAME: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("sgdm", "sgdm_ema", {"beta": beta, "eta": eta / (1 - beta)}, {"m": (1 - beta) * m, "w": w}),
    ("sgdm_ema", "sgdm", {"beta": beta, "eta": eta * (1 - beta)}, {"m": m / (1 - beta), "w": w}),
    ("sgdm", "keras_sgd", {"momentum": beta, "eta": eta}, {"v": -eta * m, "w": w}),
    ("sgdm", "sgd(momentum)", {"momentum": beta, "eta": eta}, {"b": m, "w": w}),
    ("sgdm", "heavy_ball", {"alpha": eta, "beta": beta}, {"w_prev": w + eta * m, "w": w}),
    ("sgdm", "qhm", {"beta": beta, "eta": eta / (1 - beta), "nu": 1}, {"m": (1 - beta) * m, "w": w}),
    ("nesterov", "nesterov_bengio", {"eta": eta, "mu": mu}, {"w": w + mu * v, "v": v}),
    ("nesterov", "keras_sgd(nesterov)", {"eta": eta, "momentum": mu}, {"w": w + mu * v, "v": v}),
    ("nesterov_bengio", "sgd(momentum, nesterov)", {"eta": eta, "momentum": mu},
     {"b": -v / eta, "w": w}),
    ("nesterov_bengio", "qhm", {"beta": mu, "nu": mu, "eta": eta / (1 - mu)},
     {"m": -(1 - mu) / eta * v, "w": w}),
    ("sgd(weight_decay)", "w <- w - eta*lam*w; w <- w - eta*g", {"eta": eta, "lam": weight_decay},
     {"w": w}),
    ("sgdm", "m <- beta*m + eta*g; w <- w - m", {"beta": beta, "eta": eta}, {"m": eta * m, "w": w}),
]  # fmt: skip
PARTED = [
    ("qhm", "sgdm", 3), ("sgdm", "sgd", 2), ("nesterov", "sgdm", 3),
    ("sgd(momentum, weight_decay)", "sgdm", 3), ("aggmo", "qhm", 4),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "letters", "states"), SAME)
def test_the_same_run(one: str, other: str, letters: Any, states: Any) -> None:
    found = same_run(one, other)
    assert found.same and found.verdict is not None and found.verdict.kind == "PROVED"
    for name, form in letters.items():
        assert (found.letters[name] - form).cancel() == 0, name
    for name, form in states.items():
        assert (found.states[name] - form).cancel() == 0, name
    assert set(found.letters) == set(letters) and set(found.states) == set(states)


@pytest.mark.parametrize(("one", "other", "letters", "states"), SAME)
def test_as_loops(one: str, other: str, letters: Any, states: Any) -> None:
    """Both walked in floats, the gradient another function of w in each step."""
    first, second = optimizer(one), optimizer(other)
    rng = random.Random(one + other)
    pulls = [(rng.uniform(-1, 1), rng.uniform(0.1, 0.9)) for _ in range(40)]
    mine = {h: rng.uniform(0.1, 0.9) for h in first.hyperparameters}
    put = {Symbol(h): x for h, x in mine.items()}
    yours = {h: float((form + 0 * eta).subs(put)) for h, form in letters.items()}
    paths = [
        walk(p, lambda t, place: pulls[t][0] + pulls[t][1] * place, given, 0.7, 30)
        for p, given in ((first, mine), (second, yours))
    ]
    start = {"w": 0.7} | {s: 0.0 for s in first.states if s != "w"}
    assert abs(float((states["w"] + 0 * w).subs(put).subs(start)) - 0.7) < 1e-12
    for here, there in zip(*paths, strict=True):
        now = put | {Symbol(s): here[s] for s in first.states}
        for name, form in states.items():
            assert abs(float((form + 0 * eta).subs(now)) - there[name]) < 1e-9


@pytest.mark.parametrize(("one", "other", "steps"), PARTED)
def test_not_the_same(one: str, other: str, steps: int) -> None:
    found = same_run(one, other)
    assert found.same is False and found.steps == steps and found.values
    assert "no choice of" in repr(found)


def test_sgdm_is_no_sgd_by_trying() -> None:
    """The first gradient alone: after one step any rate agrees, after two none does."""
    found = same_run("sgdm", "sgd")
    b, rate = (float(found.values[k]) for k in ("beta", "eta"))
    first = [-rate, -rate - rate * b]  # of SGDM
    assert first[0] != first[1]  # SGD stays where its one gradient has brought it


@pytest.mark.parametrize(
    "pair", [("adam", "adamw"), ("schedule_free_sgd", "sgd"), ("lion", "signum")]
)
def test_what_cannot_be_said(pair: tuple[str, str]) -> None:
    found = same_run(*pair)
    assert found.same is None and ("not linear" in found.reason or "changes with t" in found.reason)
    assert "cannot say" in repr(found)


def test_seen_red() -> None:
    """Wrong hyperparameters, and wrong states, are refused by the checks."""
    one, other = optimizer("sgdm"), optimizer("sgdm_ema")
    right = {"beta": beta, "eta": eta / (1 - beta)}
    t = Symbol("t")
    M, W = (sequence(n)(t) for n in "mw")
    states = {"m": (1 - beta) * M, "w": W}
    assert counted_alike(one, other, right, states).kind == "COUNTED"
    for letters, sums in (
        ({**right, "eta": eta}, states),
        (right, {**states, "m": M}),
        (right, {**states, "w": W + M / 1000}),
    ):
        assert counted_alike(one, other, letters, sums).kind == "FAILS"
        start = {"w": Symbol("w_0")}
        mine, yours = trained(one, None, start), trained(other, None, start, letters)
        assert not proved_alike(mine, yours, sums, (W, W))
    start = {"w": Symbol("w_0")}
    mine, yours = trained(one, None, start), trained(other, None, start, right)
    assert proved_alike(mine, yours, states, (W, W))
    assert not proved_alike(mine, yours, states, (W, W + M))


def test_ranges_of_the_second_are_kept() -> None:
    """nu = 2 would be needed, which is no averaging."""
    found = same_run("w <- w - eta*g", "qhm", seconds=20)
    assert found.same is not True or Rational(0) <= found.letters["nu"] <= 1


def test_the_command() -> None:
    result = CliRunner().invoke(main, ["same", "sgdm", "sgdm_ema"])
    assert result.exit_code == 0 and "eta = eta/(1 - beta)" in result.output
    assert CliRunner().invoke(main, ["same", "qhm", "sgdm"]).exit_code == 1
    assert CliRunner().invoke(main, ["same", "sgdm", "sgdmm"]).exit_code == 2
    with pytest.raises(DeriveError, match="did you mean"):
        same_run("sgdm", "sgdmm")

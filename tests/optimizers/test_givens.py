"""Gradients and learning rates by name: closed forms beside loops written here, in numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from sympy import Symbol

from derive import DeriveError, gradients, schedules, solve

V: dict[str, Any] = {
    "eta": 0.31, "beta": 0.62, "c": 1.3, "a": 0.7, "b": 0.4, "rho": 0.8, "omega": 0.4, "lam": 0.9,
    "w_star": 2.2, "w0": 1.9, "eta0": 0.45, "eta_min": 0.05, "gamma": 0.7, "T": 6, "k": 3,
    "beta1": 0.6, "beta2": 0.7,
}  # fmt: skip
SLOPES: dict[str, Callable[[int, float], float]] = {
    "constant": lambda t, w: V["c"],
    "zero": lambda t, w: 0.0,
    "linear": lambda t, w: V["a"] * t + V["b"],
    "polynomial": lambda t, w: V["a"] * t * t,
    "geometric": lambda t, w: V["c"] * V["rho"] ** t,
    "alternating": lambda t, w: V["c"] if t % 2 == 0 else -V["c"],
    "sinusoid": lambda t, w: V["c"] * math.cos(V["omega"] * t),
    "step": lambda t, w: 0.0 if t < V["T"] else V["c"],
    "pulse": lambda t, w: V["c"] if t % V["k"] == 0 else 0.0,
    "quadratic": lambda t, w: V["lam"] * (w - V["w_star"]),
}


def cycle(t: int) -> float:
    low, high, T = V["eta_min"], V["eta0"], V["T"]
    return low + (high - low) * t / T if t <= T else high - (high - low) * (t - T) / T  # type: ignore[no-any-return]


RATES: dict[str, Callable[[int], float]] = {
    "constant": lambda t: V["eta0"],
    "inverse_time": lambda t: V["eta0"] / (1 + V["gamma"] * t),
    "inverse_sqrt": lambda t: V["eta0"] / math.sqrt(t),
    "exponential": lambda t: V["eta0"] * V["gamma"] ** (t - 1),
    "warmup": lambda t: V["eta0"] * min(1, t / V["T"]),
    "linear": lambda t: V["eta0"] * max(0, 1 - (t - 1) / V["T"]),
    "cosine": lambda t: (
        V["eta_min"] + (V["eta0"] - V["eta_min"]) * (1 + math.cos(math.pi * (t - 1) / V["T"])) / 2
    ),
    "step": lambda t: V["eta0"] * V["gamma"] ** ((t - 1) // V["k"]),
    "one_cycle": cycle,
}


def loop(name: str, slope: Callable[[int, float], float], rate: Callable[[int], float]) -> Any:
    m, w = 0.0, V["w0"]
    yield w
    for t in range(1, 20):
        g = slope(t, w)
        m = V["beta"] * m + g if name == "sgdm" else g
        w -= rate(t) * m
        yield w


def at(form: Any, t: int) -> float:
    return float(form.subs({Symbol(k): v for k, v in V.items()} | {Symbol("t"): t}).doit().evalf())


def test_each_has_a_row() -> None:
    assert {r["name"] for r in gradients().records} == {*SLOPES, "any"}
    assert {r["name"] for r in schedules().records} == set(RATES)


@pytest.mark.parametrize("gradient", [g for g in SLOPES if g != "quadratic"])
@pytest.mark.parametrize("name", ["sgd", "sgdm"])
def test_a_gradient(name: str, gradient: str) -> None:
    run = solve(name, gradient, {"w": "w0"}, seconds=60)
    assert run.verdict("w").holds
    for t, w in enumerate(loop(name, SLOPES[gradient], lambda t: V["eta"])):
        assert abs(at(run.w, t) - w) < 1e-9, t


def test_the_quadratic_loss() -> None:
    run = solve("sgd", "quadratic", {"w": "w0"})
    for t, w in enumerate(loop("sgd", SLOPES["quadratic"], lambda t: V["eta"])):
        assert abs(at(run.w, t) - w) < 1e-9, t


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", ["sgd", "sgdm"])
def test_a_learning_rate(name: str, rate: str) -> None:
    run = solve(name, "c", {"w": "w0"}, eta=rate, seconds=60)
    assert run.verdict("w").holds
    for t, w in enumerate(loop(name, SLOPES["constant"], RATES[rate])):
        assert abs(at(run.w, t) - w) < 1e-9, t


def test_a_rate_of_another_letter_and_the_ranges_that_come_with_a_name() -> None:
    run = solve("heavy_ball", alpha="exponential")
    assert {"alpha0", "gamma"} <= {str(s) for s in run.w.free_symbols}
    assert any("gamma" in str(r) for r in run.model.ranges)
    assert (
        solve("sgd", "lam*(w - w_star)").model.equations
        == solve("sgd", "quadratic").model.equations
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"gradient": "quadratc"}, 'did you mean "quadratic"'),
        ({"eta": "cosin"}, 'did you mean "cosine"'),
        ({"eta": "exponentail"}, 'did you mean "exponential"'),
    ],
)
def test_a_misspelt_name(given: dict[str, str], said: str) -> None:
    with pytest.raises(DeriveError, match=said):
        solve("sgd", **given)  # type: ignore[arg-type]

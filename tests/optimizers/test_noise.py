"""Means, variances and covariances under noise: beside all sequences of coin throws, added up here,
and beside known results."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from sympy import Rational, symbols

from derive import DeriveError, solve
from derive.checking.counting.noise import counted_moments
from derive.model.language.claims import sequence
from derive.model.recurrences.library import library
from derive.model.recurrences.moments import NOISE, moments
from derive.model.recurrences.training import trained

F = Fraction
VALUES = {
    "eta": F(1, 7), "beta": F(2, 3), "lam": F(5, 4), "c": F(3, 5), "w0": F(2), "w_star": F(-1, 2),
    "nu": F(1, 3), "alpha": F(1, 7), "mu": F(2, 3), "eta0": F(1, 5), "sigma": F(3, 2),
}  # fmt: skip
STEPS = 5


def sgd(s: Any, g: Any, t: int) -> Any:
    return {"w": s["w"] - VALUES["eta"] * g(s["w"])}


def sgdm(s: Any, g: Any, t: int) -> Any:
    m = VALUES["beta"] * s["m"] + g(s["w"])
    return {"m": m, "w": s["w"] - VALUES["eta"] * m}


def qhm(s: Any, g: Any, t: int) -> Any:
    slope = g(s["w"])
    m = VALUES["beta"] * s["m"] + (1 - VALUES["beta"]) * slope
    step = (1 - VALUES["nu"]) * slope + VALUES["nu"] * m
    return {"m": m, "w": s["w"] - VALUES["eta"] * step}


def nesterov(s: Any, g: Any, t: int) -> Any:
    v = VALUES["mu"] * s["v"] - VALUES["eta"] * g(s["w"] + VALUES["mu"] * s["v"])
    return {"v": v, "w": s["w"] + v}


def schedule_free_sgd(s: Any, g: Any, t: int) -> Any:
    z = s["z"] - VALUES["eta"] * g((1 - VALUES["beta"]) * s["z"] + VALUES["beta"] * s["w"])
    return {"z": z, "w": s["w"] + (z - s["w"]) / t}


STEPPED = {"sgd": sgd, "sgdm": sgdm, "qhm": qhm, "nesterov": nesterov}
SLOPES = {
    "c": lambda w: VALUES["c"],
    "quadratic": lambda w: VALUES["lam"] * (w - VALUES["w_star"]),
}


def by_coins(step: Any, slope: Any, kept: list[str]) -> list[dict[str, Fraction]]:
    """Mean of w and all second moments about the mean, after each step: noise is +-sigma."""
    found = []
    for steps in range(STEPS + 1):
        ends = []
        for coins in product((1, -1), repeat=steps):
            state = {name: VALUES["w0"] if name in ("w", "z") else F(0) for name in kept}
            for t, coin in enumerate(coins, 1):
                state = step(state, lambda w, coin=coin: slope(w) + coin * VALUES["sigma"], t)
            ends.append(state)
        mean = {n: sum(e[n] for e in ends) / len(ends) for n in kept}
        row = {f"mean_{n}": mean[n] for n in kept}
        for a, b in product(kept, kept):
            name = f"var_{a}" if a == b else f"cov_{a}_{b}"
            row[name] = sum((e[a] - mean[a]) * (e[b] - mean[b]) for e in ends) / len(ends)
        found.append(row)
    return found


def number(expr: Any, t: int) -> Fraction:
    put = {symbols(k): Rational(v.numerator, v.denominator) for k, v in VALUES.items()}
    value = expr.subs(put).subs(symbols("t"), t).doit()
    assert value.is_Rational, value
    return Fraction(int(value.p), int(value.q))


@pytest.mark.parametrize("gradient", SLOPES)
@pytest.mark.parametrize("name", STEPPED)
def test_moments_are_those_of_all_coin_throws(name: str, gradient: str) -> None:
    ranges = ["eta > 0"] if gradient == "quadratic" and name == "sgd" else []
    run = solve(name, gradient, {"w": "w0"}, ranges, variance="sigma**2", seconds=60)
    kept = list(library()[name].states)
    rows = by_coins(STEPPED[name], SLOPES[gradient], kept)
    closed = [n for n in run.names if not run.derivation(n).where]
    assert closed or (name, gradient) != ("sgd", "c")
    for wanted in closed:
        for t, row in enumerate(rows):
            assert number(run[wanted], t) == row[wanted], (wanted, t)


def test_an_average_of_noisy_steps() -> None:
    run = solve("schedule_free_sgd", "c", {"w": "w0"}, variance="sigma**2")
    rows = by_coins(schedule_free_sgd, SLOPES["c"], ["z", "w"])
    for name in run.names:
        for t in range(1, STEPS + 1):
            assert number(run[name], t) == rows[t][name]


def test_steady_states_are_the_known_ones() -> None:
    """Of SGD, where v = (1 - eta lam)^2 v + eta^2 sigma^2; of SGDM from the same three equations."""
    eta, lam, beta, sigma = symbols("eta lam beta sigma")
    run = solve("sgd", "quadratic", {"w": "w0"}, "eta > 0", variance="sigma**2")
    known = eta * sigma**2 / (lam * (2 - eta * lam))
    assert (run.limit("var_w").answer / known).cancel() == 1
    run = solve("sgdm", "quadratic", {"w": "w0"}, "eta > 0", variance="sigma**2", seconds=60)
    known = eta * sigma**2 * (1 + beta) / (lam * (1 - beta) * (2 * (1 + beta) - eta * lam))
    assert (run.limit("var_w").answer / known).cancel() == 1


def test_what_is_not_linear_is_refused() -> None:
    for name in ("adam", "rmsprop", "lion", "signum"):
        with pytest.raises(DeriveError, match="is not linear in"):
            solve(name, variance="sigma**2")
    with pytest.raises(DeriveError, match='"eta" is a letter of sgd'):
        solve("sgd", variance="eta**2")
    with pytest.raises(DeriveError, match="a gradient that is given"):
        solve("sgd", None, variance="sigma**2")


@pytest.mark.parametrize("wrong", ["var_w", "cov_m_w", "mean_w"])
def test_wrong_recurrences_of_moments_are_seen(wrong: str) -> None:
    c, variance, t = symbols("c sigma2 t")
    plain = trained(library()["sgdm"], c + sequence(NOISE)(t - 1))
    right = moments(plain, "w", variance, [variance > 0])
    assert counted_moments(plain, right, variance).kind == "COUNTED"
    other = dict(right.equations)
    other[wrong] = other[wrong] + variance / 5
    assert counted_moments(plain, replace(right, equations=other), variance).kind == "FAILS"

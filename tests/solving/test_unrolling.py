"""Closed forms against stepwise iteration: exact in fractions, and floating over ten thousand
steps.

The iteration is the hand-written one of witnesses.py, or stands here; nothing of derive/checking is
used.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Expr, Rational, Symbol, lambdify

from derive import Program, adagrad, adam, rmsprop, scale, sgd, sgdm, solve
from derive.desk.run import Run
from tests import witnesses
from tests.conftest import FULL

INDICES = st.one_of(st.integers(0, 12), st.integers(20, 40))
UNIT = st.fractions(min_value=Fraction(1, 50), max_value=Fraction(49, 50), max_denominator=60)
POSITIVE = st.fractions(min_value=Fraction(1, 50), max_value=4, max_denominator=60)
ANY = st.fractions(min_value=-4, max_value=4, max_denominator=60).filter(bool)
RUNS = {
    "sgd": solve(sgd),
    "sgdm": solve(sgdm),
    "adam": solve(adam),
    "adam at eps = 0": solve(adam, eps=0, ranges="c > 0"),
    "rmsprop": solve(rmsprop),
    "adagrad": solve(adagrad),
}


def value(expr: Expr, **numbers: Any) -> Any:
    """The expression in numbers, exactly."""
    exact = {
        Symbol(k): Rational(Fraction(v).numerator, Fraction(v).denominator)
        for k, v in numbers.items()
    }
    return expr.subs(exact).doit()


def last(path: Sequence[Any]) -> Any:
    return path[-1] if path else Fraction(0)


def root(x: Fraction) -> Fraction:
    top, bottom = (
        Fraction(np.sqrt(float(p))).limit_denominator(10**12) for p in (x.numerator, x.denominator)
    )
    assert (top / bottom) ** 2 == x, "only squares come here"
    return top / bottom


@given(INDICES, ANY, POSITIVE)
def test_sgd(t: int, c: Fraction, eta: Fraction) -> None:
    assert value(RUNS["sgd"].w, t=t, c=c, eta=eta) == last(witnesses.sgd([c] * t, root, eta))


@given(INDICES, ANY, POSITIVE, UNIT, ANY)
def test_sgdm(t: int, c: Fraction, eta: Fraction, beta: Fraction, w0: Fraction) -> None:
    m = sum((beta**k * c for k in range(t)), Fraction(0))
    assert value(RUNS["sgdm"].m, t=t, c=c, beta=beta) == m
    path = witnesses.sgdm([c] * t, root, eta, beta)
    assert value(RUNS["sgdm"].w, t=t, c=c, eta=eta, beta=beta) == last(path)
    moved = solve(sgdm, start={"w": "w0"})
    assert value(moved.w, t=t, c=c, eta=eta, beta=beta, w0=w0) == w0 + last(path)


@given(INDICES, POSITIVE, POSITIVE, UNIT, UNIT, POSITIVE)
def test_adam(
    t: int, c: Fraction, eta: Fraction, beta1: Fraction, beta2: Fraction, eps: Fraction
) -> None:
    numbers = {"t": t, "c": c, "eta": eta, "beta1": beta1, "beta2": beta2, "eps": eps}
    assert value(RUNS["adam"].w, **numbers) == last(
        witnesses.adam([c] * t, root, eta, beta1, beta2, eps)
    )
    assert value(RUNS["adam at eps = 0"].w, **numbers) == last(
        witnesses.adam([c] * t, root, eta, beta1, beta2, 0)
    )
    m = v = Fraction(0)
    for _ in range(t):
        m, v = beta1 * m + (1 - beta1) * c, beta2 * v + (1 - beta2) * c * c
    assert (value(RUNS["adam"].m, **numbers), value(RUNS["adam"].v, **numbers)) == (m, v)
    if t:
        assert value(RUNS["adam"].m_hat, **numbers) == m / (1 - beta1**t)
        assert value(RUNS["adam"].v_hat, **numbers) == v / (1 - beta2**t)


@pytest.mark.parametrize("name", ["rmsprop", "adagrad"])
@given(st.integers(0, 12), POSITIVE, POSITIVE, UNIT, POSITIVE)
def test_sums_that_stay(
    name: str, t: int, c: Fraction, eta: Fraction, alpha: Fraction, eps: Fraction
) -> None:
    """w keeps a sum of irrational terms: to 15 digits."""
    decay = [float(alpha)] if name == "rmsprop" else []
    path = witnesses.WITNESSES[name]([float(c)] * t, np.sqrt, float(eta), *decay, float(eps))
    closed = value(RUNS[name].w, t=t, c=c, eta=eta, alpha=alpha, eps=eps)
    assert float(closed) == pytest.approx(float(last(path)), rel=1e-12, abs=1e-12)


@given(st.lists(ANY, min_size=1, max_size=12), POSITIVE, UNIT, UNIT, UNIT)
def test_scaling_of_any_gradients(
    gradients: list[Fraction], s: Fraction, eta: Fraction, beta1: Fraction, beta2: Fraction
) -> None:
    assert str(scale(sgdm).w_s) == "s*w(t)" and str(scale(adam, eps=0).w_s) == "w(t)"
    plain = witnesses.sgdm(gradients, root, eta, beta1)
    assert witnesses.sgdm([s * g for g in gradients], root, eta, beta1) == [s * w for w in plain]
    one, other = ([float(x * g) for g in gradients] for x in (1, s))
    hyper = [float(x) for x in (eta, beta1, beta2)]
    assert np.allclose(
        witnesses.adam(other, np.sqrt, *hyper, 0),
        witnesses.adam(one, np.sqrt, *hyper, 0),
        rtol=1e-9,
    )


# Optimizers of one's own: the lines, and the same step again by hand, from (w, one more state) to
# the next.
OWN: dict[str, tuple[tuple[str, ...], Any]] = {
    "decoupled weight decay": (
        ("w <- (1 - eta*lam)*w - eta*g",),
        lambda w, m, t, c, eta, lam, beta: ((1 - eta * lam) * w - eta * c, m),
    ),
    "L2 penalty": (
        ("w <- w - eta*(g + lam*w)",),
        lambda w, m, t, c, eta, lam, beta: (w - eta * c - eta * lam * w, m),
    ),
    "Nesterov": (
        ("m <- beta*m + g", "w <- w - eta*(g + beta*m)"),
        lambda w, m, t, c, eta, lam, beta: (w - eta * (c + beta * (beta * m + c)), beta * m + c),
    ),
    "heavy ball": (
        ("m <- beta*m - eta*g", "w <- w + m"),
        lambda w, m, t, c, eta, lam, beta: (w + beta * m - eta * c, beta * m - eta * c),
    ),
    "decayed rate": (
        ("w <- w - eta*beta**t*g",),
        lambda w, m, t, c, eta, lam, beta: (w - eta * beta**t * c, m),
    ),
    "alternating": (("w <- g - w",), lambda w, m, t, c, eta, lam, beta: (c - w, m)),
    "running mean": (
        ("w <- w - eta*g", "m <- beta*m + (1 - beta)*w"),
        lambda w, m, t, c, eta, lam, beta: (w - eta * c, beta * m + (1 - beta) * (w - eta * c)),
    ),
}


@pytest.mark.parametrize("name", OWN)
@given(st.integers(0, 15), ANY, POSITIVE, POSITIVE, UNIT, ANY)
def test_own_optimizers(
    name: str, t: int, c: Fraction, eta: Fraction, lam: Fraction, beta: Fraction, w: Fraction
) -> None:
    lines, step = OWN[name]
    run = own(name, lines)
    state = (w, Fraction(0))
    for number in range(1, t + 1):
        state = step(*state, number, c, eta, lam, beta)
    assume(eta * lam != 1)
    numbers = {"t": t, "c": c, "eta": eta, "lam": lam, "beta": beta, "w0": w}
    for state_name, expected in zip(("w", "m"), state, strict=True):
        if state_name in run.names:
            assert value(run[state_name], **numbers) == expected


@cache
def own(name: str, lines: tuple[str, ...]) -> Run:
    start = {"w": "w0", "m": "0"} if any(line.startswith("m") for line in lines) else {"w": "w0"}
    run = solve(Program(name, lines, start, ("eta > 0", "0 < beta < 1")))
    assert {v.kind for v in run.check().values()} == {"PROVED"}
    return run


# The problem set's own closed forms (EPFL CS-433, 2022, sheet 9, part 2), by hand.
BY_HAND = {
    ("sgdm", "m"): lambda t, c, beta, **_: c * (1 - beta**t) / (1 - beta),
    ("sgdm", "w"): lambda t, c, eta, beta, **_: (
        -eta * c / (1 - beta) * (t + 1 - (1 - beta ** (t + 1)) / (1 - beta))
    ),
    ("adam at eps = 0", "m"): lambda t, c, beta1, **_: c * (1 - beta1**t),
    ("adam at eps = 0", "v"): lambda t, c, beta2, **_: c**2 * (1 - beta2**t),
    ("adam at eps = 0", "m_hat"): lambda c, **_: c,
    ("adam at eps = 0", "v_hat"): lambda c, **_: c**2,
    ("adam at eps = 0", "w"): lambda t, eta, **_: -eta * t,
}


@pytest.mark.parametrize(("name", "state"), BY_HAND, ids=lambda x: str(x))
@given(st.integers(0, 60), POSITIVE, POSITIVE, UNIT, UNIT, UNIT)
def test_against_the_problem_set(
    name: str,
    state: str,
    t: int,
    c: Fraction,
    eta: Fraction,
    beta: Fraction,
    beta1: Fraction,
    beta2: Fraction,
) -> None:
    numbers = {"t": t, "c": c, "eta": eta, "beta": beta, "beta1": beta1, "beta2": beta2}
    assert value(RUNS[name][state], **numbers) == BY_HAND[name, state](**numbers)


STEPS = 10_000


def floating(run: Run, name: str, **numbers: float) -> Any:
    letters = sorted(run[name].free_symbols, key=str)
    t = np.arange(1, STEPS + 1, dtype=np.float64)
    given_ = {**numbers, "t": t}
    return lambdify(letters, run[name], "numpy")(*(given_[str(s)] for s in letters)) * np.ones(
        STEPS
    )


@pytest.mark.parametrize(
    "beta", [0.1, 0.5, 0.9, 0.99] if not FULL else [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99]
)
def test_sgdm_in_float64(beta: float) -> None:
    """Ten thousand steps. w cancels, t + 1 against (1 - beta^(t+1))/(1 - beta), while t (1 - beta)
    is small: see below."""
    m, ours = 0.0, floating(RUNS["sgdm"], "m", beta=beta, c=0.3)
    momenta = np.empty(STEPS)
    for k in range(STEPS):
        m = beta * m + 0.3
        momenta[k] = m
    assert np.max(np.abs(ours - momenta) / np.abs(momenta)) < 1e-9
    path = np.array(witnesses.sgdm([0.3] * STEPS, np.sqrt, 0.01, beta))
    assert (
        np.max(
            np.abs(floating(RUNS["sgdm"], "w", beta=beta, c=0.3, eta=0.01) - path) / np.abs(path)
        )
        < 1e-9
    )


def test_where_the_closed_form_of_sgdm_is_ill_conditioned() -> None:
    """1 - beta = 1e-8: at t = 1, w = -eta c, but the closed form takes 1e16 times a difference of
    rounding errors."""
    ours = floating(RUNS["sgdm"], "w", beta=1 - 1e-8, c=1.0, eta=1.0)
    assert abs(ours[0] + 1) > 1e-3
    exact = value(RUNS["sgdm"].w, t=1, c=1, eta=1, beta=1 - Fraction(1, 10**8))
    assert exact == -1


@pytest.mark.parametrize(
    ("beta1", "beta2", "eps"), [(0.9, 0.999, 1e-8), (0.5, 0.9, 0.1), (0.99, 0.9, 0.0)]
)
def test_adam_in_float64(beta1: float, beta2: float, eps: float) -> None:
    path = np.array(witnesses.adam([0.3] * STEPS, np.sqrt, 0.001, beta1, beta2, eps))
    ours = floating(RUNS["adam"], "w", beta1=beta1, beta2=beta2, eps=eps, c=0.3, eta=0.001)
    assert np.max(np.abs(ours - path) / np.abs(path)) < 1e-9

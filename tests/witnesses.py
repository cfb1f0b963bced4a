"""A second witness for each optimizer of the library: its paper's pseudo-code in plain Python, written without the library.

A program's lines agree with whatever is derived from them, right or wrong; only another text can show that they are wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isqrt, sqrt
from typing import Any

Witness = Callable[..., list[Any]]  # (gradients, hyperparameters by name) -> w after each step


def root(x: Any) -> Any:
    """The square root: of a Fraction exactly (ValueError where it is irrational), of a Decimal to its context's digits."""
    if isinstance(x, Decimal):
        return x.sqrt()
    if isinstance(x, float):
        return sqrt(x)
    x = Fraction(x)
    top, bottom = isqrt(x.numerator), isqrt(x.denominator)
    if top * top != x.numerator or bottom * bottom != x.denominator:
        raise ValueError(f"the root of {x} is irrational")
    return Fraction(top, bottom)


def sgd(gradients: Sequence[Any], eta: Any, w: Any = 0) -> list[Any]:
    """Robbins and Monro 1951: x_(n+1) = x_n + a_n (alpha - y_n), with alpha = 0, y_n the gradient and a constant step a_n = eta."""
    path = []
    for g in gradients:
        w = w - eta * g
        path.append(w)
    return path


def sgdm(gradients: Sequence[Any], eta: Any, beta: Any, w: Any = 0) -> list[Any]:
    """Polyak 1964, the two-step method ("heavy ball"): x_(n+1) = x_n - a grad f(x_n) + b (x_n - x_(n-1)); no m is kept."""
    path, before = [], w
    for g in gradients:
        w, before = w - eta * g + beta * (w - before), w
        path.append(w)
    return path


def adam(gradients: Sequence[Any], eta: Any, beta1: Any, beta2: Any, eps: Any, w: Any = 0) -> list[Any]:
    """Kingma and Ba 2015, Algorithm 1."""
    path, m, v, t = [], 0, 0, 0
    for g in gradients:
        t += 1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        w = w - eta * m_hat / (root(v_hat) + eps)
        path.append(w)
    return path


def rmsprop(gradients: Sequence[Any], eta: Any, alpha: Any, eps: Any, w: Any = 0) -> list[Any]:
    """Tieleman and Hinton 2012, lecture 6e: MeanSquare(w, t) = 0.9 MeanSquare(w, t-1) + 0.1 (dE/dw (t))^2, the gradient divided
    by its root. The 0.9 is alpha, and eps is added to the root, as in PyTorch's RMSprop."""
    path, mean_square = [], 0
    for g in gradients:
        mean_square = alpha * mean_square + (1 - alpha) * g**2
        w = w - eta * g / (root(mean_square) + eps)
        path.append(w)
    return path


def adagrad(gradients: Sequence[Any], eta: Any, eps: Any, w: Any = 0) -> list[Any]:
    """Duchi, Hazan and Singer 2011, Figure 1: s_t = ||g_(1:t)||_2, H_t = delta I + diag(s_t), x_(t+1) = x_t - eta H_t^-1 g_t:
    the composite mirror descent update, unconstrained and with no regulariser; delta is eps."""
    path = []
    for t, g in enumerate(gradients, 1):
        norm = root(sum(past * past for past in gradients[:t]))
        w = w - eta * g / (eps + norm)
        path.append(w)
    return path


WITNESSES: dict[str, Witness] = {"sgd": sgd, "sgdm": sgdm, "adam": adam, "rmsprop": rmsprop, "adagrad": adagrad}

"""The optimizers a second time, by hand from the papers' pseudo-code: a program's text agrees with
itself even where it is wrong.

Each takes the gradients g_1, g_2, ... and the hyperparameters, and returns the parameter after each
step, from zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Root = Callable[[Any], Any]


def sgd(gradients: Sequence[Any], root: Root, eta: Any) -> list[Any]:
    """Robbins and Monro 1951: theta_t = theta_{t-1} - eta g_t."""
    theta, path = 0 * eta, []
    for g in gradients:
        theta = theta - eta * g
        path.append(theta)
    return path


def sgdm(gradients: Sequence[Any], root: Root, eta: Any, beta: Any) -> list[Any]:
    """Polyak's momentum as a decayed sum (Sutskever et al. 2013 up to where eta stands; PyTorch's
    SGD without dampening)."""
    theta, velocity, path = 0 * eta, 0 * eta, []
    for g in gradients:
        velocity = beta * velocity + g
        theta = theta - eta * velocity
        path.append(theta)
    return path


def adam(
    gradients: Sequence[Any], root: Root, eta: Any, beta1: Any, beta2: Any, eps: Any
) -> list[Any]:
    """Kingma and Ba 2015, Algorithm 1."""
    theta, first, second, path = 0 * eta, 0 * eta, 0 * eta, []
    for t, g in enumerate(gradients, 1):
        first = beta1 * first + (1 - beta1) * g
        second = beta2 * second + (1 - beta2) * g * g
        first_unbiased = first / (1 - beta1**t)
        second_unbiased = second / (1 - beta2**t)
        theta = theta - eta * first_unbiased / (root(second_unbiased) + eps)
        path.append(theta)
    return path


def rmsprop(gradients: Sequence[Any], root: Root, eta: Any, alpha: Any, eps: Any) -> list[Any]:
    """Tieleman and Hinton 2012, lecture 6e: a decayed mean of the square, its root divides the
    gradient."""
    theta, square, path = 0 * eta, 0 * eta, []
    for g in gradients:
        square = alpha * square + (1 - alpha) * g * g
        theta = theta - eta * g / (root(square) + eps)
        path.append(theta)
    return path


def adagrad(gradients: Sequence[Any], root: Root, eta: Any, eps: Any) -> list[Any]:
    """Duchi, Hazan and Singer 2011, the diagonal case: the sum of all squares so far."""
    theta, total, path = 0 * eta, 0 * eta, []
    for g in gradients:
        total = total + g * g
        theta = theta - eta * g / (root(total) + eps)
        path.append(theta)
    return path


WITNESSES: dict[str, Callable[..., list[Any]]] = {
    "sgd": sgd,
    "sgdm": sgdm,
    "adam": adam,
    "rmsprop": rmsprop,
    "adagrad": adagrad,
}

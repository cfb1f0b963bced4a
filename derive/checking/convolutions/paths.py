"""The truth about paths: from one output back, tap by tap; each position sends on as many paths as
have come to it."""

from __future__ import annotations

from fractions import Fraction
from operator import add

from sympy import Expr

from derive.checking.convolutions.spots import TooWide
from derive.checking.numbers.evaluate import evaluate
from derive.model.convolutions.layers import Layer
from derive.model.convolutions.network import Network

MOST_STEPS = 40_000_000  # additions
POINTS = (2, 3, 5)  # where values of up to 10**5 positions are still short
Counts = tuple[int, list[int]]  # the first position, and a count for it and each to its right


def counted(network: Network, output: str, index: int) -> Counts:
    """How many paths of taps lead back to each input position, every layer going on without an end.

    From the first position with a path to the last; no counts where there is none. Raises TooWide.
    """
    wanted: dict[str, Counts] = {output: (index, [1])}
    left = MOST_STEPS
    for node in network.above(output):
        first, counts = wanted.pop(node.id, (0, []))
        if not node.inputs:
            return _trimmed(first, counts)
        left -= len(counts) * (node.layer.kernel_size if node.layer else len(node.inputs))
        if left < 0:
            raise TooWide(f"more than {MOST_STEPS} additions")
        if node.layer is not None:
            first, counts = _back(node.layer, first, counts)
        for below in node.inputs:
            wanted[below] = (
                _sum(wanted[below], (first, counts)) if below in wanted else (first, counts)
            )
    raise ValueError("a network without an input")


def _back(layer: Layer, first: int, counts: list[int]) -> Counts:
    """From a layer's outputs to the places that its taps read, and to the inputs on those."""
    start, stride = layer.stride * first - layer.padding[0], layer.stride
    wide = stride * len(counts) + layer.dilation * (layer.kernel_size - 1)
    if wide > MOST_STEPS:
        raise TooWide(f"more than {MOST_STEPS} positions")
    places = [0] * wide
    for tap in range(layer.kernel_size):
        at = layer.dilation * tap
        hit = slice(at, at + stride * len(counts), stride)
        places[hit] = map(add, places[hit], counts)
    return -(-start // layer.up), places[-start % layer.up :: layer.up]


def _sum(one: Counts, two: Counts) -> Counts:
    first = min(one[0], two[0])
    total = [0] * (max(start + len(counts) for start, counts in (one, two)) - first)
    for start, counts in (one, two):
        for at, number in enumerate(counts, start - first):
            total[at] += number
    return first, total


def _trimmed(first: int, counts: list[int]) -> Counts:
    met = [at for at, number in enumerate(counts) if number]
    return (first + met[0], counts[met[0] : met[-1] + 1]) if met else (0, [])


def has_counts(polynomial: Expr, first: int, counts: list[int]) -> bool:
    """Whether a polynomial in z, its exponents the positions, has the value of these counts at
    three points."""
    return all(evaluate(polynomial, {"z": z}) == _value(first, counts, z) for z in POINTS)


def _value(first: int, counts: list[int], z: int) -> Fraction:
    value = 0
    for number in reversed(counts):
        value = value * z + number
    return value * Fraction(z) ** first

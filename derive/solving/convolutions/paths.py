"""In how many ways taps lead from each input to one output: a polynomial in z, whose exponents are
the input's positions.

A layer multiplies by 1 + z**h + ... + z**(h (K-1)), h its dilation times the strides below; a merge
adds. With all weights 1 this is the gradient of the output (Luo, Li, Urtasun and Zemel,
"Understanding the Effective Receptive Field in Deep Convolutional Neural Networks", NIPS 2016,
section 2). Each polynomial is kept as its value at z = 2**bits, one whole number with a digit a
position (Kronecker substitution), and where the outputs read in different ways there is one for
each phase.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd

from sympy import Expr, Integer, Mul, Pow, Symbol

from derive.errors import DeriveError
from derive.model.convolutions.layers import Layer
from derive.model.convolutions.network import Network
from derive.solving.convolutions.passes import Field, taps

WIDEST = 100_000  # positions of a profile
MOST_BITS = 2_000_000_000  # of all the polynomials on the way
WRITTEN = 9  # terms of a factor that are written out
Z = Symbol("z")


def paths(
    network: Network, fields: Mapping[str, Field], node: str, output: int
) -> tuple[int, list[int]]:
    """The first position that `output` of a node reads, and how many ways lead from it and from
    each to its right, to the last.

    `fields` are the network's. Where nothing is read: no counts. Raises DeriveError where the
    profile is too wide.
    """
    above = list(network.above(node))[::-1]
    ends = fields[node].at(output)
    if ends is None:
        return 0, []
    width = ends[1] - ends[0] + 1
    if width > WIDEST:
        raise DeriveError(
            f"{network.name}, node {node}: an output reads {width} positions; paths are "
            f"counted over {WIDEST}"
        )
    most: dict[str, int] = {}  # paths from all inputs together, at most
    for n in above:
        below = [most[i] for i in n.inputs]
        most[n.id] = below[0] * n.layer.kernel_size if n.layer else sum(below) or 1
    bits = -(-max(most.values()).bit_length() // 8) * 8
    positions = sum(e[1] - e[0] + 1 for n in above for e in fields[n.id].ends if e)
    if positions * bits > MOST_BITS:
        raise DeriveError(
            f"{network.name}, node {node}: its paths need {positions} counts of {bits} bits on "
            f"the way, together more than "
            f"{MOST_BITS} bits; ask for a node further below"
        )
    values: dict[str, list[int]] = {}
    for n in above:
        parts: list[tuple[str, Layer]] = [(i, n.layer or Layer(1)) for i in n.inputs]
        values[n.id] = [
            sum(_through(layer, fields[i], values[i], phase, e[0], bits) for i, layer in parts)
            if e and parts
            else 1
            for phase, e in enumerate(fields[n.id].ends)
        ]
    value, size = values[node][output % len(values[node])], bits // 8
    digits = value.to_bytes(width * size, "little")
    return ends[0], [
        int.from_bytes(digits[at : at + size], "little") for at in range(0, len(digits), size)
    ]


def _through(
    layer: Layer, below: Field, values: list[int], output: int, first: int, bits: int
) -> int:
    """What one input of a node adds to the polynomial of its output `output`, position `first`
    being the lowest digit.

    Of the inputs that the taps hit, those of one phase are evenly spaced: the same polynomial,
    moved on again and again.
    """
    inputs, phases = taps(layer, output), len(values)
    period = phases // gcd(inputs.step, phases)
    found = 0
    for start in range(min(period, len(inputs))):
        alike = inputs[start::period]
        if ends := below.at(alike[0]):
            step = below.advance * (alike.step // phases)
            found += (
                _repeated(values[alike[0] % phases], step * bits, len(alike))
                << (ends[0] - first) * bits
            )
    return found


def _repeated(value: int, step: int, number: int) -> int:
    """value * (1 + x + ... + x**(number - 1)) for x = 2**step: twice as many terms for each binary
    digit of the number."""
    found, made = value, 1
    for digit in bin(number)[3:]:
        found, made = found + (found << step * made), 2 * made
        if digit == "1":
            found, made = value + (found << step), made + 1
    return found


def product(network: Network, fields: Mapping[str, Field], node: str, output: int) -> Expr | None:
    """The polynomial of a chain, a factor a layer, equal ones as a power; None for a graph, or
    where up-sampling makes phases.

    The factor of a kernel larger than 9 is written as the quotient that a geometric sum is.
    """
    factors: dict[tuple[int, int], int] = {}
    for n in network.above(node):
        if len(n.inputs) > 1 or (n.layer is not None and n.layer.up > 1):
            return None
        if n.layer is not None and n.layer.kernel_size > 1:
            key = n.layer.dilation * fields[n.inputs[0]].advance, n.layer.kernel_size
            factors[key] = factors.get(key, 0) + 1
    ends = fields[node].at(output)
    assert ends is not None  # only what leaves places empty reads nothing
    powers = [Pow(_factor(*key), power) for key, power in sorted(factors.items())]
    return Mul(Pow(Z, Integer(ends[0])), *powers)


def _factor(step: int, number: int) -> Expr:
    if number > WRITTEN:
        return (Z ** (step * number) - 1) / (Z**step - 1)
    return sum((Z ** (step * k) for k in range(1, number)), Integer(1))

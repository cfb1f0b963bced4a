"""Receptive fields and sizes against window positions counted one by one, written here."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Function, Symbol, floor

from derive import DeriveError, min_input, out_size, receptive_field
from derive.checking.check import check_claim
from derive.checking.counting.worlds import Sample
from derive.checking.proof.prove import prove
from tests.conftest import FULL

W = Symbol("W")

LAYERS = st.lists(st.tuples(st.integers(1, 7), st.integers(1, 5)), min_size=0, max_size=8)


def reached(layers: list[tuple[int, int]], paddings: list[int] | None = None) -> set[int]:
    """Which input positions reach output 0 of the last layer: one layer back after the other."""
    positions = {0}
    for (size, stride), padding in zip(
        reversed(layers), reversed(paddings or [0] * len(layers)), strict=True
    ):
        positions = {stride * o - padding + tap for o in positions for tap in range(size)}
    return positions


def hull(positions: set[int]) -> int:
    return max(positions) - min(positions) + 1


def by_formula_17(layers: list[tuple[int, int]]) -> int:
    return 1 + sum((k - 1) * prod(s for _, s in layers[:j]) for j, (k, _) in enumerate(layers))


def bounded(layers: list[tuple[int, int]]) -> bool:
    return by_formula_17(layers) < (200_000 if FULL else 20_000)


@given(LAYERS)
def test_numbers_against_window_positions(layers: list[tuple[int, int]]) -> None:
    assume(layers and bounded(layers))
    run = receptive_field(K=[k for k, _ in layers], S=[s for _, s in layers])
    positions = reached(layers)
    assert run.answer == hull(positions) == by_formula_17(layers)
    assert run["read"] == len(positions)


@given(LAYERS, st.data())
def test_padding_moves_the_field_and_does_not_widen_it(
    layers: list[tuple[int, int]], data: st.DataObject
) -> None:
    assume(bounded(layers))
    paddings = data.draw(st.lists(st.integers(0, 4), min_size=len(layers), max_size=len(layers)))
    assert hull(reached(layers, paddings)) == hull(reached(layers))


def put_in(expr: Any, layers: list[tuple[int, int]]) -> Any:
    """The letters of a symbolic answer as numbers, its sums and products written out."""
    written = expr.subs(Symbol("L"), len(layers)).doit()
    heads = {Function("K"): 0, Function("S"): 1}
    return written.replace(
        lambda e: e.func in heads, lambda e: layers[int(e.args[0]) - 1][heads[e.func]]
    )


@given(st.lists(st.tuples(st.integers(1, 7), st.integers(1, 5)), min_size=1, max_size=6))
def test_every_symbolic_line_against_window_positions(layers: list[tuple[int, int]]) -> None:
    assume(bounded(layers))
    for step in receptive_field().steps():
        assert put_in(step.claim.right, layers) == hull(reached(layers))


@pytest.mark.parametrize("depth", range(6))
@given(data=st.data())
def test_a_given_depth(depth: int, data: st.DataObject) -> None:
    layers = data.draw(
        st.lists(st.tuples(st.integers(1, 7), st.integers(1, 4)), min_size=depth, max_size=depth)
    )
    assert put_in(receptive_field(L=depth).answer, layers) == hull(reached(layers))


def test_the_worked_example_tells_the_sides_apart() -> None:
    """Strides on the wrong side, (K_j - 1) S_{j+1} ..., give another number: 3, 5, 4 with 2, 1, 3
    reads differently backwards."""
    sizes, strides = [3, 5, 4], [2, 1, 3]
    assert receptive_field(K=sizes, S=strides).answer == 17
    wrong = 1 + sum((k - 1) * prod(strides[j + 1 :]) for j, k in enumerate(sizes))
    assert wrong != 17 != receptive_field(K=sizes[::-1], S=strides[::-1]).answer


def test_no_layer_and_holes() -> None:
    assert receptive_field(L=0).answer == 1
    run = receptive_field(K=[1, 3], S=[2, 1])
    assert (run.answer, run["read"]) == (5, 3)


def test_deep_stacks() -> None:
    run = receptive_field(K=[3] * 40, S=[2] * 8 + [1] * 32)
    assert run.answer == hull(reached([(3, 2)] * 8 + [(3, 1)] * 32))
    assert {v.kind for v in run.check().values()} == {"PROVED"}
    with pytest.raises(DeriveError, match="201 layers"):
        _ = receptive_field(K=[3] * 201, S=[1] * 201).answer
    assert put_in(receptive_field(L=20).answer, [(2, 1)] * 20) == 21


@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"W": 32},
        {"K": 3, "P": "P"},
        {"P": "P", "S": "S"},
        {"P": "P", "S": 3},
        {"W": 10**6, "K": 3},
    ],
    ids=str,
)
def test_sizes_are_proved(given_: dict[str, Any]) -> None:
    assert {v.kind for v in out_size(**given_).check().values()} == {"PROVED"}


def test_a_numeric_stride_is_proved_remainder_by_remainder() -> None:
    run = out_size(W="W", K=3, P=1, S=4)
    assert str(run.check()["out"]) == "PROVED"
    claim, sample = run.derivation("out").claim, Sample(run.model)
    for wrong in (
        claim.right + 1,
        claim.right - 1,
        floor(W / 4),
        floor(W / 4) + 1,
        floor((W + 1) / 4),
    ):
        assert not prove(replace(claim, right=wrong), sample)
        assert check_claim(replace(claim, right=wrong), sample).kind == "FAILS"


def positions_that_fit(width: int, size: int, padding: int, stride: int) -> int:
    padded = width + 2 * padding
    return sum(1 for start in range(0, padded, stride) if start + size <= padded)


@given(st.integers(1, 40), st.integers(1, 7), st.integers(0, 4), st.integers(1, 5))
def test_sizes_against_counting(width: int, size: int, padding: int, stride: int) -> None:
    assume(width + 2 * padding >= size)
    count = positions_that_fit(width, size, padding, stride)
    assert out_size(W=width, K=size, P=padding, S=stride).answer == count
    letters = {Symbol("W_in"): width, Symbol("K"): size, Symbol("P"): padding, Symbol("S"): stride}
    assert out_size(P="P", S="S").answer.subs(letters) == count
    if (width + 2 * padding - size) % stride == 0:
        assert out_size(P="P", S="S")["exact"].subs(letters) == count


@given(st.integers(1, 40), st.integers(1, 7), st.integers(0, 4), st.integers(1, 5))
def test_the_least_input(outputs: int, size: int, padding: int, stride: int) -> None:
    least = int(min_input(W_out=outputs, K=size, P=padding, S=stride).answer)
    assert positions_that_fit(least, size, padding, stride) == outputs
    assert positions_that_fit(least - 1, size, padding, stride) < outputs
    letters = {
        Symbol("W_out"): outputs,
        Symbol("K"): size,
        Symbol("P"): padding,
        Symbol("S"): stride,
    }
    assert min_input(P="P", S="S").answer.subs(letters) == least


def test_padding_alone_can_be_wide_enough() -> None:
    assert min_input(W_out=1, K=3, P=2, S=1).answer == -1
    assert positions_that_fit(1, 3, 2, 1) >= 1

"""Stacks with letters: every answer against windows followed one by one here, and against formulas
written by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Function, Integer, Rational, Symbol, floor, symbols

from derive import DeriveError, analyse, min_input, out_size, receptive_field
from derive.checking.check import check_claim
from derive.checking.convolutions.depth import check_depths
from derive.checking.counting.worlds import Sample
from derive.checking.proof.prove import prove
from derive.desk.convolutions.depth import Regular

K, S, D, P, L, b, n, R = symbols("K S D P L b n R")
Sizes = tuple[int, int, int, int]  # kernel size, stride, dilation, padding


def window(layer: Sizes, output: int) -> list[int]:
    size, stride, dilation, padding = layer
    return [stride * output - padding + dilation * tap for tap in range(size)]


def reads(layers: list[Sizes], output: int = 0) -> set[int]:
    """Every input position of an output."""
    found = {output}
    for layer in reversed(layers):
        found = {p for o in found for p in window(layer, o)}
    return found


def outputs(layers: list[Sizes], width: int) -> int:
    """How many windows fit, one start after the other, layer after layer."""
    for layer in layers:
        size, _, dilation, padding = layer
        starts = [
            s
            for s in range(-padding, width + padding, layer[1])
            if s + dilation * (size - 1) < width + padding
        ]
        width = len(starts)
    return width


def told(layers: list[Sizes]) -> dict[str, Any]:
    field, next_ = reads(layers), reads(layers, 1)
    low, high = min(field), max(field)
    return {
        "W": high - low + 1,
        "R": high - low,
        "left": low,
        "right": high,
        "centre": Rational(low + high, 2),
        "J": min(next_) - low,
    }


LAYER = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 3))
GENERAL = receptive_field(K="K(l)", S="S(l)", D="D(l)", P="P(l)")
HEADS = {Function(letter): place for place, letter in enumerate("KSDP")}


def put_in(expr: Any, layers: list[Sizes]) -> Any:
    """The letters as numbers, sums and products written out."""
    written = expr.subs({L: len(layers), Symbol("l"): len(layers)}).doit()
    return written.replace(
        lambda e: e.func in HEADS, lambda e: layers[int(e.args[0]) - 1][HEADS[e.func]]
    )


@given(st.lists(LAYER, min_size=1, max_size=5))
def test_letters_for_every_size(layers: list[Sizes]) -> None:
    for name, value in told(layers).items():
        assert put_in(GENERAL[name], layers) == value


def test_letters_are_proved() -> None:
    assert {v.kind for v in GENERAL.check().values()} == {"PROVED"}
    assert {v.kind for v in receptive_field(D="D(l)", L=4).check().values()} <= {
        "PROVED",
        "COUNTED",
    }


@given(st.lists(LAYER, min_size=1, max_size=4))
def test_lists(layers: list[Sizes]) -> None:
    run = receptive_field(
        **{letter: [layer[place] for layer in layers] for place, letter in enumerate("KSDP")}
    )
    for name, value in told(layers).items():
        assert run[name] == value
    assert run["read"] == len(reads(layers))


@given(st.lists(LAYER, min_size=1, max_size=4), st.integers(1, 6))
def test_the_least_input(layers: list[Sizes], wanted: int) -> None:
    run = receptive_field(
        **{letter: [layer[place] for layer in layers] for place, letter in enumerate("KSDP")}
    )
    least = int(run["N"].subs(Symbol("W_out"), wanted))
    width = wanted
    for layer in reversed(
        layers
    ):  # the windows of so many outputs, less the padding; what is below 1 no input is
        width = max(window(layer, width - 1)) + 1 - layer[3]
        assume(width >= 1)
    assert (
        least == width and outputs(layers, least) == wanted and outputs(layers, least - 1) < wanted
    )


def test_the_dilated_form_is_the_known_one() -> None:
    """1 + sum of D_j (K_j - 1) times the strides before: Distill 2019, equation 2, with
    dilation."""
    assert str(GENERAL.W) == "Sum((K(j) - 1)*D(j)*Product(S(i), (i, 1, j - 1)), (j, 1, L)) + 1"
    assert str(receptive_field(D="D(l)").W) == str(GENERAL.W)


# Sizes of outputs: floors one inside the other.


@given(st.lists(LAYER, min_size=1, max_size=5), st.integers(1, 300))
def test_the_size_of_an_output(layers: list[Sizes], width: int) -> None:
    for depth in range(1, len(layers) + 1):
        assume(outputs(layers[:depth], width) >= 1)
    true = outputs(layers, width)
    lists = {letter: [layer[place] for layer in layers] for place, letter in enumerate("KSDP")}
    assert out_size(W=width, **lists).answer == true
    assert out_size(**lists).answer.subs(Symbol("W_in"), width) == true
    general = out_size(K="K(l)", S="S(l)", D="D(l)", P="P(l)").answer
    assert put_in(general.subs(Symbol("W_in"), width), layers) == true


def test_nested_floors_are_named_and_proved() -> None:
    run = out_size(K="K(l)", S="S(l)", D="D(l)", P="P(l)")
    assert str(run.check()["O"]) == "PROVED"
    rules = [step.rule.name for step in run.steps()]
    assert "nested floors: rounding down inside is lost in rounding down outside" in rules
    assert run.derivation().steps[2].claim.needs[-1] == (Function("S")(Symbol("l")) >= 1)
    assert {v.kind for v in out_size(K=["K1", "K2"], S=["S1", "S2"]).check().values()} == {"PROVED"}


def test_a_wrong_size_is_refused() -> None:
    run = out_size(K="K(l)", S="S(l)", P="P(l)")
    claim, sample = run.derivation().claim, Sample(run.model)
    for wrong in (
        claim.right + 1,
        claim.right.replace(lambda e: e == 2 * Function("P")(Symbol("j")), lambda e: e / 2),
    ):
        assert wrong != claim.right
        assert not prove(replace(claim, right=wrong), sample)
        assert check_claim(replace(claim, right=wrong), sample).kind == "FAILS"


@pytest.mark.parametrize(
    "given_",
    [{"K": [3, 5], "S": [2, 1], "P": [1, 0]}, {"K": ["K1", 4], "S": [2, "S2"], "P": [0, "P2"]}],
    ids=str,
)
def test_lists_are_proved_and_nothing_else(given_: dict[str, Any]) -> None:
    field, size = receptive_field(**given_), out_size(**given_)
    for run in (field, size):
        assert {v.kind for v in run.check().values()} == {"PROVED"}
        sample = Sample(run.model)
        for name in run.names:
            claim = run.derivation(name).claim
            for wrong in (
                claim.right + 1,
                claim.right - Rational(1, 4),
                2 * claim.right + 3,
                claim.right + Symbol("W_out"),
            ):
                assert not prove(replace(claim, right=wrong), sample)
                assert check_claim(replace(claim, right=wrong), sample).kind == "FAILS"


def test_a_stack_of_numbers_or_letters_says_how_many_outputs_it_has() -> None:
    sizes = {"K": [3, 5], "S": [2, 1]}
    assert receptive_field(**sizes).outputs(20).answer == out_size(20, **sizes).answer == 5
    letters = receptive_field(L=3).outputs("W")
    assert letters.answer == out_size("W", K="K(l)", S="S(l)").answer and letters.check()["O"].holds


# Regular stacks.


def by_hand(form: Any, **values: int) -> Any:
    return form.subs({Symbol(k): v for k, v in values.items()})


REGULAR: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"K": "K"}, {"W": 1 + L * (K - 1), "J": Integer(1)}),
    ({"K": "K", "S": "S"}, {"W": 1 + (K - 1) * (S**L - 1) / (S - 1), "J": S**L}),
    ({"K": "K", "D": "2**(l - 1)"}, {"W": 1 + (K - 1) * (2**L - 1)}),
    ({"K": 2, "D": "2**(l-1)"}, {"W": 2**L}),
    (
        {"K": "K", "D": "b**(l-1)", "P": "(K-1)*b**(l-1)/2"},
        {"left": -(K - 1) * (b**L - 1) / (b - 1) / 2},
    ),
    ({"K": "q**l"}, {"W": 1 + Symbol("q") * (Symbol("q") ** L - 1) / (Symbol("q") - 1) - L}),
    (
        {"K": "K", "S": "S", "D": "D", "P": "P"},
        {"left": -P * (S**L - 1) / (S - 1), "W": 1 + D * (K - 1) * (S**L - 1) / (S - 1)},
    ),
    ({"K": "2*l + 1"}, {"W": 1 + L * (L + 1)}),
    ({"K": 3, "S": 2}, {"W": 2 ** (L + 1) - 1, "J": 2**L}),
    ({"K": ["K1", "K2"], "S": ["S1", 1], "repeat": "n"}, {"J": Symbol("S1") ** n}),
    ({"K": 2, "D": [2**j for j in range(10)], "repeat": "n"}, {"W": 1 + 1023 * n}),
    ({"K": [1, 3, 1], "repeat": "n"}, {"W": 1 + 2 * n}),
]


@pytest.mark.parametrize(("given_", "forms"), REGULAR, ids=[str(g) for g, _ in REGULAR])
def test_regular_stacks(given_: dict[str, Any], forms: dict[str, Any]) -> None:
    run = receptive_field(**given_)
    assert isinstance(run, Regular)
    for name, form in forms.items():
        assert (run[name] - form).cancel().expand().equals(0)
    assert {v.kind for v in run.check().values()} == {"PROVED"}


def test_the_cases_of_a_uniform_stack() -> None:
    (_, general), (condition, one) = receptive_field(K="K", S="S").cases
    assert str(condition) == "Eq(S, 1)" and (one - (1 + L * (K - 1))).expand() == 0
    assert (general.subs({K: 3, S: 2, L: 4}) - 31) == 0


@pytest.mark.parametrize(
    ("given_", "sizes"),
    [
        ({"K": "K", "S": "S", "D": "D", "P": "P"}, lambda v, l: (v["K"], v["S"], v["D"], v["P"])),
        (
            {"K": 3, "D": "b**(l-1)", "P": "b**(l - 1)"},
            lambda v, l: (3, 1, v["b"] ** (l - 1), v["b"] ** (l - 1)),
        ),
        ({"K": "l + 1", "S": 2}, lambda v, l: (l + 1, 2, 1, 0)),
    ],
    ids=["letters", "dilations", "kernels"],
)
def test_regular_stacks_against_windows(given_: dict[str, Any], sizes: Any) -> None:
    run, rng = receptive_field(**given_), random.Random(0)
    for depth in range(5):
        bounds = {"K": (1, 4), "S": (2, 3), "D": (1, 3), "P": (0, 2), "b": (2, 3)}
        values = {name: rng.randint(*ends) for name, ends in bounds.items()}
        layers = [sizes(values, layer) for layer in range(1, depth + 1)]
        for name, value in told(layers).items():
            if name in run.names:
                assert by_hand(run[name], L=depth, **values) == value


# How fast, how deep, how wide.


def test_growth() -> None:
    assert receptive_field(K="K").growth().answer == L
    assert receptive_field(K="K", S="S").growth().answer == S**L
    assert receptive_field(K="2*l + 1").growth().answer == L**2
    assert receptive_field(K="K", D="2**(l-1)").growth().answer == 2**L
    assert receptive_field(K=1).growth().answer == 1
    assert receptive_field(K="K", S="S").growth("J").answer == S**L


@pytest.mark.parametrize("field", [1, 2, 3, 100, 101, 1025, 10**6])
@pytest.mark.parametrize(
    ("size", "stride", "dilation"),
    [(3, 1, "1"), (2, 1, "2**(l-1)"), (3, 2, "1"), (5, 3, "2**(l - 1)")],
)
def test_the_least_depth(field: int, size: int, stride: int, dilation: str) -> None:
    base = 2 if "2" in dilation else 1
    if field == 10**6 and stride * base == 1:
        return  # half a million layers, one by one here
    depth, width, jump = 0, 1, 1
    while width < field:
        width, jump, depth = width + base**depth * (size - 1) * jump, jump * stride, depth + 1
    assert receptive_field(K=size, S=stride, D=dilation).least_depth(field).answer == depth


def test_the_least_depth_with_letters() -> None:
    linear, power = (
        receptive_field(K="K").least_depth("R").answer,
        receptive_field(K="K", S="S").least_depth("R").answer,
    )
    for size, stride, field in [(3, 2, 100), (2, 3, 50), (5, 2, 5), (4, 2, 1000)]:
        values = {"K": size, "S": stride, "R": field}
        true = next(d for d in range(2000) if 1 + d * (size - 1) >= field)
        assert by_hand(linear, **values) == true
        deep = next(
            d for d in range(50) if 1 + (size - 1) * (stride**d - 1) // (stride - 1) >= field
        )
        assert int(by_hand(power, **values).evalf(30)) == deep


def test_the_least_size() -> None:
    wide = receptive_field(K="K", S=2).least_size("K", 1000, 5).answer
    assert wide == next(k for k in range(1, 2000) if 1 + (k - 1) * 31 >= 1000)
    stride = receptive_field(K=3, S="S").least_size("S", 200, 5).answer
    assert stride == next(s for s in range(1, 99) if 1 + 2 * sum(s**j for j in range(5)) >= 200)
    letters = receptive_field(K="K").least_size("K", "R", "L").answer
    assert by_hand(letters, R=100, L=7) == next(k for k in range(1, 200) if 1 + 7 * (k - 1) >= 100)


REFUSED = [
    (lambda: receptive_field(K="W"), "W: this letter stands for what is asked"),
    (lambda: receptive_field(S="2"), "S: and the kernel size"),
    (lambda: receptive_field(K=0), "K = 0: K must be a whole number of at least 1"),
    (lambda: receptive_field(K=3, P="1/2"), "P = 1/2: P must be a whole number"),
    (lambda: receptive_field(K=[3, 5], D="2**l"), "a list beside an expression for every layer"),
    (
        lambda: receptive_field(K=[3, 5], D=[1, 2, 3], repeat="n"),
        "K has 2 entries for a block of 3 layers",
    ),
    (lambda: receptive_field(K=[3, 5], repeat="n + 1"), "a letter for the number"),
    (lambda: receptive_field(K=[3, "l"], repeat="n"), "l stands for the layer's number"),
    (lambda: receptive_field(K=[], repeat="n"), "a block of no layers"),
    (lambda: receptive_field(K=[]), "K = []: a stack has a layer at least"),
    (lambda: receptive_field(K=[], S=[]), "K = []: a stack has a layer at least"),
    (lambda: analyse(""), "'': no layers; write kernel/stride"),
    (lambda: out_size(32, K=3, P="same"), 'P = "same": write how many are padded on each side'),
    (lambda: out_size(32, K=[3, 3], P="Same"), 'P = "Same": write how many'),
    (lambda: min_input(4, K=3, P="valid"), 'P = "valid": write how many'),
    (lambda: receptive_field(K=[3, 3], P="same"), 'P = "same": write how many'),
    (lambda: receptive_field(K=[3, 3], P=[1, "same"]), 'P = "same": write how many'),
    (lambda: receptive_field(K="K", P="same"), 'P = "same": write how many'),
    (lambda: receptive_field([5, 4], [2, 3]).steps("left"), "left: asked where paddings P are"),
    (lambda: analyse(3), "3: a network, its name, or layers"),
    (lambda: analyse([3]), "3: an axis is a network"),
    (lambda: analyse("3 3", "x"), "width = 'x': a whole number"),
    (lambda: receptive_field(K="3*("), "K: cannot read"),
    (lambda: receptive_field(K="K(l)", S=2).growth(), "a sum over all layers is left"),
    (lambda: receptive_field(K=1).least_depth(9), "not reached"),
    (
        lambda: receptive_field(K=3, S="S").least_size("q", 9, 3),
        'no letter "q" in this stack; there is S',
    ),
    (lambda: out_size(W=3, K=[3, 3]), "nothing is left"),
    (
        lambda: receptive_field(K=[3, 3], P=[1]),
        "P has 1 entries for 2 layers; give K, S and P one number a layer",
    ),
]


def test_the_sides_are_there_where_paddings_are() -> None:
    run = receptive_field([5, 4], [2, 3], P=[1, 0])
    assert (run.left, run.right, run.W) == (-1, 9, 11)
    with pytest.raises(AttributeError, match="left: asked where paddings P are given"):
        receptive_field([5, 4], [2, 3]).left  # noqa: B018


@pytest.mark.parametrize(("call", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_refused_with_the_reason(call: Any, says: str) -> None:
    with pytest.raises(DeriveError) as error:
        call()
    assert says in str(error.value) and "\n" not in str(error.value)


def test_one_layer_is_a_stack_of_one() -> None:
    width = Symbol("W_in")
    assert (
        out_size(K=[3], S=[2], P=[1]).answer
        == out_size(K=3, S=2, P=1).answer
        == floor((width - 1) / 2) + 1
    )
    assert out_size(K=3, S=2, D=4).answer == floor((width - 9) / 2) + 1
    assert prod([int(out_size(W=33, K=3, D=k).answer) for k in (1, 2)]) == 31 * 29
    assert Fraction(1, 2) == receptive_field(K=[2], P=[0]).centre


@pytest.mark.parametrize("name", ["W", "J", "N", "left", "right"])
def test_windows_see_a_wrong_closed_form(name: str) -> None:
    """The recurrences of a block are held against windows, not only the closed form against the
    recurrences."""
    run = receptive_field(K="K", S="S", D="D", P="P")
    assert isinstance(run, Regular)
    answer = run.derivation(name)
    assert check_depths(run.block, {name: answer.answer}, answer.needs).kind == "COUNTED"
    for wrong in (
        answer.answer + 1,
        answer.answer.subs(Symbol("S"), Symbol("S") + 1),
        2 * answer.answer + run.block.letter,
    ):
        assert check_depths(run.block, {name: wrong}, answer.needs).kind == "FAILS"


OUTPUTS: list[tuple[dict[str, Any], str]] = [
    ({"K": "K", "S": "S"}, "floor((W_in + (1 - K)*(1 - S**l)/(1 - S) - 1)/S**l) + 1"),
    ({"K": 3, "S": 2}, "floor((-2*2**l + W_in + 1)/2**l) + 1"),
    ({"K": "K", "D": "2**(l - 1)"}, ""),
    ({"K": "K", "S": "S", "D": "D", "P": "P"}, ""),
    ({"K": 3, "P": 1}, "W_in"),
]


@pytest.mark.parametrize(("given_", "form"), OUTPUTS, ids=[str(g) for g, _ in OUTPUTS])
def test_the_outputs_of_regular_stacks(given_: dict[str, Any], form: str) -> None:
    regular = receptive_field(**given_)
    assert isinstance(regular, Regular)
    run, rng = regular.outputs(), random.Random(1)
    assert str(run.check()["O"]) == "PROVED"
    assert not form or str(run.answer) == form
    level, tried = Symbol("l"), 0
    while tried < 40:
        bounds = {"K": (1, 4), "S": (2, 3), "D": (1, 3), "P": (0, 2), "W_in": (1, 400)}
        values = {name: rng.randint(*ends) for name, ends in bounds.items()}
        depth = rng.randint(0, 4)
        one = (
            {k: Integer(1) for k in "SD"}
            | {"P": Integer(0)}
            | {k: sympify_(x) for k, x in given_.items()}
        )
        sizes = [
            [int(by_hand(one[k].subs(level, n), **values)) for k in "KSDP"]
            for n in range(1, depth + 1)
        ]
        layers = [(k, s, d, p) for k, s, d, p in sizes]
        if any(outputs(layers[:n], values["W_in"]) < 1 for n in range(depth + 1)):
            continue
        assert by_hand(run.answer, l=depth, **values) == outputs(layers, values["W_in"])
        tried += 1


def sympify_(given: Any) -> Any:
    return (
        Integer(given)
        if isinstance(given, int)
        else {"2**(l - 1)": 2 ** (Symbol("l") - 1)}.get(given, Symbol(given))
    )


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2)), min_size=1, max_size=4
    )
)
def test_the_least_input_of_padded_layers_says_from_how_many_outputs_on(
    layers: list[tuple[int, int, int]],
) -> None:
    run = receptive_field(**{k: [x[n] for x in layers] for n, k in enumerate("KSP")})
    letter = Symbol("W_out")
    wanted = max([1, *(int(n.rhs) for n in run.needs("N") if n.lhs == letter)])

    def many(width: int) -> int:
        for kernel, stride, padding in layers:
            room = width + 2 * padding - kernel
            width = room // stride + 1 if width >= 1 and room >= 0 else 0
        return width

    for outputs_ in (wanted, wanted + 2):
        least = next(w for w in range(1, 500) if many(w) >= outputs_)
        assert max(1, int(run["N"].subs(letter, outputs_))) == least

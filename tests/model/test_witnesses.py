"""Some optimizers of the library against a version written separately, exactly or to 40 digits, and
programs with planted faults against the same. All others, in floats: tests/optimizers."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest

from derive import library
from derive.checking.counting.unroll import step
from derive.checking.numbers.evaluate import Interval
from derive.model.recurrences.program import Program
from tests.witnesses import WITNESSES

STEPS = 12


def drawn(program: Program, seed: int) -> tuple[list[Fraction], dict[str, Fraction]]:
    rng = random.Random(seed)
    gradients = [Fraction(rng.randint(-99, 99) or 1, rng.randint(1, 50)) for _ in range(STEPS)]
    return gradients, {h: Fraction(rng.randint(1, 98), 99) for h in program.hyperparameters}


def walked(program: Program, gradients: list[Fraction], hyper: Mapping[str, Fraction]) -> list[Any]:
    values: dict[str, Any] = {name: Fraction(str(v)) for name, v in program.starts.items()}
    path = []
    for t, g in enumerate(gradients, 1):
        after = step(program, values | hyper | {"g": g, "t": t})
        values = {name: after[name] for name in program.states}
        path.append(values["w"])
    return path


def decimal(value: Any) -> Decimal:
    if isinstance(value, Interval):
        return Decimal(str(value.mid.a).strip("[]").split(",")[0])
    value = Fraction(value)
    return Decimal(value.numerator) / Decimal(value.denominator)


def agrees(program: Program, witness: Any, seed: int) -> bool:
    """To 40 digits over twelve drawn gradients; exactly where nothing is irrational."""
    gradients, hyper = drawn(library()[program.name], seed)
    with localcontext() as context:
        context.prec = 60
        ours = walked(program, gradients, hyper)
        if not any("sqrt" in line.text for line in library()[program.name].parsed):
            return ours == witness(gradients, None, **hyper)
        theirs = witness(
            [decimal(g) for g in gradients],
            Decimal.sqrt,
            **{k: decimal(v) for k, v in hyper.items()},
        )
        return all(
            abs(decimal(a) - b) < Decimal(10) ** -40 * max(1, abs(b))
            for a, b in zip(ours, theirs, strict=True)
        )


@pytest.mark.parametrize("name", sorted(WITNESSES))
@pytest.mark.parametrize("seed", range(5))
def test_the_library_agrees_with_its_witness(name: str, seed: int) -> None:
    assert agrees(library()[name], WITNESSES[name], seed)


FAULTS = [
    ("sgd", "w - eta*g", "w + eta*g", "sign of the update"),
    ("sgdm", "beta*m + g", "beta*m - g", "sign of the gradient"),
    ("sgdm", "beta*m + g", "beta*m + (1 - beta)*g", "an average for a sum"),
    ("sgdm", "beta*m + g", "m + g", "the decay dropped"),
    ("sgdm", "w - eta*m", "w - m", "the rate dropped"),
    ("sgdm", "w - eta*m", "w - eta*g", "the momentum not used"),
    ("adam", "m/(1 - beta1**t)", "m/(1 - beta1**(t + 1))", "bias correction with t + 1"),
    ("adam", "v/(1 - beta2**t)", "v/(1 - beta1**t)", "the other decay in the correction"),
    ("adam", "(1 - beta1)*g", "beta1*g", "1 - beta and beta swapped"),
    ("adam", "(1 - beta2)*g**2", "(1 - beta2)*g", "the square dropped"),
    ("adam", "beta2*v", "beta1*v", "the wrong decay"),
    ("adam", "sqrt(v_hat) + eps", "sqrt(v_hat + eps)", "epsilon under the root"),
    ("adam", "eta*m_hat", "eta*m", "the correction not used"),
    ("adam", "sqrt(v_hat)", "v_hat", "the root dropped"),
    ("rmsprop", "(1 - alpha)*g**2", "g**2", "a sum for an average"),
    ("rmsprop", "sqrt(v) + eps", "sqrt(v)", "epsilon dropped"),
    ("adagrad", "v + g**2", "v - g**2 + 2*g", "a sign in the sum"),
    ("adagrad", "eta*g/", "eta/", "the gradient dropped"),
]


def planted(program: Program, right: str, wrong: str) -> Program:
    lines = tuple(line.replace(right, wrong) for line in program.lines)
    assert lines != program.lines
    return Program(program.name, lines, program.start)


@pytest.mark.parametrize(
    ("name", "right", "wrong", "what"), FAULTS, ids=[f"{n}: {what}" for n, _, _, what in FAULTS]
)
def test_a_wrong_line_is_caught_by_the_witness(
    name: str, right: str, wrong: str, what: str
) -> None:
    program = planted(library()[name], right, wrong)
    try:
        caught = not agrees(program, WITNESSES[name], 1)
    except ZeroDivisionError:  # the root of a number below zero
        caught = True
    assert caught, what


def test_a_wrong_start_is_caught_by_the_witness() -> None:
    program = library()["sgdm"]
    assert not agrees(Program("sgdm", program.lines, {"m": "1", "w": "0"}), WITNESSES["sgdm"], 1)


def test_a_line_written_differently_is_no_fault() -> None:
    same = [
        ("sgdm", "beta*m + g", "g + m*beta"),
        ("adam", "(1 - beta1)*g", "g - beta1*g"),
        ("adam", "g**2", "g*g"),
    ]
    for name, right, other in same:
        assert agrees(planted(library()[name], right, other), WITNESSES[name], 1)

"""Learning rates by name beside PyTorch's schedulers: its recursions, and its closed forms where it
has them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from sympy import Symbol

torch = pytest.importorskip("torch", reason="the witness needs PyTorch: make witness")

from torch.optim import lr_scheduler  # noqa: E402

from derive import schedules  # noqa: E402
from derive.model.language.text import read  # noqa: E402

V = {"eta0": 0.45, "eta_min": 0.05, "gamma": 0.7, "T": 6, "k": 3}
STEPS = 30
SCHEDULERS: dict[str, Callable[[Any], Any]] = {
    "exponential": lambda run: lr_scheduler.ExponentialLR(run, V["gamma"]),
    "step": lambda run: lr_scheduler.StepLR(run, V["k"], V["gamma"]),
    "linear": lambda run: lr_scheduler.PolynomialLR(run, V["T"], 1.0),
    "cosine": lambda run: lr_scheduler.CosineAnnealingLR(run, V["T"], V["eta_min"]),
    "warmup": lambda run: lr_scheduler.LinearLR(run, 1 / V["T"], 1.0, V["T"] - 1),
    "constant": lambda run: lr_scheduler.ConstantLR(run, 1.0, 1),
}


@pytest.mark.parametrize("name", SCHEDULERS)
def test_the_rates_are_pytorchs(name: str) -> None:
    text = next(r["value"] for r in schedules().records if r["name"] == name)
    form = read(text, name).subs({Symbol(letter): value for letter, value in V.items()})
    run = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=V["eta0"])
    scheduler = SCHEDULERS[name](run)
    for t in range(1, STEPS + 1):
        expected = float(form.subs({Symbol("t"): t}).evalf())
        assert math.isclose(run.param_groups[0]["lr"], expected, rel_tol=1e-9, abs_tol=1e-12), t
        if hasattr(scheduler, "_get_closed_form_lr"):
            assert math.isclose(scheduler._get_closed_form_lr()[0], expected, abs_tol=1e-9)
        run.step()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scheduler.step()

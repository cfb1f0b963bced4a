"""Every optimizer of the library under a constant gradient: its closed form beside the paper's
loop, what kind of answer it is, and why where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import pytest
from sympy import Rational, Sum, Symbol

from derive import DeriveError, library, solve
from tests.optimizers.papers import WITNESSES

GIVEN: dict[str, dict[str, Any]] = {
    "lookahead": {"k": 3},
    "asgd": {"t0": 3, "alpha": 1},
    "adafactor": {"decay": "1/2", "eps1": 0, "d": 1},
    "sophia": {"k": 1},
    "radam": {"beta2": "9/10"},
}
VALUES = {
    "eta": "1/7", "c": "7/5", "beta": "2/3", "beta1": "3/5", "beta2": "9/11", "beta3": "6/7",
    "eps": "1/9", "alpha": "4/5", "mu": "5/8", "nu": "2/7", "nu1": "2/5", "nu2": "3/4",
    "momentum": "7/9", "rho": "5/6", "gamma": "1/3", "h": "6/5", "k": "3", "weight_decay": "1/8",
    "w_0": "3", "eta_plus": "6/5", "eta_minus": "1/2", "s_min": "1/100", "s_max": "2",
    "lambd": "1/4", "t0": "3",
}  # fmt: skip
SUMS = {  # what stays a sum of roots, which has no closed form
    "adabelief", "adadelta", "adagrad", "adam_eps_hat", "amsgrad", "nadam", "rmsprop",
    "rmsprop_tf", "shampoo",
}  # fmt: skip
REFUSED = {
    "nesterov_1983": "not linear in its values",  # the sequence a of the momenta
    "yogi": "not linear in its values",  # v rises by equal steps, then turns around c**2
    "rprop": "not linear in its values",  # a condition on the gradient before
    "lars": "not linear in its values",  # |w|
    "lamb": "not linear in its values",  # |w|
}
HARD = {"schedule_free_adamw", "sophia", "adafactor", "radam"}  # not in the time, or as a sum
CLOSED = sorted(set(library()) - SUMS - HARD - set(REFUSED))
SLOW = {name: [pytest.mark.slow] for name in ("adadelta", *HARD)}


def test_how_many_are_closed() -> None:
    assert len(CLOSED) == 29 and len(library()) == 47


def at(form: Any, t: int) -> float:
    put = {Symbol(k): Rational(v) for k, v in VALUES.items()} | {Symbol("t"): t}
    return float(form.subs(put).doit().evalf())


def loop(name: str, steps: int) -> list[float]:
    program = library()[name]
    known = {**VALUES, **{k: str(v) for k, v in GIVEN.get(name, {}).items()}}
    words = {h: float(Rational(known[h])) for h in program.hyperparameters if h != "w_0"}
    if "k" in words:
        words["k"] = int(words["k"])
    slope = float(Rational(VALUES["c"]))
    start = float(Rational(VALUES["w_0"])) if "w_0" in program.hyperparameters else 0.0
    return list(islice(WITNESSES[name](lambda t, w: slope, start, **words), steps))


def marked(names: Iterable[str]) -> list[Any]:
    return [pytest.param(name, marks=SLOW.get(name, [])) for name in names]


@pytest.mark.parametrize("name", marked([*CLOSED, *sorted(SUMS)]))
def test_the_closed_form_is_the_papers_loop(name: str) -> None:
    run = solve(name, "c", ranges="c > 0", seconds=60, **GIVEN.get(name, {}))
    assert run.w.has(Sum) == (name in SUMS), run.w
    assert run.verdict("w").holds
    compare(name, run.w)


def compare(name: str, form: Any) -> None:
    for t, w in enumerate(loop(name, 9), 1):
        assert abs(at(form, t) - w) < 1e-9, (t, form)


@pytest.mark.parametrize("name", marked(sorted(HARD)))
def test_what_is_hard_is_not_wrong(name: str) -> None:
    try:
        form = solve(name, "c", ranges="c > 0", **GIVEN.get(name, {})).w
    except DeriveError as error:
        assert any(said in str(error) for said in ("took too long", "no closed form", "confirmed"))
    else:
        compare(name, form)


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_closed_form_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(DeriveError, match=REFUSED[name]):
        solve(name, "c", ranges="c > 0", **GIVEN.get(name, {})).w  # noqa: B018

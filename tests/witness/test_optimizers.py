"""The library's optimizers beside those of torch.optim and optax: every step, under every choice
of flags; and what PyTorch keeps for a parameter beside what is counted."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the witness needs PyTorch: make witness")

from derive import library  # noqa: E402
from tests.optimizers.walk import flagged, run, walk  # noqa: E402
from tests.witness.real_optimizers import (  # noqa: E402
    CHAOTIC,
    DIFFERS,
    FEWER,
    GRADIENTS,
    OTHER_SIZE,
    SCALARS,
    TENSORS,
    AtOptax,
    AtTorch,
    Optax,
    Row,
    Settings,
    Start,
    Torch,
    nnls,
    optax_rows,
    relative,
    scalars,
    torch_rows,
)

pytestmark = pytest.mark.slow
STEPS = 300
DRAWS = 2
CLOSE = 1e-9
OPTAX = bool(find_spec("optax") and find_spec("jax"))
LISTED = [*torch_rows(), *(optax_rows() if OPTAX else ())]
EVERY = {str(row): row for row in LISTED}
ROWS = {name: row for name, row in EVERY.items() if not row.differs}
needs_optax = pytest.mark.skipif(not OPTAX, reason="these rows need optax: pip install optax")
FURTHEST: dict[str, tuple[float, str]] = {}


@pytest.fixture(autouse=True)
def doubles() -> Iterator[None]:
    with scalars("float64"):
        yield


@cache
def prepared(name: str, number: int) -> tuple[Settings, Start]:
    row = EVERY[name]
    settings = row.drawn(number)
    return settings, row.real(settings)


def apart(name: str, model: str, number: int, steps: int = STEPS) -> float:
    row = EVERY[name]
    return row.apart(*prepared(name, number), row.gradient(model, number), steps)


def compare(name: str, model: str, record_property: Any) -> None:
    found = max(apart(name, model, number) for number in range(DRAWS))
    record_property("optimizers against torch and optax", {name: found})
    kind = EVERY[name].library
    FURTHEST[kind] = max(FURTHEST.get(kind, (0.0, "")), (found, name))
    assert found < CLOSE


def cases(kind: str) -> list[tuple[str, str]]:
    rows = ((name, row) for name, row in ROWS.items() if row.library == kind)
    return [(name, model) for name, row in rows for model in row.same]


@pytest.mark.parametrize("name, model", cases("torch"))
def test_torch(name: str, model: str, record_property: Any) -> None:
    compare(name, model, record_property)


@needs_optax
@pytest.mark.parametrize("name, model", cases("optax"))
def test_optax(name: str, model: str, record_property: Any) -> None:
    compare(name, model, record_property)


@needs_optax
@pytest.mark.parametrize("seed", range(2))
def test_nesterov_1983(seed: int, record_property: Any) -> None:
    """Beside optax.nnls, which takes these steps on a quadratic loss."""
    rng = random.Random(f"nesterov_1983 {seed}")
    lam, w_star, eta = rng.uniform(0.1, 1.0), rng.uniform(1.0, 3.0), rng.uniform(0.05, 0.9)
    places = run(
        library()["nesterov_1983"], lambda t, w: lam * (w - w_star), {"eta": eta}, 0.0, STEPS
    )
    assert min(places) > 0
    steps = (1, 2, 3, 4, 7, 20, 90, STEPS)
    found = max(relative(places[n - 1], nnls(lam, w_star, eta, n)) for n in steps)
    record_property("optimizers against torch and optax", {"nesterov_1983 = optax nnls": found})
    assert found < CLOSE


def test_every_row_has_a_name_of_its_own() -> None:
    assert len(LISTED) == len(EVERY)


@needs_optax
def test_every_entry_has_a_real_one_under_every_choice_of_flags() -> None:
    held = {(row.name, frozenset(row.program.flags)) for row in ROWS.values()}
    wanted = {(n, frozenset(p.flags)) for n, entry in library().items() for p in flagged(entry)}
    assert wanted - held == {("nesterov_1983", frozenset())}  # which has a test of its own


@needs_optax
def test_what_differs_is_listed() -> None:
    differing = {(row.name, row.library) for row in EVERY.values() if row.differs}
    assert differing | {("asgd", "torch")} == set(DIFFERS)  # which has a test of its own


@pytest.mark.parametrize("name", [name for name, row in EVERY.items() if row.differs])
def test_what_differs_does(name: str) -> None:
    """With plain arguments, under some gradient: where a library mends it, it must be read anew."""
    found = 0.0
    for number in range(12):
        for model in GRADIENTS:
            found = max(found, apart(name, model, number, 60))
        if found > CLOSE:
            break
    assert found > CLOSE
    if name == "adafactor = optax adafactor":  # float32 in its decay alone
        assert found < 1e-6


@pytest.mark.parametrize("name", ["asgd = torch ASGD", "nadam(momentum_decay) = torch NAdam"])
def test_scalars_in_float32(name: str) -> None:
    """In float64 the differences are below 1e-12."""
    with scalars("float32"):
        assert 1e-10 < max(apart(name, model, 0) for model in GRADIENTS) < 1e-4


@pytest.mark.parametrize("entry", CHAOTIC, ids=" ".join)
def test_what_is_left_out_is_chaotic(entry: tuple[str, ...]) -> None:
    """Begun a rounding beside itself, the entry is soon elsewhere."""
    row = Row(entry[0], "none", "itself", lambda settings: pytest.fail(), entry[1:])
    for model in CHAOTIC[entry]:
        assert max(grown(row, model, number) for number in range(8)) > 1e5


def grown(row: Row, model: str, number: int) -> float:
    """How many times as far the entry is from itself that begins a little beside."""
    settings, gradient, beside = row.drawn(number), row.gradient(model, number), 1e-12
    hyper, w0 = row.hyper(settings), settings["w_0"]
    here, there = (run(row.program, gradient, hyper, w, STEPS) for w in (w0, w0 * (1 + beside)))
    return max(map(relative, here, there)) / beside


MEMORY = [n for n, row in ROWS.items() if isinstance(row.real, Torch) and row.real.parts == 1]


@pytest.mark.parametrize("name", MEMORY)
def test_memory(name: str) -> None:
    """As many tensors of the parameter's size as the entry stores for it, by name; and, where it
    stores the same numbers, these numbers."""
    row = ROWS[name]
    assert isinstance(row.real, Torch)
    settings, gradient = row.drawn(0), row.gradient("quadratic", 0)
    shape = (2, 3) if len(row.real.shape) == 2 else (3,)
    real = AtTorch(row.real, settings, settings["w_0"], shape)
    stored = set(row.program.memory)
    for now in walk(row.program, gradient, row.hyper(settings), settings["w_0"], 5):
        real.step(now["t"], gradient(now["t"], real.place()))
        kept = real.kept()
        whole = {word: tensor for word, tensor in kept.items() if tensor.shape == shape}
        assert all(kept[word].numel() == 1 and SCALARS[word] for word in kept.keys() - whole.keys())
        found = {word: next(n for n in TENSORS[word] if n in stored) for word in whole}
        assert sorted(found.values()) == sorted(stored)
        if row.name not in OTHER_SIZE:
            for word, known in found.items():
                assert math.isclose(whole[word].view(-1)[0].item(), now[known], rel_tol=CLOSE)


@needs_optax
@pytest.mark.parametrize("name", [n for n, row in ROWS.items() if row.library == "optax"])
def test_memory_of_optax(name: str) -> None:
    """As many tensors of the parameter's size."""
    row = ROWS[name]
    assert isinstance(row.real, Optax)
    shape = (2, 3) if len(row.real.shape) == 2 else (3,)
    real = AtOptax(replace(row.real, shape=shape), row.drawn(0), 1.0)
    assert real.kept() + (row.name in FEWER) == len(row.program.memory)


def test_the_furthest_of_each_library(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        for kind, (found, name) in sorted(FURTHEST.items()):
            count = sum(row.library == kind for row in ROWS.values())
            print(f"\n{kind}: {count} rows, the furthest {found:.1e} ({name})", end="")
    assert all(found < CLOSE for found, _ in FURTHEST.values())

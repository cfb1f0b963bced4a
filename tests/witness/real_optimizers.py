"""The library's optimizers beside those of torch.optim and optax: an entry's lines walked in
floats, real optimizers of one parameter, and the rows that say which is held against which."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

from derive import library
from derive.model.recurrences.program import Program
from tests.optimizers.walk import Gradient, walk

Settings = dict[str, Any]  # hyperparameters by the entry's names, and the flags that have no value


# Gradients, by the names of derive/model/recurrences/gradients.toml.

Letters = Mapping[str, float]
GRADIENTS: dict[str, Callable[[Letters], Gradient]] = {
    "constant": lambda x: lambda t, w: x["c"],
    "geometric": lambda x: lambda t, w: x["c"] * x["rho"] ** t,
    "linear": lambda x: lambda t, w: x["a"] * t + x["b"],
    "alternating": lambda x: lambda t, w: x["c"] * (-1) ** t,
    "quadratic": lambda x: lambda t, w: x["lam"] * (w - x["w_star"]),
}
LETTERS = {  # the size of each, and whether it may be negative
    "c": (0.2, 1.5, True), "rho": (0.97, 1.003, False), "a": (0.002, 0.02, True),
    "b": (0.2, 1.5, True), "lam": (0.1, 1.0, False), "w_star": (1.0, 3.0, True),
}  # fmt: skip
# Gradients under which an entry goes apart from itself, begun a rounding beside: AdaMax without
# eps divides by a greatest gradient that falls to zero where w comes to rest.
CHAOTIC: dict[tuple[str, ...], tuple[str, ...]] = {
    ("adamax",): ("quadratic",),
    ("adamax", "weight_decay"): ("constant", "geometric", "quadratic"),
}


def steady(*entry: str) -> tuple[str, ...]:
    """The gradients under which an entry with these flags is not chaotic."""
    return tuple(model for model in GRADIENTS if model not in CHAOTIC.get(entry, ()))


# Rows: an entry under some flags, the real optimizer it is held against, what is drawn.

Range = tuple[float, float]  # of two whole numbers: a whole number
Ranges = Mapping[str, Range]
NONE, HALF, ONE = (0.0, 0.0), (0.5, 0.5), (1.0, 1.0)
RANGES: Ranges = {
    "eta": (0.005, 0.05), "eps": (0.05, 0.3), "weight_decay": (0.01, 0.2), "w_0": (0.5, 2.0),
    "momentum": (0.5, 0.95), "dampening": (0.1, 0.9), "beta": (0.5, 0.95), "mu": (0.5, 0.95),
    "beta1": (0.5, 0.95), "beta2": (0.9, 0.995), "beta3": (0.9, 0.999), "rho": (0.8, 0.99),
    "alpha": (0.3, 0.9), "nu": (0.2, 0.9), "nu1": (0.2, 0.9), "nu2": (0.2, 0.9), "k": (2, 7),
    "lambd": (0.001, 0.1), "t0": (3, 40), "momentum_decay": (0.002, 0.05), "d": (0.4, 1.2),
    "lr_decay": (0.001, 0.1), "initial_accumulator_value": (0.05, 1.0), "gamma": (0.1, 0.9),
    "h": (0.2, 2.0), "decay": (0.5, 0.9), "eps1": (0.001, 0.1), "eta_plus": (1.05, 1.4),
    "eta_minus": (0.3, 0.8), "s_min": (0.0005, 0.003), "s_max": (0.3, 1.0),
}  # fmt: skip
OWN: dict[str, Ranges] = {  # where an entry means something else by a name
    "rmsprop": {"alpha": (0.8, 0.99)},
    "rmsprop_tf": {"alpha": (0.8, 0.99)},
    "heavy_ball": {"alpha": (0.005, 0.05)},
    "ademamix": {"alpha": (1.0, 5.0)},
    "lars": {"gamma": (0.02, 0.2), "mu": (0.3, 0.9)},
    "lamb": {"eta": (0.002, 0.02)},
    "muon": {"eta": (0.05, 0.2)},
    "sophia": {"eps": (0.01, 0.1)},
}
# v - a**2 of a constant gradient falls like alpha**t: it must not fall to the size of rounding.
SLOW: Ranges = {"alpha": (0.98, 0.999)}


class Real(Protocol):
    """A real optimizer of one parameter, at work."""

    def place(self) -> float:
        """Where the gradient is wanted."""

    def step(self, t: int, gradient: float) -> None:
        """Step t, with the gradient at that place."""

    def values(self) -> dict[str, float]:
        """What is compared, by the entry's names."""


Start = Callable[[float], Real]


@dataclass(frozen=True)
class Row:
    """An entry under some flags, and a real optimizer that must take the same steps: `real` makes
    it of the settings. `fixed` are ranges of this row alone, `start` other starts of states, `off`
    the entry's own flags that are left out; `same` are the gradients under which both are the
    same, `positive` those of the parameter's sign; one that `differs` must not be the same."""

    name: str
    library: str
    against: str
    real: Callable[[Settings], Start]
    flags: tuple[str, ...] = ()
    fixed: Ranges = field(default_factory=dict)
    start: Mapping[str, str] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    same: tuple[str, ...] = tuple(GRADIENTS)
    positive: bool = False
    differs: bool = False

    def __str__(self) -> str:
        flags = [*self.flags, *(f"not {flag}" for flag in self.off)]
        entry = f"{self.name}({', '.join(flags)})" if flags else self.name
        return f"{entry} = {self.library} {self.against}"

    @cached_property
    def program(self) -> Program:
        chosen = dict.fromkeys(self.flags, True) | dict.fromkeys(self.off, False)
        program = library()[self.name].with_flags(chosen)
        return replace(program, start={**program.start, **self.start})

    def drawn(self, number: int) -> Settings:
        """Hyperparameters, and the flags that have no value."""
        rng = random.Random(f"{self} {number}")
        ranges = {**RANGES, **OWN.get(self.name, {}), **self.fixed}
        found: Settings = {"w_0": rng.uniform(*ranges["w_0"])}
        for name in self.program.hyperparameters:
            low, high = ranges[name]
            whole = isinstance(low, int) and isinstance(high, int)
            found[name] = rng.randint(int(low), int(high)) if whole else rng.uniform(low, high)
        return found | {flag: True for flag in self.flags if flag not in found}

    def gradient(self, model: str, number: int) -> Gradient:
        rng = random.Random(f"{self} {model} {number}")
        letters = {}
        for name, (low, high, signed) in LETTERS.items():
            size, sign = rng.uniform(low, high), rng.choice((1, -1))
            letters[name] = sign * size if signed and not self.positive else size
        return GRADIENTS[model](letters)

    def hyper(self, settings: Settings) -> dict[str, float]:
        return {name: settings[name] for name in self.program.hyperparameters}

    def apart(self, settings: Settings, start: Start, gradient: Gradient, steps: int) -> float:
        """The largest relative difference of what is compared, over all steps."""
        w0, worst = settings["w_0"], 0.0
        real = start(w0)
        for now in walk(self.program, gradient, self.hyper(settings), w0, steps):
            real.step(now["t"], gradient(now["t"], real.place()))
            worst = max(worst, *(relative(now[name], x) for name, x in real.values().items()))
        return worst


def relative(ours: float, theirs: float) -> float:
    difference = abs(ours - theirs) / max(1.0, abs(ours), abs(theirs))
    return difference if math.isfinite(difference) else math.inf


def choices(*groups: str) -> Iterator[str]:
    """Each choice of flags: none or one of each group, written `momentum | momentum nesterov`."""
    alternatives = [["", *(one.strip() for one in group.split("|"))] for group in groups]
    yield from (" ".join(filter(None, chosen)) for chosen in itertools.product(*alternatives))


DECAY, DECAYS = "weight_decay", "weight_decay | weight_decay decoupled_weight_decay"
MAXIMIZE = "maximize"


# torch.optim.


@contextmanager
def scalars(kind: str) -> Iterator[None]:
    """PyTorch with float64 or float32 for the scalars that it keeps, ASGD's eta and NAdam's
    mu_product."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, kind))
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@dataclass(frozen=True)
class Torch:
    """How a torch optimizer is made, of so many tensors of a shape whose sum is the parameter:
    `before` is done before each step, `read` finds what else is compared, `average` makes an
    AveragedModel beside it."""

    made: Callable[[list[Any], Settings], Any]
    parts: int = 1
    shape: tuple[int, ...] = (1,)
    before: Callable[[Any, Settings, int], None] | None = None
    read: Callable[[AtTorch], dict[str, Any]] | None = None
    average: Callable[[Any, Settings], Any] | None = None

    def __call__(self, settings: Settings) -> Start:
        return lambda w0: AtTorch(self, settings, w0, self.shape)


class AtTorch:
    """A parameter under an optimizer of torch.optim."""

    def __init__(self, how: Torch, settings: Settings, w0: float, shape: tuple[int, ...]):
        import torch

        starts = (w0, *[0.0] * (how.parts - 1))
        self.how, self.settings = how, settings
        self.parts = [torch.nn.Parameter(torch.full(shape, x, dtype=torch.float64)) for x in starts]
        self.module = torch.nn.ParameterList(self.parts)
        self.optimizer = how.made(self.parts, settings)
        self.average = how.average(self.module, settings) if how.average else None

    def place(self) -> float:
        return sum(part.detach().view(-1)[0].item() for part in self.parts)

    def step(self, t: int, gradient: float) -> None:
        for part in self.parts:
            part.grad = part.detach().clone().fill_(gradient)
        if self.how.before:
            self.how.before(self.optimizer, self.settings, t)
        self.optimizer.step()
        if self.average:
            self.average.update_parameters(self.module)

    def values(self) -> dict[str, float]:
        found = {"w": self.place()} | (self.how.read(self) if self.how.read else {})
        if self.average:
            found["a"] = self.average.module[0].detach()[0]
        return {name: float(value) for name, value in found.items()}

    def kept(self) -> dict[str, Any]:
        """The tensors kept beside the first part, by PyTorch's names for them."""
        state = self.optimizer.state[self.parts[0]].items()
        found = {name: tensor.detach() for name, tensor in state if tensor is not None}
        return found | ({"average": self.average.module[0].detach()} if self.average else {})


SAME_WORDS = frozenset(
    "weight_decay maximize momentum dampening nesterov lambd alpha t0 rho eps centered lr_decay "
    "initial_accumulator_value amsgrad decoupled_weight_decay momentum_decay".split()
)
PAIRS = {
    "betas": ("beta1", "beta2"), "etas": ("eta_minus", "eta_plus"), "step_sizes": ("s_min", "s_max")
}  # fmt: skip


def torch_words(settings: Settings, **more: Any) -> Settings:
    """PyTorch's arguments. What an entry has no flag for is left to PyTorch."""
    given = {**settings, **more}
    pairs = {
        word: tuple(given[n] for n in pair) for word, pair in PAIRS.items() if pair[1] in given
    }
    return {"lr": given["eta"], **{n: x for n, x in given.items() if n in SAME_WORDS}, **pairs}


def torch_rows() -> list[Row]:
    """Every optimizer of torch.optim that has an entry, under every choice of the flags it has."""
    from torch import optim
    from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

    rows: list[Row] = []

    def add(name: str, against: str, how: Torch, flags: Iterable[str] = ("",), **more: Any) -> None:
        rows.extend(Row(name, "torch", against, how, tuple(f.split()), **more) for f in flags)

    def directly(
        name: str, kind: Any, *groups: str, always: str = "", given: Settings | None = None,
        against: str = "", how: Settings | None = None, **more: Any,
    ) -> None:  # fmt: skip
        """By PyTorch's arguments, those of the settings and some `given`."""
        made = Torch(lambda p, s: kind(p, **torch_words({**(given or {}), **s})), **(how or {}))
        for flags in (f"{always} {chosen}".strip() for chosen in choices(*groups)):
            same = steady(name, *flags.split())
            slow = SLOW if "centered" in flags else {}
            add(name, against or kind.__name__, made, [flags], same=same, fixed=slow, **more)

    momenta = "momentum | momentum dampening | momentum nesterov"
    directly("sgd", optim.SGD, momenta, DECAY, MAXIMIZE)
    mean_of_w: Settings = {"read": lambda at: {"a": at.kept()["ax"][0]}}
    directly("asgd", optim.ASGD, DECAY, MAXIMIZE, how=mean_of_w)
    directly("rmsprop", optim.RMSprop, "centered", "momentum", DECAY, MAXIMIZE)
    directly("adagrad", optim.Adagrad, "lr_decay", "initial_accumulator_value", DECAY, MAXIMIZE)
    directly("adadelta", optim.Adadelta, DECAY, MAXIMIZE)
    directly("adam", optim.Adam, "amsgrad", DECAYS, MAXIMIZE)
    directly("adamw", optim.AdamW, "amsgrad", MAXIMIZE)
    directly("adamax", optim.Adamax, "eps", DECAY, MAXIMIZE, given={"eps": 0.0})
    directly("nadam", optim.NAdam, DECAYS, MAXIMIZE, always="momentum_decay")
    given, against = {"momentum_decay": 1e6}, "NAdam, 0.96**momentum_decay = 0"
    directly("nadam", optim.NAdam, DECAYS, MAXIMIZE, given=given, against=against)
    directly(
        "nadam", optim.NAdam, given={"momentum_decay": 0.0}, against="NAdam of 0", differs=True
    )
    directly("radam", optim.RAdam, DECAYS, MAXIMIZE)
    directly("rprop", optim.Rprop, MAXIMIZE)

    # The constructor refuses nesterov with dampening; the step does not.
    def dampened(parts: Any, s: Settings) -> Any:
        found = optim.SGD(parts, **torch_words(s, dampening=0.0))
        found.param_groups[0]["dampening"] = s["dampening"]
        return found

    flags = [f"momentum dampening nesterov {f}" for f in choices(DECAY, MAXIMIZE)]
    add("sgd", "SGD, dampening set later", Torch(dampened), flags)

    # Newton-Schulz with coefficients that add up to 1 leaves a 1 x 1 matrix at its sign. Muon's
    # buffer is an average, 1 - mu times the entry's sum: it has the same sign.
    def muon(parts: Any, s: Settings) -> Any:
        words = {"momentum": s["mu"], "nesterov": "nesterov" in s, "eps": 1e-30}
        exact = (1.875, -1.25, 0.375)
        return optim.Muon(parts, lr=s["eta"], weight_decay=0.0, ns_coefficients=exact, **words)

    def rough(parts: Any, s: Settings) -> Any:
        return optim.Muon(parts, s["eta"], 0.0, s["mu"])

    add("muon", "Muon of sum 1", Torch(muon, shape=(1, 1)), ["nesterov"])
    add("muon", "Muon of sum 1", Torch(muon, shape=(1, 1)), off=("nesterov",))
    add("muon", "Muon", Torch(rough, shape=(1, 1)), ["nesterov"], differs=True)

    # The rate is eps2 where |w| < eps2, times lr where lr < 1/sqrt(t); PyTorch's d is at least 1.
    def adafactor(parts: Any, s: Settings) -> Any:
        words = {"beta2_decay": -s["decay"], "d": s["d"], "weight_decay": 0.0}
        return optim.Adafactor(parts, lr=s["eta"] / 100, eps=(1e-30, 100.0), **words)

    def as_it_is(parts: Any, s: Settings) -> Any:
        words = {"beta2_decay": -s["decay"], "d": 1.0, "weight_decay": 0.0}
        return optim.Adafactor(parts, lr=s["eta"], eps=(s["eps1"], 0.001), **words)

    fixed = {"eps1": NONE, "d": (1.0, 1.02)}
    add("adafactor", "Adafactor, eps1 = 0", Torch(adafactor), fixed=fixed)
    add("adafactor", "Adafactor", Torch(as_it_is), fixed={"d": ONE}, differs=True)

    # One optimizer by another's hyperparameters.
    def ball(rate: str, momentum: str, **words: Any) -> Torch:
        return Torch(lambda p, s: optim.SGD(p, lr=s[rate], momentum=s[momentum], **words))

    def averaged(parts: Any, s: Settings) -> Any:
        return optim.SGD(parts, lr=s["eta"] * (1 - s["beta"]), momentum=s["beta"])

    def behind(at: AtTorch) -> dict[str, Any]:
        ahead = at.settings["mu"] * at.settings["eta"]  # the velocity is -eta times the buffer
        return {"w": at.place() + ahead * at.kept()["momentum_buffer"][0]}

    def paper(parts: Any, s: Settings) -> Any:
        betas, decay = (s["beta1"], s["beta2"]), s["weight_decay"] / s["alpha"]
        return optim.AdamW(parts, s["eta"] * s["alpha"], betas, s["eps"], weight_decay=decay)

    def shampoo(parts: Any, s: Settings) -> Any:
        return optim.Adagrad(parts, lr=s["eta"], initial_accumulator_value=s["eps"], eps=0.0)

    add("sgdm", "SGD", ball("eta", "beta"))
    add("sgdm_ema", "SGD, lr = eta*(1 - beta)", Torch(averaged))
    directly("keras_sgd", optim.SGD, "nesterov")
    add("heavy_ball", "SGD", ball("alpha", "beta"))
    nesterov = ball("eta", "mu", nesterov=True)
    add("nesterov_bengio", "SGD nesterov", nesterov)
    add("nesterov", "SGD nesterov, behind its place", replace(nesterov, read=behind))
    add("adamw_paper", "AdamW, lr = eta*alpha, weight_decay/alpha", Torch(paper))
    add("shampoo", "Adagrad, initial_accumulator_value = eps, eps = 0", Torch(shampoo))

    # The rate and eps of each step: Kingma and Ba's remark on "epsilon hat".
    def adam(parts: Any, s: Settings) -> Any:
        return optim.Adam(parts, **torch_words(s))

    def outside(optimizer: Any, s: Settings, t: int) -> None:
        optimizer.param_groups[0]["eps"] = s["eps"] / math.sqrt(1 - s["beta2"] ** t)

    def uncorrected(optimizer: Any, s: Settings, t: int) -> None:
        outside(optimizer, s, t)
        corrections = (1 - s["beta1"] ** t) / math.sqrt(1 - s["beta2"] ** t)
        optimizer.param_groups[0]["lr"] = s["eta"] * corrections
        if "decoupled_weight_decay" in s:
            optimizer.param_groups[0]["weight_decay"] = s["weight_decay"] / corrections

    add("adam_eps_hat", "Adam, eps/sqrt(1 - beta2**t)", Torch(adam, before=outside))
    flags = [f"uncorrected {f}" for f in choices("amsgrad", DECAYS, MAXIMIZE)]
    add("adam", "Adam, its corrections undone", Torch(adam, before=uncorrected), flags)

    # A sum of parts, each with its own rate and momentum, all with the gradient at the sum.
    def group(part: Any, **words: Any) -> dict[str, Any]:
        return {"params": [part], **words}

    def aggmo(parts: Any, s: Settings) -> Any:
        momenta = (s["beta1"], s["beta2"], s["beta3"])
        groups = [group(p, momentum=m) for p, m in zip(parts, momenta, strict=True)]
        return optim.SGD(groups, lr=s["eta"] / 3)

    def qhm(parts: Any, s: Settings) -> Any:
        rate = s["eta"] * s["nu"] * (1 - s["beta"])
        plain = group(parts[0], lr=s["eta"] * (1 - s["nu"]))
        return optim.SGD([plain, group(parts[1], lr=rate, momentum=s["beta"])])

    def qhadam(parts: Any, s: Settings) -> Any:
        beta2 = s["beta2"] if s["nu2"] else 0.0
        plain = group(parts[0], lr=s["eta"] * (1 - s["nu1"]), betas=(0.0, beta2))
        rest = group(parts[1], lr=s["eta"] * s["nu1"], betas=(s["beta1"], beta2))
        return optim.Adam([plain, rest], eps=s["eps"])

    add("aggmo", "SGD of three parts", Torch(aggmo, parts=3))
    add("qhm", "SGD of two parts", Torch(qhm, parts=2))
    add("qhadam", "Adam of two parts, nu2 = 1", Torch(qhadam, parts=2), fixed={"nu2": ONE})
    against = "Adam of two parts, nu2 = 0 by beta2 = 0"
    add("qhadam", against, Torch(qhadam, parts=2), fixed={"nu2": NONE})

    def late(module: Any, s: Settings) -> Any:
        return AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(s["beta"]))

    def by_decay(module: Any, s: Settings) -> Any:
        average = late(module, s)
        average.update_parameters(module)  # the first call copies: here w before any step
        return average

    def sgd(parts: Any, s: Settings) -> Any:
        return optim.SGD(parts, lr=s["eta"])

    def mean(module: Any, s: Settings) -> Any:
        return AveragedModel(module)

    against = "AveragedModel by get_ema_multi_avg_fn"
    add("ema_weights", f"{against}, from w", Torch(sgd, average=by_decay))
    add("ema_weights", against, Torch(sgd, average=late), differs=True)
    add("polyak_ruppert", "AveragedModel", Torch(sgd, average=mean))
    return rows


# What PyTorch keeps of a parameter's size, by the entries' names for it.
TENSORS = {
    "momentum_buffer": ("b", "m", "v", "w_prev"), "ax": ("a",), "square_avg": ("v",),
    "grad_avg": ("a",), "sum": ("v", "l"), "acc_delta": ("u",), "exp_avg": ("m",),
    "exp_avg_sq": ("v",), "max_exp_avg_sq": ("v_max",), "exp_inf": ("u",), "prev": ("g_prev",),
    "step_size": ("s",), "variance": ("v",), "average": ("a",),
}  # fmt: skip
OTHER_SIZE = {  # entries whose buffer is another number than PyTorch's: a multiple, a difference
    "sgdm_ema", "keras_sgd", "heavy_ball", "nesterov", "nesterov_bengio", "muon",
}  # fmt: skip
# What it keeps besides, and why an entry has it not among what it stores for each parameter.
SCALARS = {
    "step": "the number of the step, which the entries call t and share; kept where none reads it",
    "eta": "ASGD's rate of the next step, which the entry makes of t",
    "mu": "ASGD's weight of the next step in the average, which the entry makes of t",
    "mu_product": "NAdam's product of all momenta so far: the entry's p, which it shares",
}


# optax.


@dataclass(frozen=True)
class Optax:
    """How an optax optimizer is made, for a parameter of a shape: `now` are settings that differ by
    the step, `begin` makes the parameters and the state before the first, `read` finds in them what
    is compared, `average` is a mean of the parameter after the old one; the gradient is wanted at
    the parameters, or `at_w` that is read."""

    made: Callable[[Settings], Any]
    shape: tuple[int, ...] = (1,)
    now: Callable[[Settings, int], Settings] | None = None
    begin: Callable[[Any, Any], tuple[Any, Any]] = lambda made, w: (w, made.init(w))
    read: Callable[[Any, Any], dict[str, Any]] = lambda params, state: {"w": params}
    average: Callable[[Settings, Any, Any], Any] | None = None
    at_w: bool = False

    def __call__(self, settings: Settings) -> Start:
        return lambda w0: AtOptax(self, settings, w0)

    def found(self, params: Any, state: Any, mean: Any) -> dict[str, Any]:
        values = self.read(params, state) | ({"a": mean} if self.average else {})
        return {"place": values["w"] if self.at_w else params, **values}

    @cached_property
    def step(self) -> Callable[..., tuple[Any, Any]]:
        """What is carried after a gradient, and what is found in it: compiled once for all values
        of the numbers among the settings, whose names are given, with the rest of the settings."""
        import jax
        import jax.numpy as jnp
        import optax

        def step(gradient: Any, carry: Any, numbers: Any, names: Any, rest: Any) -> tuple[Any, Any]:
            settings = dict(zip(names, numbers, strict=True)) | dict(rest)
            params, state, mean = carry
            updates, state = self.made(settings).update(gradient, state, params)
            params = optax.apply_updates(params, updates)
            mean = self.average(settings, params, mean) if self.average else mean
            values = self.found(params, state, mean).values()
            return (params, state, mean), jnp.stack([value.ravel()[0] for value in values])

        return jax.jit(step, static_argnums=(3, 4))


class AtOptax:
    """A parameter under an optimizer of optax."""

    def __init__(self, how: Optax, settings: Settings, w0: float):
        import jax.numpy as jnp

        w = jnp.full(how.shape, w0)
        self.how, self.settings = how, settings
        self.carry = (*how.begin(how.made(settings), w), w)
        self.found = {n: float(value.ravel()[0]) for n, value in how.found(*self.carry).items()}
        self.names = tuple(n for n, value in settings.items() if isinstance(value, float))
        self.rest = tuple((n, value) for n, value in settings.items() if n not in self.names)

    def place(self) -> float:
        return self.found["place"]

    def step(self, t: int, gradient: float) -> None:
        import numpy

        now = {**self.settings, **(self.how.now(self.settings, t) if self.how.now else {})}
        numbers = numpy.array([now[n] for n in self.names])
        given = numpy.full(self.how.shape, gradient)
        self.carry, found = self.how.step(given, self.carry, numbers, self.names, self.rest)
        self.found = dict(zip(self.found, numpy.asarray(found).tolist(), strict=True))

    def values(self) -> dict[str, float]:
        return {name: value for name, value in self.found.items() if name != "place"}

    def kept(self) -> int:
        """How many tensors of the parameter's size are carried beside it."""
        import jax

        *carried, _ = self.carry
        sizes = [leaf.shape == self.how.shape for leaf in jax.tree.leaves(carried)]
        return sum(sizes) - 1 + bool(self.how.average)


# Entries that store more for a parameter than optax does, and what optax has instead.
FEWER = {
    "qhadam": "the row's nu1 = 0 needs no m",
}

OPTAX_WORDS = {"eta": "learning_rate", "beta1": "b1", "beta2": "b2", "beta3": "b3"}


def optax_words(settings: Settings, *names: str, **more: Any) -> dict[str, Any]:
    """Optax's arguments, those among `names` that are there."""
    found = {OPTAX_WORDS.get(n, n): settings[n] for n in names if n in settings}
    return found | {OPTAX_WORDS.get(n, n): value for n, value in more.items()}


def optax_rows() -> list[Row]:
    """Every optimizer of optax that has an entry, by arguments that should make both the same."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax
    from optax import contrib

    rows: list[Row] = []

    def add(name: str, against: str, how: Optax, flags: Iterable[str] = ("",), **more: Any) -> None:
        rows.extend(Row(name, "optax", against, how, tuple(f.split()), **more) for f in flags)

    def directly(
        name: str, kind: Any, names: str, *groups: str, coupled: bool = False, against: str = "",
        always: str = "", given: Settings | None = None, how: Settings | None = None, **more: Any,
    ) -> None:  # fmt: skip
        """By the arguments of these names, and some `given`; `coupled` adds the decay to the
        gradient."""

        def made(s: Settings) -> Any:
            found = kind(**optax_words(s, *names.split(), **(given or {})))
            if not coupled:
                return found
            return optax.chain(optax.add_decayed_weights(s.get("weight_decay", 0.0)), found)

        chosen = [f"{always} {flags}".strip() for flags in choices(*groups)]
        add(name, against or kind.__name__, Optax(made, **(how or {})), chosen, **more)

    def scaled(s: Settings, *parts: Any) -> Any:
        return optax.chain(*parts, optax.scale(-s["eta"]))

    # Momentum.
    def sgd(s: Settings) -> Any:
        return optax.sgd(s["eta"])

    def keras(s: Settings) -> Any:
        return scaled(s, optax.trace(s["momentum"], nesterov="nesterov" in s))

    momenta = "momentum | momentum nesterov"
    directly("sgd", optax.sgd, "eta momentum nesterov", momenta, DECAY, coupled=True)
    add("sgdm", "sgd", Optax(lambda s: optax.sgd(s["eta"], s["beta"])))
    average = Optax(lambda s: scaled(s, optax.ema(s["beta"], debias=False)))
    add("sgdm_ema", "ema, scale", average)
    add("keras_sgd", "trace, scale", Optax(keras), ["", "nesterov"])
    add("heavy_ball", "sgd", Optax(lambda s: optax.sgd(s["alpha"], s["beta"])))
    add("nesterov_bengio", "sgd", Optax(lambda s: optax.sgd(s["eta"], s["mu"], nesterov=True)))

    # Adam and its family.
    rates = "eta beta1 beta2 eps"
    decoupled = "weight_decay decoupled_weight_decay"
    plain = {"bias_correction_mu": False, "bias_correction_nu": False}

    def outside(s: Settings, t: int) -> Settings:
        return {"eps": s["eps"] / math.sqrt(1 - s["beta2"] ** t)}

    def uncorrected(s: Settings, t: int) -> Settings:
        corrections = (1 - s["beta1"] ** t) / math.sqrt(1 - s["beta2"] ** t)
        return {"eta": s["eta"] * corrections, **outside(s, t)}

    def adam(s: Settings) -> Any:
        return scaled(s, optax.scale_by_adam(s["beta1"], s["beta2"], s["eps"]))

    def paper(s: Settings) -> Any:
        rate, decay = s["eta"] * s["alpha"], s["weight_decay"] / s["alpha"]
        return optax.adamw(rate, **optax_words(s, "beta1", "beta2", "eps", weight_decay=decay))

    def yogi(s: Settings) -> Any:
        return scaled(s, optax.scale_by_yogi(s["beta1"], s["beta2"], s["eps"], 0.0, 0.0))

    def adabelief(s: Settings) -> Any:
        return optax.adabelief(**optax_words(s, *rates.split(), eps_root=s["eps"]))

    def adan(s: Settings) -> Any:
        decay = s.get("weight_decay", 0.0)
        words = optax_words(s, "beta1", "beta2", "beta3", "eps", eps_root=0.0, weight_decay=decay)
        return optax.adan(s["eta"] / (1 + s["eta"] * decay), **words)

    def mars(s: Settings) -> Any:
        change = s["gamma"] * s["beta1"] / (1 - s["beta1"])
        words = optax_words(s, *rates.split(), weight_decay=s.get("weight_decay", 0.0))
        towards = optax.scale_by_optimistic_gradient(1.0, change)
        return optax.chain(towards, optax.clip(1.0), optax.adamw(**words))

    directly("adam", optax.adam, rates, DECAY, coupled=True)
    directly("adam", optax.adamw, f"{rates} weight_decay", always=decoupled)
    undone = "adam, its corrections undone"
    add("adam", undone, Optax(adam, now=uncorrected), ["uncorrected"])
    without = "amsgrad without corrections"
    both = "uncorrected amsgrad"
    directly("adam", optax.amsgrad, rates, always=both, given=plain, against=without)
    add("adam_eps_hat", "adam, eps/sqrt(1 - beta2**t)", Optax(adam, now=outside))
    directly("adamw", optax.adamw, f"{rates} weight_decay")
    add("adamw_paper", "adamw, lr = eta*alpha, weight_decay/alpha", Optax(paper))
    directly("amsgrad", optax.amsgrad, rates, given=plain, against=without)
    directly("amsgrad_hat", optax.amsgrad, rates)
    directly("adamax", optax.adamax, rates, DECAY, always="eps", coupled=True)
    for flags in choices(DECAY):
        words: Settings = {"given": {"eps": 0.0}, "same": steady("adamax", *flags.split())}
        words |= {"coupled": True, "against": "adamax, eps = 0"}
        directly("adamax", optax.adamax, "eta beta1 beta2", always=flags, **words)
    directly("nadam", optax.nadam, rates, DECAY, coupled=True, against="nadam")
    directly("nadam", optax.nadamw, f"{rates} weight_decay", always=decoupled, against="nadamw")
    exact: Settings = {"against": "radam, eps = 0", "fixed": {"eps": NONE}}
    directly("radam", optax.radam, rates, DECAY, coupled=True, **exact)
    add("yogi", "scale_by_yogi from 0", Optax(yogi), ["corrected"])
    add("yogi", "scale_by_yogi from 0, its corrections undone", Optax(yogi, now=uncorrected))
    first = {"m": "1/10**6", "v": "1/10**6"}
    later: Settings = {"start": first, "against": "yogi, both from 1e-6"}
    directly("yogi", optax.yogi, rates, always="corrected", **later)
    add("adabelief", "adabelief", Optax(adabelief))
    unclipped: Settings = {"given": {"use_clipping": False}, "against": "adopt without clipping"}
    directly("adopt", contrib.adopt, rates, **unclipped)
    add("adan", "adan, beta2 = 1/2", Optax(adan), choices(DECAY), fixed={"beta2": HALF})
    directly("ademamix", contrib.ademamix, f"{rates} beta3 alpha weight_decay", DECAY)
    directly("novograd", optax.novograd, f"{rates} weight_decay", DECAY)
    directly("lamb", optax.lamb, f"{rates} weight_decay", DECAY)
    add("mars", "scale_by_optimistic_gradient, clip, adamw", Optax(mars), choices(DECAY))

    def qhadam(s: Settings) -> Any:
        words = {"eps_in_sqrt": False, "bias_correction": True}
        return optax.rmsprop(s["eta"], s["beta2"], s["eps"], **words)

    against = "rmsprop with bias_correction, nu1 = 0, nu2 = 1"
    add("qhadam", against, Optax(qhadam), fixed={"nu1": NONE, "nu2": ONE})

    # Sophia's first call, with the gradient 0, measures the curvature that the entry's first step
    # has; its correction of m is then that of step t + 1.
    def sophia(s: Settings) -> Any:
        def curvature(updates: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
            return jnp.full_like(updates, s["h"]), state

        measured = optax.GradientTransformation(lambda params: optax.EmptyState(), curvature)
        words = optax_words(s, *rates.split(), "gamma", weight_decay=s.get("weight_decay", 0.0))
        return contrib.sophia(**words, update_interval=s["k"], hessian_diagonal_fn=measured)

    def measured(made: Any, w: Any) -> tuple[Any, Any]:
        return w, made.update(jnp.zeros_like(w), made.init(w), w)[1]

    def of_m(s: Settings, t: int) -> Settings:
        correction = 1 - s["beta1"] ** (t + 1)
        return {"gamma": s["gamma"] / correction, "eps": s["eps"] / correction}

    against = "sophia after a gradient of 0, its correction undone"
    add("sophia", against, Optax(sophia, now=of_m, begin=measured), choices(DECAY))

    # Scaled by past gradients.
    def rmsprop(**words: Any) -> Optax:
        def made(s: Settings) -> Any:
            kept = optax_words(s, "eta", "eps", "momentum", "centered", decay=s["alpha"], **words)
            decay = optax.add_decayed_weights(s.get("weight_decay", 0.0))
            return optax.chain(decay, optax.rmsprop(**kept))

        return Optax(made)

    def adafactor(s: Settings) -> Any:
        words = {"clipping_threshold": s["d"], "eps": s["eps1"], "decay_rate": s["decay"]}
        return optax.adafactor(s["eta"], multiply_by_parameter_scale=False, **words)

    def in_float32(s: Settings) -> Any:
        return adafactor({**s, "decay": 0.8})

    for centered, fixed in (("", {}), ("centered ", SLOW)):
        flags_of = [f"{centered}{flags}" for flags in choices("momentum", DECAY)]
        out = rmsprop(eps_in_sqrt=False)
        add("rmsprop", "rmsprop, eps_in_sqrt=False", out, flags_of, fixed=fixed)
        flags_of = [f"{centered}{flags}" for flags in choices("momentum")]
        add("rmsprop_tf", "rmsprop", rmsprop(), flags_of, fixed=fixed)
    of_one = rmsprop(initial_scale=1.0)
    add("rmsprop_tf", "rmsprop from 1", of_one, choices("momentum"), start={"v": "1"})
    exact = {"against": "adagrad, eps = 0", "fixed": {"eps": NONE}, "coupled": True}
    zero: Settings = {"given": {"initial_accumulator_value": 0.0}}
    directly("adagrad", optax.adagrad, "eta eps", DECAY, **zero, **exact)
    names, always = "eta eps initial_accumulator_value", "initial_accumulator_value"
    directly("adagrad", optax.adagrad, names, DECAY, always=always, **exact)
    directly("shampoo", optax.adagrad, "eta eps", **zero, against="adagrad from 0")
    directly("adadelta", optax.adadelta, "eta rho eps weight_decay", DECAY)
    add("adafactor", "adafactor, decay_rate an array of float64", Optax(adafactor))

    # Signs.
    def rprop(s: Settings) -> Any:
        return optax.rprop(s["eta"], s["eta_minus"], s["eta_plus"], s["s_min"], s["s_max"])

    def pending(params: Any, state: Any) -> dict[str, Any]:
        return {"w": params - state[0].prev_updates, "s": state[0].step_sizes}

    def lars(s: Settings) -> Any:
        words = {"trust_coefficient": s["eta"], "momentum": s["mu"]}
        return optax.lars(s["gamma"], s["weight_decay"], **words)

    def muon(s: Settings) -> Any:
        words = {"beta": s["mu"], "eps": 0.0, "nesterov": "nesterov" in s}
        return contrib.muon(s["eta"], (1.875, -1.25, 0.375), **words)

    unturned = ("constant", "geometric", "linear")  # where they are of the parameter's sign
    directly("signsgd", optax.sign_sgd, "eta")
    directly("signum", optax.signum, "eta beta")
    lion: Settings = {"given": {"weight_decay": 0.0}}
    directly("lion", optax.lion, "eta beta1 beta2", **lion)
    directly("lion", optax.lion, "eta beta1 beta2 weight_decay", always=DECAY)
    ahead = Optax(rprop, read=pending, at_w=True)
    add("rprop", "rprop, a step ahead", ahead, same=unturned, positive=True)
    add("lars", "lars, weight_decay = 0", Optax(lars), fixed={"weight_decay": NONE})
    against = "lars, gradients of the sign of w"
    add("lars", against, Optax(lars), same=unturned, positive=True)
    matrix = Optax(muon, shape=(1, 1))
    add("muon", "muon", matrix, off=("nesterov",))
    alike = ("constant", "geometric", "alternating")
    add("muon", "muon, gradients of the sign of m", matrix, ["nesterov"], same=alike)

    # Averages.
    def lookahead(s: Settings) -> Any:
        return optax.lookahead(optax.sgd(s["eta"]), s["k"], s["alpha"])

    def synced(made: Any, w: Any) -> tuple[Any, Any]:
        params = optax.LookaheadParams.init_synced(w)
        return params, made.init(params)

    def fast(params: Any, state: Any) -> dict[str, Any]:
        return {"w": params.fast, "s": params.slow}

    def evaluated(params: Any, state: Any) -> dict[str, Any]:
        return {"w": contrib.schedule_free_eval_params(state, params), "z": state.z}

    def moved(s: Settings, new: Any, old: Any) -> Any:
        return optax.incremental_update(new, old, 1 - s["beta"])

    add("lookahead", "lookahead", Optax(lookahead, begin=synced, read=fast, at_w=True))
    free = Optax(lambda s: contrib.schedule_free_sgd(s["eta"], b1=s["beta"]), read=evaluated)
    add("schedule_free_sgd", "schedule_free_sgd", free)
    how: Settings = {"how": {"read": evaluated}}
    names = f"{rates} weight_decay"
    directly("schedule_free_adamw", contrib.schedule_free_adamw, names, DECAY, **how)
    add("ema_weights", "incremental_update", Optax(sgd, average=moved))

    # What differs, by plain arguments.
    differs: Settings = {"differs": True}
    early = {"eta": (0.3, 1.5), "mu": (0.8, 0.95)}  # g turns its sign in the first steps
    directly("adam", optax.amsgrad, rates, always="amsgrad", **differs)
    fixed = {"decay": (0.8, 0.8)}
    add("adafactor", "adafactor", Optax(in_float32), fixed=fixed, **differs)
    directly("adagrad", optax.adagrad, "eta eps", **zero, **differs)
    directly("adan", optax.adan, f"{rates} beta3", given={"eps_root": 0.0}, **differs)
    half: Settings = {"given": {"eps_root": 0.0}, "fixed": {"beta2": HALF}}
    names = f"{rates} beta3 weight_decay"
    directly("adan", optax.adan, names, always=DECAY, **half, **differs)
    directly("adopt", contrib.adopt, rates, **differs)
    add("lars", "lars", Optax(lars), **differs)
    add("muon", "muon", matrix, ["nesterov"], fixed=early, **differs)
    directly("radam", optax.radam, rates, **differs)
    add("rprop", "rprop", Optax(rprop), **differs)
    add("rprop", "rprop, a step ahead, where signs change", ahead, **differs)
    add("sophia", "sophia", Optax(sophia), **differs)
    add("sophia", "sophia, its correction undone", Optax(sophia, now=of_m), **differs)
    directly("yogi", optax.yogi, rates, always="corrected", **differs)
    return rows


def nnls(lam: float, w_star: float, eta: float, steps: int) -> float:
    """The least squares of optax after so many steps of Nesterov's from 0, towards w_star > 0: of
    lam*(w - w_star)**2/2, where no step leaves w >= 0. Its first step starts the momentum."""
    import jax.numpy as jnp
    import optax

    root = math.sqrt(lam)
    matrix, right = jnp.array([[root]]), jnp.array([root * w_star])
    return float(optax.nnls(matrix, right, steps + 1, L=1 / eta)[0])


# Where a library's convention is not the entry's. Where some hyperparameters or some gradients make
# both the same, a row has these.
DIFFERS: dict[tuple[str, str], str] = {
    ("adam", "optax"): "adam has no amsgrad; optax.amsgrad takes the greatest of the corrected v, "
    "amsgrad_hat here, and without corrections it is adam(uncorrected, amsgrad)",
    ("adafactor", "optax"): "1 - t**-decay is made in float32 where decay is a number of Python's, "
    "whatever the parameter is: the same to 1e-6, and by an array of float64",
    ("adagrad", "optax"): "eps stands inside the root: the same at eps = 0",
    ("adan", "optax"): "the change of the gradient has the factor 1 - beta2, not beta2, and the "
    "decay is w - eta*(u + weight_decay*w): the same at beta2 = 1/2, by eta/(1 + eta*weight_decay)",
    ("adopt", "optax"): "g/max(sqrt(v), eps) is clipped to (t - 1)**(1/4), unless "
    "use_clipping=False",
    ("lars", "optax"): "the rate is |w|/|g + weight_decay*w|, not |w|/(|g| + weight_decay*|w|): "
    "the same without decay, and where g has the sign of w",
    ("muon", "optax"): "with nesterov, g and m are corrected as in NAdam, and the first signs may "
    "be others: the same where g has the sign of m",
    ("radam", "optax"): "eps is added after the correction of v: the same at eps = 0",
    ("rprop", "optax"): "the step is taken a call late, and not at all where the sign of g changes "
    "in between, so that it is taken back: the same a step ahead, where no sign changes",
    ("sophia", "optax"): "m is corrected, and q is renewed after the step: the same by gamma and "
    "eps that undo the correction, after a first call with the gradient 0",
    ("yogi", "optax"): "m and v begin at 1e-6, and both are corrected: the entry with `corrected` "
    "and that start; scale_by_yogi begins where it is told to",
    ("adafactor", "torch"): "eps1 is the least root of v, the rate is max(eps2, |w|)*min(lr, "
    "1/sqrt(t)), d is at least 1: the same at eps1 = 0, |w| < eps2 and lr < 1/sqrt(t)",
    ("asgd", "torch"): "eta and mu are kept in the process's default type, float32, whatever the "
    "parameter is: the same where that is float64",
    ("ema_weights", "torch"): "AveragedModel copies w when it is first updated: the same where "
    "that is before the first step",
    ("muon", "torch"): "Newton-Schulz in bfloat16 by coefficients that do not add up to 1: the "
    "same by some that do",
    ("nadam", "torch"): "mu_product is kept in the process's default type, float32: the same where "
    "that is float64; momentum_decay = 0 is not the entry without it but beta1/2 for beta1",
}

"""The library's optimizers beside those of torch.optim and optax: an entry's lines walked in
floats, real optimizers of one parameter, and the rows that say which is held against which."""

from __future__ import annotations

import ast
import itertools
import math
import operator
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

from derive import library
from derive.model.recurrences.program import Program

Gradient = Callable[[int, float], float]  # of the number of the step and the place
Names = dict[str, Any]
Settings = dict[str, Any]  # hyperparameters by the entry's names, and the flags that have no value


# An entry's lines in floats.

OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
CALLED: dict[str, Callable[..., Any]] = {
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else math.nan,  # RAdam's r, where it is not read
    "abs": abs, "max": max, "min": min, "floor": math.floor, "Mod": operator.mod,
    "sign": lambda x: float((x > 0) - (x < 0)),
}  # fmt: skip


def valued(node: ast.expr, gradient: Gradient) -> Callable[[Names], Any]:
    """The function that has an expression's value, of the values of its names."""
    match node:
        case ast.Constant(value=number):
            return lambda now: number
        case ast.Name(id=name):
            return operator.itemgetter(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = valued(operand, gradient)
            return lambda now: -inner(now)
        case (
            ast.BinOp(left=left, op=sign, right=right)
            | ast.Compare(left=left, ops=[sign], comparators=[right])
        ):
            one, two, made = valued(left, gradient), valued(right, gradient), OPERATIONS[type(sign)]
            return lambda now: made(one(now), two(now))
        case ast.Call(func=ast.Name(id="where"), args=[condition, then, otherwise]):
            met = valued(condition, gradient)
            one, two = valued(then, gradient), valued(otherwise, gradient)
            return lambda now: one(now) if met(now) else two(now)
        case ast.Call(func=ast.Name(id="g"), args=[place]):
            at = valued(place, gradient)
            return lambda now: gradient(now["t"], at(now))
        case ast.Call(func=ast.Name(id=name), args=args):
            function, parts = CALLED[name], [valued(a, gradient) for a in args]
            return lambda now: function(*(part(now) for part in parts))
    raise ValueError(ast.unparse(node))


def begun(program: Program, hyper: Mapping[str, float], w0: float) -> dict[str, float]:
    """Each state before the first step; a start may name another state, or a hyperparameter."""
    known = {**hyper, "w": w0}
    waiting = [state for state in program.states if state != "w"]
    while waiting:
        state = waiting.pop(0)
        letters = program.starts[state].free_symbols
        if all(str(letter) in known for letter in letters):
            start = program.starts[state].subs({letter: known[str(letter)] for letter in letters})
            known[state] = float(start)
        else:
            waiting.append(state)
    return {state: known[state] for state in program.states}


def walk(
    program: Program, gradient: Gradient, hyper: Mapping[str, float], w0: float, steps: int
) -> Iterator[Names]:
    """The value of each name after each step."""
    lines = [(line.target, valued(line.value, gradient)) for line in program.parsed]
    states = begun(program, hyper, w0)
    for t in range(1, steps + 1):
        now: Names = {**hyper, **states, "t": t, "g": gradient(t, states["w"])}
        for target, value in lines:
            now[target] = value(now)
        states = {state: now[state] for state in program.states}
        yield now


def run(
    program: Program, gradient: Gradient, hyper: Mapping[str, float], w0: float, steps: int
) -> list[float]:
    """The parameter after each step."""
    return [now["w"] for now in walk(program, gradient, hyper, w0, steps)]


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


def letters(rng: random.Random, positive: bool) -> Letters:
    found = {}
    for name, (low, high, signed) in LETTERS.items():
        size, sign = rng.uniform(low, high), rng.choice((1, -1))
        found[name] = sign * size if signed and not positive else size
    return found


# Rows: an entry under some flags, the real optimizer it is held against, what is drawn.

Range = tuple[float, float]  # of two whole numbers: a whole number
RANGES: dict[str, Range] = {
    "eta": (0.005, 0.1), "eps": (0.001, 0.1), "weight_decay": (0.01, 0.2), "w_0": (0.5, 2.0),
    "momentum": (0.5, 0.95), "dampening": (0.1, 0.9), "beta": (0.5, 0.95), "mu": (0.5, 0.95),
    "beta1": (0.5, 0.95), "beta2": (0.9, 0.995), "beta3": (0.9, 0.999), "rho": (0.8, 0.99),
    "alpha": (0.3, 0.9), "nu": (0.2, 0.9), "nu1": (0.2, 0.9), "nu2": (0.2, 0.9), "k": (2, 7),
    "lambd": (0.001, 0.1), "t0": (3, 40), "momentum_decay": (0.002, 0.05), "d": (0.4, 1.2),
    "lr_decay": (0.001, 0.1), "initial_accumulator_value": (0.05, 1.0), "gamma": (0.1, 0.9),
    "h": (0.2, 2.0), "decay": (0.5, 0.9), "eps1": (0.001, 0.1), "eta_plus": (1.05, 1.4),
    "eta_minus": (0.3, 0.8), "s_min": (0.0005, 0.003), "s_max": (0.3, 1.0),
}  # fmt: skip
OWN: dict[str, dict[str, Range]] = {  # where an entry means something else by a name
    "rmsprop": {"alpha": (0.8, 0.99)},
    "rmsprop_tf": {"alpha": (0.8, 0.99)},
    "heavy_ball": {"alpha": (0.005, 0.1)},
    "ademamix": {"alpha": (1.0, 5.0)},
    "nadam": {"beta1": (0.7, 0.95)},
    "radam": {"beta2": (0.9, 0.999)},
    "lars": {"gamma": (0.02, 0.2), "mu": (0.3, 0.9)},
    "lamb": {"eta": (0.002, 0.02)},
    "sophia": {"eps": (0.01, 0.1)},
}
# v - a**2 of a constant gradient falls like alpha**t: it must not fall to the size of rounding.
SLOW: dict[str, Range] = {"alpha": (0.98, 0.999)}


class Real(Protocol):
    """A real optimizer of one parameter, at work."""

    def place(self) -> float:
        """Where the gradient is wanted."""

    def step(self, t: int, gradient: float) -> None: ...

    def values(self) -> dict[str, float]:
        """What is compared, by the entry's names."""


Start = Callable[[float], Real]


@dataclass(frozen=True)
class Row:
    """An entry under some flags, and a real optimizer that must take the same steps: `real` makes
    it of the settings. `fixed` are ranges of this row alone, `start` other starts of states, `off`
    the entry's own flags that are left out; `same` are the gradients under which both are the
    same, `positive` those of the parameter's sign."""

    name: str
    library: str
    against: str
    real: Callable[[Settings], Start]
    flags: tuple[str, ...] = ()
    fixed: Mapping[str, Range] = field(default_factory=dict)
    start: Mapping[str, str] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    same: tuple[str, ...] = tuple(GRADIENTS)
    positive: bool = False
    parts: int = 1  # tensors whose sum is the parameter

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
        """Hyperparameters by the entry's names, and the flags that have no value."""
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
        return GRADIENTS[model](letters(rng, self.positive))

    def apart(self, settings: Settings, start: Start, gradient: Gradient, steps: int) -> float:
        """The largest relative difference of what is compared, over all steps."""
        hyper = {name: settings[name] for name in self.program.hyperparameters}
        real, worst = start(settings["w_0"]), 0.0
        for now in walk(self.program, gradient, hyper, settings["w_0"], steps):
            real.step(now["t"], gradient(now["t"], real.place()))
            for name, theirs in real.values().items():
                ours = now[name]
                difference = abs(ours - theirs) / max(1.0, abs(ours), abs(theirs))
                worst = max(worst, difference if math.isfinite(difference) else math.inf)
        return worst


def choices(*alternatives: str) -> Iterator[tuple[str, ...]]:
    """Each choice of flags: one of each group, written `momentum | momentum nesterov`; none of a
    group is one, too."""
    groups = [[(), *(tuple(a.split()) for a in group.split("|"))] for group in alternatives]
    for chosen in itertools.product(*groups):
        yield tuple(itertools.chain(*chosen))


# torch.optim.


@contextmanager
def doubles() -> Iterator[None]:
    """PyTorch with float64 for the scalars that it keeps, ASGD's eta and NAdam's mu_product."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


Made = Callable[[Any, Settings], Any]  # a torch optimizer of parameters and settings
Hook = Callable[[Any, int], None]


class Torch:
    """A parameter, the sum of its parts, under an optimizer of torch.optim."""

    def __init__(self, parts: Sequence[Any], optimizer: Any):
        self.parts, self.optimizer = parts, optimizer
        self.before: Hook = lambda optimizer, t: None
        self.read: Callable[[Torch], dict[str, Any]] = lambda torch: {}
        self.average: Any = None

    def place(self) -> float:
        return float(sum(part.detach().flatten()[0].item() for part in self.parts))

    def step(self, t: int, gradient: float) -> None:
        for part in self.parts:
            part.grad = part.detach().clone().fill_(gradient)
        self.before(self.optimizer, t)
        self.optimizer.step()
        if self.average is not None:
            self.average.update_parameters(self.module)

    @property
    def module(self) -> Any:
        import torch

        return torch.nn.ParameterList(self.parts)

    def values(self) -> dict[str, float]:
        found = {"w": self.place()} | self.read(self)
        if self.average is not None:
            found["a"] = self.average.module[0].detach().flatten()[0]
        return {name: float(value) for name, value in found.items()}

    def kept(self) -> dict[str, Any]:
        """The tensors kept beside the first part, by PyTorch's names for them."""
        state = self.optimizer.state[self.parts[0]]
        found = {name: value for name, value in state.items() if value is not None}
        return found if self.average is None else {**found, "average": self.average.module[0]}


@dataclass(frozen=True)
class Recipe:
    """How a torch optimizer is made of settings: of so many parts in this shape; `before` is done
    before each step, `read` finds what else is compared, `average` makes an AveragedModel."""

    made: Made
    parts: int = 1
    shape: tuple[int, ...] = (1,)
    before: Callable[[Settings], Hook] | None = None
    read: Callable[[Settings], Callable[[Torch], dict[str, Any]]] | None = None
    average: Callable[[Settings, Any], Any] | None = None

    def __call__(self, settings: Settings) -> Start:
        return lambda w0: self.begin(settings, w0, self.shape)

    def begin(self, settings: Settings, w0: float, shape: tuple[int, ...]) -> Torch:
        import torch

        parts = [
            torch.nn.Parameter(torch.full(shape, 0.0 if number else w0, dtype=torch.float64))
            for number in range(self.parts)
        ]
        found = Torch(parts, self.made(parts, settings))
        if self.before:
            found.before = self.before(settings)
        if self.read:
            found.read = self.read(settings)
        if self.average:
            found.average = self.average(settings, found.module)
        return found


def torch_rows() -> list[Row]:
    """Every optimizer of torch.optim that has an entry, under every choice of the flags it has."""
    from torch import optim
    from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

    rows: list[Row] = []

    def add(
        name: str, against: str, recipe: Recipe | Made, flags: Iterable[str] = (), **more: Any
    ) -> None:
        made = recipe if isinstance(recipe, Recipe) else Recipe(recipe)
        kept = {"parts": made.parts, **more}
        rows.append(Row(name, "torch", against, made, tuple(flags), **kept))

    def common(s: Settings) -> dict[str, Any]:
        decay, maximize = s.get("weight_decay", 0.0), s.get("maximize", False)
        return {"lr": s["eta"], "weight_decay": decay, "maximize": maximize}

    def betas(s: Settings) -> dict[str, Any]:
        return {"betas": (s["beta1"], s["beta2"]), "eps": s.get("eps", 0.0)}

    def adam(parts: Any, s: Settings) -> Any:
        decoupled = s.get("decoupled_weight_decay", False)
        return optim.Adam(
            parts, **common(s), **betas(s), amsgrad="amsgrad" in s, decoupled_weight_decay=decoupled
        )

    def adagrad(parts: Any, s: Settings) -> Any:
        first = s.get("initial_accumulator_value", 0.0)
        return optim.Adagrad(
            parts,
            **common(s),
            lr_decay=s.get("lr_decay", 0.0),
            initial_accumulator_value=first,
            eps=s["eps"],
        )

    def nadam(parts: Any, s: Settings) -> Any:
        decay, decoupled = s["momentum_decay"], s.get("decoupled_weight_decay", False)
        return optim.NAdam(
            parts, **common(s), **betas(s), momentum_decay=decay, decoupled_weight_decay=decoupled
        )

    def radam(parts: Any, s: Settings) -> Any:
        decoupled = s.get("decoupled_weight_decay", False)
        return optim.RAdam(parts, **common(s), **betas(s), decoupled_weight_decay=decoupled)

    def rmsprop(parts: Any, s: Settings) -> Any:
        return optim.RMSprop(
            parts,
            **common(s),
            alpha=s["alpha"],
            eps=s["eps"],
            momentum=s.get("momentum", 0.0),
            centered="centered" in s,
        )

    def rprop(parts: Any, s: Settings) -> Any:
        return optim.Rprop(
            parts,
            lr=s["eta"],
            etas=(s["eta_minus"], s["eta_plus"]),
            step_sizes=(s["s_min"], s["s_max"]),
            maximize="maximize" in s,
        )

    def sgd(parts: Any, s: Settings) -> Any:
        return optim.SGD(
            parts,
            **common(s),
            momentum=s.get("momentum", 0.0),
            dampening=s.get("dampening", 0.0),
            nesterov="nesterov" in s,
        )

    def asgd(parts: Any, s: Settings) -> Any:
        return optim.ASGD(parts, **common(s), lambd=s["lambd"], alpha=s["alpha"], t0=s["t0"])

    decay, decays, upwards = "weight_decay", "weight_decay|weight_decay decoupled_weight_decay", "maximize"  # fmt: skip
    for flags in choices("momentum|momentum dampening|momentum nesterov", decay, upwards):
        add("sgd", "SGD", sgd, flags)
    for flags in choices(decay, upwards):
        averaged = Recipe(asgd, read=lambda s: lambda at: {"a": at.kept()["ax"][0]})
        add("asgd", "ASGD", averaged, flags)
        add(
            "adadelta",
            "Adadelta",
            lambda p, s: optim.Adadelta(p, **common(s), rho=s["rho"], eps=s["eps"]),
            flags,
        )
        for eps in ((), ("eps",)):
            add(
                "adamax",
                "Adamax",
                lambda p, s: optim.Adamax(p, **common(s), **betas(s)),
                (*eps, *flags),
            )
    for flags in choices("centered", "momentum", decay, upwards):
        slow = SLOW if "centered" in flags else {}
        add("rmsprop", "RMSprop", rmsprop, flags, fixed=slow)
    for flags in choices("lr_decay", "initial_accumulator_value", decay, upwards):
        add("adagrad", "Adagrad", adagrad, flags)
    for flags in choices("amsgrad", decays, upwards):
        add("adam", "Adam", adam, flags)
    for flags in choices("amsgrad", upwards):
        add(
            "adamw",
            "AdamW",
            lambda p, s: optim.AdamW(p, **common(s), **betas(s), amsgrad="amsgrad" in s),
            flags,
        )
    for flags in choices(decays, upwards):
        add("nadam", "NAdam", nadam, ("momentum_decay", *flags))
        add("radam", "RAdam", radam, flags)
    for flags in choices(upwards):
        add("rprop", "Rprop", rprop, flags)

    # Newton-Schulz with coefficients that add up to 1 leaves a 1 x 1 matrix at its sign. Muon's
    # buffer is an average, 1 - mu times the entry's sum: it has the same sign.
    def muon(parts: Any, s: Settings) -> Any:
        return optim.Muon(
            parts,
            lr=s["eta"],
            weight_decay=0.0,
            momentum=s["mu"],
            nesterov="nesterov" in s,
            ns_coefficients=(1.875, -1.25, 0.375),
            eps=1e-30,
        )

    add("muon", "Muon", Recipe(muon, shape=(1, 1)), ("nesterov",))
    add("muon", "Muon", Recipe(muon, shape=(1, 1)), off=("nesterov",))

    # The rate is eps2 at a parameter smaller than it, times lr where lr < 1/sqrt(t).
    def adafactor(parts: Any, s: Settings) -> Any:
        return optim.Adafactor(
            parts,
            lr=s["eta"] / 100,
            beta2_decay=-s["decay"],
            eps=(1e-30, 100.0),
            d=s["d"],
            weight_decay=0.0,
        )

    none: Range = (0.0, 0.0)
    add("adafactor", "Adafactor, eps1 = 0", adafactor, fixed={"eps1": none})

    # One optimizer by another's hyperparameters.
    add("sgdm", "SGD", lambda p, s: optim.SGD(p, lr=s["eta"], momentum=s["beta"]))
    add(
        "sgdm_ema",
        "SGD, lr = eta*(1 - beta)",
        lambda p, s: optim.SGD(p, lr=s["eta"] * (1 - s["beta"]), momentum=s["beta"]),
    )
    for flags in choices("nesterov"):
        add("keras_sgd", "SGD", sgd, flags)
    add("heavy_ball", "SGD", lambda p, s: optim.SGD(p, lr=s["alpha"], momentum=s["beta"]))

    def nesterov(parts: Any, s: Settings) -> Any:
        return optim.SGD(parts, lr=s["eta"], momentum=s["mu"], nesterov=True)

    def behind(s: Settings) -> Callable[[Torch], dict[str, Any]]:
        ahead = s["mu"] * s["eta"]  # the velocity is -eta times the buffer
        return lambda at: {"w": at.place() + ahead * at.kept()["momentum_buffer"][0]}

    add("nesterov_bengio", "SGD nesterov", nesterov)
    add("nesterov", "SGD nesterov, behind its place", Recipe(nesterov, read=behind))
    add(
        "adamw_paper",
        "AdamW, lr = eta*alpha, weight_decay/alpha",
        lambda p, s: optim.AdamW(
            p, lr=s["eta"] * s["alpha"], weight_decay=s["weight_decay"] / s["alpha"], **betas(s)
        ),
    )
    add(
        "shampoo",
        "Adagrad, initial_accumulator_value = eps, eps = 0",
        lambda p, s: optim.Adagrad(
            p, lr=s["eta"], initial_accumulator_value=s["eps"], eps=0.0
        ),
    )

    # The rate and eps of each step, by Kingma and Ba's remark on "epsilon hat".
    def outside(s: Settings) -> Hook:
        def before(optimizer: Any, t: int) -> None:
            optimizer.param_groups[0]["eps"] = s["eps"] / math.sqrt(1 - s["beta2"] ** t)

        return before

    def uncorrected(s: Settings) -> Hook:
        def before(optimizer: Any, t: int) -> None:
            root, (group,) = math.sqrt(1 - s["beta2"] ** t), optimizer.param_groups
            group["lr"] = s["eta"] * (1 - s["beta1"] ** t) / root
            group["eps"] = s["eps"] / root

        return before

    add("adam_eps_hat", "Adam, eps/sqrt(1 - beta2**t)", Recipe(adam, before=outside))
    for flags in choices("amsgrad", "weight_decay", "maximize"):
        recipe = Recipe(adam, before=uncorrected)
        add("adam", "Adam, its corrections undone", recipe, ("uncorrected", *flags))

    # A sum of parts, each with its own rate and momentum, all with the gradient at the sum.
    def aggmo(parts: Any, s: Settings) -> Any:
        momenta = (s["beta1"], s["beta2"], s["beta3"])
        groups = [{"params": [p], "momentum": m} for p, m in zip(parts, momenta, strict=True)]
        return optim.SGD(groups, lr=s["eta"] / 3)

    def qhm(parts: Any, s: Settings) -> Any:
        plain = {"params": [parts[0]], "lr": s["eta"] * (1 - s["nu"])}
        rate = s["eta"] * s["nu"] * (1 - s["beta"])
        return optim.SGD([plain, {"params": [parts[1]], "lr": rate, "momentum": s["beta"]}])

    def qhadam(parts: Any, s: Settings) -> Any:
        plain = {"params": [parts[0]], "lr": s["eta"] * (1 - s["nu1"]), "betas": (0.0, s["beta2"])}
        rest = {"params": [parts[1]], "lr": s["eta"] * s["nu1"], "betas": (s["beta1"], s["beta2"])}
        return optim.Adam([plain, rest], eps=s["eps"])

    add("aggmo", "SGD of three parts", Recipe(aggmo, parts=3))
    add("qhm", "SGD of two parts", Recipe(qhm, parts=2))
    one: Range = (1.0, 1.0)
    add("qhadam", "Adam of two parts, nu2 = 1", Recipe(qhadam, parts=2), fixed={"nu2": one})

    def averaged_by(s: Settings, module: Any) -> Any:
        model = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(s["beta"]))
        model.update_parameters(module)  # the first call copies: here w before any step
        return model

    add("ema_weights", "AveragedModel by get_ema_multi_avg_fn", Recipe(sgd, average=averaged_by))
    add(
        "polyak_ruppert",
        "AveragedModel",
        Recipe(sgd, average=lambda s, module: AveragedModel(module)),
    )
    return rows


# What PyTorch keeps for a parameter that is no tensor of its size, and why an entry has it not.
SCALARS = {
    "step": "the number of the step, which the entries call t and share; kept where none reads it",
    "eta": "ASGD's rate of the next step, which the entry makes of t",
    "mu": "ASGD's weight of the next step in the average, which the entry makes of t",
    "mu_product": "NAdam's product of all momenta so far, the entry's p, the same for all",
}
SHARED = {"mu_product": "p"}  # of these, what an entry keeps as a state of its own
# What PyTorch keeps of a parameter's size, by the entries' names for it.
TENSORS = {
    "momentum_buffer": ("b", "m", "v", "w_prev"), "ax": ("a",), "square_avg": ("v",),
    "grad_avg": ("a",), "sum": ("v", "l"), "acc_delta": ("u",), "exp_avg": ("m",),
    "exp_avg_sq": ("v",), "max_exp_avg_sq": ("v_max",), "exp_inf": ("u",), "prev": ("g_prev",),
    "step_size": ("s",), "variance": ("v",), "average": ("a",),
}  # fmt: skip


# optax.

Carry = Any


@dataclass(frozen=True)
class Steps:
    """An optax optimizer as functions: what is carried at first, what after a gradient, what is
    compared of it, where the gradient is wanted. `now` are settings that differ by the step."""

    begin: Callable[[Any], Carry]
    step: Callable[[Any, Carry, Settings], Carry]
    read: Callable[[Carry], dict[str, Any]]
    place: Callable[[Carry], Any]
    now: Callable[[int], Settings]


class Optax:
    """One parameter under an optimizer of optax."""

    def __init__(self, steps: Steps, compiled: Callable[..., Any], w: Any):
        self.compiled, self.now, self.shape = compiled, steps.now, w.shape
        self.carry = steps.begin(w)
        found = steps.read(self.carry)
        self.names = tuple(found)
        self.found = [float(x.ravel()[0]) for x in (steps.place(self.carry), *found.values())]

    def place(self) -> float:
        return self.found[0]

    def step(self, t: int, gradient: float) -> None:
        import numpy

        self.carry, found = self.compiled(
            numpy.full(self.shape, gradient), self.carry, self.now(t)
        )
        self.found = numpy.asarray(found).tolist()

    def values(self) -> dict[str, float]:
        return dict(zip(self.names, self.found[1:], strict=True))


@dataclass(frozen=True)
class Formula:
    """How an optax optimizer is made of settings: a transformation of gradients, for a parameter
    of this shape; `now` are settings of each step, `read` finds what is compared in the parameters
    and the state, `begin` makes them before the first step, `average` a mean of the parameter."""

    made: Callable[[Settings], Any]
    shape: tuple[int, ...] = (1,)
    now: Callable[[Settings, int], Settings] | None = None
    read: Callable[[Any, Any], dict[str, Any]] | None = None
    begin: Callable[[Any, Any], tuple[Any, Any]] | None = None
    average: Callable[[Settings, Any, Any], Any] | None = None

    def __call__(self, settings: Settings) -> Start:
        import jax
        import jax.numpy as jnp

        steps = self.steps(settings)

        def stepped(gradient: Any, carry: Carry, now: Settings) -> tuple[Carry, Any]:
            carry = steps.step(gradient, carry, now)
            found = (steps.place(carry), *steps.read(carry).values())
            return carry, jnp.stack([x.ravel()[0] for x in found])

        compiled = jax.jit(stepped)
        return lambda w0: Optax(steps, compiled, jnp.full(self.shape, w0))

    def steps(self, settings: Settings) -> Steps:
        import optax

        def begin(w: Any) -> Carry:
            made = self.made(settings)
            params, state = self.begin(made, w) if self.begin else (w, made.init(w))
            return params, state, w

        def step(gradient: Any, carry: Carry, now: Settings) -> Carry:
            params, state, mean = carry
            updates, state = self.made({**settings, **now}).update(gradient, state, params)
            params = optax.apply_updates(params, updates)
            return params, state, self.average(settings, params, mean) if self.average else mean

        def read(carry: Carry) -> dict[str, Any]:
            params, state, mean = carry
            found = self.read(params, state) if self.read else {"w": params}
            return {**found, "a": mean} if self.average else found

        def place(carry: Carry) -> Any:
            return getattr(carry[0], "fast", carry[0])

        return Steps(begin, step, read, place, lambda t: self.now(settings, t) if self.now else {})


# Where a library's convention is not the entry's. Where some hyperparameters or some gradients make
# both the same, there is a row with these.
DIFFERS: dict[tuple[str, str], str] = {
    ("adam", "optax"): "no amsgrad in adam; that of optax.amsgrad without its corrections is the "
    "entry's with `uncorrected`, that with them is amsgrad_hat",
    ("adagrad", "optax"): "eps stands inside the root: the same at eps = 0",
    ("adan", "optax"): "the difference of gradients has the factor 1 - beta2, not beta2, and the "
    "decay is w - eta*(u + weight_decay*w): the same at beta2 = 1/2 and eta/(1 + eta*weight_decay)",
    ("adafactor", "optax"): "1 - t**-decay is made in float32, whatever the parameter is: the same "
    "to 1e-6, and by a decay_rate_fn in float64",
    ("adopt", "optax"): "the scaled gradient is clipped to t**(1/4): the same by use_clipping=False",
    ("lars", "optax"): "the rate is |w|/|g + weight_decay*w|, not |w|/(|g| + weight_decay*|w|): the "
    "same without decay, and where g has the sign of w",
    ("muon", "optax"): "with nesterov, g and m are corrected as in NAdam, so that the first signs "
    "may be others: the same where g and m have one sign",
    ("radam", "optax"): "eps is added after the correction of v: the same at eps = 0",
    ("sophia", "optax"): "m is corrected, and q is renewed after the step: the same by gamma and "
    "eps that undo the correction, after a first call with the gradient 0",
    ("yogi", "optax"): "m and v begin at 1e-6, both are corrected: the entry with `corrected` and "
    "that start; scale_by_yogi begins where it is told to",
    ("adafactor", "torch"): "eps1 is the least root of v, the rate is max(eps2, |w|)*min(lr, "
    "1/sqrt(t)): the same at eps1 = 0, |w| < eps2 and lr < 1/sqrt(t)",
    ("asgd", "torch"): "eta and mu are kept in the default type of the process, float32, whatever "
    "the parameter is: the same where that is float64",
    ("ema_weights", "torch"): "AveragedModel copies w when it is first updated: the same where that "
    "is before the first step",
    ("muon", "torch"): "Newton-Schulz in bfloat16 with coefficients that do not add up to 1, m an "
    "average: the same by coefficients that do",
    ("nadam", "torch"): "mu_product is kept in the default type of the process, float32: the same "
    "where that is float64",
}
# Entries, or flags of them, for which neither library has a counterpart, and why.
WITHOUT: dict[str, str] = {}


def optax_rows() -> list[Row]:
    """Every optimizer of optax that has an entry, by arguments that should make both the same."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax
    from optax import contrib

    rows: list[Row] = []

    def add(
        name: str,
        against: str,
        made: Formula | Callable[[Settings], Any],
        *flags: str,
        **more: Any,
    ) -> None:
        formula = made if isinstance(made, Formula) else Formula(made)
        for chosen in flags or ("",):
            rows.append(Row(name, "optax", against, formula, tuple(chosen.split()), **more))

    def coupled(made: Callable[[Settings], Any]) -> Callable[[Settings], Any]:
        """With the decay added to the gradient."""
        return lambda s: optax.chain(
            optax.add_decayed_weights(s.get("weight_decay", 0.0)), made(s)
        )

    def betas(s: Settings) -> dict[str, Any]:
        return {"b1": s["beta1"], "b2": s["beta2"], "eps": s.get("eps", 0.0)}

    def scaled(s: Settings, *parts: Any) -> Any:
        return optax.chain(*parts, optax.scale(-s["eta"]))

    def root(s: Settings, t: int) -> float:
        return math.sqrt(1 - s["beta2"] ** t)

    decay, decoupled = "weight_decay", "weight_decay decoupled_weight_decay"
    none: Range = (0.0, 0.0)
    half: Range = (0.5, 0.5)

    # Momentum.
    momenta = ("", "momentum", "momentum nesterov")
    add(
        "sgd",
        "sgd",
        coupled(lambda s: optax.sgd(s["eta"], s.get("momentum"), "nesterov" in s)),
        *momenta,
        *(f"{momentum} {decay}" for momentum in momenta),
    )
    add("sgdm", "sgd", lambda s: optax.sgd(s["eta"], s["beta"]))
    add("sgdm_ema", "ema, scale", lambda s: scaled(s, optax.ema(s["beta"], debias=False)))
    add(
        "keras_sgd",
        "scale, trace",
        lambda s: optax.chain(optax.scale(-s["eta"]), optax.trace(s["momentum"], nesterov="nesterov" in s)),
        "",
        "nesterov",
    )
    add("heavy_ball", "sgd", lambda s: optax.sgd(s["alpha"], s["beta"]))
    add("nesterov_bengio", "sgd nesterov", lambda s: optax.sgd(s["eta"], s["mu"], True))

    # Adam and its family.
    add("adam", "adam", coupled(lambda s: optax.adam(s["eta"], **betas(s))), "", decay)

    def adamw(s: Settings) -> Any:
        return optax.adamw(s["eta"], **betas(s), weight_decay=s["weight_decay"])

    def adamw_paper(s: Settings) -> Any:
        rate, decay = s["eta"] * s["alpha"], s["weight_decay"] / s["alpha"]
        return optax.adamw(rate, **betas(s), weight_decay=decay)

    def amsgrad_plain(s: Settings) -> Any:
        without = {"bias_correction_mu": False, "bias_correction_nu": False}
        return optax.amsgrad(s["eta"], **betas(s), **without)

    def adam_scaled(s: Settings) -> Any:
        return scaled(s, optax.scale_by_adam(**betas(s)))

    def outside(s: Settings, t: int) -> Settings:
        return {"eps": s["eps"] / root(s, t)}

    def uncorrected(s: Settings, t: int) -> Settings:
        return {"eta": s["eta"] * (1 - s["beta1"] ** t) / root(s, t), **outside(s, t)}

    add("adam", "adamw", adamw, decoupled)
    add("adam", "adam, its corrections undone", Formula(adam_scaled, now=uncorrected), "uncorrected")
    add("adam", "amsgrad without corrections", amsgrad_plain, "uncorrected amsgrad")
    add("adam_eps_hat", "adam, eps/sqrt(1 - beta2**t)", Formula(adam_scaled, now=outside))
    add("adamw", "adamw", adamw)
    add("adamw_paper", "adamw, lr = eta*alpha, weight_decay/alpha", adamw_paper)
    add("amsgrad", "amsgrad without corrections", amsgrad_plain)
    add("amsgrad_hat", "amsgrad", lambda s: optax.amsgrad(s["eta"], **betas(s)))
    adamax = coupled(lambda s: optax.adamax(s["eta"], **betas(s)))
    add("adamax", "adamax", adamax, "eps", f"eps {decay}", "", decay)
    add("nadam", "nadam", coupled(lambda s: optax.nadam(s["eta"], **betas(s))), "", decay)
    add(
        "nadam",
        "nadamw",
        lambda s: optax.nadamw(s["eta"], **betas(s), weight_decay=s["weight_decay"]),
        decoupled,
    )
    radam = coupled(lambda s: optax.radam(s["eta"], **betas(s)))
    add("radam", "radam, eps = 0", radam, "", decay, fixed={"eps": none})

    def yogi(s: Settings) -> Any:
        return scaled(s, optax.scale_by_yogi(**betas(s), initial_accumulator_value=0.0))

    add("yogi", "scale_by_yogi of 0", yogi, "corrected")
    add("yogi", "scale_by_yogi of 0, its corrections undone", Formula(yogi, now=uncorrected))
    add(
        "yogi",
        "yogi",
        lambda s: optax.yogi(s["eta"], **betas(s)),
        "corrected",
        start={"m": "1/10**6", "v": "1/10**6"},
    )
    add(
        "adabelief",
        "adabelief",
        lambda s: optax.adabelief(s["eta"], **betas(s), eps_root=s["eps"]),
    )
    add(
        "adopt",
        "adopt without clipping",
        lambda s: contrib.adopt(s["eta"], **betas(s), use_clipping=False),
    )

    def adan(s: Settings) -> Any:
        decay = s.get("weight_decay", 0.0)
        rate = s["eta"] / (1 + s["eta"] * decay)
        return optax.adan(
            rate, **betas(s), b3=s["beta3"], eps_root=0.0, weight_decay=decay
        )

    add("adan", "adan, beta2 = 1/2", adan, "", decay, fixed={"beta2": half})
    add(
        "ademamix",
        "ademamix",
        lambda s: contrib.ademamix(
            s["eta"],
            **betas(s),
            b3=s["beta3"],
            alpha=s["alpha"],
            weight_decay=s.get("weight_decay", 0.0),
        ),
        "",
        decay,
    )
    add(
        "qhadam",
        "rmsprop with bias_correction, nu1 = 0, nu2 = 1",
        lambda s: optax.rmsprop(
            s["eta"], s["beta2"], s["eps"], eps_in_sqrt=False, bias_correction=True
        ),
        fixed={"nu1": none, "nu2": (1.0, 1.0)},
    )
    add(
        "novograd",
        "novograd",
        lambda s: optax.novograd(s["eta"], **betas(s), weight_decay=s.get("weight_decay", 0.0)),
        "",
        decay,
    )
    add(
        "lamb",
        "lamb",
        lambda s: optax.lamb(s["eta"], **betas(s), weight_decay=s.get("weight_decay", 0.0)),
        "",
        decay,
    )

    def mars(s: Settings) -> Any:
        change = s["gamma"] * s["beta1"] / (1 - s["beta1"])
        steps = optax.adamw(s["eta"], **betas(s), weight_decay=s.get("weight_decay", 0.0))
        return optax.chain(
            optax.scale_by_optimistic_gradient(1.0, change), optax.clip(1.0), steps
        )

    add("mars", "scale_by_optimistic_gradient, clip, adamw", mars, "", decay)

    def curved(s: Settings) -> Any:
        def update(updates: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
            return jnp.full_like(updates, s["h"]), state

        return optax.GradientTransformation(lambda params: optax.EmptyState(), update)

    def sophia(s: Settings) -> Any:
        return contrib.sophia(
            s["eta"],
            **betas(s),
            gamma=s["gamma"],
            weight_decay=s.get("weight_decay", 0.0),
            update_interval=s["k"],
            hessian_diagonal_fn=curved(s),
        )

    def measured(made: Any, w: Any) -> tuple[Any, Any]:
        return w, made.update(jnp.zeros_like(w), made.init(w), w)[1]

    def undone(s: Settings, t: int) -> Settings:
        corrected = 1 - s["beta1"] ** (t + 1)
        return {"gamma": s["gamma"] / corrected, "eps": s["eps"] / corrected}

    against = "sophia after a gradient of 0, its correction undone"
    add("sophia", against, Formula(sophia, now=undone, begin=measured), "", decay)

    # Scaled by past gradients.
    def rmsprop(s: Settings) -> Any:
        return optax.rmsprop(
            s["eta"],
            s["alpha"],
            s["eps"],
            initial_scale=s.get("first", 0.0),
            eps_in_sqrt=s.get("inside", False),
            centered="centered" in s,
            momentum=s.get("momentum"),
        )

    for flags in choices("momentum", decay):
        add("rmsprop", "rmsprop, eps_in_sqrt=False", coupled(rmsprop), " ".join(flags))
        flags = ("centered", *flags)
        against = "rmsprop, eps_in_sqrt=False"
        add("rmsprop", against, coupled(rmsprop), " ".join(flags), fixed=SLOW)

    def inside(s: Settings) -> Any:
        return rmsprop({**s, "inside": True})

    def of_one(s: Settings) -> Any:
        return rmsprop({**s, "inside": True, "first": 1.0})

    add("rmsprop_tf", "rmsprop", inside, "", "momentum")
    add("rmsprop_tf", "rmsprop", inside, "centered", "centered momentum", fixed=SLOW)
    add("rmsprop_tf", "rmsprop, initial_scale = 1", of_one, "", "momentum", start={"v": "1"})

    def adagrad(s: Settings) -> Any:
        return optax.adagrad(s["eta"], s.get("initial_accumulator_value", 0.0), eps=s["eps"])

    first = ("", "initial_accumulator_value")
    for flags in choices("initial_accumulator_value", decay):
        add("adagrad", "adagrad, eps = 0", coupled(adagrad), " ".join(flags), fixed={"eps": none})
    add("shampoo", "adagrad of 0", adagrad)
    add(
        "adadelta",
        "adadelta",
        lambda s: optax.adadelta(
            s["eta"], s["rho"], s["eps"], weight_decay=s.get("weight_decay", 0.0)
        ),
        "",
        decay,
    )

    def adafactor(s: Settings) -> Any:
        factored = optax.scale_by_factored_rms(
            decay_rate=s["decay"],
            epsilon=s["eps1"],
            decay_rate_fn=lambda count, power: 1 - (count + 1.0) ** -power,
        )
        return scaled(s, factored, optax.clip_by_block_rms(s["d"]))

    add("adafactor", "scale_by_factored_rms in float64, clip_by_block_rms", adafactor)

    # Signs.
    add("signsgd", "sign_sgd", lambda s: optax.sign_sgd(s["eta"]))
    add("signum", "signum", lambda s: optax.signum(s["eta"], s["beta"]))
    add(
        "lion",
        "lion",
        lambda s: optax.lion(
            s["eta"], s["beta1"], s["beta2"], weight_decay=s.get("weight_decay", 0.0)
        ),
        "",
        decay,
    )
    add(
        "rprop",
        "rprop",
        lambda s: optax.rprop(s["eta"], s["eta_minus"], s["eta_plus"], s["s_min"], s["s_max"]),
    )

    def lars(s: Settings) -> Any:
        rates = {"trust_coefficient": s["eta"], "momentum": s["mu"]}
        return optax.lars(s["gamma"], s["weight_decay"], **rates)

    add("lars", "lars, weight_decay = 0", lars, fixed={"weight_decay": none})
    alike = ("constant", "geometric", "linear")
    add("lars", "lars, gradients of the sign of w", lars, same=alike, positive=True)

    def muon(s: Settings) -> Any:
        coefficients, nesterov = (1.875, -1.25, 0.375), "nesterov" in s
        return contrib.muon(s["eta"], coefficients, beta=s["mu"], eps=0.0, nesterov=nesterov)

    matrix = Formula(muon, shape=(1, 1))
    add("muon", "muon", matrix, off=("nesterov",))
    alike = ("constant", "geometric", "alternating")
    add("muon", "muon, gradients of the sign of m", matrix, "nesterov", same=alike)

    # Averages.
    def lookahead(s: Settings) -> Any:
        return optax.lookahead(optax.sgd(s["eta"]), s["k"], s["alpha"])

    def synced(made: Any, w: Any) -> tuple[Any, Any]:
        both = optax.LookaheadParams.init_synced(w)
        return both, made.init(both)

    def both(params: Any, state: Any) -> dict[str, Any]:
        return {"w": params.fast, "s": params.slow}

    def evaluated(params: Any, state: Any) -> dict[str, Any]:
        return {"w": contrib.schedule_free_eval_params(state, params), "z": state.z}

    def moved(s: Settings, new: Any, old: Any) -> Any:
        return optax.incremental_update(new, old, 1 - s["beta"])

    add("lookahead", "lookahead", Formula(lookahead, begin=synced, read=both))
    add(
        "schedule_free_sgd",
        "schedule_free_sgd",
        Formula(lambda s: contrib.schedule_free_sgd(s["eta"], b1=s["beta"]), read=evaluated),
    )
    add(
        "schedule_free_adamw",
        "schedule_free_adamw",
        Formula(
            lambda s: contrib.schedule_free_adamw(
                s["eta"], **betas(s), weight_decay=s.get("weight_decay", 0.0)
            ),
            read=evaluated,
        ),
        "",
        decay,
    )
    add(
        "ema_weights",
        "incremental_update",
        Formula(lambda s: optax.sgd(s["eta"]), average=moved),
    )
    return rows

"""What one asks: an optimizer solved, a receptive field, a size. Each gives a Run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Expr, Integer, Symbol

from derive.desk.budget import SECONDS
from derive.desk.given import conditions, value
from derive.desk.run import Run
from derive.model.claims import Derivation, DeriveError
from derive.model.layers import conv
from derive.model.library import library
from derive.model.memory import Memory
from derive.model.program import Program
from derive.model.recurrence import SCALED, Training
from derive.model.stacks import DEPTH, ORDER, Stack
from derive.model.text import nearest
from derive.model.windows import Window
from derive.notation import Notation
from derive.solving.chain import Known
from derive.solving.memory import ratio
from derive.solving.optimizers import closed_form, depends_on, scaling
from derive.solving.stacks import at_input, exact_size, example, general, really_read, room, size


def optimizer(name: str, own: Mapping[str, Program] | None = None) -> Program:
    """The optimizer of that name, from `own` or the library. Raises DeriveError with the nearest."""
    known = {**library(), **(own or {})}
    if name not in known:
        raise DeriveError(f'no optimizer "{name[:60]}"{nearest(name, known)}')
    return known[name]


def solve(
    program: Program | str | Sequence[str],
    gradient: Any = "c",
    start: Mapping[str, Any] | None = None,
    ranges: Any = (),
    notation: Notation | None = None,
    seconds: float | None = SECONDS,
    **values: Any,
) -> Run:
    """Closed forms of all that an optimizer keeps, under a constant gradient; or of recurrences, given as text.

    An optimizer is a Program or a name of the library; recurrences are `"x(t+2) = x(t+1) + x(t)"` or a list of such, with
    `start={"x": "0, 1"}`; their Run is a Solved. `seconds` bounds the time of the latter (None: no bound; TooHard is raised).

    `gradient` and `values` (hyperparameters, `eps=0`, `beta="9/10"`, `eta="alpha"`) are numbers, text or sympy expressions;
    `start` gives states their first value; `ranges` what letters of your own must meet, `"c > 0"`. Raises DeriveError.
    """
    if isinstance(program, list | tuple) or (isinstance(program, str) and "=" in program):
        from derive.desk.divide import divide, divides  # an optimizer needs nothing of these, which take long to import
        from derive.desk.recurrences import solve_recurrence

        texts = [program] if isinstance(program, str) else program
        if len(texts) == 1 and divides(texts[0]):
            return divide(texts[0], start, ranges, seconds, values)
        return solve_recurrence(program, start, ranges, seconds, values)
    program = optimizer(program) if isinstance(program, str) else program  # type: ignore[assignment]
    assert isinstance(program, Program)
    model = Training(
        program,
        value(gradient, "gradient"),
        {k: value(v, f"start of {k}") for k, v in (start or {}).items()},
        {k: value(v, k) for k, v in values.items()},
        conditions(ranges, "ranges"),
    )
    makers = {name: lambda run, name=name: closed_form(name, model, run.closed(name)) for name in model.recurrence.equations}
    return Run(model, makers, "w", notation, lambda name: depends_on(name, model))


def scale(program: Program | str, start: Mapping[str, Any] | None = None, notation: Notation | None = None, **values: Any) -> Run:
    """How each quantity grows when every gradient, whatever it is, is multiplied by s > 0. Names end in `_s`."""
    program = optimizer(program) if isinstance(program, str) else program
    given = {k: value(v, k) for k, v in values.items()}
    model = Training(program, None, {k: value(v, k) for k, v in (start or {}).items()}, given, (), Symbol("s"))
    chains = {d.goal.func.__name__: d for d in scaling(model)}
    makers = {name: lambda run, name=name: chains[name] for name in chains}
    before = {name: tuple(list(chains)[:number]) for number, name in enumerate(chains)}
    return Run(model, makers, f"w{SCALED}", notation, before.__getitem__)


def memory_ratio(first: Program | str, second: Program | str, notation: Notation | None = None) -> Run:
    """How many times more the first optimizer stores for each parameter, beside the parameter."""
    programs = tuple(optimizer(p) if isinstance(p, str) else p for p in (first, second))
    model = Memory(programs)
    return Run(model, {"ratio": lambda run: ratio(model)}, "ratio", notation)


def receptive_field(
    K: Any = None,
    S: Any = None,
    L: Any = None,
    notation: Notation | None = None,
    D: Any = None,
    P: Any = None,
    repeat: Any = None,
) -> Run:
    """The receptive field W of a stack of convolutions, counted from the input, and with it (see Stack) the step J between
    neighbouring outputs' fields, the first and last position left and right, and the least input N for W_out outputs.

    Kernel sizes K, strides S, dilations D, paddings P on each side: a list with one number a layer; or the text "K(l)" for
    letters, for L layers or a symbolic depth; without K and S both are letters. Another text, such as "K" or "2**(l - 1)", or
    one number, is every layer's size; `repeat="n"` makes the lists a block that is repeated (see Regular). Raises DeriveError.
    """
    given = {letter: x for letter, x in (("K", K), ("S", S), ("D", D), ("P", P)) if x is not None}
    texts = {letter: x for letter, x in given.items() if not isinstance(x, list | tuple)}
    if repeat is not None or any(str(x).replace(" ", "") != f"{letter}(l)" for letter, x in texts.items()):
        from derive.desk.depth import regular  # an optimizer needs nothing of it

        return regular(given, L, repeat)
    varies = "KS" + "".join(letter for letter in "DP" if letter in given)
    if texts or not given:
        if len(texts) < len(given):
            raise DeriveError(f"{', '.join(set(given) - set(texts))}: lists of numbers and letters do not go together")
        return _any_stack(Stack(DEPTH if L is None else value(L, "L"), varies), notation)
    lists = {letter: _numbers(letter, x) for letter, x in given.items()}
    depth = max(map(len, lists.values()))
    ones = {letter: (Integer(1),) * depth for letter in "KS"}
    stack = Stack(Integer(depth if L is None else L), varies, ones | {k: tuple(x) for k, x in lists.items()})
    formula = _any_stack(Stack(DEPTH, varies), None)

    def of_numbers(name: str) -> Derivation:
        fact = formula.derivation(name).claim
        return example(stack, replace(fact, right=fact.right.xreplace({DEPTH: stack.depth})), known)

    known = Known(stack.recurrence, stack.ranges)
    makers: dict[str, Any] = {name: lambda run, name=name: of_numbers(name) for name in _asked(stack)}
    return Run(stack, {**makers, "read": lambda run: really_read(stack)}, "W", notation)


def _asked(stack: Stack) -> tuple[str, ...]:
    """The sequences that a stack is asked for."""
    return tuple(name for name in ORDER if name not in ("left", "right") or "P" in stack.varies)


def _any_stack(stack: Stack, notation: Notation | None) -> Run:
    """For each sequence its form for every layer, such as J_l, and from it the one at the input, J."""
    layers = {name: "layers" if name == "W" else f"{name}_l" for name in _asked(stack)}
    rests = {"N": ("M_l",), "W": () if stack.varies == "KS" else ("R_l",)}
    needed = {at: rests.get(name, ()) for name, at in layers.items()}
    needed |= {name: (at, *needed[at]) for name, at in layers.items()}
    makers: dict[str, Any] = {}
    for name, at in layers.items():
        makers[at] = lambda run, name=name, at=at: general(stack, name, run.closed(at))
        makers[name] = lambda run, name=name, at=at: at_input(stack, name, run.derivation(at).claim)
    return Run(stack, makers, "W", notation, needed.__getitem__)


def _numbers(letter: str, given: Sequence[Any]) -> list[Expr]:
    return [value(x, f"{letter}[{n}]") for n, x in enumerate(given, 1)]


def window(asked: str, given: Any, K: Any, P: Any, S: Any, notation: Notation | None = None) -> Run:
    """One convolution asked for "out", "min_in" or "reads" (see Window)."""
    layer = conv(value(K, "K"), value(S, "S"), value(P, "P"), Integer(1))
    model = Window(layer, value(given, "width"), asked)
    makers: dict[str, Any] = {asked: lambda run: size(model)}
    if asked == "out" and exact_size(model, size(model)) is not None:
        makers["exact"] = lambda run: _exact(model, run.derivation(asked))
        makers["fits"] = lambda run: room(model)
    return Run(model, makers, asked, notation)


def _exact(model: Window, general_: Derivation) -> Derivation:
    chain = exact_size(model, general_)
    assert chain is not None
    return chain


def out_size(W: Any = "W_in", K: Any = "K", P: Any = 0, S: Any = 1) -> Run:
    """How many outputs a convolution has: width W, kernel size K, padding P on each side, stride S; numbers or letters."""
    return window("out", W, K, P, S)


def min_input(W_out: Any = "W_out", K: Any = "K", P: Any = 0, S: Any = 1) -> Run:
    """The least input width that gives W_out outputs. Below 1 where the padding alone is wide enough."""
    return window("min_in", W_out, K, P, S)

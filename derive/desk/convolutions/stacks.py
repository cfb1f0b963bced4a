"""What one asks of convolutions: the receptive field of a stack, the size of an output. Each gives
a Run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sympy import Symbol

from derive.desk.convolutions.given import as_stack, each_of, layers_of, lettered, no_word
from derive.desk.given import value
from derive.desk.run import Run
from derive.errors import DeriveError, nearest
from derive.model.convolutions.layers import conv
from derive.model.convolutions.network import chain
from derive.model.convolutions.sizes import Sizes
from derive.model.convolutions.stacks import ORDER, OUTPUTS, Stack
from derive.model.convolutions.windows import Window
from derive.model.language.claims import DEPTH, LEVEL, Claim, Derivation
from derive.model.language.terms import rebound
from derive.notation import Notation
from derive.solving.chain import Known
from derive.solving.convolutions.passes import sized
from derive.solving.convolutions.sizes import stack_size
from derive.solving.convolutions.stacks import at_input, example, general, really_read
from derive.solving.convolutions.windows import exact_size, room, size

if TYPE_CHECKING:
    from derive.desk.convolutions.depth import Regular


SIDES = ("left", "right", "centre")
SIDES_NEED = "asked where paddings P are given; without them a field is 0 to W - 1"


class Field(Run):
    """The receptive field of a stack, and what goes with it. `sizes` are the layers' as they were
    given."""

    questions = ("O", "drawing")  # of a problem file, beside the names

    def __init__(
        self,
        stack: Stack,
        makers: Mapping[str, Any],
        notation: Notation | None,
        sizes: Mapping[str, Any],
        needed: Any = None,
    ):
        super().__init__(stack, makers, "W", notation, needed)
        self.sizes = sizes or {"K": "K(l)", "S": "S(l)"}

    def __getattr__(self, name: str) -> Any:
        if name in SIDES and name not in self.__dict__.get("_makers", {}):
            raise AttributeError(f"{name}: {SIDES_NEED}")
        return super().__getattr__(name)

    def derivation(self, name: str | None = None) -> Derivation:
        """The chain of steps for a name. Raises DeriveError for a name that is not derived."""
        if name in SIDES and name not in self._makers:
            raise DeriveError(f"{name}: {SIDES_NEED}")
        return super().derivation(name)

    def outputs(self, width: Any = "W_in") -> Run:
        """How many outputs the layers have on an input of a width (see `out_size`)."""
        return out_size(W=width, notation=self.notation, **self.sizes)


def receptive_field(
    K: Any = None,
    S: Any = None,
    L: Any = None,
    notation: Notation | None = None,
    D: Any = None,
    P: Any = None,
    repeat: Any = None,
) -> Field | Regular:
    """The receptive field W of a stack of convolutions, counted from the input, and with it (see
    Stack) the step J between neighbouring outputs' fields, the least input N for W_out outputs and,
    where paddings P are given, the first and last position left and right and the middle, centre.

    Kernel sizes K, strides S, dilations D, paddings P on each side: a list with one number a layer;
    or the text "K(l)" for letters, for L layers or a symbolic depth; without K and S both are
    letters. Another text, such as "K" or "2**(l - 1)", or one number, is every layer's size;
    `repeat="n"` makes the lists a block that is repeated (see Regular). Raises DeriveError.
    """
    given = {letter: x for letter, x in (("K", K), ("S", S), ("D", D), ("P", P)) if x is not None}
    if isinstance(K, str):
        from derive.reading.networks.library import networks

        if K in networks():
            raise DeriveError(f'K = "{K}": that is a network; write analyse("{K}")')
    no_word(P)
    if given and all(isinstance(x, list | tuple) and not x for x in given.values()) and not repeat:
        name = next(iter(given))
        raise DeriveError(f"{name} = []: a stack has a layer at least; write one number a layer")
    given = each_of(given, L)
    texts = [letter for letter, x in given.items() if not isinstance(x, list | tuple)]
    if repeat is not None or not all(lettered(letter, given[letter]) for letter in texts):
        from derive.desk.convolutions.depth import regular  # with the solver: a key may do without

        return regular(given, L, repeat, notation)
    return of_stack(as_stack(given, L), notation, given)


def of_stack(stack: Stack, notation: Notation | None, given: Mapping[str, Any]) -> Field:
    """The receptive field of a stack of letters, or of lists of sizes."""
    if stack.values is None:
        return _any_stack(stack, notation, given)
    formula = _any_stack(Stack(DEPTH, stack.varies), None, {})

    def of_numbers(name: str) -> Derivation:
        fact = formula.derivation(name).claim
        general = rebound(fact.right, set(map(Symbol, stack.letters)))
        chain = example(stack, Claim(fact.left, general.xreplace({DEPTH: stack.depth})), known)  # type: ignore[arg-type]
        least = _least_outputs(stack) if name == "N" and not stack.letters else 1
        return chain if least == 1 else replace(chain, asks=(*chain.needs, least <= OUTPUTS))

    known = Known(stack.recurrence, stack.ranges, (), stack.letters)
    makers: dict[str, Any] = {
        name: lambda run, name=name: of_numbers(name) for name in _asked(stack)
    }
    if not stack.letters:
        makers["read"] = lambda run: really_read(stack)
    return Field(stack, makers, notation, given)


def _least_outputs(stack: Stack) -> int:
    """From how many outputs on each layer has an input of its own: fewer may read padding alone."""
    needed = 1
    for layer in list(layers_of(stack))[1:]:
        room = needed - int(layer.reach) - 1 + sum(map(int, layer.padding))
        needed = max(1, -(-room // int(layer.stride)) + 1)
    return needed


def asked(name: str, given: Mapping[str, Any], depth: Any = None, repeat: Any = None) -> Run:
    """The run that has a sequence of a stack: O, the number of outputs, or any other (see
    `receptive_field`)."""
    sizes = {letter: x for letter, x in given.items() if x is not None}
    run = receptive_field(L=depth, repeat=repeat, **sizes)
    return run.outputs() if name == "O" else run


def _asked(stack: Stack) -> tuple[str, ...]:
    """The sequences that a stack is asked for."""
    return tuple(
        name for name in ORDER if name not in ("left", "right", "centre") or "P" in stack.varies
    )


def _any_stack(stack: Stack, notation: Notation | None, sizes: Mapping[str, Any]) -> Field:
    """For each sequence its form for every layer, such as J_l, and from it the one at the input,
    J."""
    layers = {name: "layers" if name == "W" else f"{name}_l" for name in _asked(stack)}
    rests = {"N": ("M_l",), "W": () if stack.varies == "KS" else ("R_l",)}
    needed = {at: rests.get(name, ()) for name, at in layers.items()}
    needed |= {name: (at, *needed[at]) for name, at in layers.items()}
    makers: dict[str, Any] = {}
    for name, at in layers.items():
        makers[at] = lambda run, name=name, at=at: general(stack, name, run.closed(at))
        makers[name] = lambda run, name=name, at=at: at_input(stack, name, run.derivation(at).claim)
    return Field(stack, makers, notation, sizes, needed.__getitem__)


def window(
    asked: str, given: Any, K: Any, P: Any, S: Any, notation: Notation | None = None, D: Any = 1
) -> Run:
    """One convolution asked for "out", "min_in" or "reads" (see Window)."""
    no_word(P)
    layer = conv(value(K, "K"), value(S, "S"), value(P, "P"), value(D, "D"))
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


def out_size(
    W: Any = "W_in",
    K: Any = "K",
    P: Any = 0,
    S: Any = 1,
    D: Any = 1,
    notation: Notation | None = None,
    **unknown: Any,
) -> Run:
    """How many outputs a convolution has: width W, kernel size K, padding P on each side, stride S,
    dilation D, or letters.

    With lists, one value a layer, or with "K(l)" and the like, how many each layer of a stack has,
    O(l). Raises DeriveError.
    """
    for name in unknown:
        raise DeriveError(
            f'out_size takes no "{name}"{nearest(name.upper(), ("W", "K", "P", "S", "D"))}'
        )
    given = {"K": K, "P": P, "S": S, "D": D}
    if not any(isinstance(x, list | tuple) or lettered(letter, x) for letter, x in given.items()):
        return window("out", W, K, P, S, notation, D)
    no_word(P)
    default = {"K": "K", "P": 0, "S": 1, "D": 1}
    stack = as_stack(
        {letter: x for letter, x in given.items() if letter in "KS" or x != default[letter]}, None
    )
    model = Sizes(stack, value(W, "W"))
    if stack.values is None:
        return Run(model, {"O": lambda run: stack_size(model)}, "O", notation)
    if model.given.is_Integer and not stack.letters:
        sized(chain(layers_of(stack)), int(model.given))  # names the layer at which nothing is left
    formula = stack_size(Sizes(Stack(DEPTH, stack.varies), model.given)).claim
    at = {LEVEL: stack.depth}
    fact = Claim(
        formula.left.xreplace(at),
        rebound(formula.right, set(map(Symbol, stack.letters))).xreplace(at),
    )
    return Run(
        model, {"O": lambda run: example(stack, fact, Known(None, model.ranges))}, "O", notation
    )


def min_input(W_out: Any = "W_out", K: Any = "K", P: Any = 0, S: Any = 1, D: Any = 1) -> Run:
    """The least input width that gives W_out outputs. Below 1 where the padding alone is wide
    enough."""
    return window("min_in", W_out, K, P, S, D=D)

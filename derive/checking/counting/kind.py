"""What is said of a kind of model so that it can be counted."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Basic

from derive.checking.counting.unroll import Sequences
from derive.checking.numbers.evaluate import Env

SPREAD = 10**6
FEW = 5  # sizes of layers that are stacked on one another
HEIGHT = 2_000  # fractions p/q with q up to this: 1.2 million of them lie between 0 and 1
LARGE = (20, 25)  # the large index of a claim's worlds
SHOWN = 4  # layers whose sizes a witness lists

Draw = Callable[[random.Random], Any]


@dataclass(frozen=True)
class Kind:
    """`truth(model, env)` gives the sequences in a world; `letters(model)` what it reads though
    a claim may not name it; `drawn(model)` the sequences that nothing determines, each with how
    its values are drawn; `most(model, name)` up to where a whole letter is drawn, `near_one`
    whether some are drawn near 1; `more` are numbers of further worlds, which `bent(rng, model,
    env, number)` bends to where answers that are wrong differ; `squares(model)` letters that are
    drawn as squares, so that their roots are exact; `sizes` the sequences of which a witness
    lists the first values;
    `proof(model)` a proof of its own for its claims (claim, model, known), where it has one."""

    truth: Callable[[Any, Env], Sequences]
    letters: Callable[[Any], Sequence[Basic]] = lambda model: ()
    drawn: Callable[[Any], dict[str, Draw]] = lambda model: {}
    most: Callable[[Any, str], int] = lambda model, name: SPREAD
    near_one: bool = False
    more: tuple[int, ...] = ()
    bent: Callable[[random.Random, Any, Env, int], None] = lambda rng, model, env, index: None
    squares: Callable[[Any], frozenset[str]] = lambda model: frozenset()
    sizes: tuple[str, ...] = ()
    proof: Callable[[Any], Callable[..., bool | None] | None] = lambda model: None

"""The plain data that every room understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sympy import Basic, Expr, Function, Lambda, Symbol
from sympy.core.relational import Relational

from derive.errors import DeriveError as DeriveError  # every room raises it beside its claims

T = Symbol("t")  # the index of a program
LEVEL, DEPTH = Symbol("l"), Symbol("L")  # the layer, which counts down, and how many there are
sequence = cache(Function)  # m, of m(t), by its name: sympy would make a class for each mention


class NoClosedForm(DeriveError):
    """No closed form is known. `why` says it in words, `lines` in equations, as (left, right)."""

    def __init__(self, what: str, why: str, lines: tuple[tuple[Expr, Expr], ...] = ()):
        shown = "".join(f"; {left} = {right}" for left, right in lines)
        super().__init__(f"{what}: no closed form is known here: {why}{shown}")
        self.why, self.lines = why, lines


@dataclass(frozen=True)
class Root:
    """`name(1)`, ..., `name(d)` are the d roots, in any order, of a polynomial in `variable` of
    degree d, none repeated."""

    name: str
    polynomial: Expr
    variable: Symbol


@dataclass(frozen=True)
class Let:
    """A name for `value`: a constant, or, with an `index`, the sequence name(index)."""

    name: str
    value: Expr
    index: Symbol | None = None


@dataclass(frozen=True)
class Claim:
    """`left = right`, for all values that meet `needs` and the model's ranges. Both sides stay as
    written.

    sympy's `Eq` cannot hold a claim: it turns `c*b = b*c` into True and a false line into False.
    """

    left: Expr
    right: Expr
    needs: tuple[Basic, ...] = ()


Examples = tuple[tuple[Expr, Expr | None], ...]
Binding = Mapping[Any, Expr | Lambda]


@dataclass(frozen=True)
class Law:
    """A general equation whose symbols and functions are bound by a step.

    `needs` are the relations it assumes (what it divides by is not 0), `given` the equations it
    starts from, as (left, right).
    """

    left: Expr
    right: Expr
    needs: tuple[Basic, ...] = ()
    given: tuple[tuple[Expr, Expr], ...] = ()


@dataclass(frozen=True)
class Rule:
    """A reason, as printed, with its law (None: pure algebra, or the facts in `uses` alone).

    `apply(expr, known)` gives the step it can make on `expr`, or None where it does not fit: always
    of a rule that a chain takes by its name.
    `examples` are (expression, expected result, or None where the rule must refuse). `line` says
    how a brief key sets the step: on its "own" line; "plain", the same with its reason left out; at
    the "start" of the line below; "before", joined to the line above; "silent", the same with its
    reason left out; "after", joined to the line below, which says its reason.
    """

    name: str
    law: Law | None
    apply: Callable[..., Step | None] = lambda expr, known: None
    shown: Callable[[], Examples] = tuple
    line: str = "own"

    @property
    def examples(self) -> Examples:
        """Made when asked for: building them would cost every start of the program a fifth of what
        sympy's own costs."""
        return self.shown()


@dataclass(frozen=True)
class Step:
    """One `=`: the claim, the rule that gives it, how the rule's law is bound, the facts it takes
    from elsewhere.

    `again` are the bindings of the same law where it is used on more than one part of the line, one
    after the other.
    """

    claim: Claim
    rule: Rule
    binding: Binding
    uses: tuple[Claim, ...] = ()
    again: tuple[Binding, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """A chain `goal = ... = answer`, after `lemmas`: lines of their own that the chain takes up.

    `where` says what names mean that the problem does not have: roots of a polynomial, constants,
    sequences in between.
    """

    goal: Expr
    steps: tuple[Step, ...]
    lemmas: tuple[Step, ...] = ()
    where: tuple[Root | Let, ...] = ()
    asks: tuple[Basic, ...] | None = None  # what the answer needs, where its way needs more

    @property
    def answer(self) -> Expr:
        return self.steps[-1].claim.right if self.steps else self.goal

    @property
    def needs(self) -> tuple[Basic, ...]:
        """The conditions under which the answer holds: those of the last line, which carries on
        what led to it, or fewer."""
        if self.asks is not None:
            return self.asks
        return self.steps[-1].claim.needs if self.steps else ()

    @property
    def claim(self) -> Claim:
        """The first and the last side as one claim: what the derivation is for."""
        return Claim(self.goal, self.answer, self.needs)


@dataclass(frozen=True)
class Verdict:
    """PROVED, COUNTED, FAILS or UNCHECKED; `seal` names which check decided; `worlds` how many were
    counted; `witness` the values at which the sides differ; `reason` why it fails or could not be
    checked."""

    kind: str
    seal: str
    worlds: int = 0
    witness: tuple[tuple[str, str], ...] = ()
    reason: str = ""

    @property
    def holds(self) -> bool:
        return self.kind in ("PROVED", "COUNTED")

    def __str__(self) -> str:
        if self.kind == "COUNTED":
            return f"COUNTED ({self.worlds} world{'' if self.worlds == 1 else 's'})"
        if self.kind == "PROVED":
            return self.kind
        at = ", ".join(f"{name} = {value}" for name, value in self.witness)
        return f"{self.kind} ({self.seal}: {'; '.join(filter(None, (self.reason, at)))})"


def relation(kind: type[Relational], left: Expr, right: Expr) -> Basic:
    """The relation as it is written; only what has no letters is decided. sympy would ask its
    assumptions, which say nothing."""
    made = kind(left, right, evaluate=False)
    return made.doit() if left.is_number and right.is_number else made


def free_symbols(*parts: Basic) -> list[Symbol]:
    """The free symbols of all parts, by name: sets have no order of their own."""
    found: set[Symbol] = set().union(*(part.free_symbols for part in parts))  # type: ignore[arg-type]
    return sorted(found, key=lambda s: s.name)

"""Which hyperparameters make one linear optimizer do what another does, and what its states then
are.

Two runs are the same for every gradient where the place at which each takes the gradient is the
same sequence: where both have the same transfer function from gradients to places, place'(z) =
C (z - A)^-1 b, and begin alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Matrix, Poly, S, Symbol, cancel, eye, groebner, numer, solve, together

from derive.model.recurrences.systems import System
from derive.solving.recurrences.kernel.algebra.fields import in_factors

Z = Symbol("__z")


@dataclass(frozen=True)
class Match:
    """The second optimizer's hyperparameters in those of the first, and its states as sums of the
    first one's states."""

    letters: Mapping[Symbol, Expr]
    states: Mapping[str, tuple[Expr, ...]]


def matches(one: System, other: System, unknown: tuple[Symbol, ...]) -> Iterator[Match]:
    """Each choice of the `unknown` letters of the other system, which has none of the first one's
    letters, under which both take the gradient at the same places."""
    for letters in _choices(one, other, unknown):
        made = _put(other, letters)
        states = _states(one, made)
        if states is not None:
            yield Match(letters, dict(zip(other.states, states, strict=True)))


def _choices(one: System, other: System, unknown: tuple[Symbol, ...]) -> list[dict[Symbol, Expr]]:
    equations = [e for e in _equations(one, other) if e != 0]
    if not equations:
        return [{}]
    if not unknown or any(not e.free_symbols & set(unknown) for e in equations):
        return []
    found: list[dict[Symbol, Expr]] = solve(equations, unknown, dict=True, simplify=False)
    return [{k: in_factors(cancel(v)) for k, v in each.items()} for each in found]


def _equations(one: System, other: System) -> list[Expr]:
    """What is zero where both transfer functions, and both beginnings, are the same."""
    found = []
    for push in ("push", "start"):
        (top, bottom), (above, below) = (_transfer(s, getattr(s, push)) for s in (one, other))
        gap = numer(together(top * below - above * bottom)).expand()
        found += [c.expand() for c in Poly(gap, Z).all_coeffs()]
    return found


def _transfer(system: System, push: tuple[Expr, ...]) -> tuple[Expr, Expr]:
    """Top and bottom of place (z - A)^-1 push."""
    size = len(system.states)
    matrix = Z * eye(size) - Matrix(system.matrix)
    top = (Matrix([system.place]) * matrix.adjugate() * Matrix(push))[0]
    return top.expand(), matrix.det(method="berkowitz").expand()


def _put(system: System, letters: Mapping[Symbol, Expr]) -> System:
    def row(values: tuple[Expr, ...]) -> tuple[Expr, ...]:
        return tuple(cancel(v.subs(letters)) for v in values)

    return System(
        system.states, tuple(map(row, system.matrix)), row(system.push), row(system.place),
        row(system.start),
    )  # fmt: skip


def _states(one: System, other: System) -> list[tuple[Expr, ...]] | None:
    """The other's states as sums of the first one's: what a push makes of both after 0, 1, ...
    steps spans them. None where they do not fit together."""
    size = len(one.states)
    reached, wanted = (_reached(s, size) for s in (one, other))
    if cancel(reached.det(method="berkowitz")) == 0:
        return None
    change = (wanted * reached.adjugate() / reached.det(method="berkowitz")).applyfunc(cancel)
    turned = change * Matrix(one.matrix) - Matrix(other.matrix) * change
    begins = change * Matrix(one.start) - Matrix(other.start)
    if any(cancel(gap) != 0 for gap in (*turned, *begins)):
        return None
    return [tuple(map(in_factors, change.row(n))) for n in range(len(other.states))]


def _reached(system: System, size: int) -> Any:
    columns = [Matrix(system.push)]
    for _ in range(size - 1):
        columns.append(Matrix(system.matrix) * columns[-1])
    return Matrix.hstack(*columns)


def parts_after(
    one: System, other: System, unknown: tuple[Symbol, ...], most: int = 8
) -> int | None:
    """After how many steps no choice of the unknown letters takes the gradient at the same place
    any more, the first gradient alone not zero; None where it is not seen. The letters of the first
    system are numbers here."""
    equations: list[Expr] = []
    first, second = (Matrix(s.push) for s in (one, other))
    for steps in range(1, most + 1):
        gap = (Matrix([one.place]) * first - Matrix([other.place]) * second)[0]
        equations.append(numer(together(gap)).expand())
        live = [e for e in equations if e != 0]
        if any(e.is_number for e in live) or (live and unknown and _impossible(live, unknown)):
            return steps
        first, second = Matrix(one.matrix) * first, Matrix(other.matrix) * second
    return None


def _impossible(equations: list[Expr], unknown: tuple[Symbol, ...]) -> bool:
    return list(groebner(equations, *unknown, order="grevlex").exprs) == [S.One]

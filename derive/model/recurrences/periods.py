"""Which letters of some equations stand for whole numbers."""

from __future__ import annotations

from collections.abc import Collection

from sympy import Basic, Expr, Mod, Pow, Symbol, ceiling, floor
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational


def whole_letters(
    equations: Collection[Expr], index: Symbol
) -> tuple[frozenset[str], tuple[Basic, ...]]:
    """The names of letters that are whole numbers: periods, what the index is compared with, and
    exponents of negative numbers. The first two are at least 1, which is said."""
    whole = frozenset(s.name for e in equations for s in _compared(e, index))
    needs = tuple(Symbol(name) >= 1 for name in sorted(whole))
    return whole | {s.name for e in equations for s in _turning(e, index)}, needs


def _compared(expr: Expr, index: Symbol) -> set[Symbol]:
    """Periods, and what the index is compared with; not what a value is compared with."""
    found: set[Symbol] = set()
    for part in expr.atoms(Mod, Relational):
        if index not in part.free_symbols or part.atoms(AppliedUndef):
            continue
        sides = part.args[1:] if isinstance(part, Mod) else part.args
        found |= {s for side in sides if not side.has(Mod) for s in side.free_symbols if s != index}  # type: ignore[misc]
    for step in expr.atoms(floor, ceiling):  # floor(t/k): k steps alike
        slope = step.args[0].diff(index)
        if slope.is_Pow and slope.exp == -1 and slope.base.is_Symbol:
            found.add(slope.base)
    return found


def _turning(expr: Expr, index: Symbol) -> set[Symbol]:
    """Letters in the exponents of negative numbers: (-1)**k has a value for whole numbers k."""
    powers = [p for p in expr.atoms(Pow) if p.base.is_number and p.base.is_negative]
    return {s for p in powers for s in p.exp.free_symbols if s != index}

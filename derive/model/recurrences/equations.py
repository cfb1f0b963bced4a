"""From equations to a Stated model: places brought to index, index + 1, ..., each equation solved
for its highest value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sympy import Basic, Expr, Integer, Symbol
from sympy.core.function import AppliedUndef

from derive.model.language.claims import DeriveError, sequence
from derive.model.language.terms import unused
from derive.model.recurrences.newest import solved_for
from derive.model.recurrences.periods import whole_letters
from derive.model.recurrences.stated import Stated

FARTHEST = 40  # the highest order that is read


def state(
    equations: Sequence[tuple[Expr, Expr]],
    names: Sequence[str],
    index: Symbol,
    start: Mapping[str, Mapping[int, Expr]],
    ranges: Iterable[Basic] = (),
    first: int = 0,
) -> Stated:
    """The model of `left = right` for each equation, one for each of `names`; `start[name]` holds
    values by place, `first` is the place of the first where none is given.

    Start values that are missing are letters: name_0, name_1, ... Raises DeriveError where an
    equation cannot be solved for the highest value in it.
    """
    known = frozenset(names)
    if len(equations) != len(names):
        raise DeriveError(
            f"{len(equations)} equations for {len(names)} sequences ({', '.join(names)}); give "
            f"one for each"
        )
    solved: dict[str, tuple[int, Expr]] = {}
    for equation in equations:
        shifts, left, right = _shifted(
            *equation, known, index, len(start.get(names[0], ())) if len(names) == 1 else 0
        )
        name, order, value = _solved(shifts, left, right, index, known, frozenset(solved))
        solved[name] = (order, value)
    orders = {name: order for name, (order, _) in solved.items()}
    first = min((min(given) for given in start.values() if given), default=first)
    parts = (
        *(e for pair in equations for e in pair),
        *(v for given in start.values() for v in given.values()),
    )
    taken = {s.name for part in parts for s in part.free_symbols}
    values = {
        name: tuple(_start(name, first + j, start, taken) for j in range(order))
        for name, order in orders.items()
    }
    model_equations = {name: solved[name][1] for name in names}
    free = sorted(
        {a.func.__name__ for e in model_equations.values() for a in e.atoms(AppliedUndef)} - known
    )
    whole, needs = whole_letters(model_equations.values(), index)
    return Stated(
        model_equations,
        {n: values[n] for n in names},
        Integer(first),
        (*ranges, *needs),
        whole,
        tuple(free),
        index,
    )


def _start(name: str, place: int, start: Mapping[str, Mapping[int, Expr]], taken: set[str]) -> Expr:
    """A value that is given, else a letter for it, apart from those that are taken."""
    found = start.get(name, {}).get(place)
    number = f"{place}" if place >= 0 else f"m{-place}"
    return (
        Symbol(unused((f"{name}_{number}", f"{name}_start_{number}"), taken))
        if found is None
        else found
    )


Shifts = dict[str, tuple[int, int]]


def _shifted(
    left: Expr, right: Expr, names: frozenset[str], index: Symbol, given: int
) -> tuple[Shifts, Expr, Expr]:
    """The equation moved so that the lowest place of any sequence is the index; each sequence's
    highest and lowest place.

    `given` is how many values there are to start from.
    """
    places: dict[str, list[int]] = {}
    for value in left.atoms(AppliedUndef) | right.atoms(AppliedUndef):
        if value.func.__name__ in names:
            places.setdefault(value.func.__name__, []).append(place(value, index))
    if not places:
        raise DeriveError(f"{left} = {right}: no sequence of {', '.join(sorted(names))} in it")
    lowest = min(min(found) for found in places.values())
    if len(places) == 1:
        # x(t+2) = x(t+1) with two values to start from is of order two;
        # x(t+1) = f(t) has one value before it, and x(t) = f(t) none but one that is given
        order = max(map(max, places.values())) - lowest
        more = min(given - order, lowest)
        alone = isinstance(left, AppliedUndef) and not order and (lowest or given)
        lowest -= max(more, int(bool(alone)), 0)
    move = {index: index - lowest} if lowest else {}
    shifts = {name: (min(found) - lowest, max(found) - lowest) for name, found in places.items()}
    if max(high for _, high in shifts.values()) > FARTHEST:
        raise DeriveError(
            f"an order of {max(high for _, high in shifts.values())}; orders up to {FARTHEST} "
            f"are solved"
        )
    return shifts, left.xreplace(move), right.xreplace(move)


def place(value: AppliedUndef, index: Symbol) -> int:
    """j of x(index + j). Raises DeriveError."""
    if len(value.args) == 1:
        shift = value.args[0] - index
        if shift.is_Integer:
            return int(shift)
    raise DeriveError(
        f"{value}: a sequence is read at {index} plus a whole number, as in "
        f"{value.func.__name__}({index} + 1)"
    )


def _solved(
    shifts: Shifts,
    left: Expr,
    right: Expr,
    index: Symbol,
    names: frozenset[str],
    done: frozenset[str],
) -> tuple[str, int, Expr]:
    """(name, order, value) with name(index + order) = value."""
    if (
        isinstance(left, AppliedUndef)
        and left.func.__name__ in names - done
        and not right.has(left)
    ):
        name = left.func.__name__
        if left.args[0] == index + shifts[name][1]:
            return name, shifts[name][1], right
    name = _owner(shifts, left, done)
    high = shifts[name][1]
    return name, high, solved_for(left, right, sequence(name)(index + high))


def _owner(shifts: Shifts, left: Expr, done: frozenset[str]) -> str:
    """The sequence an equation is about: that on its left side, else the one with the highest
    place."""
    if (
        isinstance(left, AppliedUndef)
        and left.func.__name__ in shifts
        and left.func.__name__ not in done
    ):
        return left.func.__name__
    waiting = sorted((-high, name) for name, (_, high) in shifts.items() if name not in done)
    if not waiting:
        raise DeriveError("two equations for the same sequence")
    return waiting[0][1]

"""Linear recurrences with constant coefficients, of any order or several at once, forced by
polynomials times powers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as entry
from functools import partial

from sympy import Add, Basic, Expr, KroneckerDelta, S, Symbol
from sympy.core.function import AppliedUndef
from sympy.polys.rings import PolyElement

from derive.model.language.claims import Root, sequence
from derive.model.recurrences.linear import Linear, linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.kernel.algebra.fields import Field, NotRational
from derive.solving.recurrences.kernel.algebra.fractions import Fraction, factored, summed
from derive.solving.recurrences.kernel.algebra.fractions import parts as partial_fractions
from derive.solving.recurrences.kernel.transforms.ansatz import Ansatz
from derive.solving.recurrences.kernel.transforms.forcing import forcing_letters, transform
from derive.solving.recurrences.kernel.transforms.sequences import characteristic, scalar, system
from derive.solving.recurrences.kernel.transforms.shapes import (
    Shapes,
    still_divided,
    without_opposites,
)


@dataclass(frozen=True)
class Solution:
    """Closed forms by name, valid for `index >= first`; what they divide by; what their named roots
    are; how they were found."""

    values: Mapping[str, Expr]
    needs: tuple[Basic, ...] = ()
    where: tuple[Root, ...] = ()
    first: int = 0
    not_covered: tuple[
        Expr, ...
    ] = ()  # polynomials with letters whose roots are taken to be different
    how: str = ""
    others: tuple[Solution, ...] = ()  # where its needs fail
    ansatz: Mapping[str, Callable[[], Ansatz]] = entry(
        default_factory=dict
    )  # what a form is made of, for telling how it is found
    kinds: Mapping[str, str] = entry(default_factory=dict)  # how, for each name
    since: Mapping[str, int] = entry(default_factory=dict)  # first, for each name
    told: Mapping[Basic, Basic] = entry(
        default_factory=dict
    )  # needs that are said shorter: roots that differ

    def begins(self, name: str) -> int:
        """The index from which the form of a name holds."""
        return self.since.get(name, self.first)


Found = dict[str, list[Fraction]]  # transforms by name, each a sum of several


def put_known(expr: Expr, known: Mapping[str, Expr], t: Symbol) -> Expr:
    """`expr` with closed forms put in for the sequences that are known."""
    values = {
        a: known[a.func.__name__].xreplace({t: a.args[0]})
        for a in expr.atoms(AppliedUndef)
        if a.func.__name__ in known
    }
    return placed(expr.xreplace(values), t) if values else expr


def placed(expr: Expr, t: Symbol) -> Expr:
    """`expr` with KroneckerDelta(1, t + 1) as KroneckerDelta(0, t), and KroneckerDelta(1, t + 2),
    zero for all t >= 0, left out."""
    put: dict[Expr, Expr] = {}
    for delta in expr.atoms(KroneckerDelta):
        gap = delta.args[0] - delta.args[1]
        at = -gap.xreplace({t: S.Zero}) / gap.diff(t) if gap.diff(t) in (1, -1) else gap
        if at.is_Integer:
            put[delta] = KroneckerDelta(at, t) if at >= 0 else S.Zero
    return expr.xreplace(put)


def constant(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """The solution of equations that need each other; None where a coefficient varies or the
    forcing does not fit."""
    t = model.index
    forms = _forms(model, names, known)
    if forms is None or int(model.first) != 0:
        return None
    slopes = [c for form in forms.values() for c in form.slopes.values()]
    given = {name: _letters(name, model.start[name]) for name in names}
    meant = {
        letter: v
        for name in names
        for letter, v in zip(given[name], model.start[name], strict=True)
        if letter != v
    }
    start = [v for name in names for v in given[name]]
    if any(t in c.free_symbols for c in (*slopes, *start)):
        return None
    try:
        sources = {
            name: [rest.expand() for rest in _sources(forms[name].rest, known, t)] for name in names
        }
        letters = [
            letter
            for rests in sources.values()
            for rest in rests
            for letter in forcing_letters(rest, t)
        ]
        field = Field([*slopes, *start, *letters])
        forcing = {
            n: [summed(transform(r, t, field), field) for r in rests]
            for n, rests in sources.items()
        }
        polynomial, found = (_scalar if len(names) == 1 else _system)(
            model, names, forms, forcing, given, field
        )
    except NotRational:
        return None
    shapes = Shapes(
        field, t, model.taken, tuple(dict.fromkeys(v for v in start if isinstance(v, Symbol)))
    )
    parts = {
        name: [partial_fractions(f, field) for f in fractions] for name, fractions in found.items()
    }
    values = {
        name: without_opposites(Add(*map(shapes.expression, groups))).xreplace(meant)
        for name, groups in parts.items()
    }
    roots = tuple(
        root
        for root in shapes.roots.values()
        if any(v.has(sequence(root.name)) for v in values.values())
    )
    needs, not_covered = still_divided(shapes.needs(), values.values()), shapes.not_covered

    def made_from(name: str) -> Ansatz:
        groups = parts[name]
        whole = (
            groups[0] if len(groups) == 1 else partial_fractions(summed(found[name], field), field)
        )
        return Ansatz.of(whole, factored(polynomial, field), shapes, meant)

    ansatz = {n: partial(made_from, n) for n in names}
    return Solution(
        values, needs, roots, 0, not_covered, "constant", ansatz=ansatz, told=shapes.told()
    )


def _letters(name: str, start: Sequence[Expr]) -> list[Expr]:
    """A letter for each start value that is an expression: answers are linear in them."""
    return [
        v if v.is_number or isinstance(v, Symbol) else Symbol(f"_{name}_{j}")
        for j, v in enumerate(start)
    ]


def _sources(rest: Expr, known: Mapping[str, Expr], t: Symbol) -> list[Expr]:
    """What forces an equation, apart for each known sequence in it, their closed forms put in."""
    form = linear_in(rest, frozenset(known))
    if form is None:
        return [put_known(rest, known, t)]
    by_name: dict[str, Expr] = {}
    for value, slope in form.slopes.items():
        name = value.func.__name__
        by_name[name] = by_name.get(name, S.Zero) + put_known(slope * value, known, t)
    return [part for part in (form.rest, *by_name.values()) if part != 0]


def _forms(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr]
) -> dict[str, Linear] | None:
    """Each equation as linear in values of `names`; None where one is not."""
    own, found = frozenset(names), {}
    for name in names:
        form = linear_in(model.equations[name], own)
        if form is None:
            return None
        slopes = {
            value: put_known(slope, known, model.index) for value, slope in form.slopes.items()
        }
        if any(
            a.func.__name__ in (*own, *model.free)
            for part in (form.rest, *slopes.values())
            for a in part.atoms(AppliedUndef)
        ):
            return None
        found[name] = Linear(slopes, form.rest)
    return found


Forms = Mapping[str, Linear]
Forcing = Mapping[str, Sequence[Fraction]]
Given = Mapping[str, Sequence[Expr]]


def _scalar(
    model: Stated, names: Sequence[str], forms: Forms, forcing: Forcing, given: Given, field: Field
) -> tuple[PolyElement, Found]:
    """One sequence of any order."""
    t = model.index
    (name,) = names
    slopes = forms[name].slopes
    coefficients = [
        field.element(slopes.get(sequence(name)(t + j), S.Zero)) for j in range(model.order(name))
    ]
    found = scalar(coefficients, forcing[name], [field.element(v) for v in given[name]], field)
    return characteristic(coefficients, field), {name: found}


def _system(
    model: Stated, names: Sequence[str], forms: Forms, forcing: Forcing, given: Given, field: Field
) -> tuple[PolyElement, Found]:
    """Several, as one step of all their values side by side; a new value that an equation reads is
    put in by its own."""
    t = model.index
    places = [(name, j) for name in names for j in range(model.order(name))]
    rows: dict[tuple[str, int], list] = {}
    pushed: dict[tuple[str, int], list[Fraction]] = {}

    def row(name: str, j: int, waiting: tuple[str, ...] = ()) -> None:
        """name(index + j) in terms of the values at hand."""
        if (name, j) in rows:
            return
        if name in waiting or j > model.order(name):
            raise NotRational(f"the equations of {', '.join(waiting)} need each other's new values")
        total, extra = [field.zero] * len(places), [*forcing[name]]
        for value, slope in forms[name].slopes.items():
            other, at = value.func.__name__, int(value.args[0] - t)
            row(other, at, (*waiting, name))
            c = field.element(slope)
            total = [x + c * y for x, y in zip(total, rows[other, at], strict=True)]
            extra += [Fraction(f.top * c, f.factors) for f in pushed[other, at]]
        rows[name, j], pushed[name, j] = total, extra

    for n, (name, j) in enumerate(places):
        rows[name, j], pushed[name, j] = (
            [field.one if m == n else field.zero for m in range(len(places))],
            [],
        )
    for name in names:
        row(name, model.order(name))
    matrix = [rows[name, j + 1] for name, j in places]
    right = [summed(pushed[name, j + 1], field) for name, j in places]
    start = [field.element(given[name][j]) for name, j in places]
    determinant, found = system(matrix, right, start, field)
    return determinant, {name: [found[n]] for n, (name, j) in enumerate(places) if j == 0}

"""Linear recurrences with constant coefficients, of any order or several at once, forced by polynomials times powers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Basic, Expr, Ne, Symbol
from sympy.core.function import AppliedUndef

from derive.model.claims import Root, T, sequence
from derive.model.conditions import plain
from derive.model.equations import Linear, linear_in
from derive.model.stated import Stated
from derive.solving import sequences as kernel
from derive.solving.fields import Field, NotRational
from derive.solving.shapes import Shapes


@dataclass(frozen=True)
class Solution:
    """Closed forms by name, valid for `T >= first`; what they divide by; what their named roots are; how they were found."""

    values: Mapping[str, Expr]
    needs: tuple[Basic, ...] = ()
    where: tuple[Root, ...] = ()
    first: int = 0
    how: str = ""


def put_known(expr: Expr, known: Mapping[str, Expr]) -> Expr:
    """`expr` with closed forms put in for the sequences that are known."""
    values = {a: known[a.func.__name__].xreplace({T: a.args[0]}) for a in expr.atoms(AppliedUndef) if a.func.__name__ in known}
    return expr.xreplace(values) if values else expr


def constant(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> Solution | None:
    """The solution of the equations of `names`, which need each other; None where a coefficient varies or the forcing does not fit."""
    forms = _forms(model, names, known)
    if forms is None:
        return None
    slopes = [c for form in forms.values() for c in form.slopes.values()]
    rests = {name: form.rest.expand() for name, form in forms.items()}
    start = [v for name in names for v in model.start[name]]
    if any(T in c.free_symbols for c in (*slopes, *start)) or int(model.first) != 0:
        return None
    try:
        letters = [letter for rest in rests.values() for letter in kernel.forcing_letters(rest, T)]
        field = Field([*slopes, *start, *letters])
        forcing = {name: kernel.summed(kernel.transform(rest, T, field), field) for name, rest in rests.items()}
        found = (_scalar if len(names) == 1 else _system)(model, names, forms, forcing, field)
    except NotRational:
        return None
    linear = tuple(s for s in dict.fromkeys(v for v in start if isinstance(v, Symbol)) if s.name not in model.integers)
    taken = frozenset(str(s) for s in model.symbols) | set(model.equations) | set(model.free)
    shapes = Shapes(field, T, taken, linear)
    parts = {name: kernel.parts(fraction, field) for name, fraction in found.items()}
    values = {name: shapes.expression(p) for name, p in parts.items()}
    roots = tuple(root for root in shapes.roots.values() if any(v.has(sequence(root.name)) for v in values.values()))
    vanishing = max((len(p.coefficients) for ps in parts.values() for p in ps if p.root == field.z), default=0)
    return Solution(values, shapes.needs(), roots, vanishing, "constant")


def _forms(model: Stated, names: Sequence[str], known: Mapping[str, Expr]) -> dict[str, Linear] | None:
    """Each equation as linear in values of `names`; None where one is not."""
    own, found = frozenset(names), {}
    for name in names:
        form = linear_in(put_known(model.equations[name], known), own)
        if form is None or any(a.func.__name__ in (*own, *model.free) for a in form.rest.atoms(AppliedUndef)):
            return None
        found[name] = form
    return found


def _scalar(
    model: Stated, names: Sequence[str], forms: Mapping[str, Linear], forcing: Mapping[str, kernel.Fraction], field: Field
) -> dict[str, kernel.Fraction]:
    """One sequence of any order."""
    (name,) = names
    slopes = forms[name].slopes
    coefficients = [field.element(slopes.get(sequence(name)(T + j), 0 * T)) for j in range(model.order(name))]
    start = [field.element(v) for v in model.start[name]]
    return {name: kernel.scalar(coefficients, forcing[name], start, field)}


def _system(
    model: Stated, names: Sequence[str], forms: Mapping[str, Linear], forcing: Mapping[str, kernel.Fraction], field: Field
) -> dict[str, kernel.Fraction]:
    """Several, as one step of all their values side by side; where an equation reads a new value, that one's equation is put in."""
    places = [(name, j) for name in names for j in range(model.order(name))]
    rows: dict[tuple[str, int], list] = {}
    pushed: dict[tuple[str, int], list[kernel.Fraction]] = {}

    def row(name: str, j: int, waiting: tuple[str, ...] = ()) -> None:
        """name(T + j) in terms of the values at hand."""
        if (name, j) in rows:
            return
        if name in waiting or j > model.order(name):
            raise NotRational(f"the equations of {', '.join(waiting)} need each other's new values")
        total, extra = [field.zero] * len(places), [forcing[name]]
        for value, slope in forms[name].slopes.items():
            other, at = value.func.__name__, int(value.args[0] - T)
            row(other, at, (*waiting, name))
            c = field.element(slope)
            total = [x + c * y for x, y in zip(total, rows[other, at], strict=True)]
            extra += [kernel.Fraction(f.top * c, f.factors) for f in pushed[other, at]]
        rows[name, j], pushed[name, j] = total, extra

    for n, (name, j) in enumerate(places):
        rows[name, j], pushed[name, j] = [field.one if m == n else field.zero for m in range(len(places))], []
    for name in names:
        row(name, model.order(name))
    matrix = [rows[name, j + 1] for name, j in places]
    right = [kernel.summed(pushed[name, j + 1], field) for name, j in places]
    start = [field.element(model.start[name][j]) for name, j in places]
    _, found = kernel.system(matrix, right, start, field)
    return {name: found[n] for n, (name, j) in enumerate(places) if j == 0}

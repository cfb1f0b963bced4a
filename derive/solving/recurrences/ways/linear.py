"""Linear with constant coefficients: roots of the characteristic polynomial, a particular solution,
constants from the start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Add, Basic, Determinant, Expr, ImmutableMatrix, Integer, Symbol, eye
from sympy.core.function import AppliedUndef

from derive.model.language.claims import Claim, Derivation, Let, Step, sequence
from derive.model.language.terms import unused
from derive.model.recurrences.linear import linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.kernel.transforms.ansatz import Ansatz
from derive.solving.recurrences.strategies.constant import Solution
from derive.solving.recurrences.walk import step_by_step
from derive.solving.rules.ansatz import algebra, found

MOST_LINES = 12
MOST_STEPPED = 2  # values beyond the start grow long with letters


def by_roots(
    name: str, model: Stated, solved: Solution, made: Ansatz, used: Iterable[str]
) -> Derivation:
    """The characteristic polynomial in factors; the particular solution; the constants; all put
    together.

    `used` are names that other derivations of this model have given to constants.
    """
    t = model.index
    needs, goal = solved.needs, sequence(name)(t)
    taken = set(model.taken) | {entry.name for entry in solved.where} | set(used)
    names = _constants(len(made.terms), taken)
    lets = [Let(letter, value) for letter, (value, _) in zip(names, made.terms, strict=True)]
    lemmas = _characteristic(name, model, made)
    particular, shown = made.particular, _particular(name, model, made, needs, taken)
    if shown is not None:
        let, lines = shown
        lets.append(let)
        lemmas += lines
        particular = sequence(let.name)(t)
    letters = [Symbol(letter) for letter in names]
    general = Add(
        *(letter * shape for letter, (_, shape) in zip(letters, made.terms, strict=True)),
        made.rest,
        particular,
    )
    facts = tuple(
        Claim(sequence(e.name)(t) if e.index else Symbol(e.name), e.value, needs) for e in lets
    )
    values = _first_values(name, model, len(letters))
    if values and len(lemmas) + len(values) + len(letters) + 2 <= MOST_LINES:
        lemmas += [
            algebra(
                f"at ${model.letter} = {at}$",
                value,
                _at(general, t, at, facts),
                needs,
                line="plain",
            )
            for at, value in values
        ]
    lemmas += [
        algebra("from the start", fact.left, fact.right, needs) for fact in facts[: len(letters)]
    ]
    if not letters and shown is None:
        return Derivation(
            goal,
            (found(name, solved.values[name], model, needs, 0, _reason(made)),),
            tuple(lemmas),
            solved.where,
        )
    first = found(name, general, model, needs, 0, _reason(made))
    steps = [first]
    if solved.values[name] != general:
        steps.append(algebra("put in", general, solved.values[name], needs, facts))
    return Derivation(
        goal, tuple(steps), tuple(lemmas[: MOST_LINES - len(steps)]), (*solved.where, *lets)
    )


def _at(general: Expr, t: Symbol, at: int, facts: Sequence[Claim]) -> Expr:
    """The general solution at an index, its particular part worked out."""
    put = {
        f.left.xreplace({t: Integer(at)}): f.right.xreplace({t: Integer(at)})
        for f in facts
        if f.left.args
    }
    return general.xreplace({t: Integer(at)}).xreplace(put)  # type: ignore[no-any-return]


def _constants(count: int, taken: set[str]) -> list[str]:
    """C, or C1, C2, ..., or the next capital letter where that is in use."""
    letter = unused("CABDEGH", taken | {name.rstrip("0123456789") for name in taken})
    return [letter] if count == 1 else [f"{letter}{n}" for n in range(1, count + 1)]


def _reason(made: Ansatz) -> str:
    if made.particular == 0:
        return "superposition"
    return (
        "homogeneous solution and particular solution"
        if made.terms or made.rest != 0
        else "the particular solution, which meets the start"
    )


def _characteristic(name: str, model: Stated, made: Ansatz) -> list[Step]:
    """det(z - A), or the polynomial of one equation, in factors."""
    left = made.characteristic
    matrix = _matrix(name, model)
    if matrix is not None and matrix.shape[0] > 1:
        left = Determinant(ImmutableMatrix(made.variable * eye(matrix.shape[0]) - matrix))
        return [algebra("characteristic polynomial of the system", left, made.factors)]
    if left == made.factors or (left.expand() == left and made.factors == left):
        return []
    if left.as_poly(made.variable).degree() == 1:  # type: ignore[union-attr]
        return []
    return [algebra("characteristic polynomial", left, made.factors)]


def _matrix(name: str, model: Stated) -> ImmutableMatrix | None:
    """The matrix of the system that `name` is in, where all of it is of first order and reads old
    values only."""
    t = model.index
    from derive.solving.recurrences.solver import components

    group = next(g for g in components(model) if name in g)
    if len(group) < 2 or any(model.order(n) != 1 for n in group):
        return None
    known = frozenset(group)
    rows = []
    for each in group:
        form = linear_in(_old(model, each, group), known)
        if form is None or any(a.args[0] != t for a in form.slopes):
            return None
        rows.append([form.slopes.get(sequence(other)(t), Integer(0)) for other in group])
    return ImmutableMatrix(rows)


def _old(model: Stated, name: str, group: Sequence[str]) -> Expr:
    """An equation with the new values that it reads put in by their own equations."""
    t = model.index
    equation = model.equations[name]
    for _ in group:
        new = [
            a
            for a in equation.atoms(AppliedUndef)
            if a.func.__name__ in group and a.args[0] == t + 1
        ]
        equation = equation.xreplace({a: model.equations[a.func.__name__] for a in new})
    return equation


def _particular(
    name: str, model: Stated, made: Ansatz, needs: tuple[Basic, ...], taken: set[str]
) -> tuple[Let, list[Step]] | None:
    """A particular solution, and what it leaves when it is put into the equation: the forcing. None
    where it is a constant."""
    t = model.index
    form = linear_in(model.equations[name], frozenset((name,)))
    own = {a.func.__name__ for a in model.equations[name].atoms(AppliedUndef)}
    if form is None or own != {name} or t not in made.particular.free_symbols:
        return None
    letter = unused("pqhf", taken)
    p, order = sequence(letter), model.order(name)
    fact = Claim(p(t), made.particular, needs)
    left = p(t + order) - Add(*(c * p(a.args[0]) for a, c in form.slopes.items()))
    solves = algebra("which solves the equation", left, form.rest, needs, (fact,))
    return Let(letter, made.particular, t), [
        algebra("a particular solution", p(t), made.particular, needs, (fact,)),
        solves,
    ]


def _first_values(name: str, model: Stated, count: int) -> list[tuple[int, Expr]]:
    """The values that the constants are found from, the first few by the equations."""
    if count > model.order(name) and count > MOST_STEPPED:
        return []
    return [(at, step_by_step(model, name, at)) for at in range(count)]

"""Maps that become linear, or a plain square, in another letter: the substitution, what it becomes,
and back."""

from __future__ import annotations

from sympy import Add, Expr, Product, S

from derive.model.language.claims import Claim, Derivation, Let, Step, sequence
from derive.model.language.terms import fresh, unused
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution, constant
from derive.solving.recurrences.strategies.nonlinear import (
    X,
    fixed_points,
    rational_map,
)
from derive.solving.recurrences.strategies.squares import factor_of_square
from derive.solving.rules.ansatz import algebra, same_start


def by_square(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """y(t) for the letter in which the map is y -> k y^2, or y -> y^2 - 2; its closed form; back to
    x(t)."""
    t = model.index
    given = rational_map(model, (name,))
    if given is None:
        return None
    _, value, _, sides = given
    letter, x = _letter(model, solved, "yvu"), sequence(name)
    y = sequence(letter)
    if solved.kinds.get(name) == "doubling" or sides[1].degree() == 0:
        a, b = (sides[0].coeff_monomial(X**n) / sides[1].LC() for n in (2, 1))
        forward, back = a * X + b / 2, (X - b / 2) / a
        step = y(t) ** 2 - (2 if solved.kinds.get(name) == "doubling" else 0)
    else:
        ends = fixed_points(*sides)
        if ends is None:
            return None
        f, g = ends
        forward, back = (X - f) / (X - g), (f - g * X) / (1 - X)
        step = factor_of_square(value, f, g) * y(t) ** 2
    let = Let(letter, forward.xreplace({X: x(t)}), t)
    meant = [
        Claim(y(t + 1), forward.xreplace({X: x(t + 1)}), solved.needs),
        Claim(x(t + 1), model.equations[name]),
        Claim(x(t), back.xreplace({X: y(t)}), solved.needs),
    ]
    closed = forward.xreplace({X: solved.values[name]})
    first = algebra(
        f"with ${letter}$ for the new letter",
        y(t),
        let.value,
        solved.needs,
        (Claim(y(t), let.value, solved.needs),),
    )
    changed = algebra(
        f"put in the update, then ${name}$ by ${letter}$",
        y(t + 1),
        step,
        solved.needs,
        tuple(meant),
    )
    form = _squared(y, step, let, model, name, solved) or closed
    squared = same_start(
        y(t),
        step,
        1,
        form,
        t,
        solved.needs,
        0,
        "square again and again" if step == y(t) ** 2 else "double the angle again and again",
    )
    fact, shown = (
        Claim(x(t), back.xreplace({X: y(t)}), solved.needs),
        Claim(y(t), form, solved.needs),
    )
    solve = algebra(f"solve for ${name}$", x(t), fact.right, solved.needs, (fact,))
    put = algebra("put in", fact.right, solved.values[name], solved.needs, (shown,))
    return Derivation(x(t), (solve, put), (first, changed, squared), (*solved.where, let))


def _squared(
    y: type, step: Expr, let: Let, model: Stated, name: str, solved: Solution
) -> Expr | None:
    """y(t) = k^(2^t - 1) y(0)^(2^t), with the start put in."""
    t = model.index
    start = let.value.xreplace({sequence(name)(t): model.start[name][0]})
    factor = step.xreplace({y(t): S.One})  # type: ignore[operator]
    return factor ** (2**t - 1) * start ** (2**t) if not isinstance(step, Add) else None


def _letter(model: Stated, solved: Solution, letters: str) -> str:
    taken = model.taken | {entry.name for entry in solved.where}
    return unused(letters, taken)


def by_ratio(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """x' = (p x + q)/(r x + s): with r x(t) + s = v(t+1)/v(t), v obeys a linear recurrence of order
    two."""
    t = model.index
    given = rational_map(model, (name,))
    if given is None:
        return None
    sides = given[-1]
    (p, q), (r, s) = ([side.coeff_monomial(X), side.coeff_monomial(1)] for side in sides)
    letter, x = _letter(model, solved, "vyu"), sequence(name)
    v, k = sequence(letter), fresh(taken=model.taken | {letter})
    let = Let(letter, Product(r * x(k) + s, (k, 0, t - 1)), t)
    equation = (p + s) * v(t + 1) - (p * s - q * r) * v(t)
    start = {letter: (S.One, r * model.start[name][0] + s)}
    linear = Stated(
        {letter: equation}, start, more_ranges=model.more_ranges, index=t, around=model.taken
    )
    found = constant(linear, (letter,), {})
    if found is None:
        return None
    uses = (
        Claim(v(t + 2), (r * x(t + 1) + s) * v(t + 1)),
        Claim(x(t + 1), model.equations[name]),
        Claim(x(t), (v(t + 1) / v(t) - s) / r, solved.needs),
    )
    roots = tuple(entry for entry in found.where if entry not in solved.where)
    if len(roots) > 0 and len(solved.where) > 0:
        return None
    becomes = algebra(
        f"with ${r}\\,{name}+{s}$ as a ratio of neighbours of ${letter}$",
        v(t + 2),
        equation,
        solved.needs,
        uses,
    )
    lemmas: list[Step] = [becomes]
    made = found.ansatz[letter]()
    if made.factors != made.characteristic:
        lemmas.append(algebra("characteristic polynomial", made.characteristic, made.factors))
    form = found.values[letter]
    lemmas.append(
        same_start(
            v(t),
            equation,
            2,
            form,
            t,
            solved.needs,
            0,
            "superposition; the constants from the start",
        )
    )
    fact, shown = uses[2], Claim(v(t), form, solved.needs)
    solve = algebra(f"solve for ${name}$", x(t), fact.right, solved.needs, (fact,))
    put = algebra("put in", fact.right, solved.values[name], solved.needs, (shown,))
    return Derivation(x(t), (solve, put), tuple(lemmas), (*(roots or solved.where), let))

"""Coefficients that stay as they are: the recurrence of the distance from a fixed number, unrolled in one sum."""

from __future__ import annotations

from sympy import Expr, Integer, Lambda, Product, Sum, Symbol

from derive.model.claims import Binding, Claim, Derivation, Law, Rule, Step, T, sequence
from derive.model.equations import linear_in
from derive.model.stated import Stated
from derive.solving.constant import Solution
from derive.solving.kept import centred
from derive.solving.rules.ansatz import algebra

i, j, n, c, last = (Symbol(letter) for letter in ("i", "j", "n", "c", "N"))
x, s, b = (sequence(name) for name in "xsb")


def _law(down: bool, led: bool, forced: bool) -> Law:
    """x - c from its own recurrence; `down` with the coefficients counted from the end, `led` where it does not start at c."""
    step = last - n if down else n
    place, low, high = (j, last - n + 1, last) if down else (j, 0, n - 1)
    inner = Product(s(i), (i, last - n + 1, j - 1)) if down else Product(s(i), (i, j + 1, n - 1))
    total = c + Sum(b(j) * inner, (place, low, high)) if forced else c
    if led:
        total += (x(0) - c) * Product(s(i), (i, low, high))
    start = () if led else ((x(0), c),)
    return Law(x(n), total, given=(*start, (x(n + 1) - c, s(step) * (x(n) - c) + (b(step) if forced else 0))))


def by_sum_of_products(name: str, model: Stated, solved: Solution) -> Derivation | None:
    """The distance from c obeys a recurrence of its own; unrolled."""
    form = linear_in(model.equations[name], frozenset((name,)))
    this = sequence(name)(T)
    if form is None or set(form.slopes) != {this}:
        return None
    a, rest, start = form.slopes[this], form.rest, model.start[name][0]
    centre, forcing = centred(a, rest, start)
    down, led = model.down is not None, start != centre
    slope, force = (Lambda(i, _at(part, model.down)) for part in (a, forcing))
    binding: Binding = {x: Lambda(n, sequence(name)(n)), s: slope, b: force, n: T, c: centre}
    if model.down is not None:
        binding = {**binding, last: model.down}
    law = _law(down, led, forcing != 0)
    update = Claim(this.xreplace({T: T + 1}), model.equations[name])
    lemma = algebra("take off what it starts from", update.left - centre, a * (this - centre) + forcing, (), (update,))
    reason = "unroll down to the last layer" if down else "unroll"
    uses = (Claim(sequence(name)(Integer(0)), start),) if led else ()
    step = Step(Claim(this, solved.values[name]), Rule(reason, law, lambda goal, known: None), binding, uses)
    return Derivation(this, (step,), (lemma,) if centre != 0 else (), solved.where)


def _at(part: Expr, down: Expr | None) -> Expr:
    """A coefficient as a function of i, counted from the other end where it counts down."""
    return part.xreplace({T: i if down is None else down - i})  # type: ignore[no-any-return]

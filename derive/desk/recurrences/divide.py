"""Divide and conquer, `f(n) = a*f(n/b) + g(n)`: solved at n = b**k, told in n, with the class it
grows in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from sympy import Expr, Pow, S, Symbol, log
from sympy.core.function import AppliedUndef

from derive.checking.counting.divided import check_at
from derive.desk.budget import SECONDS
from derive.desk.given import value
from derive.desk.recurrences.asked import Asked
from derive.desk.recurrences.solved import Solved
from derive.model.language.claims import Claim, DeriveError, Verdict, sequence
from derive.model.recurrences.equations import linear_in
from derive.model.recurrences.statement import read_equation
from derive.notation import Notation
from derive.solving.recurrences.divide import theta, unfolded


class Divided(Solved):
    """The recurrence in k, n = b**k. `in_n` is the closed form in n, `theta` its class, `why` the
    reason."""

    def __init__(
        self,
        a: Expr,
        b: Expr,
        g: Expr,
        n: Symbol,
        name: str,
        start: Expr,
        seconds: float | None,
        notation: Notation | None,
    ):
        self.a, self.b, self.g, self.n, self.called = a, b, g, n, name
        given = notation or Notation()
        plain = {f"{name}({at})": f"{name}({at})" for at in (n, 1, rf"\frac{{{n}}}{{{b}}}")}
        as_called = replace(given, names={**plain, **given.names})
        super().__init__(unfolded(a, b, g, n, start), None, seconds, as_called)
        found = theta(a, b, g, n)
        self.theta: Expr | None = None if found is None else found[0]
        self.why = "" if found is None else found[1]

    @property
    def in_n(self) -> Expr:
        """The closed form at n = b**k, in n."""
        return self._in_n[0]

    @cached_property
    def _in_n(self) -> tuple[Expr, Verdict]:
        n, b, t = self.n, self.b, self.model.index
        form = self.confirmed(self.main).answer
        told = self._told_in_n(form)
        verdict = check_at(told, form, n, b, t)
        if not verdict.holds:
            raise DeriveError(
                f"{self.called}({n}): {told} is not confirmed at {n} = {b}**{t}: {verdict}"
            )
        return told, verdict

    def _told_in_n(self, form: Expr) -> Expr:
        n, b, t = self.n, self.b, self.model.index
        put: dict[Expr, Expr] = {}
        for power in sorted(form.atoms(Pow), key=str):
            rate = (
                power.exp.coeff(t)
                if t in power.exp.free_symbols and t not in power.base.free_symbols
                else S.Zero
            )
            if rate != 0:
                rest = power.exp - rate * t
                degree = log(power.base) * rate / log(b)
                whole = next(
                    (d for d in range(-12, 13) if b.is_Integer and power.base**rate == b**d), None
                )
                put[power] = n ** (degree if whole is None else whole) * power.base**rest
        return form.xreplace(put).xreplace({t: log(n) / log(b)})  # type: ignore[no-any-return]

    def ask(self, question: str) -> Asked:
        """Asked of the recurrence in k, by its name."""
        if question.partition(".")[0] == self.called:
            (name,), k = self.names, self.model.index
            raise DeriveError(
                f"{question}: asked of {name}({k}), {self.n} = {self.b}**{k}: write "
                f"{name}.{question.partition('.')[2]}"
            )
        return super().ask(question)

    @property
    def equation(self) -> Claim:
        """As it was stated."""
        whole = sequence(self.called)
        return Claim(whole(self.n), self.a * whole(self.n / self.b) + self.g)

    @property
    def unfolded(self) -> list[Claim]:
        """The recurrence in k."""
        t = self.model.index
        return [Claim(sequence(n)(t + 1), e) for n, e in self.model.equations.items()]

    @property
    def as_powers(self) -> Claim:
        """The n that it is solved at."""
        return Claim(self.n, Pow(self.b, self.model.index))

    def said_of(self, name: str) -> list[tuple[Claim, Verdict]]:
        """The closed form in n, and the verdict on it."""
        return [(Claim(sequence(self.called)(self.n), self.in_n), self._in_n[1])]

    def as_latex(self) -> str:
        """The closed form, where it holds, and the class."""
        from derive.writing.latex import latex  # how it looks is not needed to find or to check it

        ((line, _),) = self.said_of(self.main)
        sides = (line.left, line.right, self.n, self.as_powers.right)
        goal, answer, n, power = (latex(side, self.notation) for side in sides)
        rows = [rf"{goal} = {answer} \qquad {n} = {power}"]
        if self.theta is not None:
            rows.append(rf"{goal} = \Theta\left({latex(self.theta, self.notation)}\right)")
        return "\n".join(rows)

    def __repr__(self) -> str:
        ((line, _),) = self.said_of(self.main)
        told = [f"{line.left} = {line.right}   for {self.n} = {self.b}**{self.model.index}"]
        if self.theta is not None:
            told.append(f"{line.left} = Theta({self.theta})   {self.why}")
        return "\n".join(told)


def divides(text: str) -> bool:
    """Whether an equation reads its sequence at a fraction of the index."""
    left, right = read_equation(text, "equation 1")
    if not isinstance(left, AppliedUndef) or not left.args[0].is_Symbol:
        return False
    n = left.args[0]
    parts = [(a.args[0] / n).expand() for a in right.atoms(AppliedUndef) if a.func == left.func]
    return any(part != 1 and n not in part.free_symbols for part in parts)


def divide(
    text: str,
    start: Mapping[str, Any] | None = None,
    ranges: Any = (),
    seconds: float | None = SECONDS,
    values: Mapping[str, Any] | None = None,
    notation: Notation | None = None,
) -> Divided:
    """`f(n) = a*f(n/b) + g(n)` with f(1) = start. Raises DeriveError where it is not of that
    form."""
    if ranges:
        raise DeriveError(
            f"{text}: ranges are not used in a recurrence that divides; put numbers in"
        )
    left, right = read_equation(text, "equation 1")
    assert isinstance(left, AppliedUndef)
    name, n = left.func.__name__, left.args[0]
    if Symbol(name) in right.free_symbols:
        raise DeriveError(f'"{name}" is a sequence and a letter; call one of them something else')
    form = linear_in(right, frozenset((name,)))
    if form is None or len(form.slopes) != 1:
        raise DeriveError(f"{text}: write one part of the whole, as in f(n) = 2*f(n/2) + n")
    put = {Symbol(k): value(v, k) for k, v in (values or {}).items()}
    for wrong in (
        *(k for k in start or {} if k != name),
        *(k for k in put if k not in right.free_symbols),
    ):
        raise DeriveError(f'"{wrong}" is neither the sequence {name} nor a letter of its equation')
    ((part, a),) = ((p.xreplace(put), c.xreplace(put)) for p, c in form.slopes.items())
    b = n / part.args[0]
    if (
        n in b.free_symbols
        or n in a.free_symbols
        or (b.is_number and not (b.is_Integer and b >= 2))
    ):
        raise DeriveError(
            f"{part}: a part is n/b, b a whole number from 2 on; and its number does not change"
        )
    first = value((start or {}).get(name, f"{name}1"), f"start of {name}")
    return Divided(a, b, form.rest.xreplace(put), n, name, first, seconds, notation)

"""Divide and conquer, `f(n) = a*f(n/b) + g(n)`: solved at n = b**k, told in n, with the class it
grows in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

from sympy import Expr, Integer, Pow, S, Symbol, log
from sympy.core.function import AppliedUndef

from derive.checking.counting.divided import check_at
from derive.desk.budget import SECONDS, within
from derive.desk.given import value
from derive.desk.recurrences.questions.asked import Asked, short
from derive.desk.recurrences.solved import Solved
from derive.desk.run import look
from derive.model.language.claims import Claim, DeriveError, Verdict, sequence
from derive.model.recurrences.linear import linear_in
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
        given = look(notation)
        plain = {f"{name}({at})": f"{name}({at})" for at in (n, 1, rf"\frac{{{n}}}{{{b}}}")}
        as_called = replace(given, names={**plain, **given.names})
        super().__init__(unfolded(a, b, g, n, start), None, seconds, as_called)
        below = start.is_number and start.is_negative  # it may cancel the largest term
        found = None if below else theta(a, b, g, n)
        self.theta: Expr | None = None if found is None else found[0]
        self.why = "" if found is None else found[1]

    @property
    def in_n(self) -> Expr:
        """The closed form at n = b**k, in n."""
        return self._in_n[0]

    @cached_property
    @within
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

    def __getattr__(self, name: str) -> Expr:
        return self[name] if name == self.__dict__.get("called") else super().__getattr__(name)

    def __getitem__(self, name: str) -> Expr:
        return self.in_n if name == self.called else super().__getitem__(name)

    def ask(self, question: str) -> Asked:
        """The closed form in n and its values, by the name of what divides; all else is asked of
        the recurrence in k, by its name."""
        name, _, asked = str(question).strip().partition(".")
        found = re.fullmatch(r"value\(\s*(\d+)\s*\)", asked if name == self.called else name)
        if found is not None:
            return self.value(int(found[1]))
        if name != self.called:
            return super().ask(question)
        if not asked:
            ((line, verdict),) = self.said_of(self.main)
            says = ((line.left, "=", line.right, ()),)
            return Asked(name, line.right, (str(self),), self.needs(), verdict, says)
        (own,), k = self.names, self.model.index
        raise DeriveError(
            f"{question}: asked of {own}({k}), {self.n} = {self.b}**{k}; of {name} there is "
            f"{name}.value({self.b}), else write {own}.{asked}"
        )

    def value(self, at: Any, name: str | None = None) -> Asked:
        """The value at an n that is a power of b, or by the name of the recurrence in k at a k."""
        if name not in (None, self.called):
            return super().value(at, name)
        place, k = f"{self.called}({at})", self.model.index
        power = self._power(at)
        if power is None:
            raise DeriveError(
                f"{place}: {self.called} is solved at {self.n} = {self.b}**{k}; give such a "
                f"number, or ask {self.main}.value({k})"
            )
        found = super().value(power, self.main)
        left = sequence(self.called)(Integer(self.b**power))
        step = f"{place} = {short(found.answer)}   put in {k} = {power}, {self.n} = {self.b}**{k}"
        says = ((left, "=", found.answer, ()),)
        return Asked(place, found.answer, (found.steps[0], step), found.needs, found.verdict, says)

    def _power(self, at: Any) -> int | None:
        """k of at = b**k; None where there is none."""
        if not self.b.is_Integer or not str(at).isdigit():
            return None
        k = next(k for k in count() if self.b**k >= int(at))
        return k if self.b**k == int(at) else None

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
    start = {name if k == f"{name}(1)" else k: v for k, v in (start or {}).items()}
    put = {Symbol(k): value(v, k) for k, v in (values or {}).items()}
    for wrong in (
        *(k for k in start if k != name),
        *(k for k in put if k not in right.free_symbols),
    ):
        raise DeriveError(
            f'"{wrong}" is neither the sequence {name}, which starts at {name}(1), nor a letter of '
            "its equation"
        )
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
    first = value(start.get(name, f"{name}1"), f"start of {name}")
    return Divided(a, b, form.rest.xreplace(put), n, name, first, seconds, notation)

"""First order with a forcing that changes every k steps, k a letter: a pulse at each k-th step, a
stair gamma**floor(t/k)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sympy import Eq, Expr, Mod, Ne, Piecewise, Pow, S, Symbol, ceiling, floor, true

from derive.model.language.claims import relation, sequence
from derive.model.recurrences.linear import linear_in
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution, put_known
from derive.solving.recurrences.strategies.pieces import Solve

Total = Callable[[Expr], Expr]  # of T: what forces up to T - 1, each grown by the factor since


def pulses(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr], solve: Solve
) -> Solution | None:
    """x' = a x + c f(t + s), s 0 or 1, f a pulse or a stair: with F(T) = sum of a**(T - 1 - i) f(i)
    over i < T, x(t) = a**t x(0) + c (F(t + s) - a**t F(s)); F(0) is 0, F(1) is f(0) = 1."""
    t = model.index
    if len(names) != 1 or model.order(names[0]) != 1 or int(model.first) != 0:
        return None
    (name,) = names
    form = linear_in(put_known(model.equations[name], known, t), frozenset(names))
    if form is None:
        return None
    a, start = form.slopes.get(sequence(name)(t), S.Zero), model.start[name][0]
    found = _pulse(form.rest, t) or _stair(form.rest, t)
    if found is None or t in a.free_symbols:
        return None
    switch, c, k, shift = found
    if t in c.free_symbols or a == -1 or not k.is_Symbol or shift not in (0, 1):
        return None
    if a == 0 and switch.is_Piecewise:
        here = Piecewise((c, relation(Eq, Mod(t - 1 + shift, k), S.Zero)), (S.Zero, true))
        return Solution({name: here}, first=1)
    total, needs = (_pulses if switch.is_Piecewise else _stairs)(a, switch, k)
    forced = c * (total(t + shift) - (a**t if shift else S.Zero))
    return Solution({name: start * a**t + forced}, needs, how="pulses")


def _pulse(rest: Expr, t: Symbol) -> tuple[Expr, Expr, Expr, Expr] | None:
    """A forcing that is c where k divides t + s, else 0: its pieces, c, k, s."""
    pieces = list(rest.atoms(Piecewise))
    if len(pieces) != 1 or rest.xreplace({pieces[0]: S.Zero}) != 0 or len(pieces[0].args) != 2:
        return None
    (value, condition), (other, _) = pieces[0].args
    mods = list(condition.atoms(Mod))
    if other != 0 or len(mods) != 1 or condition != relation(Eq, mods[0], S.Zero):
        return None
    return pieces[0], value * _times(rest, pieces[0]), mods[0].args[1], mods[0].args[0] - t


def _stair(rest: Expr, t: Symbol) -> tuple[Expr, Expr, Expr, Expr] | None:
    """A forcing c gamma**floor((t + s)/k): the power, c, k, s."""
    stairs = [p for p in rest.atoms(Pow) if isinstance(p.exp, floor)]
    if len(stairs) != 1 or rest.xreplace({stairs[0]: S.Zero}) != 0:
        return None
    inside = stairs[0].exp.args[0]
    k = 1 / inside.diff(t)
    return stairs[0], _times(rest, stairs[0]), k, (inside * k - t).expand()


def _times(rest: Expr, part: Expr) -> Expr:
    letter = Symbol("_part")
    return rest.xreplace({part: letter}).coeff(letter)  # type: ignore[no-any-return]


def _pulses(a: Expr, switch: Expr, k: Expr) -> tuple[Total, tuple[Expr, ...]]:
    """N = ceiling(T/k) pulses, the last at k (N - 1): a geometric sum in a**k."""
    if a == 1:
        return lambda end: ceiling(end / k), ()

    def total(end: Expr) -> Expr:
        count = ceiling(end / k)
        return a ** (end - 1 - k * (count - 1)) * (1 - a ** (k * count)) / (1 - a**k)  # type: ignore[no-any-return]

    return total, (relation(Ne, a, S.Zero), relation(Ne, a**k, S.One))


def _stairs(a: Expr, switch: Expr, k: Expr) -> tuple[Total, tuple[Expr, ...]]:
    """N = floor(T/k) whole stairs of k steps each, and T - k N steps of the next."""
    gamma = switch.base  # type: ignore[attr-defined]
    if a == 1:

        def added(end: Expr) -> Expr:
            count = floor(end / k)
            return k * (1 - gamma**count) / (1 - gamma) + gamma**count * (end - k * count)  # type: ignore[no-any-return]

        return added, (relation(Ne, gamma, S.One),)

    def total(end: Expr) -> Expr:
        count = floor(end / k)
        steps = end - k * count
        whole = (1 - a**k) * (a ** (k * count) - gamma**count) / ((1 - a) * (a**k - gamma))
        return a**steps * whole + gamma**count * (1 - a**steps) / (1 - a)  # type: ignore[no-any-return]

    return total, (relation(Ne, a, S.Zero), relation(Ne, a, S.One), relation(Ne, a**k, gamma))

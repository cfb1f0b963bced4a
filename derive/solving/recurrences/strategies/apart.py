"""Equations with a period that is counted from a letter on, Mod(t + T, 2): one set for each rest of
the letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import And, Basic, Eq, Expr, Integer, Mod, Piecewise, true

from derive.model.language.claims import relation
from derive.model.recurrences.stated import Stated
from derive.solving.recurrences.strategies.constant import Solution, put_known
from derive.solving.recurrences.strategies.pieces import LONGEST, Solve


def apart(
    model: Stated, names: Sequence[str], known: Mapping[str, Expr], solve: Solve
) -> Solution | None:
    """The solutions for T = 0, 1, ... up to whole periods; None where the rests are of more than
    one letter that is a whole number, or of more than one length."""
    t = model.index
    equations = {name: put_known(model.equations[name], known, t) for name in names}
    rests = {m for e in equations.values() for m in e.atoms(Mod) if m.args[0].diff(t) == 1}
    offsets = {m: (m.args[0] - t).expand() for m in rests}
    letters = {s for offset in offsets.values() for s in offset.free_symbols}
    lengths = {m.args[1] for m in rests}
    if len(letters) != 1 or len(lengths) != 1:
        return None
    (letter,), (length,) = letters, lengths
    whole = letter.name in model.integers and all(
        o.coeff(letter).is_Integer for o in offsets.values()
    )
    if not whole or not length.is_Integer or not 1 < length <= LONGEST:
        return None
    found = []
    for rest in range(int(length)):
        put = {m: Mod(t + o.xreplace({letter: Integer(rest)}), length) for m, o in offsets.items()}
        here = {name: e.xreplace(put) for name, e in equations.items()}
        found.append(
            solve(replace(model, equations={**model.equations, **here}).only(tuple(names)))
        )
    if any(part.where or part.first for part in found):
        return None
    values = {}
    for name in names:
        pieces: list[tuple[Expr, Basic]] = []
        for rest, part in enumerate(found):
            when = relation(Eq, Mod(letter, length), Integer(rest))
            form = part.values[name]
            for value, condition in form.args if isinstance(form, Piecewise) else ((form, true),):
                pieces.append((value, when if condition is true else And(when, condition)))
        pieces[-1] = (pieces[-1][0], true)
        values[name] = Piecewise(*pieces)
    needs = tuple(dict.fromkeys(need for part in found for need in part.needs))
    return Solution(values, needs, how="apart")

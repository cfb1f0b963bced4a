"""The first steps of an optimizer in numbers: unrolled, beside the closed form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.checking.counting.kinds import hidden, truth
from derive.checking.counting.unroll import give_meanings
from derive.checking.numbers.evaluate import agree, evaluate
from derive.model.language.claims import Claim, DeriveError, Let, Root, free_symbols
from derive.model.recurrences.stated import Stated


def table(
    model: Stated, claims: Mapping[str, Claim], rows: int, where: Sequence[Root | Let] = ()
) -> str:
    """Rows t = 0, 1, ...: each name unrolled and by its closed form, with parameters chosen as
    simple fractions, free sequences as t + 1.

    A cell that differs is marked; one that does not exist (m_hat at t = 0) is a dash.
    """
    env = _simple(model, claims) | {name: lambda at: at + 1 for name in model.free}
    env |= truth(model, env)
    give_meanings(where, env)
    t = model.index.name
    head = [
        t,
        *(f"{name}{kind}" for name in claims for kind in (" unrolled", " closed")),
    ]
    body = [head]
    for at in range(int(model.first), int(model.first) + rows):
        cells = [str(at)]
        for claim in claims.values():
            values = [_value(side, env | {t: at}) for side in (claim.left, claim.right)]
            missing = values[0] is None
            mark = "" if missing or values[1] is None or agree(*values) else " !"
            cells += ["-" if missing or v is None else f"{_float(v):.6g}{mark}" for v in values]
        body.append(cells)
    wide = [max(len(row[i]) for row in body) for i in range(len(head))]
    chosen = [f"{k} = {v}" for k, v in env.items() if isinstance(v, int | Fraction)]
    chosen += [f"{name}({t}) = {t} + 1" for name in model.free]
    return "\n".join(
        [
            *([f"with {', '.join(chosen)}"] if chosen else []),
            *("  ".join(c.rjust(w) for c, w in zip(row, wide, strict=True)) for row in body),
        ]
    )


def _simple(model: Stated, claims: Mapping[str, Claim]) -> dict[str, Any]:
    """One simple fraction for each letter, within the ranges: the first that fits, another for each
    letter."""
    names = [s for s in free_symbols(*hidden(model)) if s != model.index]
    env: dict[str, Any] = {}
    tried = [
        Fraction(1, 2),
        Fraction(9, 10),
        Fraction(3, 4),
        Fraction(1, 10),
        Fraction(2),
        Fraction(-1),
        Fraction(-2),
    ]
    relations = [
        r
        for r in (*model.ranges, *(n for claim in claims.values() for n in claim.needs))
        if r.free_symbols != {model.index}
    ]
    for number, symbol in enumerate(names):
        ordered = tried[number % 4 :] + tried[: number % 4]
        for value in ordered:
            env[symbol.name] = value
            settled = [r for r in relations if all(s.name in env for s in r.free_symbols)]
            if all(evaluate(r, env) for r in settled):
                break
        else:
            raise DeriveError(f"no simple value for {symbol} meets its ranges")
    return env


def _value(expr: Any, env: dict[str, Any]) -> Any:
    try:
        value = evaluate(expr, env)
    except ZeroDivisionError:
        return None
    return value.rational() if hasattr(value, "rational") else value


def _float(value: Any) -> float:
    return float(value) if isinstance(value, int | Fraction) else float(value.mid)

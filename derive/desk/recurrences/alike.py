"""Names that look the same when they are written, and are refused for it."""

from __future__ import annotations

from collections.abc import Container

from sympy import exp
from sympy.core.numbers import Exp1

from derive.errors import DeriveError
from derive.model.recurrences.stated import Stated
from derive.notation import ACCENTS, Notation


def told_apart(model: Stated, notation: Notation) -> None:
    """Raises DeriveError where two names look the same, as eps and epsilon do."""
    seen: dict[str, str] = {}
    for name in sorted(model.names):
        other = seen.setdefault(notation.symbol(name), name)
        if other != name:
            raise DeriveError(
                f'"{other}" and "{name}" are both written {notation.symbol(name)}; call one of '
                f"them something else"
            )
    if "E" in model.names and any(part.atoms(exp, Exp1) for part in model.equations.values()):
        raise DeriveError(
            '"E" is Euler\'s number where exp(1) is printed; call the letter something else'
        )
    if notation.index == "subscript":
        own = {
            f"{n}_{int(model.first) + j}"
            for n, given in model.start.items()
            for j in range(len(given))
        }
        sequences = {*model.equations, *model.free}
        alike = [n for n in sorted(model.names - own) if _looks_indexed(n, sequences)]
        if alike:
            raise DeriveError(
                f'"{alike[0]}" looks like a value of {alike[0].rpartition("_")[0]}; call it '
                f"something else"
            )


def _looks_indexed(name: str, sequences: Container[str]) -> bool:
    head, _, tail = name.rpartition("_")
    return head in sequences and tail not in ACCENTS

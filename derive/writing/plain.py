"""A derivation as text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic, Expr, degree, sstr

from derive.model.language.claims import Derivation, Root
from derive.model.language.parts import is_grouped, parts


def _plain(expr: Expr) -> str:
    """As text; what was kept as it was written stays in that order."""
    return sstr(expr, order="none") if any(map(is_grouped, parts(expr))) else str(expr)


def beside(needs: Iterable[Basic]) -> str:
    """Conditions said beside an answer."""
    told = " and ".join(map(str, needs))
    return f"   where {told}" if told else ""


def plain_lines(derivation: Derivation) -> list[str]:
    """The derivation as text: lemmas, then the chain, each line with its reason and its new
    conditions; last, what roots mean."""
    told: list[Basic] = []
    rows: list[tuple[str, str, str]] = []
    for number, step in enumerate((*derivation.lemmas, *derivation.steps)):
        new = [n for n in step.claim.needs if n not in told]
        told += new
        chained = number > len(derivation.lemmas)
        left = " " * len(str(derivation.goal)) if chained else _plain(step.claim.left)
        reason = step.rule.name.replace(r"\,", "*").replace("$", "")
        rows.append((left, _plain(step.claim.right), "; ".join([reason, *(str(n) for n in new)])))
    wide = max((len(f"{left} = {right}") for left, right, _ in rows), default=0)
    goal = len(str(derivation.goal))
    wide = min(wide, 63 + goal)
    return [
        *(f"{f'{left} = {right}':<{wide}}   {reason}" for left, right, reason in rows),
        *_plain_where(derivation),
    ]


def _plain_where(derivation: Derivation) -> list[str]:
    roots = [entry for entry in derivation.where if isinstance(entry, Root)]
    return [
        f"where {r.name}(1), ..., {r.name}({degree(r.polynomial, r.variable)}) are the roots "
        f"of {r.polynomial}"
        for r in roots
    ]

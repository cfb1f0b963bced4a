"""Answers about a solution as lines: a value, a limit, the parameters where it converges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Basic, S

from derive.model.language.claims import Verdict
from derive.notation import Notation
from derive.writing.latex import latex, relation

SIGNS = {"=": "&= ", "->": r"&\to ", "": "&"}


def said(
    says: Sequence[tuple[Basic | None, str, Basic, tuple[Basic, ...]]],
    needs: Iterable[Basic],
    notation: Notation,
    verdict: Verdict | None,
) -> str:
    """Rows (left side, sign, right side, conditions), with what all of them need, and how they were
    counted where there is no proof."""
    body, needs = [], tuple(needs)
    for number, (left, sign, right, conditions) in enumerate(says, 1):
        beside = [f"${relation(c, notation)}$" for c in conditions or needs]
        if verdict is not None and verdict.kind == "COUNTED" and number == len(says):
            beside.append(f"counted in {verdict.worlds} worlds, not proved")
        goal = "" if left is None else f"{latex(left, notation)} "
        write = relation if right.is_Relational else latex
        value = r"\text{always}" if right is S.true else write(right, notation)
        told = rf" \qquad\text{{{'; '.join(beside)}}}" if beside else ""
        body.append(f"  {goal}{SIGNS[sign]}{value}{told}")
    return "\\begin{align*}\n" + " \\\\\n".join(body) + "\n\\end{align*}"

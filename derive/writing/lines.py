"""A derivation as lines: one relation a line, its reason beside it, unrolled terms with dots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sympy import Add, Basic, Expr, Mul, Sum, Symbol

from derive.model.claims import Derivation, Step
from derive.notation import Notation
from derive.writing.latex import PRODUCT, SUM, bracket, latex

WIDEST = 92  # characters of a display and its reason that fit on a line of the sheet


@dataclass
class Line:
    """One row of a display: the expressions shown, each after an equals sign, the reasons, the tag."""

    shown: list[str]
    reasons: list[str] = field(default_factory=list)
    left: str = ""
    tag: str = ""


def lines(
    derivation: Derivation, notation: Notation, full: bool = False, told: list[Basic] | None = None, tags: Iterator[int] | None = None
) -> list[Line]:
    """The rows of a derivation, for which `full` gives every step a row; `tags` number the rows of a brief one.

    Conditions in `told` are not said again; those said are added to it.
    """
    rows: list[Line] = []
    start: list[str] = []
    reasons: list[str] = []
    told = [] if told is None else told
    waiting = False  # steps of kind "after" whose line is still to come
    for number, step in enumerate(derivation.steps):
        kind, last = step.rule.line, number == len(derivation.steps) - 1
        text = latex(step.claim.right, notation)
        reasons += _reasons(step, notation, told, "own" if full else kind, derivation.goal)
        own = kind == "own" or last or (kind == "start" and tags is not None)
        if full or own or (kind in ("before", "silent") and not (rows or waiting)):
            rows.append(Line([*start, *_dots(step, notation), text], reasons, tag=str(next(tags)) if tags and own else ""))
            start, reasons, waiting = [], [], False
        elif kind == "start":
            start.append(text)
        elif kind == "after" or waiting:
            waiting = True
        else:
            rows[-1].shown = _joined(rows[-1].shown, step, text, notation)
            rows[-1].reasons += reasons
            reasons = []
    if rows:
        rows[0].left = latex(derivation.goal, notation)
    return rows


def _joined(shown: list[str], step: Step, text: str, notation: Notation) -> list[str]:
    """A line with a small step's result in place of its own; the terms with dots are shown factored where that is shorter."""
    dotted = [_factored_dots(step.claim.right, notation)] if r"\ldots" in "".join(shown) else []
    kept = [t if r"\ldots" not in t or not dotted or width(t) <= 24 else dotted[0] for t in shown[:-1]]
    return [*kept, text]


def _reasons(step: Step, notation: Notation, told: list[Basic], kind: str, goal: Expr) -> list[str]:
    """What is said of a step: its rule, the one or two short facts it puts in, conditions not told yet."""
    facts = [f"${latex(u.left, notation)} = {latex(u.right, notation)}$" for u in step.uses if u.left != goal]
    facts = [f for f in facts if width(f) < 24] if len(facts) < 3 else []
    said = [] if kind in ("silent", "start") else [step.rule.name]
    if said and facts:
        said[0] += f"{' from' if step.rule.law else ''} {' and '.join(facts)}"
    new = [] if kind == "start" else [n for n in step.claim.needs if n not in told]
    told += new
    return said + [f"${latex(n, notation)}$" for n in new]


def _terms(total: Sum, notation: Notation) -> str:
    index, low, high = total.limits[0]
    terms = [total.function.xreplace({index: at}) for at in (low, low + 1, high)]
    texts = [latex(t, notation, PRODUCT if isinstance(t, Add) else SUM) for t in terms]
    return "+".join([*texts[:2], r"\ldots", texts[2]]).replace("+-", "-")


def _dots(step: Step, notation: Notation) -> list[str]:
    """The terms of a sum that has just been unrolled: c + beta c + ... + beta^{t-1} c."""
    total = step.claim.right
    return [_terms(total, notation)] if step.rule.name == "unroll" and isinstance(total, Sum) else []


def _factored_dots(expr: Expr, notation: Notation) -> str:
    """A factor times a sum as the factor times its terms: (1 - beta) c (1 + beta + ... + beta^{t-1})."""
    sums = [f for f in Mul.make_args(expr) if isinstance(f, Sum)]
    mark = Symbol("_dots")
    text = latex(expr.xreplace({sums[0]: Symbol("zzz")}), Notation(notation.index, {**notation.names, "zzz": str(mark)}))
    return text.replace(f" {mark}", str(mark)).replace(str(mark), bracket(_terms(sums[0], notation)))


def align(derivation: Derivation, notation: Notation, full: bool = False) -> str:
    """An align* environment of the derivation."""
    return environment(lines(derivation, notation, full))


def environment(rows: list[Line]) -> str:
    r"""Rows as an align* environment; a reason that would run off the page stands on a row of its own."""
    body = []
    for row in rows:
        reason = "; ".join(row.reasons)
        tag = rf" \tag{{{row.tag}}}" if row.tag else ""
        parts = [" = ".join(row.shown)] if width(f"{row.left}={'='.join(row.shown)}") <= WIDEST else row.shown
        equations = [f"{row.left if n == 0 else ''} &= {part}" for n, part in enumerate(parts)]
        body += [f"  {e}" for e in equations[:-1]]
        if reason and width(equations[-1]) + width(reason) > WIDEST - 6 * bool(tag):
            body.append(f"  {equations[-1]}{tag}")
            body.append(rf"  &\qquad\text{{\small({reason})}}")
        else:
            body.append(f"  {equations[-1]}" + (rf" && \text{{{reason}}}" if reason else "") + tag)
    return "\\begin{align*}\n" + " \\\\\n".join(body) + "\n\\end{align*}"


def width(text: str) -> int:
    """About how many characters wide LaTeX is when set: limits and indices are small, commands are one sign."""
    text = re.sub(r"\\(?:left|right|mathrm|text|small|qquad|tag|hat|tilde|quad|,|;)", "", text)
    text = re.sub(r"\\(?:sum|prod)_\{[^}]*\}\^\{[^}]*\}", "MMM", text)
    text = re.sub(r"\\frac\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}\{", lambda m: m[1] + "{" if len(m[1]) > 8 else "{", text)
    text = re.sub(r"\^\{([^{}]*)\}", lambda m: m[1][: (len(m[1]) + 1) * 2 // 3], text)
    text = re.sub(r"\\[a-zA-Z]+", "M", text)
    return len(re.sub(r"[{}$&\s]", "", text))


def plain_lines(derivation: Derivation) -> list[str]:
    """The derivation as text: each line with its reason and its new conditions."""
    told: list[Basic] = []
    rows: list[tuple[str, str]] = []
    left = str(derivation.goal)
    for step in derivation.steps:
        new = [n for n in step.claim.needs if n not in told]
        told += new
        rows.append((str(step.claim.right), "; ".join([step.rule.name.replace("$", ""), *(str(n) for n in new)])))
    wide = max((len(r) for r, _ in rows), default=0)
    return [f"{left if n == 0 else ' ' * len(left)} = {right:<{min(wide, 60)}}   {reason}" for n, (right, reason) in enumerate(rows)]

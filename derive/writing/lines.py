"""A derivation as lines: one relation a line, its reason beside it, unrolled terms with dots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sympy import Add, Basic, Expr, Integer, Mul, Piecewise, Sum, Symbol, degree

from derive.model.language.claims import Derivation, Let, Root, Step, sequence
from derive.notation import Notation
from derive.writing.brackets import PRODUCT, SUM, bracket
from derive.writing.latex import latex
from derive.writing.width import width, words

SIDE = 330.0  # how wide lines side by side may be, in points
BRACES = str.maketrans("", "", "{}")


@dataclass
class Line:
    """One row of a display: the expressions shown, each after an equals sign, the reasons, the
    tag."""

    shown: list[str]
    reasons: list[str] = field(default_factory=list)
    left: str = ""
    tag: str = ""


def lines(
    derivation: Derivation,
    notation: Notation,
    full: bool = False,
    told: list[Basic] | None = None,
    tags: Iterator[int] | None = None,
) -> list[Line]:
    """The rows of a derivation, for which `full` gives every step a row; `tags` number the rows of
    a brief one.

    Conditions in `told` are not said again; those said are added to it.
    """
    told = [] if told is None else told
    before = _lemmas(derivation, notation, told)
    rows: list[Line] = []
    start: list[str] = []
    reasons: list[str] = []
    said = [lemma.claim.left for lemma in derivation.lemmas]  # facts that stand above
    waiting = False  # steps of kind "after" whose line is still to come
    for number, step in enumerate(derivation.steps):
        kind, last = step.rule.line, number == len(derivation.steps) - 1
        text = latex(step.claim.right, notation)
        reasons += _reasons(step, notation, told, "own" if full else kind, derivation.goal, said)
        joins_above = kind in ("before", "silent") and rows and not waiting
        own = (
            kind in ("own", "plain")
            or (last and not joins_above)
            or (kind == "start" and tags is not None)
        )
        if full or own or (kind in ("before", "silent") and not (rows or waiting)):
            rows.append(
                Line(
                    [*start, *_dots(step, notation), text],
                    reasons,
                    tag=str(next(tags)) if tags and own else "",
                )
            )
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
    return [*before, *rows]


def _lemmas(derivation: Derivation, notation: Notation, told: list[Basic]) -> list[Line]:
    """The lines before the chain; short ones with the same reason side by side."""
    rows: list[Line] = []
    last = ""
    column = max((width(latex(step.claim.left, notation)) for step in derivation.lemmas), default=0)
    for step in derivation.lemmas:
        left, right = latex(step.claim.left, notation), latex(step.claim.right, notation)
        reasons = _reasons(
            step, notation, told, "own", derivation.goal, [u.left for u in step.uses]
        )  # what it uses is known
        beside = rf"{rows[-1].shown[0]},\quad {left} = {right}" if rows else ""
        if rows and step.rule.name == last and column + width(beside) < SIDE:
            rows[-1].shown = [beside]
            rows[-1].reasons += [r for r in reasons if r not in rows[-1].reasons]
        else:
            rows.append(Line([right], reasons, left))
        last = step.rule.name
    return rows


def where_lines(where: Iterable[Root | Let], notation: Notation) -> list[str]:
    """What roots mean, in words."""
    found = []
    for entry in where:
        if isinstance(entry, Root):
            size = degree(entry.polynomial, entry.variable)
            name = sequence(entry.name)
            listed = [latex(name(Integer(n)), notation) for n in range(1, size + 1)]
            shown = ", ".join(listed if size <= 3 else [*listed[:2], r"\ldots", listed[-1]])
            polynomial = latex(entry.polynomial.as_poly(entry.variable).as_expr(), notation)
            found.append(
                f"${shown}$ {'is the root' if size == 1 else 'are the roots'} of ${polynomial}$"
            )
    return found


def _joined(shown: list[str], step: Step, text: str, notation: Notation) -> list[str]:
    """A line with a small step's result in place of its own; the terms with dots are shown factored
    where that is shorter."""
    dotted = [_factored_dots(step.claim.right, notation)] if r"\ldots" in "".join(shown) else []
    kept = [
        t if r"\ldots" not in t or not dotted or width(t) <= 120 else dotted[0] for t in shown[:-1]
    ]
    return [*kept, text]


def _reasons(
    step: Step,
    notation: Notation,
    told: list[Basic],
    kind: str,
    goal: Expr,
    said_above: Sequence[Expr] = (),
) -> list[str]:
    """What is said of a step: its rule, the one or two short facts it puts in, conditions not told
    yet."""
    pairs = [
        (latex(u.left, notation), latex(u.right, notation))
        for u in step.uses
        if u.left not in (goal, step.claim.left, *said_above)
    ]
    facts = [f"${left} = {right}$" for left, right in pairs if not alike(left, right)]
    facts = [f for f in facts if words(f) < 110] if len(facts) < 3 else []
    said = [] if kind in ("silent", "start", "plain") else [step.rule.name]
    if said and facts:
        said[0] += f"{' from' if step.rule.law else ''} {' and '.join(facts)}"
    new = [] if kind == "start" else [n for n in step.claim.needs if n not in told]
    told += new
    return said + [f"${latex(n, notation)}$" for n in new]


def alike(left: str, right: str) -> bool:
    """Whether two formulas look the same when set, as w_{0} and w_0 do."""
    return left.translate(BRACES) == right.translate(BRACES)


def _terms(total: Sum, notation: Notation) -> str:
    index, low, high = total.limits[0]
    terms = [total.function.xreplace({index: at}) for at in (low, low + 1, high)]
    texts = [latex(t, notation, PRODUCT if isinstance(t, Add) else SUM) for t in terms]
    return "+".join([*texts[:2], r"\ldots", texts[2]]).replace("+-", "-")


def _dots(step: Step, notation: Notation) -> list[str]:
    """The terms of a sum that has just been unrolled: c + beta c + ... + beta^{t-1} c; not of
    pieces, which say it better."""
    total = step.claim.right
    return (
        [_terms(total, notation)]
        if step.rule.name == "unroll" and isinstance(total, Sum) and not total.has(Piecewise)
        else []
    )


def _factored_dots(expr: Expr, notation: Notation) -> str:
    """A factor times a sum as the factor times its terms: (1 - beta) c (1 + beta + ... +
    beta^{t-1})."""
    sums = [f for f in Mul.make_args(expr) if isinstance(f, Sum)]
    last, mark = Symbol("zzz "), "_dots"  # set last among the factors; names that nobody writes
    text = latex(
        expr.xreplace({sums[0]: last}),
        Notation(notation.index, {**notation.names, last.name: mark}),
    )
    return text.replace(f" {mark}", mark).replace(mark, bracket(_terms(sums[0], notation)))

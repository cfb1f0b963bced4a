"""A derivation as an align* environment: rows, reasons beside or below them, tags."""

from __future__ import annotations

from derive.model.language.claims import Derivation
from derive.notation import Notation
from derive.writing.lines import Line, lines
from derive.writing.width import LINE, broken, width, words


def align(derivation: Derivation, notation: Notation, full: bool = False) -> str:
    """An align* environment of the derivation."""
    return environment(lines(derivation, notation, full))


def environment(rows: list[Line]) -> str:
    r"""Rows as an align* environment. Reasons stand in a column of their own where they fit, else
    behind or below their row."""
    left = max((width(row.left) for row in rows), default=0)
    cells = [cell for row in rows for cell in _cells(row, left)]
    cells = [
        (e, "" if n and reason == cells[n - 1][1] else reason, tag)
        for n, (e, reason, tag) in enumerate(cells)
    ]  # said once
    room = LINE - 30 * any(tag for _, _, tag in cells)
    wide = [left + width(c[0].partition("&")[2]) for c in cells]
    column = (
        max(wide, default=0) + 30 + max((words(reason) for _, reason, _ in cells), default=0)
        <= room
    )
    body = []
    for (equation, reason, tag), size in zip(cells, wide, strict=True):
        mark = rf" \tag{{{tag}}}" if tag else ""
        if not reason or column:
            body.append(f"  {equation}" + (rf" && \text{{{reason}}}" if reason else "") + mark)
        elif size + 22 + words(reason) <= room:
            body.append(rf"  {equation} \qquad\text{{{reason}}}{mark}")
        else:
            body += [f"  {equation}{mark}", rf"  &\qquad\text{{({reason})}}"]
    return "\\begin{align*}\n" + " \\\\\n".join(body) + "\n\\end{align*}"


def _cells(row: Line, left: float) -> list[tuple[str, str, str]]:
    """(equation, reason, tag) of a row; of several rows where its chain, or a formula in it, is too
    long for one.

    `left` is the width of the column before the equals signs.
    """
    chain = " = ".join(row.shown)
    room = LINE - 30 * bool(row.tag) - left - width("=")
    parts = [chain] if width(chain) <= room else row.shown
    equations = []
    for number, part in enumerate(parts):
        first, *more = broken(part, room)
        equations += [
            f"{row.left if number == 0 else ''} &= {first}",
            *(rf"&\quad {piece}" for piece in more),
        ]
    return [
        *((e, "", "") for e in equations[:-1]),
        (equations[-1], "; ".join(dict.fromkeys(row.reasons)), row.tag),
    ]

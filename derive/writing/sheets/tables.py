"""Records as a table: for Markdown, or for LaTeX with booktabs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.notation import escaped


def markdown(records: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    """The `columns`, key by heading, of each record."""
    rows = [list(columns.values()), ["---"] * len(columns)]
    rows += [[_text(record[key]).replace("|", r"\|") for key in columns] for record in records]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def tabular(records: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    """The same as a `tabular`, numbers to the right."""
    sides = "".join("r" if _numeric([r[key] for r in records]) else "l" for key in columns)
    rows = [" & ".join(_tex(record[key]) for key in columns) + r" \\" for record in records]
    head = " & ".join(map(_tex, columns.values())) + r" \\"
    frame = [
        rf"\begin{{tabular}}{{{sides}}}",
        r"\toprule",
        head,
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(frame)


def _numeric(values: Sequence[Any]) -> bool:
    return all(v is None or isinstance(v, int | float | list) for v in values)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return (
        "–" if value is None else "yes" if value is True else "no" if value is False else str(value)
    )


def _tex(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"${value}$"
    return "--" if value is None else escaped(_text(value))

"""Records as a table: in columns, for Markdown, or for LaTeX with booktabs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError, nearest
from derive.notation import escaped


@dataclass(frozen=True)
class Table:
    """Records and their `columns`, key by heading. A notebook shows it as one."""

    records: tuple[Mapping[str, Any], ...]
    columns: Mapping[str, str]

    def __repr__(self) -> str:
        return in_columns(self.records, self.columns)

    def _repr_markdown_(self) -> str:
        return markdown(self.records, self.columns)

    def written(self, form: str) -> str:
        """As "text", "markdown", "latex" or "json". Raises DeriveError."""
        forms = {"text": in_columns, "markdown": markdown, "latex": tabular}
        if form == "json":
            return json.dumps([dict(r) for r in self.records], indent=1)
        if form not in forms:
            raise DeriveError(f'no form "{form}" of a table{nearest(form, [*forms, "json"])}')
        return forms[form](self.records, self.columns)


def in_columns(records: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    """The `columns` of each record below each other, as a terminal shows them; numbers to the
    right."""
    right = {key: _numeric([r[key] for r in records]) for key in columns}
    rows = [list(columns.values()), *([_spaced(r[key]) for key in columns] for r in records)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right[key] else cell.ljust(width)
            for key, cell, width in zip(columns, row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


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
    flat = [x for v in values for x in (v if isinstance(v, list) else [v])]
    return bool(flat) and all(x is None or isinstance(x, int | float) for x in flat)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return (
        "–" if value is None else "yes" if value is True else "no" if value is False else str(value)
    )


def _spaced(value: Any) -> str:
    """A number with its thousands told apart."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return f"{value:,}" if is_number else _text(value)


def _tex(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"${value}$"
    return "--" if value is None else escaped(_text(value))

"""What a text says beside its formulas and is not checked: conditions in prose, terms that claim
nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sympy import Integer, Symbol

from derive.desk.proofreading.letters.settings import Setting
from derive.model.language.conditions import Conditions
from derive.model.language.text import compare
from derive.reading.texts.chains import statements
from derive.reading.texts.documents import Document, document
from derive.reading.tokens.spellings import OPERATORS
from derive.reading.tokens.token import Unreadable

FOR_ALL = re.compile(
    r"for (?:all|every|any|each) \$?\s*([A-Za-z])\s*(>=|<=|>|<|≥|≤|\\geq?|\\leq?)\s*(\d+)"
)


def remarks(text: str, settings: Sequence[Setting]) -> list[str]:
    """Lines about what was not checked in a text that was proofread."""
    source = document(text)
    return [*_conditions(source, settings), *_terms(source)]


def _conditions(source: Document, settings: Sequence[Setting]) -> list[str]:
    """`for all t > 0`, where the problem says otherwise from where t counts."""
    found = []
    for match in FOR_ALL.finditer(source.text):
        letter, sign, number = match.groups()
        said = compare(Symbol(letter), OPERATORS[sign], Integer(number))
        stated = [r for s in settings for r in s.model.ranges if r.free_symbols == {Symbol(letter)}]
        if stated and not Conditions(stated).give(said):
            line, _ = source.place(match.start())
            known = ", ".join(dict.fromkeys(map(str, stated)))
            found.append(
                f'line {line}: "{match[0]}" is prose and not checked; the problem says {known}'
            )
    return found


def _terms(source: Document) -> list[str]:
    """Where formulas stand that compare nothing."""
    lines: dict[int, None] = {}
    count = 0
    for formula in source.formulas:
        try:
            found = statements(formula, source, [0])
        except Unreadable:
            continue
        for statement in found:
            if not statement.claims:
                count += 1
                lines.setdefault(source.place(statement.at)[0])
    if not count:
        return []
    return [
        f"not checked: prose, and {count} terms in it that claim nothing (lines "
        f"{', '.join(map(str, lines))})"
    ]

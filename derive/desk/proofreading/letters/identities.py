"""Equations in letters of a text's own, which hold for all their values: sum_{k=0}^{n-1} q^k = (1 -
q^n)/(1 - q)."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Ge, Symbol
from sympy.core.function import AppliedUndef

from derive.desk.proofreading.letters.settings import Setting
from derive.desk.proofreading.reader import Chain, Side, judge_chain, read_in
from derive.model.language.claims import T
from derive.model.recurrences.stated import Stated
from derive.notation import Notation
from derive.reading.latex.words import Letters
from derive.reading.texts.chains import EQUALS, Statement

COUNTS = (
    "n",
    "N",
    "m",
    "M",
    "t",
    "T",
    "k",
    "j",
    "i",
)  # letters that stand for a number of steps, the likelier first


def identity(statement: Statement) -> Chain | None:
    """The statement judged for all values of its letters; None where its sides do not have the same
    ones: it is no identity."""
    if any(link.sign not in EQUALS for link in statement.links[1:]):
        return None
    sides, _ = read_in(statement, Letters())
    letters = {s.name for side in sides if side.value is not None for s in side.value.free_symbols}
    if not _is_one(sides):
        return None
    counts = next((c for c in COUNTS if c in letters), "")
    index = Symbol(counts or T.name)
    setting = Setting((), Stated({}, {}, index=index), Notation())
    setting.vocabulary = Letters(indices=frozenset(counts or "n"), index=index)
    setting.conditions = ((Ge(index, 1, evaluate=False),),)
    return judge_chain(statement, setting, (), ())


def _is_one(sides: Sequence[Side]) -> bool:
    values: list[Expr] = [s.value for s in sides if s.value is not None]
    if len(values) < len([s for s in sides if not s.is_dots]) or len(values) < 2:
        return False
    same = all(v.free_symbols == values[0].free_symbols for v in values) and bool(
        values[0].free_symbols
    )
    return same and not any(v.is_Symbol or v.atoms(AppliedUndef) for v in values)

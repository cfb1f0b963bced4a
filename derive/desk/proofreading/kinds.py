"""What kind of statement a line is: an update, a choice of letters, a number for one case."""

from __future__ import annotations

from collections.abc import Sequence

from sympy.core.function import AppliedUndef

from derive.desk.proofreading.letters.settings import Setting
from derive.desk.proofreading.reader import Chain, read_in
from derive.reading.latex.pieces import RELATIONS
from derive.reading.texts.chains import EQUALS, Statement


def arrow(statement: Statement) -> bool:
    """Whether a statement is written as an assignment."""
    return any(link.sign == "<-" for link in statement.links)


def steps(statement: Statement, fitting: Sequence[Setting]) -> bool:
    """Whether a statement looks like an update: x(t+1) = ..., or a quantity made from values at t +
    1."""
    for setting in fitting:
        value = read_in(statement, setting.vocabulary)[0][0].value
        if isinstance(value, AppliedUndef) and value.args[0] == setting.vocabulary.index + 1:
            return True
    return False


def is_choice(chain: Chain, condition: bool) -> bool:
    """`K = 3`, where a letter that may be anything is given a number; an inequality of such, or
    made a condition by words."""
    values = [s.value for s in chain.sides]
    signs = {s.link.sign for s in chain.sides[1:]}
    if any(v is None for v in values) or not signs <= {*EQUALS, *RELATIONS, "divides"}:
        return False
    first, *rest = values
    named = {a.func.__name__ for v in values for a in v.atoms(AppliedUndef)}  # type: ignore[union-attr]
    free = named <= chain.setting.free
    if not signs <= {*EQUALS}:
        return any(v.free_symbols for v in values) and (condition or free)  # type: ignore[union-attr]
    letter = first.is_Symbol or (isinstance(first, AppliedUndef) and free)  # type: ignore[union-attr]
    return letter and (condition or rest[-1].is_number)  # type: ignore[union-attr]


def gives_a_number(chain: Chain) -> bool:
    """W(0) = 1 + 3 * 2 = 7: a quantity that depends on letters is a number."""
    first, *rest = [s.value for s in chain.sides]
    if not isinstance(first, AppliedUndef) or any(v is None or not v.is_number for v in rest):
        return False
    return bool(chain.setting.free & chain.setting.vocabulary.words.keys()) or bool(
        first.args[0].is_number
    )

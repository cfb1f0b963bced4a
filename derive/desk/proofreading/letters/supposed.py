"""What a text supposes of a stack: sizes for all layers, or one a layer, make a stack of their own
that its lines are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr, Integer
from sympy.core.function import AppliedUndef

from derive.desk.proofreading.letters.settings import Setting
from derive.desk.proofreading.reader import read_in
from derive.errors import DeriveError
from derive.model.convolutions.stacks import Stack
from derive.model.language.claims import DEPTH, LEVEL
from derive.reading.texts.chains import EQUALS, Statement

Sizes = dict[str, dict[Expr, Expr]]  # by letter, by layer


def supposed(setting: Setting, assumed: Sequence[Statement]) -> Setting | None:
    """The stack of a setting with the sizes that a text gives it; None where it gives none, or not
    all of a list."""
    model = setting.model
    if not isinstance(model, Stack) or model.values is not None:
        return None
    depth, sizes = _said(setting, assumed, model.depth)
    values: dict[str, tuple[Expr, ...] | Expr] = {}
    for letter, by_layer in sizes.items():
        at, value = next(iter(by_layer.items()))
        if not at.is_Integer:
            values[letter] = value.xreplace({at: LEVEL})
            continue
        row = [by_layer.get(Integer(n)) for n in range(1, len(by_layer) + 1)]
        if None in row or depth not in (DEPTH, len(row)):
            return None
        values[letter], depth = tuple(row), Integer(len(row))  # type: ignore[arg-type]
    if depth == model.depth and not values:
        return None
    try:
        made = Setting((), Stack(depth, model.varies, values or None), setting.notation)
    except DeriveError:  # no sizes of layers
        return None
    own = {word.name: word for word in made.vocabulary.words.values()}
    words = {
        key: own.get(word.name, word) for key, word in setting.vocabulary.words.items()
    }  # as the text writes them
    made.vocabulary = replace(setting.vocabulary, words=words)
    return made


def _said(setting: Setting, assumed: Sequence[Statement], depth: Expr) -> tuple[Expr, Sizes]:
    """The depth and the sizes that equations give."""
    sizes: Sizes = {}
    for statement in assumed:
        if any(link.sign not in EQUALS for link in statement.links[1:]):
            continue
        values = [s.value for s in read_in(statement, setting.vocabulary)[0]]
        if None in values:
            continue
        *heads, value = values
        for head in heads:
            if head == DEPTH:
                depth = value  # type: ignore[assignment]
            elif isinstance(head, AppliedUndef) and head.func.__name__ in setting.model.varies:
                sizes.setdefault(head.func.__name__, {})[head.args[0]] = value  # type: ignore[index, assignment]
    return depth, sizes


def named_in(text: str, setting: Setting) -> bool:
    """Whether a text has named the numbers of a stack, in their order; of any other setting,
    true."""
    values = getattr(setting.model, "values", None) or {}
    rows = [
        row
        for row in values.values()
        if isinstance(row, tuple) and all(size.is_Integer for size in row)
    ]
    return all(
        re.search(r"(?<!\d)" + r"\D{1,24}".join(map(str, row)) + r"(?!\d)", text) for row in rows
    )

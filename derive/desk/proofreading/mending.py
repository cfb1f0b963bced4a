"""What would mend a false line: the one small change after which it holds."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from sympy import Basic, Tuple, preorder_traversal

from derive.checking.numbers.evaluate import agree
from derive.checking.numbers.intervals import NotReadable
from derive.desk.budget import TooHard, limit
from derive.desk.proofreading.edits import KINDS, Edit, edits, words_for
from derive.desk.proofreading.judge import judge
from derive.desk.proofreading.reader import Chain, Judged
from derive.model.language.claims import Claim
from derive.notation import Notation
from derive.reading.texts.chains import EQUALS
from derive.writing.functions import NotWritable
from derive.writing.latex import latex

MOST = 1000  # changes that are tried
WORLDS = 4
SECONDS = 3.0


def mend(chain: Chain, judged: Judged) -> str:
    """The change in words, or nothing where no single one is found that mends the line."""
    try:
        with limit(SECONDS):
            return _mend(chain, judged)
    except TooHard:
        return ""


def _mend(chain: Chain, judged: Judged) -> str:
    first, side, setting = chain.sides[0], judged.side, chain.setting
    if side.link.sign not in EQUALS or side.value is None or judged.before.value is None:
        return ""
    goal = first.value if first.value is not None else judged.before.value
    words = words_for(setting, [s.value for s in chain.sides if s.value is not None])
    words = replace(
        words, factors=tuple(dict.fromkeys((*words.letters, *words.factors)))
    )  # a letter may be lost altogether
    sample = setting.sample
    for target, value in ((goal, side.value), (side.value, goal)):
        worlds = sample.worlds(Claim(target, value))[-WORLDS:]
        for edit in sorted(islice(edits(value, words), MOST), key=_simple):
            if (
                all(_agrees(sample, target, edit.expr, env) for env in worlds)
                and judge(target, edit.expr, setting).holds
            ):
                return _said(edit, setting.notation)
    return ""


def _simple(edit: Edit) -> tuple[int, int]:
    """The likelier kinds first, then the smaller parts."""
    return KINDS.index(edit.kind), sum(1 for _ in preorder_traversal(edit.old))


def _agrees(sample: object, a: Basic, b: Basic, env: dict[object, object]) -> bool:
    try:
        return agree(sample.value(a, env), sample.value(b, env))  # type: ignore[attr-defined]
    except (ZeroDivisionError, NotReadable):
        return True


def _said(edit: Edit, notation: Notation) -> str:
    """The change in words; limits as `0 to t-1`."""
    try:
        old, new = (
            " to ".join(latex(p, notation) for p in (part if isinstance(part, Tuple) else [part]))
            for part in (edit.old, edit.new)
        )
    except NotWritable:
        return edit.kind
    return f"{edit.kind}: {new} for {old}"

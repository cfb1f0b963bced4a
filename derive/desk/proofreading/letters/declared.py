"""A stack declared by the LaTeX of its recurrence: what it states must be true of a stack."""

from __future__ import annotations

from itertools import pairwise, permutations

from derive.desk.convolutions.stacks import receptive_field
from derive.desk.proofreading.judge import judge
from derive.desk.proofreading.letters.settings import Setting
from derive.desk.proofreading.reader import read_in
from derive.desk.run import Run
from derive.errors import DeriveError
from derive.model.convolutions.stacks import Stack
from derive.notation import Notation
from derive.reading.texts.chains import statements
from derive.reading.texts.documents import Formula, document
from derive.reading.tokens.tokens import Unreadable

NO_START = "the start is missing: write W^{(L)} = 1 beside the recurrence"


def stack(text: str) -> Run:
    r"""The receptive field of the stack whose recurrence is given in LaTeX, W^{(l)} =
    S^{(l+1)}(W^{(l+1)}-1)+K^{(l+1)}, W^{(L)} = 1, with or without dilations D. Raises DeriveError
    saying where it differs from a stack's."""
    if not isinstance(text, str):
        raise DeriveError(f"{text!r:.60}: write the recurrence as text, in LaTeX")
    wrong = ""
    for varies in ("KS", "KSD"):
        model = Stack(varies=varies)
        wrong = _misstates(text, Setting((), model, Notation()))
        if not wrong:
            return receptive_field(*("K(l)", "S(l)"), "L", D="D(l)" if "D" in varies else None)
        if wrong == NO_START:
            break
    raise DeriveError(wrong)


def _misstates(text: str, setting: Setting) -> str:
    """Where a statement is not true of the stack; nothing where all are."""
    source = document(text)
    try:
        found = [
            s
            for f in source.formulas or (Formula(text, 0, True, ""),)
            for s in statements(f, source, [0])
        ]
        claims = [(s, read_in(s, setting.vocabulary)) for s in found if s.claims]
    except Unreadable as error:
        return "line {}, column {}: {}".format(*source.place(error.at), error.why)
    if not claims:
        return r"no equation in it; write W^{(l)} = S^{(l+1)}(W^{(l+1)}-1)+K^{(l+1)}, W^{(L)} = 1"
    for statement, (sides, unknown) in claims:
        bad = next((s for s in sides if s.value is None), None)
        if unknown or bad is not None:
            at, why = (
                (unknown[0][1], f'"{unknown[0][0]}" is no letter of a stack')
                if unknown
                else (bad.at, bad.why)  # type: ignore[union-attr]
            )
            return "line {}, column {}: {}".format(*source.place(at), why)
        for before, here in pairwise(sides):
            verdict = judge(before.value, here.value, setting).verdict  # type: ignore[arg-type]
            if not verdict.holds:
                line = source.place(statement.at)[0]
                return f"line {line}: this is not so in a stack of convolutions: {verdict}"
    starts = any(
        a.value == 1 and not b.value.is_number  # type: ignore[union-attr]
        for _, (s, _) in claims
        for a, b in permutations(s, 2)
    )
    return "" if starts else NO_START

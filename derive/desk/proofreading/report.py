"""What is reported of a text: each claim as it stands there, its verdict, a witness, a mend."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from derive.desk.proofreading.found import VERDICTS, Found
from derive.desk.proofreading.mending import mend
from derive.desk.proofreading.reader import Chain, Judged
from derive.reading.texts.chains import Link, Statement
from derive.reading.texts.documents import Document, Formula
from derive.reading.tokens.spellings import WORD
from derive.reading.tokens.token import Token, Unreadable
from derive.writing.latex import latex


class Report:
    """What is found in a text, claim by claim, each at its place in the source."""

    def __init__(self, source: Document, file: str):
        self.source, self.file = source, file
        self.found: list[tuple[int, Found]] = []

    def in_order(self) -> list[Found]:
        return [found for _, found in sorted(self.found, key=lambda pair: pair[0])]

    def unread(self, formula: Formula, error: Unreadable) -> None:
        """A formula that is not read, where it makes a claim."""
        if any(sign in formula.text for sign in ("=", r"\leftarrow", r"\gets")):
            at = error.at or formula.at
            self._add(
                at,
                Found(
                    self.file,
                    self.source.place(at)[0],
                    formula.tag,
                    _short(formula.text),
                    "unchecked",
                    reason=error.why,
                ),
            )

    def _add(self, at: int, found: Found) -> None:
        self.found.append((at, found))

    def unchecked(self, statement: Statement, why: str) -> None:
        """Every claim of a statement that is not checked."""
        for before, link in pairwise(statement.links):
            line, _ = self.source.place(link.at)
            self._add(
                link.at,
                Found(self.file, line, link.tag, self._text(before, link), "unchecked", reason=why),
            )

    def judged(self, chain: Chain) -> None:
        """Every claim of a chain, with its verdict."""
        for judged in chain.judged:
            self._add(judged.side.link.at, self._one(chain, judged))

    def _one(self, chain: Chain, judged: Judged) -> Found:
        link, verdict = judged.side.link, judged.judgement.verdict
        line, _ = self.source.place(link.row[0].at if link.row else link.at)
        text = self._text(judged.before.link, link)
        if judged.follows is not None:
            reason = f"follows from line {self.source.place(judged.follows)[0]}, which fails"
            return Found(self.file, line, link.tag, text, "follows", reason=reason)
        where = ", ".join(latex(need, chain.setting.notation) for need in judged.judgement.needs)
        reason = verdict.reason if not verdict.holds else f"where {where}" if where else ""
        if verdict.kind == "UNCHECKED" and judged.side.value is None:
            reason = "line {}, column {}: {}".format(
                *self.source.place(judged.side.at), verdict.reason
            )
        found = mend(chain, judged) if verdict.kind == "FAILS" else ""
        how = verdict.kind.lower() if verdict.holds else ""
        return Found(
            self.file,
            line,
            link.tag,
            text,
            VERDICTS[verdict.kind],
            how,
            dict(verdict.witness),
            found,
            reason,
        )

    def _text(self, before: Link, link: Link) -> str:
        return f"{self._side(before.row)} {_written(link.sign)} {self._side(link.row)}"

    def _side(self, row: Sequence[Token]) -> str:
        """A side as it stands in the source."""
        if not row:
            return ""
        end = WORD.match(self.source.text, row[-1].at)
        return _short(self.source.text[row[0].at : end.end() if end else row[-1].at + 1])


def _short(text: str) -> str:
    return " ".join(text.split())


def _written(sign: str) -> str:
    return {
        "<-": r"\leftarrow",
        "~": r"\approx",
        "<=": r"\le",
        ">=": r"\ge",
        "!=": r"\ne",
        "divides": r"\mid",
    }.get(sign, sign)

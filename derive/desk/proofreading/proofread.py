"""Proofreading: every `=` of a text is a claim in the context in which it stands; each gets a
verdict, a witness, a mend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from sympy.core.function import AppliedUndef

from derive.desk.proofreading.about import problems_about
from derive.desk.proofreading.context import Context, names_something
from derive.desk.proofreading.found import VERDICTS, Found
from derive.desk.proofreading.identities import identity
from derive.desk.proofreading.kinds import arrow, gives_a_number, is_choice, steps
from derive.desk.proofreading.mending import mend
from derive.desk.proofreading.reader import Chain, Judged, Unknown, assumed_in, judge_chain, read_in
from derive.desk.proofreading.renamed import inferred, read_letters, renamed
from derive.desk.proofreading.settings import Setting, settings
from derive.desk.proofreading.supposed import named_in, supposed
from derive.model.language.claims import Claim, DeriveError
from derive.notation import INDICES
from derive.reading.latex.words import HERE, Word
from derive.reading.texts.chains import EQUALS, Link, Statement, statements
from derive.reading.texts.documents import Document, Formula, document
from derive.reading.tokens.spellings import WORD
from derive.reading.tokens.tokens import Token, Unreadable
from derive.writing.latex import latex

NUMBERS = re.compile(r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten)\b", re.IGNORECASE)


class Reader:
    """One text, read from its beginning to its end."""

    def __init__(self, source: Document, file: str, found: Sequence[Setting]):
        self.source, self.file, self.settings = source, file, found
        self.context = Context(found)
        self.false: dict[int, list[tuple[Claim, int]]] = {}
        self.found: list[tuple[int, Found]] = []

    def read(self) -> list[Found]:
        for statement in self._chains():
            self._statement(statement)
        return [found for _, found in sorted(self.found, key=lambda pair: pair[0])]

    def _chains(self) -> list[Statement]:
        """All statements; those that begin with a sign go on the display before them."""
        found: list[Statement] = []
        number = [0]
        for formula in self.source.formulas:
            try:
                new = statements(formula, self.source, number)
            except Unreadable as error:
                self._unread(formula, error)
                continue
            for statement in new:
                before = next(
                    (
                        s
                        for s in reversed(found)
                        if s.claims and s.display == statement.display and not s.aside
                    ),
                    None,
                )
                if statement.continues and before is not None:
                    before.links += statement.links[1:]
                else:
                    found.append(statement)
        return found

    def _unread(self, formula: Formula, error: Unreadable) -> None:
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

    def _statement(self, statement: Statement) -> None:
        context = self.context
        context.pass_over(statement.before)
        condition = context.is_condition(statement)
        if not statement.claims or statement.listed:
            return
        if statement.continues:
            return self._report_all(statement, "it goes on a chain, but none stands before it")
        own = None if self._readable(statement) else identity(statement)
        if own is not None and not own.bad:
            return self._report(own)
        fitting = self._fitting(statement)
        chains = list(self._judged(statement, fitting, condition))
        if all(chain.bad for chain in chains):
            if chains and (any if condition else all)(
                is_choice(chain, condition) for chain in chains
            ):
                context.assume(statement)
                return
            if self._names(statement):
                return
        if not chains and own is not None:
            return self._report(own)
        if not chains and self._named_only(statement):
            return
        if not chains and condition and not any(link.sign in EQUALS for link in statement.links):
            return  # of letters of the text's own
        if not chains:
            return self._report_all(statement, self._why_not(statement))
        best = min(chains, key=lambda chain: (chain.bad, chain.setting.general))
        if (
            best.bad
            and not context.assumed
            and NUMBERS.search(statement.before)
            and gives_a_number(best)
        ):
            return self._report_all(statement, "a number for a case that only the prose describes")
        context.last = best.setting
        self._says_what_is_given(best)
        self._report(best)

    def _readable(self, statement: Statement) -> list[Setting]:
        """The settings in which every name of a statement means something."""
        return [s for s in self.settings if not read_in(statement, s.vocabulary)[1]]

    def _fitting(self, statement: Statement) -> list[Setting]:
        fits = self._readable(statement)
        if not fits and (guess := inferred(statement, self.settings, self.context)):
            for setting, words in guess:
                setting.vocabulary = setting.vocabulary.with_words(words)
            fits = self._readable(statement)
        said = self.source.text[: statement.links[-1].at]
        fits = [
            s
            for s in fits
            if set(s.when) <= set(assumed_in(s, self.context.assumed)) and named_in(said, s)
        ]
        definition = any(link.sign in ("<-", ":=") for link in statement.links) or steps(
            statement, fits
        )
        if (
            definition
            and any(s.general for s in fits)
            and not (self.context.given and not arrow(statement))
        ):
            fits = [s for s in fits if s.general]
        given = [
            made for s in self.settings if (made := supposed(s, self.context.assumed)) is not None
        ]
        return [
            *self.context.ordered(fits),
            *(s for s in given if not read_in(statement, s.vocabulary)[1]),
        ]

    def _judged(
        self, statement: Statement, fitting: Sequence[Setting], condition: bool
    ) -> Iterator[Chain]:
        """The statement in each setting, until all of it holds in one. A quantity is claimed, a
        letter is assumed."""
        values = {id(s): read_in(statement, s.vocabulary)[0][0].value for s in fitting}
        fitting = sorted(
            fitting,
            key=lambda s: (
                bool(values[id(s)] is not None and values[id(s)].is_Symbol)  # type: ignore[union-attr]
                is not condition
            ),
        )
        for setting in fitting:
            for needs in dict.fromkeys(((), assumed_in(setting, self.context.assumed))):
                chain = judge_chain(statement, setting, needs, self.false.get(id(setting), []))
                yield chain
                if not chain.bad:
                    return

    def _names(self, statement: Statement) -> bool:
        """Take in `let r = ...`, which gives a letter of the text's own a meaning."""
        head = statement.links[0].row
        defines = statement.links[1].sign == ":=" or names_something(statement.before)
        if not defines or len(statement.links) != 2:
            return False
        readings = [(setting, *read_in(statement, setting.vocabulary)) for setting in self.settings]
        last = [r for r in readings if r[0] is self.context.last] or readings
        if any(not unknown or unknown[0][1] != head[0].at for _, _, unknown in last):
            return False  # its head means something in what the text speaks of
        named = False
        for setting, (left, right), unknown in readings:
            if (
                len(unknown) == 1
                and unknown[0][1] == head[0].at
                and left.value is not None
                and right.value is not None
            ):
                name, value = unknown[0][0], left.value
                if not value.is_Symbol and not (
                    value.args[0].is_Symbol and value.args[0].name in INDICES - {"L"}
                ):
                    continue  # x_L = 1 says what x is there, and nowhere else
                body = None if value.is_Symbol else right.value.xreplace({value.args[0]: HERE})
                word = Word(name, right.value) if body is None else Word(name, body=body)
                setting.vocabulary = setting.vocabulary.with_words({name: word})
                named = True
        return named

    def _named_only(self, statement: Statement) -> bool:
        """Judge a chain whose first side is a name of the text's own, D = a = b, from its second
        side on."""
        first, *rest = statement.links
        if len(rest) < 2:
            return False
        short = replace(statement, links=[replace(rest[0], sign=""), *rest[1:]])
        chains = list(self._judged(short, self._fitting(short), False))
        if not chains:
            return False
        self._report_all(replace(statement, links=[first, rest[0]]), self._why_not(statement))
        self._report(min(chains, key=lambda chain: (chain.bad, chain.setting.general)))
        return True

    def _why_not(self, statement: Statement) -> str:
        unknown: list[Unknown] = [
            read_in(statement, s.vocabulary)[1] for s in self.context.ordered(self.settings)
        ]
        if not unknown or not all(
            unknown
        ):  # every name means something, or there is nothing that one could mean
            return "the text has not said which of the problem's own cases this is about"
        name, at = min(unknown, key=len)[0]
        line, column = self.source.place(at)
        where = f"line {line}, column {column}"
        return f'{where}: "{name}" is no letter of this problem; --letters says what it stands for'

    def _says_what_is_given(self, chain: Chain) -> None:
        """From a line that says no more than what the problem gives, its settings count."""
        model = chain.setting.model
        values = [s.value for s in chain.sides if s.value is not None]
        if (
            not chain.setting.general
            and len(values) > 1
            and values[0] == values[1]
            and hasattr(model, "gradient")
        ):
            self.context.given = True

    def _report_all(self, statement: Statement, why: str) -> None:
        for before, link in pairwise(statement.links):
            line, _ = self.source.place(link.at)
            self._add(
                link.at,
                Found(self.file, line, link.tag, self._text(before, link), "unchecked", reason=why),
            )

    def _report(self, chain: Chain) -> None:
        for judged in chain.judged:
            self._add(judged.side.link.at, self._one(chain, judged))
        first = chain.sides[0].value
        if not isinstance(first, AppliedUndef):
            return
        for judged in chain.judged:
            value, fails = judged.side.value, judged.judgement.verdict.kind == "FAILS"
            if (
                value is not None
                and judged.side.link.sign in EQUALS
                and (fails or judged.follows is not None)
            ):
                at = judged.follows if judged.follows is not None else judged.side.link.at
                self.false.setdefault(id(chain.setting), []).append((Claim(first, value), at))
        last = chain.judged[-1].side.value
        proved = all(
            j.judgement.verdict.kind == "PROVED" and not j.judgement.needs for j in chain.judged
        )
        if (
            proved
            and last is not None
            and first.args == (chain.setting.vocabulary.index,)
            and not last.has(first.func)
        ):
            chain.setting.proved.append(Claim(first, last))

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


def proofread_text(
    text: str,
    found: Sequence[Setting],
    file: str = "text",
    letters: Mapping[str, str] | None = None,
) -> list[Found]:
    """What a text claims, with a verdict on each claim. `letters` are those of the problem as the
    text writes them."""
    for setting in found:
        setting.vocabulary = renamed(setting.vocabulary, letters or {})
    return Reader(document(text), file, found).read()


def proofread(key: str | Path, about: str | Path, letters: str = "") -> list[Found]:
    r"""What a key claims, each claim with its verdict: holds, fails, unchecked, or follows from a
    line that fails.

    `key` is a .tex or Markdown file, or, with a line break in it, the text itself; `about` the
    problem: its file, its name (ps09) or an optimizer's. `letters` says what the text writes
    otherwise than the problem, as in `\beta=\rho,K=k`. Raises DeriveError where a file or a letter
    cannot be read.
    """
    found = settings(problems_about(about))
    if isinstance(key, str) and "\n" in key:
        return proofread_text(key, found, "text", read_letters(letters, found))
    path = Path(key)
    return proofread_text(read_text(path), found, path.name, read_letters(letters, found))


def read_text(path: Path) -> str:
    """A key's text. Raises DeriveError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise DeriveError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise DeriveError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None

"""One text, read from its beginning to its end: which statements it makes, and in which setting
each is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy.core.function import AppliedUndef

from derive.desk.proofreading.found import Found
from derive.desk.proofreading.kinds import arrow, gives_a_number, is_choice, steps
from derive.desk.proofreading.letters.context import Context
from derive.desk.proofreading.letters.identities import identity
from derive.desk.proofreading.letters.renamed import inferred, named
from derive.desk.proofreading.letters.settings import Setting
from derive.desk.proofreading.letters.supposed import named_in, supposed
from derive.desk.proofreading.reader import Chain, Unknown, assumed_in, judge_chain, read_in
from derive.desk.proofreading.report import Report
from derive.model.language.claims import Claim
from derive.reading.texts.chains import EQUALS, Statement, statements
from derive.reading.texts.documents import Document
from derive.reading.tokens.token import Unreadable

NUMBERS = re.compile(r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten)\b", re.IGNORECASE)


class Reader:
    """One text, read from its beginning to its end."""

    def __init__(self, source: Document, file: str, found: Sequence[Setting]):
        self.source, self.settings = source, found
        self.context, self.report = Context(found), Report(source, file)
        self.false: dict[int, list[tuple[Claim, int]]] = {}  # of each setting, and where they stand

    def read(self) -> list[Found]:
        for statement in self._chains():
            self._statement(statement)
        return self.report.in_order()

    def _chains(self) -> list[Statement]:
        """All statements; those that begin with a sign go on the display before them."""
        found: list[Statement] = []
        number = [0]
        for formula in self.source.formulas:
            try:
                new = statements(formula, self.source, number)
            except Unreadable as error:
                self.report.unread(formula, error)
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

    def _statement(self, statement: Statement) -> None:
        context = self.context
        context.pass_over(statement.before)
        condition = context.is_condition(statement)
        if not statement.claims or statement.listed:
            return
        if statement.continues:
            return self.report.unchecked(statement, "it goes on a chain, but none stands before it")
        own = None if self._readable(statement) else identity(statement)
        if own is not None and not own.bad:
            return self._told(own)
        fitting = self._fitting(statement)
        chains = list(self._judged(statement, fitting, condition))
        if all(chain.bad for chain in chains):
            if chains and (any if condition else all)(
                is_choice(chain, condition) for chain in chains
            ):
                context.assume(statement)
                return
            if named(statement, context):
                return
        if not chains and own is not None:
            return self._told(own)
        if not chains and self._named_only(statement):
            return
        if not chains and condition and not any(link.sign in EQUALS for link in statement.links):
            return  # of letters of the text's own
        if not chains:
            return self.report.unchecked(statement, self._why_not(statement))
        best = min(chains, key=lambda chain: (chain.bad, chain.setting.general))
        if (
            best.bad
            and not context.assumed
            and NUMBERS.search(statement.before)
            and gives_a_number(best)
        ):
            return self.report.unchecked(
                statement, "a number for a case that only the prose describes"
            )
        context.last = best.setting
        self._says_what_is_given(best)
        self._told(best)

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
        self.report.unchecked(replace(statement, links=[first, rest[0]]), self._why_not(statement))
        self._told(min(chains, key=lambda chain: (chain.bad, chain.setting.general)))
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
            and getattr(model, "source", None) is not None
        ):
            self.context.given = True

    def _told(self, chain: Chain) -> None:
        """Report a chain, and remember what is false in it, and what is proved for good."""
        self.report.judged(chain)
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

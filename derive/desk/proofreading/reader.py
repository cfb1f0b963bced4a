"""A chain of a text read in a setting, and judged there link by link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sympy import Basic, Eq, Expr, Mod, Rational, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from derive.desk.budget import TooHard, limit
from derive.desk.proofreading.judge import Judgement, holds_always, judge, proved_where
from derive.desk.proofreading.letters.settings import Setting
from derive.model.language.claims import Claim, Verdict, relation
from derive.model.language.terms import put_in
from derive.reading.latex.pieces import RELATIONS, relations
from derive.reading.latex.sides import side
from derive.reading.latex.words import HERE, Vocabulary, fill
from derive.reading.texts.chains import EQUALS, Link, Statement
from derive.reading.tokens.token import Token, Unreadable

Unknown = list[tuple[str, int]]
SECONDS = 10.0  # for one claim


@dataclass
class Side:
    """A side of a chain as it was read in a setting, or `why` it could not be read, and where."""

    link: Link
    value: Expr | None
    why: str
    at: int

    @property
    def is_dots(self) -> bool:
        return [t.text for t in self.link.row] == ["..."]


@dataclass
class Judged:
    """What came of one link: the side before it, the side, and the offset of the false line that it
    follows from."""

    before: Side
    side: Side
    judgement: Judgement
    follows: int | None = None


@dataclass
class Chain:
    """A statement read in a setting, its links judged."""

    statement: Statement
    setting: Setting
    sides: list[Side]
    judged: list[Judged] = field(default_factory=list)

    @property
    def bad(self) -> int:
        return sum(not j.judgement.holds for j in self.judged)


def read_in(statement: Statement, vocabulary: Vocabulary) -> tuple[list[Side], Unknown]:
    """The sides of a statement, and the names in it that have no meaning."""
    unknown: Unknown = []
    sides = [_read(link, vocabulary, unknown) for link in statement.links]
    index = _index([s.value for s in sides if s.value is not None], vocabulary.index)
    for read in sides:
        if read.value is not None:
            read.value = fill(read.value, index)
    return sides, unknown


def _read(link: Link, vocabulary: Vocabulary, unknown: Unknown) -> Side:
    if not link.row:
        return Side(link, None, "nothing stands here", link.at)
    try:
        return Side(link, side(link.row, vocabulary, unknown), "", link.at)
    except Unreadable as error:
        return Side(link, None, error.why, error.at or link.at)


def _index(values: Sequence[Expr], index: Symbol) -> Expr:
    """The step that a line is about: the latest that it names, the index where it names none."""
    ahead = [
        a.args[0] - index
        for v in values
        for a in v.atoms(AppliedUndef)
        if a.args and a.args[0] != HERE
    ]
    whole = [a for a in ahead if a.is_Integer]
    return index + max(whole) if whole else index


def conditions(row: Sequence[Token], vocabulary: Vocabulary) -> list[Relational]:
    """What a row says of letters, where it can be read: inequalities, and values for a letter."""
    try:
        made = relations(
            [t for t in row if t.kind != "text"], lambda part, at: side(part, vocabulary), 0
        )
    except Unreadable:
        return []
    found = [r for r in made if isinstance(r, Relational) and not r.atoms(AppliedUndef)]
    return [r for r in found if not isinstance(r, Eq) or r.lhs.is_Symbol or r.has(Mod)]


def assumed_in(setting: Setting, assumed: Sequence[Statement]) -> tuple[Basic, ...]:
    """What a text assumed, as conditions on the letters of a setting."""
    rows = (
        [t for link in statement.links for t in (*_sign(link), *link.row)] for statement in assumed
    )
    return tuple(
        dict.fromkeys(made for row in rows for made in conditions(row, setting.vocabulary))
    )


def _sign(link: Link) -> Iterator[Token]:
    if link.sign:
        yield Token("op", link.sign, link.at)


def judge_chain(
    statement: Statement,
    setting: Setting,
    needs: tuple[Basic, ...],
    false: Sequence[tuple[Claim, int]],
) -> Chain:
    """Each link of a statement judged in a setting; `false` are earlier claims that failed, with
    where they stand."""
    sides, _ = read_in(statement, setting.vocabulary)
    chain = Chain(statement, setting, sides)
    first, before = sides[0], sides[0]
    wrong: int | None = None  # where the chain went wrong
    said = [r for s in sides for row in s.link.beside for r in conditions(row, setting.vocabulary)]
    needs = tuple(dict.fromkeys((*needs, *said)))
    for here in sides[1:]:
        if here.is_dots:
            continue
        follows = None
        try:
            with limit(SECONDS):
                found = _judge_link(first, before, here, setting, needs)
                if (
                    found.verdict.kind == "COUNTED"
                    and first.value is not None
                    and _all_proved(chain)
                ):
                    found = _by_the_chain(first.value, here, setting, needs, found)
        except TooHard:
            found = _unchecked(f"no verdict within {SECONDS:g} s")
        if (
            here.link.sign in EQUALS
            and here.value is not None
            and first.value is not None
            and here.value is not first.value
        ):
            if wrong is not None:
                again = judge(first.value, here.value, setting, needs)
                if again.holds:
                    found, wrong = again, None
                elif found.holds:
                    follows = wrong
            elif not found.holds and found.verdict.kind == "FAILS":
                follows = _follows(before, here, setting, needs, false)
        chain.judged.append(Judged(before, here, found, follows))
        if not found.holds and found.verdict.kind == "FAILS" and wrong is None:
            wrong = follows if follows is not None else here.at
        if here.value is not None:
            before = here
    return chain


def _all_proved(chain: Chain) -> bool:
    return bool(chain.judged) and all(j.judgement.verdict.kind == "PROVED" for j in chain.judged)


def _by_the_chain(
    first: Expr, here: Side, setting: Setting, needs: tuple[Basic, ...], counted: Judgement
) -> Judgement:
    """a = b is proved, so that b = c is where a = c is."""
    if here.value is None or here.link.sign not in EQUALS:
        return counted
    whole = judge(first, here.value, setting, needs)
    return whole if whole.verdict.kind == "PROVED" else counted


def _judge_link(
    first: Side, before: Side, here: Side, setting: Setting, needs: tuple[Basic, ...]
) -> Judgement:
    if here.value is None:
        return _unchecked(here.why)
    left = before.value if before.value is not None else first.value
    if left is None:
        return _unchecked(before.why or first.why)
    sign = here.link.sign
    if sign in EQUALS:
        found = judge(left, here.value, setting, needs)
        counted = found.verdict.kind == "COUNTED" and not found.needs
        return (proved_where(left, here.value, setting, needs) if counted else None) or found
    if sign in RELATIONS:
        return holds_always(relation(RELATIONS[sign], left, here.value), setting, needs)  # type: ignore[arg-type]
    if sign == "~":
        return _nearly(left, here)
    return _unchecked(f'the sign "{sign}" is not checked')


def _unchecked(why: str) -> Judgement:
    return Judgement(Verdict("UNCHECKED", "reading", reason=why))


def _nearly(left: Expr, here: Side) -> Judgement:
    """x ~ 0.33 says that x, rounded to as many digits, is that."""
    right = here.value
    digits = [len(t.text.partition(".")[2]) for t in here.link.row if t.kind == "number"]
    if not (left.is_number and isinstance(right, Rational) and digits):
        return _unchecked("only numbers can be compared by about")
    holds = bool(abs(left - right) * 2 * 10 ** max(digits) <= 1)
    witness = (("left", str(left.evalf(12))), ("right", str(right.evalf(12))))
    return Judgement(
        Verdict("COUNTED", "counted", 1)
        if holds
        else Verdict("FAILS", "counted", witness=witness, reason="not so near")
    )


def _follows(
    before: Side,
    here: Side,
    setting: Setting,
    needs: tuple[Basic, ...],
    false: Sequence[tuple[Claim, int]],
) -> int | None:
    """Where an earlier false claim stands that this link holds with."""
    if before.value is None or here.value is None:
        return None
    for claim, at in reversed(false):
        left, right = (put_in(v, claim, setting.model.index) for v in (before.value, here.value))
        if (left, right) != (before.value, here.value) and judge(left, right, setting, needs).holds:  # type: ignore[arg-type]
            return at
    return None

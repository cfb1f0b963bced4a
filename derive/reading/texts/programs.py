r"""An optimizer as a paper prints it: update lines in LaTeX, m_t \leftarrow \beta_1 m_{t-1} +
(1-\beta_1) g_t, to a Program.

Whether the new values carry t + 1 (from t) or t (from t - 1) is read off the left sides. A quantity
without an index is the one that was made last. A line that only names the gradient, g_t = \nabla
f_t(\theta_{t-1}), is taken in and gives no update.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Symbol
from sympy.core.function import AppliedUndef

from derive.errors import DeriveError
from derive.model.language.claims import T
from derive.model.recurrences.lines import STEP
from derive.model.recurrences.program import Program
from derive.reading.latex.sides import side
from derive.reading.latex.words import Vocabulary, Word
from derive.reading.texts.assigned import PROGRAMS, counted_by_t, nothing_passed_over
from derive.reading.texts.chains import Statement, statements
from derive.reading.texts.documents import Formula, document
from derive.reading.texts.updates import ELSEWHERE, Lines, Update, program_of
from derive.reading.tokens.brackets import bracketed, closing, group
from derive.reading.tokens.cursor import split
from derive.reading.tokens.heads import Head, read_head
from derive.reading.tokens.token import Token, Unreadable


def read_program(text: str, name: str = "own") -> Program:
    """The program of some lines of LaTeX. Raises DeriveError naming the line and the column."""
    source = document(text)
    formulas = source.formulas or (
        Formula(text if "\\\\" in text else text.replace("\n", ";"), 0, True, ""),
    )
    try:
        found = [s for formula in formulas for s in statements(formula, source, [0])]
        nothing_passed_over(source, found)
        counted_by_t(found)
        return _program([s for s in found if _says_something(s)], name)
    except Unreadable as error:
        line, column = source.place(error.at)
        raise DeriveError(f"line {line}, column {column}: {error.why}") from None


def _says_something(statement: Statement) -> bool:
    """Whether a line is one of the program. Raises Unreadable for a part of a line that a comma or
    a break cut off."""
    if any(link.beside for link in statement.links):
        raise Unreadable(
            "a condition beside a line cannot be read; a program does the same in each step",
            statement.at,
        )
    if not statement.claims and any(
        t.kind in ("letter", "command", "number") for t in statement.links[0].row
    ):
        raise Unreadable(
            "a line assigns a value, as in m_t = ...; this part has no sign", statement.at
        )
    return statement.claims


def _program(found: Sequence[Statement], name: str) -> Program:
    words = _vocabulary(found)
    lines = Lines()
    for statement in found:
        _take_in(statement, words, lines)
    if not lines.updates:
        raise DeriveError(
            r"no line updates anything; write for example w_t \leftarrow w_{t-1} - \eta g_t"
        )
    return program_of(lines, name)


def _vocabulary(found: Sequence[Statement]) -> Vocabulary:
    """Heads that carry a step, or that a line assigns, are sequences; all others letters."""
    letters: dict[str, Word] = {}
    carried: dict[str, Word] = {}
    for statement in found:
        for number, link in enumerate(statement.links):
            for place in range(len(link.row)):
                head = read_head(link.row, place)
                if head is None or (place and link.row[place - 1].text in ("_", "nabla")):
                    continue
                if head.base in PROGRAMS:
                    continue
                key = _key(head, link.row)
                if key is not None:
                    carried[key] = Word(key)
                elif number == 0 and place == 0:
                    carried[head.key] = Word(head.key)
                elif head.base != STEP and not head.base.startswith("nabla"):
                    letters[head.key] = Word(head.key, Symbol(head.key))
                else:
                    carried.update({head.key: Word(head.key)} if head.base != STEP else {})
    letters[STEP] = Word(STEP, T)
    return Vocabulary({**letters, **carried}, frozenset({STEP}))


def _key(head: Head, row: Sequence[Token]) -> str | None:
    """The name of a head that carries a step: below it, or above it in brackets."""
    if head.parts and _counts(head.parts[-1]):
        return "_".join((head.base, *head.below[:-1]))
    if head.end < len(row) and row[head.end].text == "^":
        inner, _ = group(row, head.end + 1)
        if bracketed(inner):
            return head.key
    return None


def _counts(row: Sequence[Token]) -> bool:
    names = [t.text for t in row if t.kind in ("letter", "command")]
    return names == [STEP] or (not names and [t.text for t in row] == ["0"])


def _take_in(statement: Statement, words: Vocabulary, lines: Lines) -> None:
    """An update, the start of states, or what the gradient is called."""
    rows = [_without_arguments(link.row, words, lines) for link in statement.links]
    first = side(rows[0], words)
    if not isinstance(first, AppliedUndef):
        raise Unreadable("a line assigns to a quantity, as in m_t", statement.at)
    if all(
        isinstance(v := side(r, words), AppliedUndef) and v.args[0] == 0 for r in rows[:-1]
    ):  # m_0 = v_0 = 0
        value = side(rows[-1], words)
        for row in rows[:-1]:
            key = side(row, words).func.__name__  # type: ignore[attr-defined]
            if lines.start.setdefault(key, (value, statement.at))[0] != value:
                raise Unreadable(f"{key} starts in two ways", statement.at)
        return
    if len(rows) != 2:
        raise Unreadable("one line assigns one value", statement.at)
    value = side(rows[1], words)
    key = first.func.__name__
    if (
        isinstance(value, AppliedUndef)
        and value.func.__name__.startswith("nabla")
        and not key.startswith("nabla")
    ):
        if any(k.startswith("nabla") and k != value.func.__name__ for k in lines.gradients):
            raise Unreadable("a second gradient; a program has one", statement.at)
        lines.gradients |= {key, value.func.__name__}
        lines.steps += [(first.args[0], statement.at), (value.args[0], statement.at)]
        return
    lines.bare &= statement.links[1].sign != "="
    lines.updates.append(Update(key, first.args[0], value, statement.at))


def _without_arguments(row: Sequence[Token], words: Vocabulary, lines: Lines) -> list[Token]:
    r"""\nabla_\theta f_t(\theta_{t-1}) without where it is taken, which is kept: it must be the
    parameter before the step."""
    found: list[Token] = []
    place = 0
    while place < len(row):
        head = read_head(row, place)
        if (
            head is not None
            and head.base.startswith("nabla")
            and head.end < len(row)
            and row[head.end].text == "("
        ):
            end = closing(row, head.end)
            at = split(row[head.end + 1 : end], ",")[0]  # behind a comma are data
            if not _one_head(at):
                raise Unreadable(ELSEWHERE, head.at)
            lines.taken.append((side(at, words), head.at))
            found += row[place : head.end]
            place = end + 1
        else:
            found.append(row[place])
            place += 1
    return found


def _one_head(row: Sequence[Token]) -> bool:
    head = read_head(row, 0)
    if head is None:
        return False
    end = head.end
    if end < len(row) and row[end].text == "^":
        _, end = group(row, end + 1)
    return end == len(row)

r"""An optimizer as a paper prints it: update lines in LaTeX, m_t \leftarrow \beta_1 m_{t-1} +
(1-\beta_1) g_t, to a Program.

Whether the new values carry t + 1 (from t) or t (from t - 1) is read off the left sides. A quantity
without an index is the one that was made last. A line that only names the gradient, g_t = \nabla
f_t(\theta_{t-1}), is taken in and gives no update.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sympy import Expr, Integer, Symbol
from sympy.core.function import AppliedUndef

from derive.model.language.claims import DeriveError, T
from derive.model.recurrences.program import GRADIENT, PARAMETER, STEP, Program
from derive.reading.latex.sides import side
from derive.reading.latex.words import HERE, Head, Vocabulary, Word, read_head
from derive.reading.texts.assigned import (
    PROGRAMS,
    TWICE,
    a_start,
    counted_by_t,
    nothing_passed_over,
    typed,
)
from derive.reading.texts.chains import Statement, statements
from derive.reading.texts.documents import Formula, document
from derive.reading.tokens.brackets import bracketed, closing, group
from derive.reading.tokens.cursor import split
from derive.reading.tokens.tokens import Token, Unreadable

PARAMETERS = (
    "w",
    "theta",
    "x",
    "W",
    "p",
    "Theta",
    "phi",
)  # how papers call what is trained, the likelier first
ELSEWHERE = "a gradient that is not taken at the parameter itself cannot be read from LaTeX yet"
SHORT = {"epsilon": "eps", "lambda": "lam"}


@dataclass
class _Update:
    """One line: the head on its left, the step at which it stands, and its value."""

    key: str
    index: Expr
    value: Expr
    at: int


@dataclass
class _Lines:
    """What has been read so far."""

    updates: list[_Update] = field(default_factory=list)
    start: dict[str, tuple[Expr, int]] = field(default_factory=dict)
    steps: list[tuple[Expr, int]] = field(default_factory=list)  # of which step gradients are
    bare: bool = True  # whether every line assigns by an arrow or :=
    gradients: set[str] = field(default_factory=set)
    taken: list[tuple[Expr, int]] = field(default_factory=list)  # where gradients are taken


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
    lines = _Lines()
    for statement in found:
        _take_in(statement, words, lines)
    if not lines.updates:
        raise DeriveError(
            r"no line updates anything; write for example w_t \leftarrow w_{t-1} - \eta g_t"
        )
    return _made(lines, name)


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


def _take_in(statement: Statement, words: Vocabulary, lines: _Lines) -> None:
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
    lines.updates.append(_Update(key, first.args[0], value, statement.at))


def _without_arguments(row: Sequence[Token], words: Vocabulary, lines: _Lines) -> list[Token]:
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


def _made(lines: _Lines, name: str) -> Program:
    """The program: names as programs have them, each line's reads old or new by their steps."""
    ats = {u.index - T for u in lines.updates if u.index != HERE}
    if not ats and lines.bare:
        ats = {Integer(0)}
    if len(ats) != 1 or not next(iter(ats)).is_Integer:
        raise DeriveError("the left sides must all carry the same step, t or t + 1")
    new = T + next(iter(ats))
    gradients = lines.gradients | {
        k for u in lines.updates for k in _read(u.value) if k.startswith("nabla") or k == GRADIENT
    }
    gradients -= _made_here(lines) - lines.gradients
    targets = list(dict.fromkeys(u.key for u in lines.updates))
    trained = next((p for p in PARAMETERS if any(_bare(t) == p for t in targets)), targets[-1])
    for place, at in lines.taken:
        if not _is_old(place, trained, new):
            raise Unreadable(ELSEWHERE, at)
    _steps_of_gradients(lines, gradients, new)
    names = {t: PARAMETER if _bare(t) == trained or t == trained else _plain(t) for t in targets}
    texts: list[str] = []
    done: dict[str, str] = {}
    assigned: list[tuple[str, Expr, Expr]] = []
    kept: set[str] = set()  # what a line reads before one has made it anew
    for update in lines.updates:
        if update.key in done and update.key not in gradients:
            if update.index != HERE and (update.key, update.index, update.value) in assigned:
                continue
            raise Unreadable(f"{update.key} {TWICE}", update.at)
        assigned.append((update.key, update.index, update.value))
        target = names[update.key] if update.key not in gradients else "d"
        again = f"{target}2" if update.key in done else target
        kept |= {k for k in _read(update.value) if k not in done}
        values = {
            a: _meaning(a, new, done, names, gradients, update)
            for a in update.value.atoms(AppliedUndef)
        }
        value = (
            typed(update.value, update.at).xreplace(values).xreplace({T: Symbol(STEP) - (new - T)})
        )
        value = value.xreplace(
            {
                s: Symbol(_plain(s.name))
                for s in value.free_symbols
                if s.name not in (STEP, *names.values())
            }
        )
        texts.append(f"{again} <- {value}")
        done[update.key] = again
    states = [t for t in targets if t in kept - gradients]
    for key, (first, at) in lines.start.items():
        if key not in states and first != 0:
            raise Unreadable(f"{key} is kept by no line, so that it has no start", at)
    start = {names[t]: a_start(*lines.start[t]) if t in lines.start else "0" for t in states}
    return Program(name, tuple(texts), start, (), name)


def _steps_of_gradients(lines: _Lines, gradients: set[str], new: Expr) -> None:
    """Raises Unreadable unless all gradients are of the step that is made: g_t, where m_t is made
    or m_{t+1}, or g_{t+1}."""
    reads = [(a, u.at) for u in lines.updates for a in sorted(u.value.atoms(AppliedUndef), key=str)]
    found = lines.steps + [(a.args[0], at) for a, at in reads if a.func.__name__ in gradients]
    found = [(index, at) for index, at in found if index != HERE]
    for index, at in found:
        if index not in (T, new) or index != found[0][0]:
            raise Unreadable(
                "a gradient of another step than the one that is made cannot be read", at
            )


def _is_old(place: Expr, trained: str, new: Expr) -> bool:
    """Whether a gradient is taken at what is trained, before the step."""
    named = isinstance(place, AppliedUndef) and _bare(place.func.__name__) == _bare(trained)
    return named and (place.args[0] == HERE or new - place.args[0] == 1)  # type: ignore[operator]


def _made_here(lines: _Lines) -> set[str]:
    """What the lines make before they read it: a gradient by name, but no gradient."""
    read: set[str] = set()
    made: set[str] = set()
    for update in lines.updates:
        read |= _read(update.value)
        made |= {update.key} - read
    return made


def _read(value: Expr) -> set[str]:
    return {a.func.__name__ for a in value.atoms(AppliedUndef)}


def _meaning(
    read: AppliedUndef,
    new: Expr,
    done: dict[str, str],
    names: dict[str, str],
    gradients: set[str],
    update: _Update,
) -> Expr:
    """What a value that a line reads is called in the program."""
    key, at = read.func.__name__, read.args[0]
    if key in gradients and key not in done:
        return Symbol(GRADIENT)
    if key not in names and key not in done:
        if at != HERE:
            how = "write a schedule as an expression in t, and a constant with no step"
            why = f"{_plain(key)} with a step: {how}"
            raise Unreadable(why, update.at)
        return Symbol(_plain(key))
    behind = 0 if at == HERE else new - at
    if behind == 1 and key in done:
        raise Unreadable(
            f"the old value of {key} is read after the line that makes the new one; put it before",
            update.at,
        )
    if behind == 0 and at != HERE and key not in done:
        raise Unreadable(f"the new value of {key} is read before the line that makes it", update.at)
    if behind not in (0, 1):
        raise Unreadable(f"{key} is read {behind} steps back; a program keeps one", update.at)
    return Symbol(done.get(key, names.get(key, key)))


def _bare(key: str) -> str:
    return key.split("_")[0]


def _plain(key: str) -> str:
    """The name that a program has for a head: `hat m_w` is m_hat, `beta_1` beta1, `epsilon` eps."""
    *accents, base = key.removesuffix("_w").removesuffix("_theta").split(" ")
    letters, _, below = base.partition("_")
    letters = SHORT.get(letters, letters) + (
        below if below.isdigit() else f"_{below}" if below else ""
    )
    return "_".join((letters, *accents))

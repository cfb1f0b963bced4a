"""Update lines as they were read, made into a program: each reads old values or new ones, by their
steps."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr, Integer, Symbol
from sympy.core.function import AppliedUndef

from derive.errors import DeriveError
from derive.model.language.claims import T
from derive.model.recurrences.lines import GRADIENT, PARAMETER, STEP
from derive.model.recurrences.program import Program
from derive.reading.latex.words import HERE
from derive.reading.texts.assigned import TWICE, a_start, typed
from derive.reading.tokens.token import Unreadable

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
class Update:
    """One line: the head on its left, the step at which it stands, and its value."""

    key: str
    index: Expr
    value: Expr
    at: int


@dataclass
class Lines:
    """What has been read so far."""

    updates: list[Update] = field(default_factory=list)
    start: dict[str, tuple[Expr, int]] = field(default_factory=dict)
    steps: list[tuple[Expr, int]] = field(default_factory=list)  # of which step gradients are
    bare: bool = True  # whether every line assigns by an arrow or :=
    gradients: set[str] = field(default_factory=set)
    taken: list[tuple[Expr, int]] = field(default_factory=list)  # where gradients are taken


def program_of(lines: Lines, name: str) -> Program:
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


def _steps_of_gradients(lines: Lines, gradients: set[str], new: Expr) -> None:
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


def _made_here(lines: Lines) -> set[str]:
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
    update: Update,
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

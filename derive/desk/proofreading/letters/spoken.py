"""How each kind of model is spoken of: the words of a text about it, and what they mean. One entry
a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Basic, Expr, Ge, Integer, Symbol

from derive.model.convolutions.sizes import Sizes
from derive.model.convolutions.stacks import ORDER, Stack
from derive.model.convolutions.windows import OUTPUT, Window
from derive.model.language.claims import LEVEL, Let, Root, T, sequence
from derive.model.recurrences.lines import GRADIENT, STEP
from derive.model.recurrences.memory import Memory
from derive.model.recurrences.stated import Source, Stated
from derive.model.recurrences.training import SCALED
from derive.notation import Notation
from derive.reading.latex.words import HERE, Word

Needs = list[tuple[Basic, ...]]


@dataclass(frozen=True)
class Spoken:
    """`words(model, notation)`; the sequences that are `free`; the number of the `first` layer,
    where there are layers; the `index` and the `letter` that counts; and what an answer needs to be
    the `least`."""

    words: Callable[[Any, Notation], Iterator[Word]]
    free: Callable[[Any], Iterable[str]] = lambda model: ()
    first: int | None = None
    index: Callable[[Any], Symbol] = lambda model: T
    letter: Callable[[Any], str] = lambda model: STEP
    least: Callable[[Any, Expr], Needs] = lambda model, answer: []


def _letters(parts: Sequence[Expr]) -> Iterator[Word]:
    for part in parts:
        yield from (Word(s.name, s) for s in sorted(part.free_symbols, key=str))


def meanings(where: Sequence[Root | Let]) -> Iterator[Word]:
    """Words for what a derivation names: roots, constants, sequences in between."""
    for entry in where:
        value = Symbol(entry.name) if isinstance(entry, Let) and entry.index is None else None
        yield Word(entry.name, value, numbered=value is None)
        yield from _letters([entry.variable] if isinstance(entry, Root) else [])


def _of_stated(model: Stated, notation: Notation) -> Iterator[Word]:
    if model.source is not None:
        yield from _of_program(model, model.source, notation)
        return
    yield Word("z", Symbol("z"))  # of a characteristic polynomial
    yield from (Word(n, down=model.down) for n in model.equations)
    yield from map(Word, model.free)
    yield from _letters(sorted(model.symbols, key=str))
    yield Word(model.letter.name, model.index if model.down is None else model.down - model.index)


def _of_program(model: Stated, source: Source, notation: Notation) -> Iterator[Word]:
    for name in model.equations:
        if not name.endswith(SCALED):
            yield Word(name, scaled=name + SCALED if name + SCALED in model.equations else "")
    here = {Symbol(n): sequence(n)(HERE) for n in source.program.states} | {Symbol(STEP): HERE + 1}
    gradient = None if source.gradient is None else source.gradient.xreplace(here)
    yield Word(GRADIENT, shift=notation.first, below=1, body=gradient)
    for name in source.program.hyperparameters:
        yield Word(name, source.values.get(name, Symbol(name)))
    yield from _letters([*sorted(model.symbols, key=str), T])


def _of_window(model: Window, notation: Notation) -> Iterator[Word]:
    layer = model.layer
    yield Word(model.asked, model.goal)
    sizes = (layer.kernel_size, layer.stride, layer.dilation, *layer.padding)
    yield from _letters((*sizes, model.given, OUTPUT))


def _of_stack(model: Stack, notation: Notation) -> Iterator[Word]:
    yield from map(Word, dict.fromkeys((*model.sequences, *ORDER, "P")))
    for name, size in (model.values or {}).items():
        if isinstance(size, Expr):  # the same for all layers, or by its layer
            yield Word(name, body=size.xreplace({LEVEL: HERE}))
    yield from _letters((LEVEL, Symbol("W_out"), *map(Symbol, sorted(model.letters))))
    yield Word("L", model.depth)


def _of_sizes(model: Sizes, notation: Notation) -> Iterator[Word]:
    yield from map(Word, (*model.stack.sequences, "O"))
    letters = map(Symbol, sorted(model.stack.letters))
    yield from _letters((Symbol("l"), Symbol("L"), model.given, *letters))


def _of_memory(model: Memory, notation: Notation) -> Iterator[Word]:
    for n in range(len(model.programs)):
        yield Word(f"stored({n})", sequence("stored")(Integer(n)))


def _wide_enough(model: Window, answer: Expr) -> Needs:
    """Else the padding alone is."""
    return [(Ge(answer, 1, evaluate=False),)] if model.asked == "min_in" else []


SPOKEN: dict[type, Spoken] = {
    Stated: Spoken(
        _of_stated,
        lambda model: model.free,
        index=lambda model: model.index,
        letter=lambda model: model.letter.name,
    ),
    Window: Spoken(_of_window, least=_wide_enough),
    Stack: Spoken(_of_stack, lambda model: (*model.sequences, "P"), first=1),
    Sizes: Spoken(_of_sizes, first=1),
    Memory: Spoken(_of_memory),
}

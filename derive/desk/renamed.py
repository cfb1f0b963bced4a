"""Letters that a text writes otherwise than the problem: given, or inferred from a definition that holds with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, permutations

from derive.desk.context import Context
from derive.desk.reader import judge_chain, read_in
from derive.desk.settings import Setting
from derive.model.claims import DeriveError
from derive.model.stacks import WIDTH, Stack
from derive.model.text import nearest
from derive.reading.chains import Statement
from derive.reading.words import Vocabulary, Word, spelled

MOST = 3  # names that are inferred at once
TRIES = 400


def renamed(vocabulary: Vocabulary, letters: Mapping[str, str]) -> Vocabulary:
    """The vocabulary with letters written otherwise: {r"\\beta": r"\\rho"} says that the text writes rho for beta."""
    words = dict(vocabulary.words)
    moved = {}
    for ours, theirs in letters.items():
        if spelled(ours) in words:
            moved[spelled(theirs)] = words.pop(spelled(ours))
    return replace(vocabulary, words=words | moved)


def read_letters(text: str, settings: Sequence[Setting]) -> dict[str, str]:
    r"""`\beta=\rho,K=k` as a table. Raises DeriveError for a letter that no setting has."""
    found = {}
    known = {key for s in settings for key in s.vocabulary.words}
    for pair in filter(None, (p.strip() for p in text.split(","))):
        ours, mark, theirs = (p.strip() for p in pair.partition("="))
        if not mark or not ours or not theirs:
            raise DeriveError(rf"--letters {pair}: write the problem's letter = the text's, as in \beta=\rho")
        if spelled(ours) not in known:
            raise DeriveError(f"--letters {pair}: the problem has no {ours}{nearest(spelled(ours), known)}")
        found[ours] = theirs
    return found


def inferred(statement: Statement, settings: Sequence[Setting], context: Context) -> list[tuple[Setting, dict[str, Word]]]:
    """What names that are not known may stand for: the one way in which all of a statement holds; none where there are more."""
    plain = (s for s in settings if getattr(s.model, "scale", None) is None)  # the s > 0 of scaling is no letter of the problem
    known = {key for setting in plain for key in setting.vocabulary.words}
    ways: dict[tuple[tuple[str, str], ...], list[tuple[Setting, dict[str, Word]]]] = {}
    for setting in context.ordered(settings):
        if any(name in known for name, _ in read_in(statement, setting.vocabulary)[1]):
            continue  # a letter of the problem means what it means there
        for words in islice(_guesses(statement, setting), TRIES):
            vocabulary = setting.vocabulary
            setting.vocabulary = vocabulary.with_words(words)
            chain = judge_chain(statement, setting, (), ())
            setting.vocabulary = vocabulary
            if not chain.bad and chain.judged:
                ways.setdefault(tuple((k, w.name) for k, w in words.items()), []).append((setting, words))
    if len(ways) != 1:
        return []
    (_, words), *_ = next(iter(ways.values()))
    names = {w.name for w in words.values()}
    return [
        (s, {k: _same(s, w) for k, w in words.items()})
        for s in settings
        if names <= {w.name for w in s.vocabulary.words.values()}
    ]


def _same(setting: Setting, word: Word) -> Word:
    return next(w for w in setting.vocabulary.words.values() if w.name == word.name)


def _guesses(statement: Statement, setting: Setting) -> Iterator[dict[str, Word]]:
    """Ways to give the unknown names words of the setting that do not stand in the statement."""
    sides, unknown = read_in(statement, setting.vocabulary)
    names = list(dict.fromkeys(name for name, _ in unknown))
    if not 1 <= len(names) <= MOST or any(s.why for s in sides if not s.is_dots):
        return
    used = {str(s) for side in sides if side.value is not None for s in side.value.free_symbols}
    free = [w for w in dict.fromkeys(setting.vocabulary.words.values()) if w.name not in used]
    if isinstance(setting.model, Stack):
        free = [w for w in free if w.name in (*setting.model.sequences, WIDTH.__name__) or not w.indexed]
    for chosen in permutations(free, len(names)):
        yield dict(zip(names, chosen, strict=True))

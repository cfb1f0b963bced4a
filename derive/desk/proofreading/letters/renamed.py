"""Letters of a text's own: written otherwise than the problem's, as given or as inferred from a
definition that holds with them; or named by the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise, product

from sympy.core.function import AppliedUndef

from derive.checking.counting.count import count
from derive.desk.proofreading.letters.context import Context, names_something
from derive.desk.proofreading.letters.settings import Setting
from derive.desk.proofreading.reader import judge_chain, read_in
from derive.errors import DeriveError, nearest
from derive.model.convolutions.stacks import WIDTH, Stack
from derive.model.language.claims import Claim
from derive.notation import INDICES
from derive.reading.latex.words import HERE, Vocabulary, Word
from derive.reading.texts.chains import Statement
from derive.reading.tokens.heads import spelled

MOST = 3  # names that are inferred at once
TRIES = 400
Guess = list[tuple[Setting, dict[str, Word]]]


def renamed(vocabulary: Vocabulary, letters: Mapping[str, str]) -> Vocabulary:
    """The vocabulary with letters written otherwise: {r"\\beta": r"\\rho"} says that the text
    writes rho for beta."""
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
            raise DeriveError(
                rf"--letters {pair}: write the problem's letter = the text's, as in \beta=\rho"
            )
        if spelled(ours) not in known:
            raise DeriveError(
                f"--letters {pair}: the problem has no {ours}{nearest(spelled(ours), known)}"
            )
        found[ours] = theirs
    return found


def inferred(statement: Statement, settings: Sequence[Setting], context: Context) -> Guess:
    """What names that are not known may stand for: the one way in which all of a statement holds;
    none where there are more."""
    plain = (s for s in settings if not s.scales)  # its s > 0 is no letter of the problem
    known = {key for setting in plain for key in setting.vocabulary.words}
    ways: dict[tuple[tuple[str, str], ...], dict[str, Word]] = {}
    for setting in context.ordered(settings):
        names = list(dict.fromkeys(name for name, _ in read_in(statement, setting.vocabulary)[1]))
        if known.isdisjoint(names):  # a letter of the problem means what it means there
            for words in islice(_guesses(statement, setting, names), TRIES):
                if _may_hold(statement, setting, words) and _holds(statement, setting, words):
                    ways[tuple((k, w.name) for k, w in words.items())] = words
    if len(ways) != 1:
        return []
    words = next(iter(ways.values()))
    meant = {w.name for w in words.values()}
    fitting = [s for s in settings if meant <= {w.name for w in s.vocabulary.words.values()}]
    return [(s, {k: _same(s, w) for k, w in words.items()}) for s in fitting]


def _same(setting: Setting, word: Word) -> Word:
    return next(w for w in setting.vocabulary.words.values() if w.name == word.name)


def _guesses(
    statement: Statement, setting: Setting, names: Sequence[str]
) -> Iterator[dict[str, Word]]:
    """Ways to give the unknown names words of the setting that do not stand in the statement: what
    counts for what counts."""
    sides, _ = read_in(statement, setting.vocabulary)
    if not 1 <= len(names) <= MOST or any(s.why for s in sides if not s.is_dots):
        return
    used = {str(s) for side in sides if side.value is not None for s in side.value.free_symbols}
    free = [w for w in dict.fromkeys(setting.vocabulary.words.values()) if w.name not in used]
    if isinstance(setting.model, Stack):
        free = [
            w for w in free if w.name in (*setting.model.sequences, WIDTH.__name__) or not w.indexed
        ]
    applied = {
        a.func.__name__
        for side in sides
        if side.value is not None
        for a in side.value.atoms(AppliedUndef)
    }
    counts = setting.model.indices
    letters = [w for w in free if not w.indexed]
    pools = [
        [w for w in free if w.indexed]
        if name in applied
        else [w for w in letters if (w.name in counts) == (name in INDICES)]
        for name in names
    ]
    for chosen in product(*pools):
        if len(set(chosen)) == len(chosen):
            yield dict(zip(names, chosen, strict=True))


def _may_hold(statement: Statement, setting: Setting, words: Mapping[str, Word]) -> bool:
    """Whether the sides agree in two worlds: most guesses do not."""
    sides, unknown = read_in(statement, setting.vocabulary.with_words(words))
    values = [s.value for s in sides if s.value is not None]
    claims = [Claim(a, b) for a, b in pairwise(values)]
    return not unknown and not any(
        count(c, setting.sample, setting.sample.indices[2:4]).differs for c in claims
    )


def _holds(statement: Statement, setting: Setting, words: Mapping[str, Word]) -> bool:
    vocabulary = setting.vocabulary
    setting.vocabulary = vocabulary.with_words(words)
    chain = judge_chain(statement, setting, (), ())
    setting.vocabulary = vocabulary
    return bool(chain.judged) and not chain.bad


def named(statement: Statement, context: Context) -> bool:
    """Take in `let r = ...`, which gives a letter of the text's own a meaning."""
    head = statement.links[0].row
    defines = statement.links[1].sign == ":=" or names_something(statement.before)
    if not defines or len(statement.links) != 2:
        return False
    readings = [(setting, *read_in(statement, setting.vocabulary)) for setting in context.settings]
    last = [r for r in readings if r[0] is context.last] or readings
    if any(not unknown or unknown[0][1] != head[0].at for _, _, unknown in last):
        return False  # its head means something in what the text speaks of
    found = False
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
            found = True
    return found

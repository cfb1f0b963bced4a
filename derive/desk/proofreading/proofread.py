"""Proofreading: every `=` of a text is a claim in the context in which it stands; each gets a
verdict, a witness, a mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from derive.desk.proofreading.about import problems_about
from derive.desk.proofreading.found import Found
from derive.desk.proofreading.letters.renamed import read_letters, renamed
from derive.desk.proofreading.letters.settings import Setting, settings
from derive.desk.proofreading.text import Reader
from derive.errors import DeriveError
from derive.files import read_text
from derive.reading.texts.documents import document


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
    if not isinstance(key, str | Path) or key == "":
        raise DeriveError(
            f"key = {key!r:.60}: write a file's name, or the text itself with a line break in it"
        )
    found = settings(problems_about(about))
    if isinstance(key, str) and "\n" in key:
        return proofread_text(key, found, "text", read_letters(letters, found))
    path = Path(key)
    return proofread_text(
        read_text(path, "key.tex"), found, path.name, read_letters(letters, found)
    )

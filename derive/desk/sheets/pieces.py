"""What a page is made of: answers, and the derivations in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from derive.desk.run import Run
from derive.model.language.claims import Claim, Verdict


@dataclass(frozen=True)
class Piece:
    """One derivation of an answer: a name in a run, and where it stands on the page."""

    run: Run
    name: str
    role: str = "main"


@dataclass(frozen=True)
class Answer:
    """The answer to one question. `kind` chooses its words; `checked` are claims that no derivation
    of its pieces makes."""

    question: str
    kind: str
    pieces: tuple[Piece, ...]
    about: dict[str, Any] = field(default_factory=dict)
    checked: tuple[tuple[str, Claim, Verdict], ...] = ()

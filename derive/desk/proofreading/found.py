"""What proofreading found: a claim with its verdict, as text and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

VERDICTS = {"PROVED": "holds", "COUNTED": "holds", "FAILS": "fails", "UNCHECKED": "unchecked"}


@dataclass(frozen=True)
class Found:
    """A claim of a text: where it stands, what it says, what came of it.

    `verdict` is holds, fails, unchecked or follows (right in itself, from a line that is not);
    `how` it holds: proved or counted.
    """

    file: str
    line: int
    tag: str
    claim: str
    verdict: str
    how: str = ""
    witness: Mapping[str, str] = field(default_factory=dict)
    mend: str = ""
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "witness": dict(self.witness)}

    def __str__(self) -> str:
        at = ", ".join(f"{k} = {v}" for k, v in self.witness.items())
        more = "; ".join(
            filter(
                None,
                (self.reason, f"at {at}" if at else "", f"mend: {self.mend}" if self.mend else ""),
            )
        )
        verdict = f"holds ({self.how})" if self.how else self.verdict
        tag = f" ({self.tag})" if self.tag else ""
        return f"{self.file}:{self.line}:{tag} {verdict}  {self.claim}" + (
            f"\n    {more}" if more else ""
        )


def as_json(found: Sequence[Found]) -> str:
    """A JSON list, one object a claim and a line."""
    return "[\n" + ",\n".join(json.dumps(f.as_dict(), ensure_ascii=False) for f in found) + "\n]"


def summary(found: Sequence[Found]) -> str:
    """How many claims there are, by verdict."""
    counts = Counter(f"holds, {f.how}" if f.how else f.verdict for f in found)
    return f"{len(found)} claims: " + ", ".join(
        f"{n} {verdict}" for verdict, n in counts.most_common()
    )

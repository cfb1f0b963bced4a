"""What is told of a node of a network: to a person, and as data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derive.model.language.claims import Verdict
from derive.solving.convolutions.passes import Ends


@dataclass(frozen=True)
class Reading:
    """What one output reads: its ends, and how many positions of them (None: why not is in
    `reason`)."""

    ends: Ends
    count: int | None
    reason: str = ""

    @property
    def size(self) -> int:
        return self.ends[1] - self.ends[0] + 1 if self.ends else 0

    def __str__(self) -> str:
        if self.ends is None:
            return "nothing" if not self.reason else f"? ({self.reason})"
        why = f" ({self.reason})" if self.reason else ""
        read = "" if self.count == self.size else f", {self.count or 'how many'} of them read{why}"
        number = "1 position" if self.size == 1 else f"{self.size} positions"
        return f"{number}, {self.ends[0]} to {self.ends[1]}{read}"

    def as_dict(self) -> dict[str, Any]:
        left, right = self.ends or (None, None)
        found = {"size": self.size, "left": left, "right": right, "count": self.count}
        return found | ({"reason": self.reason} if self.reason else {})


@dataclass(frozen=True)
class Reported:
    """One node: what its outputs read, by phase; with a width, also how many there are and what the
    outermost really read."""

    node: str
    stride: Fraction
    phases: tuple[Reading, ...]
    verdict: Verdict
    out_width: int | None = None
    first: Reading | None = None
    last: Reading | None = None
    note: str = ""

    @property
    def centre(self) -> Fraction | None:
        """The middle of what output 0 reads."""
        met = self.phases[0].ends
        return met and Fraction(sum(met), 2)

    def __str__(self) -> str:
        """For a person: a line, and one more for each phase and each clipped end."""
        lines = [f"{self.node}: {self.phases[0]}, step {self.stride}, {self.verdict}"]
        if len(self.phases) > 1:
            lines = [f"{self.node}: step {self.stride}, {len(self.phases)} phases, {self.verdict}"]
            lines += [
                f"  outputs {n}, {n + len(self.phases)}, ...: {phase}"
                for n, phase in enumerate(self.phases)
            ]
        if self.out_width is not None:
            lines += [
                f"  {self.out_width} outputs; the first reads {self.first}; the last reads "
                f"{self.last}"
            ]
        if self.note:
            lines.append(f"  {self.note}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """As `derive rf --json` prints it; `left`, `right`, `size`, `count` are output 0's, nothing
        clipped."""
        step, centre = _plain(self.stride), None if self.centre is None else _plain(self.centre)
        many = self.phases if len(self.phases) > 1 else ()
        found: dict[str, Any] = self.phases[0].as_dict() | {"centre": centre, "stride": step}
        found["phases"] = [
            {"phase": number, **reading.as_dict()} for number, reading in enumerate(many)
        ]
        if self.out_width is not None and self.first is not None and self.last is not None:
            found |= {
                "out_width": self.out_width,
                "first": self.first.as_dict(),
                "last": self.last.as_dict(),
            }
        return found | ({"note": self.note} if self.note else {}) | {"verdict": self.verdict.kind}


def _plain(value: Fraction) -> int | str:
    """A whole number, or a fraction as text."""
    return int(value) if value.denominator == 1 else str(value)

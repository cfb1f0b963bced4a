"""How much each input weighs in an output, as the number of paths of taps between them; counted
twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Expr

from derive.checking.convolutions.paths import counted, has_counts
from derive.checking.convolutions.spots import TooWide
from derive.errors import DeriveError
from derive.model.convolutions.network import Network
from derive.model.language.claims import Verdict
from derive.solving.convolutions.passes import Field
from derive.solving.convolutions.paths import paths, product


@dataclass(frozen=True)
class Profile:
    """The paths from input positions `left`, `left` + 1, ... to one output: `counts` (none, and no
    `left`: it reads nothing).

    `polynomial` has them as coefficients, the positions as exponents of z: of a chain without
    up-sampling, one factor a layer; None of others. Positions in the padding, and paths through a
    padding in between, count as all others.
    """

    node: str
    output: int
    left: int | None
    counts: tuple[int, ...]
    polynomial: Expr | None
    verdict: Verdict

    @property
    def total(self) -> int:
        """All paths; of a chain without up-sampling the product of the kernel sizes."""
        return sum(self.counts)

    def __str__(self) -> str:
        """For a person: a line, and one more for each position."""
        factors = "" if self.polynomial is None else f", {self.polynomial}"
        lines = [
            f"{self.node}: {self.total} paths to output {self.output}{factors}, {self.verdict}"
        ]
        if self.left is not None:
            places = [str(self.left + n) for n in range(len(self.counts))]
            wide = max(map(len, places)) + 2, max(len(str(c)) for c in self.counts)
            lines += [
                f"{p.rjust(wide[0])}  {str(c).rjust(wide[1])}"
                for p, c in zip(places, self.counts, strict=True)
            ]
        return "\n".join(lines)


def profile(network: Network, fields: Mapping[str, Field], node: str, output: int) -> Profile:
    """Raises DeriveError where the counts differ, or are too many to count."""
    first, counts = paths(network, fields, node, output)
    try:
        true = counted(network, node, output)
    except TooWide as reason:
        raise DeriveError(
            f"{network.name}, node {node}: paths are not counted: {reason}; ask for a node "
            f"further below"
        ) from None
    polynomial = product(network, fields, node, output)
    if (first, counts) != true or (polynomial is not None and not has_counts(polynomial, *true)):
        raise DeriveError(
            f"{network.name}, node {node}: FAILS: the paths to output {output}, counted back, "
            f"are others"
        )
    return Profile(
        node,
        output,
        first if counts else None,
        tuple(counts),
        polynomial,
        Verdict("COUNTED", "counted", 1),
    )

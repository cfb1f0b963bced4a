"""An optimizer under a gradient with independent noise: means, variances, covariances."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Basic, Expr, Gt, Symbol

from derive.checking.counting.noise import counted_moments
from derive.errors import DeriveError
from derive.model.language.claims import relation, sequence
from derive.model.recurrences.lines import PARAMETER, STEP
from derive.model.recurrences.moments import NOISE, moments
from derive.model.recurrences.program import Program
from derive.model.recurrences.stated import Stated
from derive.model.recurrences.training import trained


def noisy(
    program: Program,
    gradient: Expr | None,
    start: Mapping[str, Expr],
    values: Mapping[str, Expr],
    ranges: tuple[Basic, ...],
    variance: Expr,
) -> Stated:
    """The recurrences of the moments, counted over all sequences of two-point noise. Raises
    DeriveError for an optimizer that is not linear, and for a variance in letters of its own."""
    own = {str(s) for s in variance.free_symbols} & {
        *program.hyperparameters,
        *program.targets,
        STEP,
    }
    if own:
        raise DeriveError(
            f'variance = {variance}: "{min(own)}" is a letter of {program.name}; write for example '
            '"sigma**2"'
        )
    if variance.is_number and not variance > 0:
        raise DeriveError(f"variance = {variance}: a variance is above 0")
    if gradient is None:
        raise DeriveError("variance: noise is added to a gradient that is given")
    slope = gradient + sequence(NOISE)(Symbol(STEP) - 1)
    plain = trained(program, slope, start, values, ranges)
    positive = [] if variance.is_number else [relation(Gt, variance, variance * 0)]
    model = moments(plain, PARAMETER, variance, positive)
    verdict = counted_moments(plain, model, variance)
    if not verdict.holds:
        raise DeriveError(f"the moments' recurrences are not confirmed: {verdict}")
    return model

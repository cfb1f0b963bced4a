"""The error that a person can mend; a leaf without sympy, so that the command line starts at
once."""

from __future__ import annotations


class DeriveError(ValueError):
    """Something a person can mend: the message names the thing, the place and the way out."""

"""How many examples are drawn, and that they are the same ones in CI."""

from __future__ import annotations

import os

from hypothesis import settings

FULL = bool(os.environ.get("DERIVE_FULL"))
settings.register_profile("here", deadline=None, max_examples=200 if FULL else 25)
settings.register_profile("ci", deadline=None, max_examples=200 if FULL else 25, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

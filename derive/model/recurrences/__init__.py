"""Recurrences as they are stated, optimizers by their update lines."""

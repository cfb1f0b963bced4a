"""Expressions at a point: exact numbers, else intervals."""

"""Receptive fields, sizes, costs and paths."""

"""Claims counted in worlds."""

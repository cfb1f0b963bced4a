"""Sums and products over an index in closed form."""

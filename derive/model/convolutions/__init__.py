"""Stacks and networks of convolutions."""

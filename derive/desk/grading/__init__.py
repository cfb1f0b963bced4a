"""Answers graded: one, a table of them, in a sandbox."""

"""Closed forms of recurrences."""

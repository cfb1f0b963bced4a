"""Texts with formulas in them: documents, answers, programs."""

"""Sheets: templates filled with checked lines."""

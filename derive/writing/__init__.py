"""How derivations look: LaTeX, and the sheet."""

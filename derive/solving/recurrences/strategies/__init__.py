"""One file for each kind of equation."""

"""The zero test, and induction."""

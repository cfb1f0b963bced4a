"""From the letters of a formula to its tokens."""

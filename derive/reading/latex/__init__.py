"""From tokens to expressions."""

"""Someone else's text, claim by claim."""

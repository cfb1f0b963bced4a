"""What the letters of a text mean."""

"""What one asks of recurrences and optimizers."""

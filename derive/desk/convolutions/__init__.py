"""What one asks of stacks and networks."""

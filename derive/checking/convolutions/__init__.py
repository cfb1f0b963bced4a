"""What stacks and networks really read, position by position."""

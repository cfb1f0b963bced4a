"""What a solved recurrence can be asked."""

"""Pictures of stacks, and plots."""

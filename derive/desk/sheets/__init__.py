"""From a problem file to its answer key."""

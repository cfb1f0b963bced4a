"""How a lecturer tells the way to a closed form."""

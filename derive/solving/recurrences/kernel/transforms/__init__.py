"""Linear recurrences with constant coefficients by their transforms."""

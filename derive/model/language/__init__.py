"""What every room speaks: claims, terms, the text of expressions, conditions."""

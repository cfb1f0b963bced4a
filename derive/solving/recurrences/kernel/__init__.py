"""The arithmetic of the solver: fields, transforms, sums and products in closed form."""

"""Fields of parameters, fractions and rational functions over them."""

"""Where an expression goes on otherwise than before, and worlds on each side of such places and on
them."""

"""What a problem says: claims, optimizers, gradients, layers, recurrences. Nothing here solves."""

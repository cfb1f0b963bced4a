"""Real modules of PyTorch, and ONNX graphs run by its own reference, beside what is derived of
them."""

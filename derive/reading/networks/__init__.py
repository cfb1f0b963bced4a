"""Networks from text, JSON, PyTorch and ONNX."""

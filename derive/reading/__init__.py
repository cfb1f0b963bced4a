"""Outside text and files, read to the model's terms."""

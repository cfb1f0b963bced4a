"""The way to a closed form, told as a lecturer goes it: one module for each kind of recurrence."""

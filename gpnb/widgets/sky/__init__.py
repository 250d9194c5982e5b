"""A map of the sky, live."""

"""A map of the sky, as data."""

"""The event explorer, as data."""

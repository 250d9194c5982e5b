"""The event explorer, live."""

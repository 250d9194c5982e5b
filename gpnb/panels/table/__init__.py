"""Tables of any kind, as data."""

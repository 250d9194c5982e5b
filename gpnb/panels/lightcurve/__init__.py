"""The light-curve explorer, as data."""

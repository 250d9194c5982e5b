"""The light-curve explorer, live."""

"""The spectral-fit panel, as data."""

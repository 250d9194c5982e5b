"""The spectral-fit panel, live."""

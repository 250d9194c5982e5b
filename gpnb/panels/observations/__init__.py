"""The observation browser, as data."""

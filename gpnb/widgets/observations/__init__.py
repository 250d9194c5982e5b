"""The observation browser, live."""

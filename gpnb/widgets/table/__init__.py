"""The panel of tables."""

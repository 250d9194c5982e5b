"""Counts against the squared angle, as data."""

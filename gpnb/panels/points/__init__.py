"""Flux points, as data."""

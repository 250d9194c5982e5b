"""Flux points, live."""

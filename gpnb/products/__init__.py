"""Frozen results with their files."""

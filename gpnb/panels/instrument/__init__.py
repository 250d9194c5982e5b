"""Responses of the instrument, as data."""

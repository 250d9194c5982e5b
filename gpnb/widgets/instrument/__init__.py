"""Responses of the instrument, live."""

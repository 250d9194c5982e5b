"""Counts with what is needed to predict them: plain data, no models."""

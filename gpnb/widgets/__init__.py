"""Panels live in a notebook: a view record with a front end, and no numerics."""

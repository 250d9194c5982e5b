"""The blocks of a likelihood, a file for each kind of data."""

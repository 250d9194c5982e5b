"""Fits of models to datasets: one likelihood, several minimisers, honest errors."""

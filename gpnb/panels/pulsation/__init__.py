"""Phasogram, flux against phase and frequency scan, as data."""

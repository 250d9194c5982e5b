"""A cube in a likelihood: sources seen through point spread and dispersion, looked at where photons landed."""

"""Live panels of what a proposal needs."""

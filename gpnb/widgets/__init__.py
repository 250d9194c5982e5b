"""Live panels, and what they are made of."""

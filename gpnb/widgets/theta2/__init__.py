"""The live θ² plot."""

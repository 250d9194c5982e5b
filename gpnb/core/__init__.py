"""What every room stands on: units at the door, recipes, errors, progress, display."""

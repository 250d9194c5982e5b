"""What a proposal needs, as data: sensitivity, time to detection, visibility."""

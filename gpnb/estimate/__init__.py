"""From datasets to results: excess maps, peaks."""

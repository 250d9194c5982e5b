"""From observations to datasets: counts, exposure, safe range, exclusion, background."""

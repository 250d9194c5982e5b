"""What each panel shows, as data: records, rows, plots and words; no front end, no drawing, no physics of its own."""

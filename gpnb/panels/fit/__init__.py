"""A fit as data: models in records, and what is computed of them, whatever is fitted."""

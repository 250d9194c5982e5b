"""Source catalogues: rows as models, flux points and regions; bright stars."""

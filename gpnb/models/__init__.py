"""What sources look like: parameters, spectra, shapes, light curves."""

"""Live phasograms and frequency scans."""

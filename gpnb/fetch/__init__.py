"""Public data brought to this machine: downloads, checksums, archives."""

"""Tables of optical depth against redshift and energy, in the XSPEC format they are published in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.faults import faults_told
from gpnb.core.fits_file import find_hdu, open_fits
from gpnb.core.fits_units import unit_factor

_FLOOR = float(np.finfo(np.float32).tiny)
"""Transmissions are kept in single precision: what is smaller was rounded to zero."""

_REACH = 20.0
"""In ln E: how far beyond the table the last slope goes on."""


@dataclass(frozen=True, eq=False)
class OpacityTable:
    """Optical depth, linear in redshift and ln E between nodes.

    Parameters
    ----------
    redshift : array, shape (n,)
        Nodes, rising from 0.
    log_energy : array, shape (m,)
        Nodes, ln(E/TeV).
    tau : array, shape (n, m)
        Optical depth.
    """

    redshift: np.ndarray
    log_energy: np.ndarray
    tau: np.ndarray

    @classmethod
    def from_transmission(cls, redshift: np.ndarray, energy: np.ndarray, transmission: np.ndarray) -> OpacityTable:
        """From exp(−tau) at redshifts (rows) and energies (TeV, columns).

        There is no absorption at redshift 0; above the highest energy the last slope in ln E goes on.
        """
        depth = -np.log(np.clip(np.asarray(transmission, dtype=float), _FLOOR, 1.0))
        x = np.log(np.asarray(energy, dtype=float))
        if depth.shape != (np.size(redshift), x.size) or x.size < 2 or not np.all(np.diff(x) > 0):
            raise ArgumentError(f"transmission must be one row a redshift and one column an energy, not {depth.shape}.")
        redshift, rows = np.unique(np.asarray(redshift, dtype=float), return_index=True)
        depth = depth[rows]
        if redshift[0] > 0:
            redshift, depth = np.concatenate([[0.0], redshift]), np.vstack([np.zeros(depth.shape[1]), depth])
        slope = (depth[:, -1] - depth[:, -2]) / (x[-1] - x[-2])
        beyond = np.maximum(depth[:, -1] + slope * _REACH, 0.0)
        return cls(redshift, np.append(x, x[-1] + _REACH), np.column_stack([depth, beyond]))

    @classmethod
    def read(cls, path: Path) -> OpacityTable:
        """Read an XSPEC table model of transmission; energies without a unit are in keV, as XSPEC has them."""
        with open_fits(path) as hdus, faults_told(f"{path} is no table of absorption in the XSPEC format"):
            energies, spectra = (find_hdu(hdus, name, path) for name in ("ENERGIES", "SPECTRA"))
            unit = energies.columns["ENERG_LO"].unit or "keV"
            low, high = (np.asarray(energies.data[name], dtype=float) for name in ("ENERG_LO", "ENERG_HI"))
            if not np.all((low > 0) & (low <= high)):
                raise DataFormatError(f"{path}: bins of energy must be positive, and end above where they begin.")
            center = np.sqrt(low * high) * unit_factor(unit, "TeV", str(path))
            return cls.from_transmission(spectra.data["PARAMVAL"], center, spectra.data["INTPSPEC"])

    def at(self, redshift: float, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Optical depth at plain energies (TeV), and its derivative with redshift."""
        place = int(np.clip(np.searchsorted(self.redshift, redshift, side="right") - 1, 0, self.redshift.size - 2))
        low, high = self.redshift[place], self.redshift[place + 1]
        slope = (self.tau[place + 1] - self.tau[place]) / (high - low)
        depth = self.tau[place] + slope * (redshift - low)
        x = np.log(np.asarray(energy, dtype=float))
        return np.interp(x, self.log_energy, depth), np.interp(x, self.log_energy, slope)

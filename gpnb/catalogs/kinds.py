"""The catalogues that are known: where their files lie, how they are recognised, what their columns mean.

What a row of each becomes is told in `rows`, which panels need not: they only ask what is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.core.cache_folder import data_roots


@dataclass(frozen=True)
class Kind:
    """A format of a catalogue.

    Parameters
    ----------
    name : str
        What `read_catalog` and ``gpnb download`` call it.
    files : tuple of str
        Where it lies below ``$GPNB_DATA`` or among the downloads; the first that is there is taken.
    columns : frozenset of str
        A table with all of these is one.
    label : str
        The column with the names of the sources.
    aliases : tuple of str
        Columns with other names; several in one cell are parted by commas.
    shown : tuple of str
        Columns of its short table.
    places : tuple of (str, str)
        Columns of right ascension and declination; where one is NaN the next pair counts.
    """

    name: str
    files: tuple[str, ...]
    columns: frozenset[str]
    label: str
    aliases: tuple[str, ...]
    shown: tuple[str, ...]
    places: tuple[tuple[str, str], ...] = (("RAJ2000", "DEJ2000"),)

    @property
    def file(self) -> Path | None:
        """Where its file is on this machine; None if it is not."""
        return next((root / file for root in data_roots() for file in self.files if (root / file).is_file()), None)

    def positions(self, table: Table) -> SkyCoord:
        """Where the sources are."""
        ra, dec = (np.asarray(table[name], dtype=float) for name in self.places[0])
        for names in self.places[1:]:
            other_ra, other_dec = (np.asarray(table[name], dtype=float) for name in names)
            missing = ~np.isfinite(ra)
            ra, dec = np.where(missing, other_ra, ra), np.where(missing, other_dec, dec)
        return SkyCoord(ra, dec, unit="deg", frame="icrs")


KINDS = (
    Kind(
        name="3fhl",
        files=("catalogs/fermi/gll_psch_v13.fit.gz", "catalogs/fermi/gll_psch_v13.fit"),
        columns=frozenset({"Source_Name", "RAJ2000", "DEJ2000", "PowerLaw_Index", "Flux_Density", "HEP_Energy"}),
        label="Source_Name",
        aliases=("ASSOC1", "ASSOC2", "ASSOC_TEV", "ASSOC_GAM", "Extended_Source_Name"),
        shown=("CLASS", "ASSOC1", "SpectrumType", "Signif_Avg", "Flux"),
    ),
    Kind(
        name="4fgl",
        files=tuple(
            f"catalogs/fermi/gll_psc_v{version}.fit{suffix}"
            for version in (35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20)
            for suffix in ("", ".gz")
        ),
        columns=frozenset({"Source_Name", "RAJ2000", "DEJ2000", "Pivot_Energy", "PL_Index", "LP_beta", "SpectrumType"}),
        label="Source_Name",
        aliases=("ASSOC1", "ASSOC2", "ASSOC_TEV", "ASSOC_FGL", "ASSOC_FHL", "ASSOC_4FGL", "Extended_Source_Name"),
        shown=("CLASS1", "ASSOC1", "SpectrumType", "Signif_Avg", "Flux1000"),
    ),
    Kind(
        name="hgps",
        files=("catalogs/hgps_catalog_v1.fits.gz", "catalogs/hgps_catalog_v1.fits"),
        columns=frozenset({"Source_Name", "RAJ2000", "DEJ2000", "Flux_Spec_Int_1TeV", "Spatial_Model", "GLON"}),
        label="Source_Name",
        aliases=("Identified_Object",),
        shown=("Source_Class", "Identified_Object", "Spatial_Model", "Size", "Spectral_Model", "Flux_Spec_Int_1TeV"),
    ),
    Kind(
        name="gamma-cat",
        files=("catalogs/gammacat/gammacat.fits.gz", "catalogs/gammacat/gammacat.fits"),
        columns=frozenset({"common_name", "ra", "dec", "spec_type", "morph_type", "sed_dnde"}),
        label="common_name",
        aliases=("gamma_names", "fermi_names", "other_names", "tevcat_name", "tgevcat_name"),
        shown=("classes", "morph_type", "spec_type", "spec_flux_1TeV"),
        places=(("pos_ra", "pos_dec"), ("ra", "dec")),
    ),
)

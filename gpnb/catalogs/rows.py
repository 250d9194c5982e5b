"""What a row of each catalogue becomes."""

from __future__ import annotations

from gpnb.catalogs.fermi import Source3FHL, Source4FGL
from gpnb.catalogs.gamma_cat import SourceGammaCat
from gpnb.catalogs.hgps import SourceHGPS
from gpnb.catalogs.source import CatalogSource

ROWS: dict[str, type[CatalogSource]] = {
    "3fhl": Source3FHL,
    "4fgl": Source4FGL,
    "hgps": SourceHGPS,
    "gamma-cat": SourceGammaCat,
}

"""The limit: a fresh interpreter reads the same tables of the H.E.S.S. store with astropy alone, and shows one."""

import time

from timing import DATA, memory, report

start = memory()

import astropy.coordinates  # noqa: E402
import astropy.time  # noqa: E402, F401  # whoever analyses runs needs both
from astropy.table import Table  # noqa: E402

table = Table.read(DATA / "hess-dl3-dr1" / "obs-index.fits.gz", format="fits")
hdus = Table.read(DATA / "hess-dl3-dr1" / "hdu-index.fits.gz", format="fits")
html = table._repr_html_()

cpu, wall = time.process_time(), time.perf_counter()
report([cpu], [wall], start, memory(), {"runs": len(table), "livetime": float(table["LIVETIME"].sum())})

"""The limit: the same columns of the same files with astropy.io.fits and nothing else."""

import numpy as np
from astropy.io import fits
from timing import CRAB_RUNS, DATA, measure

FOLDER = DATA / "hess-dl3-dr1" / "data"
VALUES = {"aeff": "EFFAREA", "edisp": "MATRIX", "psf": "RPSF", "bkg": "BKG"}


def work():
    return [read(number) for number in CRAB_RUNS]


def read(number):
    with fits.open(FOLDER / f"hess_dl3_dr1_obs_id_{number:06d}.fits.gz") as file:
        events = file["EVENTS"].data
        ra, dec, energy, _ = (np.asarray(events[name], dtype=float) for name in ("RA", "DEC", "ENERGY", "TIME"))
        gti = file["GTI"].data
        found = {
            "events": len(ra),
            "ra_mean": ra.mean(),
            "dec_mean": dec.mean(),
            "energy_max": energy.max(),
            "seconds": float((gti["STOP"] - gti["START"]).sum()),
        }
        for name, column in VALUES.items():
            row = file[name.upper()].data[0]
            cells = {key: np.asarray(row[key]) for key in row.array.names}
            found[name] = cells[column].sum(dtype=float)
    return found


def numbers(found):
    return {name: [run[name] for run in found] for name in found[0]}


measure(work, numbers, repeats=5)

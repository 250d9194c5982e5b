"""Four H.E.S.S. runs with events, intervals and all responses read from disk."""

from gammapy.data import DataStore
from timing import CRAB_RUNS, DATA, measure

store = DataStore.from_dir(DATA / "hess-dl3-dr1")


def work():
    return [read(run) for run in store.get_observations(CRAB_RUNS)]


def read(run):
    table = run.events.table
    return {
        "events": len(table),
        "ra_mean": table["RA"].astype(float).mean(),
        "dec_mean": table["DEC"].astype(float).mean(),
        "energy_max": run.events.energy.max().to_value("TeV"),
        "seconds": run.gti.time_sum.to_value("s"),
        "aeff": run.aeff.quantity.to_value("m2").sum(dtype=float),
        "edisp": run.edisp.data.sum(dtype=float),
        "psf": run.psf.quantity.to_value("sr-1").sum(dtype=float),
        "bkg": run.bkg.quantity.to_value("s-1 MeV-1 sr-1").sum(dtype=float),
    }


def numbers(found):
    return {name: [float(run[name]) for run in found] for name in found[0]}


measure(work, numbers, repeats=5)

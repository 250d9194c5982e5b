"""Four H.E.S.S. runs with events, intervals and all responses read from disk."""

from timing import CRAB_RUNS, DATA, measure

from gpnb import DataStore
from gpnb.data.parts import forget_files

store = DataStore.read(DATA / "hess-dl3-dr1")


def work():
    runs = list(store.select(obs_id=CRAB_RUNS))
    return [read(run) for run in runs]


def read(run):
    events = run.events
    columns = events.ra_values, events.dec_values, events.energy_values, events.time_values
    return {
        "events": len(columns[0]),
        "ra_mean": columns[0].mean(),
        "dec_mean": columns[1].mean(),
        "energy_max": columns[2].max(),
        "seconds": run.gti.seconds,
        "aeff": run.aeff.values.sum(dtype=float) * 1e-4,
        "edisp": run.edisp.values.sum(dtype=float),
        "psf": run.psf.values.sum(dtype=float),
        "bkg": run.bkg.values.sum(dtype=float) * 1e-6,
    }


def numbers(found):
    return {name: [run[name] for run in found] for name in found[0]}


measure(work, numbers, repeats=5, before=forget_files)

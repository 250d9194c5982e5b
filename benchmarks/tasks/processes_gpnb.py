"""The runs on PKS 2155-304 three times over, reduced onto one map here or by a pool of processes: ``1|2``."""

import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext

from timing import DATA, measure

import gpnb

energy = gpnb.Axis.energy("0.1 TeV", "30 TeV", nbin=15)
energy_true = gpnb.Axis.energy("0.05 TeV", "100 TeV", nbin=30, name="energy_true")
geom = gpnb.WcsGeometry.create("329.717d -30.226d", width="5 deg", binsz="0.02 deg", axes=[energy])
safe = gpnb.SafeRange(thresholds=False, offset_max="2 deg")
store = gpnb.DataStore.read(DATA / "hess-dl3-dr1")


def reduce(times, pool):
    # new observations each time: nothing they have read is kept
    runs = [run for _ in range(times) for run in store.select(target="PKS 2155-304")]
    return gpnb.reduce_map(runs, geom, energy_true, background=None, safe=safe, executor=pool)


def main():
    workers = int(sys.argv[1])
    with ProcessPoolExecutor(workers) if workers > 1 else nullcontext() as pool:
        reduce(1, pool)  # the processes start and import
        measure(
            lambda: reduce(3, pool),
            lambda cube: {"counts": cube.counts.data.sum(dtype=float), "background": cube.background.data.sum()},
            repeats=1,
        )


if __name__ == "__main__":
    main()

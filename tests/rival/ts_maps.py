"""TS maps of Gammapy beside gpnb's fit of each pixel, with Gammapy's kernel and exposure; `validate.py` runs it.

python tests/rival/ts_maps.py --write FOLDER DATA     an interpreter that has Gammapy
python tests/rival/ts_maps.py FOLDER                  the one that has gpnb

The settings are those of task 06 of the peer: one kernel for the field, from its centre; the LAT's counts are summed
over energy. Gammapy multiplies the kernel with the exposure where the photons are, so that is done here too.
"""

from __future__ import annotations

import sys
from pathlib import Path

NAMES = ("hess", "fermi")

LIMIT = 1e-3
"""Of √TS: Gammapy stops when norms are right to a hundredth."""


def write(folder: Path, data: Path) -> None:
    """What each fit started from, and what it found."""
    import numpy as np
    from gammapy.estimators import TSMapEstimator

    class Kept(TSMapEstimator):
        """Keeps what it fits."""

        tag = "KeptTSMapEstimator"

        def estimate_flux_map(self, datasets):
            self.kept = self.estimate_fit_input_maps(datasets[0])
            return super().estimate_flux_map(datasets)

    for name in NAMES:
        cube, settings = {"hess": _hess, "fermi": _fermi}[name](data)
        estimator = Kept(selection_optional=[], **settings)
        found = estimator.run(cube)
        kept = {key: estimator.kept[key].data for key in ("counts", "background", "exposure", "kernel")}
        if estimator.kept["weights"] is not None:  # nothing is masked, so that all energies weigh the same
            kept["kernel"] = kept["kernel"].mean(axis=0, keepdims=True)
        maps = {key: found[key].data[0] for key in ("sqrt_ts", "norm", "norm_err")}
        np.savez(folder / f"ts-{name}.npz", **kept, **maps)


def _hess(data: Path):
    """Four runs on the Crab."""
    import astropy.units as u
    from gammapy.modeling.models import PointSpatialModel, PowerLawSpectralModel, SkyModel

    law = PowerLawSpectralModel(index=2.6, amplitude="1e-12 cm-2 s-1 TeV-1")
    source = SkyModel(spectral_model=law, spatial_model=PointSpatialModel())
    settings = {"kernel_width": "0.8 deg", "sum_over_energy_groups": False, "energy_edges": [1, 10] * u.TeV}
    return crab(data), {"kernel_model": source, **settings}


def crab(data: Path):
    """Their cube."""
    import astropy.units as u
    from astropy.coordinates import SkyCoord
    from gammapy.data import DataStore
    from gammapy.datasets import MapDataset
    from gammapy.makers import MapDatasetMaker, SafeMaskMaker
    from gammapy.maps import MapAxis, WcsGeom

    axis = MapAxis.from_energy_bounds("1 TeV", "10 TeV", nbin=4, name="energy")
    true = MapAxis.from_energy_bounds("0.5 TeV", "20 TeV", nbin=10, name="energy_true")
    center = SkyCoord(83.633, 22.014, unit="deg")
    geom = WcsGeom.create(skydir=center, width=(4, 4), binsz=0.02, proj="TAN", frame="icrs", axes=[axis])
    stacked = MapDataset.create(geom, energy_axis_true=true, name="hess")
    maker, safe = MapDatasetMaker(), SafeMaskMaker(methods=["offset-max"], offset_max=2 * u.deg)
    for run in DataStore.from_dir(data / "hess-dl3-dr1").get_observations([23523, 23526, 23559, 23592]):
        part = stacked.cutout(run.get_pointing_icrs(run.tmid), width=4 * u.deg, name=f"run-{run.obs_id}")
        stacked.stack(safe.run(maker.run(part, run), run))
    return stacked


def _fermi(data: Path):
    """The Galactic centre."""
    import astropy.units as u
    from gammapy.modeling.models import PointSpatialModel, PowerLawSpectralModel, SkyModel

    law = PowerLawSpectralModel(index=2, amplitude="1e-22 cm-2 s-1 keV-1")
    source = SkyModel(spectral_model=law, spatial_model=PointSpatialModel())
    settings = {"kernel_width": "1 deg", "sum_over_energy_groups": True, "energy_edges": [10, 500] * u.GeV}
    return galactic_centre(data), {"kernel_model": source, **settings}


def galactic_centre(data: Path):
    """The LAT's cube with its predicted background."""
    from gammapy.datasets import MapDataset
    from gammapy.irf import EDispKernelMap, PSFMap
    from gammapy.maps import Map

    start = str(data / "fermi-3fhl-gc" / "fermi-3fhl-gc-")
    counts, background, exposure = (
        Map.read(f"{start}{kind}-cube.fits.gz") for kind in ("counts", "background", "exposure")
    )
    exposure.geom._wcs = counts.geom.wcs  # the files are a hair's breadth apart
    psf = PSFMap.read(f"{start}psf-cube.fits.gz", format="gtpsf")
    edisp = EDispKernelMap.from_diagonal_response(counts.geom.axes["energy"], exposure.geom.axes["energy_true"])
    return MapDataset(counts=counts, background=background, exposure=exposure, psf=psf, edisp=edisp, name="fermi")


def compare(folder: Path) -> list[str]:
    """Sentences about pixels that differ."""
    import numpy as np

    faults = []
    for name in NAMES:
        theirs = np.load(folder / f"ts-{name}.npz")
        ours = _fitted(theirs)
        known = np.isfinite(theirs["sqrt_ts"]) & np.isfinite(ours["sqrt_ts"])
        off = np.abs(ours["sqrt_ts"] - theirs["sqrt_ts"])[known]
        norms = (np.abs(ours["norm"] - theirs["norm"]) / theirs["norm_err"])[known & (theirs["norm_err"] > 0)]
        sys.stdout.write(
            f"{name}: {known.sum()} pixels, √TS off by up to {off.max():.1e}, norms by {np.nanmax(norms):.2f} σ\n"
        )
        if known.sum() < np.isfinite(theirs["sqrt_ts"]).sum():
            faults.append(f"{name}: gpnb lacks {np.isfinite(theirs['sqrt_ts']).sum() - known.sum()} pixels")
        if not off.max() <= LIMIT:
            faults.append(
                f"{name}: √TS differs by up to {off.max():.2g}, in {(off > LIMIT).sum()} pixels by more than {LIMIT}"
            )
    return faults


def _fitted(theirs) -> dict:
    """The same by gpnb: over the exposure, background and source are those of a flat one."""
    import numpy as np

    from gpnb.estimate.ts_kernels import Kernels, SourceCounts
    from gpnb.estimate.ts_pixels import TsPixels

    counts, background, exposure, kernel = (
        theirs[key].astype(float) for key in ("counts", "background", "exposure", "kernel")
    )
    usable = (exposure > 0) & (background > 0)
    kernels = Kernels(np.zeros(1), np.zeros(1), kernel[None, None])
    relative = np.divide(background, exposure, out=np.zeros(usable.shape), where=usable)
    pixels = TsPixels(counts, relative, usable, SourceCounts(kernels, np.ones(counts.shape)))
    pixels.total = kernels.correlated(np.where(usable, exposure, 0.0)).sum(axis=0)
    wanted = usable.any(axis=0) & (pixels.total > 0)
    found = {key: np.full(wanted.shape, np.nan) for key in ("sqrt_ts", "norm")}
    for tile in pixels.tiles(wanted):
        places, norms = pixels.exact(tile, wanted)
        found["norm"][places], found["sqrt_ts"][places] = norms.best, np.sign(norms.best) * np.sqrt(norms.ts)
    margin = [(big - small) // 2 for big, small in zip(wanted.shape, theirs["sqrt_ts"].shape, strict=True)]
    inner = tuple(slice(rim, rim + size) for rim, size in zip(margin, theirs["sqrt_ts"].shape, strict=True))
    return {key: values[inner] for key, values in found.items()}


def main(arguments: list[str]) -> int:
    """Write, or compare."""
    if arguments[0] == "--write":
        write(*map(Path, arguments[1:]))
        return 0
    faults = compare(Path(arguments[0]))
    told = f"gpnb's TS maps are Gammapy's within {LIMIT} of √TS in every pixel"
    sys.stdout.write("\n".join(faults or [told]) + "\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

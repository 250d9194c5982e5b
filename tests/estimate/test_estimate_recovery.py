"""The demo AGN's light curve, simulated event by event many times: fluxes, their errors, and Bayesian blocks."""

import numpy as np
import pytest

import gpnb
from gpnb.data.write import write_index, write_irfs, write_observation
from gpnb.simulate.demo import observations
from gpnb.simulate.instrument import cta_like
from gpnb.simulate.scene import targets

AGN = next(target for target in targets() if target.name == "Demo AGN")
(TRUTH,) = AGN.models
SHAPE = gpnb.SkyModel(TRUTH.spectral, name="agn")
ENERGY = gpnb.Axis.energy("0.1 TeV", "30 TeV", per_decade=10)
ON_REGION = "icrs; circle(329.7, -30.2, 0.11)"
NEAR = "icrs; circle(329.7, -30.2, 0.35)"
"""Kept out of the OFF regions: without it, 0.14 % of the source's photons are in them for each in the ON region."""

_COLUMNS = ("norm", "norm_errn", "norm_errp")

HALF_RISE = np.sqrt(2 * np.log(2)) * TRUTH.temporal.width.value
"""From half the flare's height to its peak, s."""


def light_curves(folder, seeds, model):
    """The runs of the demo store simulated, written, reduced: one light curve by runs a seed."""
    empty = observations(AGN)
    paths = [folder / f"run_{obs.obs_id}.fits" for obs in empty]
    if not (folder / "irfs.fits").exists():
        write_irfs(folder / "irfs.fits", cta_like())
    for seed in seeds:
        for path, obs in zip(paths, empty, strict=True):
            path.unlink(missing_ok=True)
            seen = gpnb.simulate_events(obs, model, seed=seed, radius="1 deg", energy=("0.1 TeV", "30 TeV"))
            write_observation(path, seen, obs.gti)
        for index in folder.glob("*-index*"):
            index.unlink()
        write_index(folder, paths, irfs=folder / "irfs.fits")
        runs = gpnb.DataStore.read(folder).select(target="Demo AGN")
        yield gpnb.light_curve(gpnb.reduce_spectrum(runs, ON_REGION, ENERGY, exclusion=NEAR), SHAPE)


def injected(curve):
    """The factor put in, its mean over the good time in each bin."""
    found = []
    for ends in zip(curve.time_min, curve.time_max, strict=True):
        good = [obs.gti for obs in observations(AGN) if obs.gti.start[0] < ends[1] and obs.gti.stop[-1] > ends[0]]
        parts = [gti.select(ends) for gti in good]
        seconds = np.array([part.seconds for part in parts])
        found.append(np.sum([TRUTH.temporal.mean(part) for part in parts] * seconds) / seconds.sum())
    return np.array(found)


@pytest.mark.slow
def test_the_injected_light_curve_comes_back(tmp_path):
    """200 seeds, 48 bins of 5 min each: (flux − injected) over its error has mean 0 and width 1.

    With 45 to 340 counts a bin errors are not symmetric, so the one on the side of the truth is taken: then a Poisson
    distribution alone has a mean of -0.036 (45 counts) to -0.013 (340) and a width of 1.010 to 1.001; with symmetric
    errors they were -0.077 and 1.021. Mean and width are known to 0.01 here.
    """
    curves = [curve.rebin("5 min") for curve in light_curves(tmp_path, range(200), AGN.models)]
    true = injected(curves[0])
    norm, errn, errp = (np.array([getattr(item, name)[:, 0] for item in curves]) for name in _COLUMNS)
    assert norm.shape == (200, 48)
    pull = (norm - true) / np.where(norm > true, errn, errp)
    assert np.isfinite(pull).all()
    assert pull.mean() == pytest.approx(0, abs=0.1)
    assert pull.std() == pytest.approx(1, abs=0.1)
    assert np.abs(pull.mean(axis=0)).max() < 0.35  # of 48 bins, each known to 0.07
    assert np.all((pull.std(axis=0) > 0.8) & (pull.std(axis=0) < 1.25))
    ratio = np.average(norm.mean(axis=0) / true, weights=true)
    assert ratio == pytest.approx(1, abs=0.004)  # known to 0.001; the axis of true energy makes 0.001 of it


@pytest.mark.slow
def test_blocks_begin_and_end_where_the_flare_does(tmp_path):
    """At half the flare's height, before and after the peak, a block ends: within a bin of 5 min, or with the run.

    Blocks of runs have four levels of flux: the two runs beside the peak as one, those before and after, and the
    second night.
    """
    peak = AGN.starts[2]
    for curve in light_curves(tmp_path, range(10), AGN.models):
        fine = curve.rebin(("bayesian-blocks", "5 min"))
        ends = (fine.time_max[:-1] - peak).to_value("s")
        for half in (-HALF_RISE, HALF_RISE):
            assert np.abs(ends - half).min() < 360  # the grid begins with the first run, 36 s beside
        assert 5 < len(fine) < 14
        assert ends.max() < (AGN.starts[5] - peak).to_value("s")  # nothing happens later in the second night
        bright = fine.norm[:, 0].argmax()
        assert fine.time_min[bright] < peak < fine.time_max[bright]
        assert fine.extra["n_on"].sum() == curve.extra["n_on"].sum()
        by_run = curve.rebin("bayesian-blocks")
        assert by_run.obs_ids == ((3001,), (3002, 3003), (3004,), (3005, 3006, 3007, 3008))


@pytest.mark.slow
def test_a_steady_source_is_one_block(tmp_path):
    """Blocks where there are none come as seldom as asked for (0.05): at most 10 % of 100 seeds."""
    steady = gpnb.SkyModel(TRUTH.spectral, TRUTH.spatial, name="agn")
    several = {"run": 0, "5 min": 0}
    for curve in light_curves(tmp_path, range(100), steady):
        for cells in several:
            several[cells] += len(curve.rebin(("bayesian-blocks", cells))) > 1
    assert all(count <= 10 for count in several.values()), several

"""The Galactic centre in three runs of the first CTA data challenge, beside an unbinned fit of the same events.

GammaLib 2.1.0.dev, with energy dispersion: 26 118 events within 3.5 deg of the pointings, 0.4 to 10 TeV, a point with
an exponential cutoff, the background of the responses with one norm.
"""

import numpy as np
import pytest

import gpnb

THEIRS = {
    "index": (2.590, 0.175),
    "amplitude": (2.478e-12, 0.322e-12),
    "lambda_": (-0.082, 0.079),
    "lon": (-0.0488, 0.0023),
    "lat": (-0.0501, 0.0022),
    "norm": (1.2965, 0.0081),
}
"""Value and error."""

START = gpnb.ExpCutoffPowerLaw(index=2.4, amplitude="2.6e-12 TeV-1 s-1 cm-2", lambda_="0.01 TeV-1")
SOURCE = gpnb.SkyModel(START, gpnb.PointSource("galactic 359.95d -0.05d"), name="gc")


@pytest.fixture(scope="module")
def runs(data_dir):
    store = gpnb.DataStore.read(data_dir / "cta-1dc", bkg_energy="nodes")
    return store.select(obs_id=[110380, 111140, 111159])


def sigmas_apart(runs, binsz):
    """Cubes of each run, fitted together, with one norm."""
    axis = gpnb.Axis.energy("0.39810717 TeV", "10 TeV", per_decade=20)
    size = ("10.2 deg", "9.8 deg")  # holds the three fields of view
    geom = gpnb.WcsGeometry.create("galactic 0d 0d", width=size, binsz=binsz, frame="galactic", proj="CAR", axes=[axis])
    safe = gpnb.SafeRange(offset_max="3.5 deg")
    cubes = gpnb.reduce_map(runs, geom, background=None, safe=safe, stack=False, progress=False)
    assert sum(cube.counts.data[cube.usable].sum() for cube in cubes) == pytest.approx(26118, abs=10)
    first, *others = (gpnb.BackgroundModel(cube.name).replace(norm=1.3) for cube in cubes)
    linked = [other.link("norm", f"{first.name}.norm") for other in others]
    result = gpnb.fit(cubes, [SOURCE, first, *linked])
    assert result.success, result.message
    found = dict(zip((name.partition(".")[2] for name in result.names), result.values, strict=True))
    found["lon"] = (found["lon"] + 180) % 360 - 180
    return {name: (found[name] - value) / error for name, (value, error) in THEIRS.items()}


def check(apart):
    positions = [abs(apart.pop(name)) for name in ("lon", "lat")]
    assert max(positions) < 0.5
    assert max(map(abs, apart.values())) < 0.2, apart
    return np.hypot(*positions)


@pytest.mark.data
def test_the_galactic_centre_is_that_of_an_unbinned_fit(runs):
    check(sigmas_apart(runs, "0.02 deg"))


@pytest.mark.data
@pytest.mark.slow
def test_smaller_pixels_come_nearer_to_it(runs):
    """What a pixel of 0.02 deg loses of the positions, one of 0.01 deg has."""
    coarse, fine = (sigmas_apart(runs, binsz) for binsz in ("0.05 deg", "0.01 deg"))
    assert np.hypot(coarse["lon"], coarse["lat"]) > 0.3
    assert max(map(abs, fine.values())) < 0.1, fine
    assert check(fine) < 0.1

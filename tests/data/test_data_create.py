"""Observations out of nothing: made, simulated, reduced."""

import numpy as np
import pytest
from astropy.coordinates import EarthLocation

import gpnb
from gpnb.core.replay import replay
from gpnb.data.write import write_irfs

POINTING = "83.63d 22.51d"
ENERGY = gpnb.Axis.energy("0.5 TeV", "32 TeV", nbin=6)


@pytest.fixture(scope="module")
def like(demo):
    return demo.select(target="Crab")[0]


@pytest.fixture(scope="module")
def run(like):
    return gpnb.Observation.create(POINTING, "10 h", like, live_fraction=0.9, obs_id=7, target="Faint")


def faint(**given):
    return gpnb.SkyModel(
        gpnb.PowerLaw(index=2.3, amplitude="1e-12 TeV-1 s-1 cm-2"), gpnb.PointSource("83.63d 22.01d"), name="faint"
    ).replace(**given)


def test_it_has_what_it_was_given(run, like):
    assert run.livetime.to_value("h") == pytest.approx(10)
    assert run.ontime.to_value("h") == pytest.approx(10 / 0.9)
    assert run.live_fraction == 0.9
    assert (run.obs_id, run.target, len(run.events)) == (7, "Faint", 0)
    assert run.pointing.dec.deg == pytest.approx(22.51)
    assert (run.aeff.values == like.aeff.values).all()
    assert np.isnan(run.zenith)
    assert replay(gpnb.Observation.create(POINTING, "10 h", like).recipe).livetime.to_value("h") == pytest.approx(10)


def test_responses_come_from_a_file_or_a_mapping(tmp_path, like):
    path = tmp_path / "irfs.fits"
    kinds = ("aeff", "edisp", "psf", "bkg")
    write_irfs(path, {name: getattr(like, name) for name in kinds})
    for irfs in (path, str(path), gpnb.read_irf(path)):
        run = gpnb.Observation.create(POINTING, "1 h", irfs)
        assert all(run.has(name) for name in kinds)
        assert run.aeff.values == pytest.approx(like.aeff.values, rel=1e-6)


def test_it_is_reduced_without_events(run):
    geom = gpnb.WcsGeometry.create(POINTING, width="3 deg", binsz="0.05 deg", axes=[ENERGY])
    cube = gpnb.reduce_map(run, geom, background=None)
    assert cube.counts.data.sum() == 0
    assert cube.background.data.sum() > 100
    truth = faint()
    result = gpnb.fit(gpnb.asimov(cube, truth), truth.freeze("lon", "lat"))
    assert result.values == pytest.approx([2.3, 1e-12], rel=1e-3)
    assert gpnb.fake(cube, truth, seed=1).counts.data.sum() > 100
    double = gpnb.reduce_map(gpnb.Observation.create(POINTING, "20 h", run, live_fraction=0.9), geom, background=None)
    assert double.exposure.data == pytest.approx(2 * cube.exposure.data, rel=1e-5)
    assert double.background.data == pytest.approx(2 * cube.background.data)


def test_it_is_simulated_reduced_and_fitted(run):
    bright = faint(amplitude="2e-11 TeV-1 s-1 cm-2")
    observed = run.with_events(gpnb.simulate_events(run, bright, seed=1, radius="2 deg"))
    assert len(observed.events) > 100
    assert observed.livetime == run.livetime
    spectra = gpnb.reduce_spectrum(observed, "icrs; circle(83.63, 22.01, 0.15)", ENERGY)
    result = gpnb.fit(spectra, bright.spectral)
    assert np.abs((result.values - [2.3, 2e-11]) / result.errors).max() < 4


def test_an_observatory(like):
    there = EarthLocation.from_geodetic(16.5, -23.27, 1835)
    for location in (there, ("16.5 deg", "-23.27 deg", "1835 m")):
        run = gpnb.Observation.create(POINTING, "1 h", like, location=location, time="2030-01-01T20:00:00")
        assert run.location.lat.deg == pytest.approx(-23.27)
        assert run.location.height.to_value("m") == pytest.approx(1835, abs=1e-3)
        assert run.tstart.isot.startswith("2030-01-01")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"livetime": "0 h"}, "livetime="),
        ({"livetime": "3 TeV"}, "livetime="),
        ({"live_fraction": 1.5}, "live_fraction=1.5"),
        ({"irfs": 3}, "irfs=3"),
        ({"irfs": {}}, "no effective area"),
        ({"location": "Namibia"}, "location="),
        ({"pointing": "up"}, "pointing="),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(like, given, words):
    arguments = {"pointing": POINTING, "livetime": "1 h", "irfs": like, **given}
    with pytest.raises(gpnb.ArgumentError, match=words):
        gpnb.Observation.create(**arguments)
    with pytest.raises(gpnb.DataFormatError, match="nowhere"):
        gpnb.Observation.create(POINTING, "1 h", "nowhere.fits")

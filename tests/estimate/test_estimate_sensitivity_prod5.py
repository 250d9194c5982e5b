"""The sensitivity of the prod5 responses: against Gammapy 2.1, and against simulated observations at that flux.

`gammapy-2.1-sensitivity.json` holds what `benchmarks/tasks/sensitivity_gammapy.py` found: e2dnde, excess, background.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gpnb
from gpnb.stats import lima

pytestmark = pytest.mark.data

RIVAL = json.loads(Path(__file__).with_name("gammapy-2.1-sensitivity.json").read_text(encoding="utf-8"))
FILE = "Prod5-South-20deg-AverageAz-14MSTs37SSTs.180000s-v0.1.fits.gz"
TRUE = gpnb.Axis.energy("0.01 TeV", "100 TeV", nbin=100, name="energy_true")
FLAT = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2").freeze("index")


def irfs(data_dir, nodes):
    """Gammapy takes the background as rates at the middle of its bins."""
    found = gpnb.read_irf(data_dir / "cta-caldb" / FILE)
    return found | {"bkg": found["bkg"].at_nodes() if nodes else found["bkg"]}


def reduced(data_dir, hours, energy, binsz="0.005 deg", width="0.3 deg", nodes=True):
    run = gpnb.Observation.create("0d 0d", hours, irfs(data_dir, nodes))
    geom = gpnb.WcsGeometry.create("0d 0.5d", width=width, binsz=binsz, axes=[energy])
    return gpnb.reduce_map(run, geom, energy_true=TRUE, background=None, progress=False)


def in_circle(data_dir, nodes):
    """ON counts and OFF regions of five times the size."""
    cube = reduced(data_dir, "50 h", gpnb.Axis.energy("0.03 TeV", "30 TeV", nbin=20), nodes=nodes)
    known = gpnb.to_spectrum(cube, "icrs; circle(0, 0.5, 0.1)")
    off = {"counts_off": 5 * known.background, "acceptance": 1.0, "acceptance_off": 5.0}
    return replace(known, background=None, **off)


@pytest.fixture(scope="module")
def spectrum(data_dir):
    return in_circle(data_dir, nodes=True)


def test_it_is_gammapys(spectrum):
    found = gpnb.sensitivity(spectrum)
    assert np.asarray(found["background"]) == pytest.approx(RIVAL["background"], rel=0.15)
    assert np.asarray(found["excess"]) == pytest.approx(RIVAL["excess"], rel=0.07)
    assert np.asarray(found["e2dnde"]) == pytest.approx(RIVAL["e2dnde"], rel=0.05)
    assert set(found["criterion"]) == {"significance"}


def test_backgrounds_that_keep_the_integral_of_their_bins_differ_by_more(data_dir):
    """As gpnb reads them if not told otherwise: up to 25 % in single narrow bins, so up to 12 % of the flux."""
    found = gpnb.sensitivity(in_circle(data_dir, nodes=False))
    ratio = np.asarray(found["e2dnde"]) / RIVAL["e2dnde"]
    assert ratio == pytest.approx(np.ones(20), abs=0.12)
    assert np.mean(ratio) == pytest.approx(1, abs=0.02)


def test_with_its_counts_the_excess_is_the_same(spectrum):
    """The same background in, Li & Ma out: nothing of the responses is in it."""
    same = replace(spectrum, counts_off=5 * np.asarray(RIVAL["background"]))
    assert np.asarray(gpnb.sensitivity(same)["excess"]) == pytest.approx(RIVAL["excess"], rel=1e-3)


@pytest.mark.slow
def test_simulated_spectra_at_that_flux_have_a_median_of_five(spectrum):
    """In each bin that significance rules, 4000 pairs of counts; whole counts make the median jump by up to 0.1."""
    limits = gpnb.sensitivity(spectrum)
    ruled = np.flatnonzero(limits["criterion"] == "significance")
    assert len(ruled) >= 5
    rng = np.random.default_rng(20261130)
    for place in ruled:
        excess, background = (float(limits[name][place]) for name in ("excess", "background"))
        on, off = rng.poisson(excess + background, 4000), rng.poisson(5 * background, 4000)
        assert np.median(lima(on, off, 0.2)) == pytest.approx(5, abs=0.2)


@pytest.mark.slow
def test_simulated_cubes_at_that_flux_have_a_median_of_five(data_dir):
    """300 observations of ten hours, fitted: all energies and pixels together."""
    cube = reduced(data_dir, "10 h", gpnb.Axis.energy("0.1 TeV", "30 TeV", nbin=10), "0.02 deg", "0.8 deg")
    limits = gpnb.sensitivity(cube, FLAT, integral=True, systematics=0)
    assert limits["criterion"][0] == "significance"
    source = gpnb.SkyModel(
        FLAT.replace(amplitude=float(limits["norm"][0]) * 1e-12), gpnb.PointSource("0d 0.5d"), name="faint"
    ).freeze("lon", "lat")
    found = [gpnb.source_ts(gpnb.fit(gpnb.fake(cube, source, seed), source))["significance"][0] for seed in range(300)]
    assert np.median(found) == pytest.approx(5, abs=0.2)
    assert 0.9 < np.std(found) < 1.4  # 1.22: where counts are few, those of the source scatter too


@pytest.mark.slow
def test_simulated_events_at_that_flux_have_a_median_of_five(data_dir):
    """From the responses to events, counts ON and OFF, and back: 200 observations of ten hours."""
    run = gpnb.Observation.create("0d 0d", "10 h", irfs(data_dir, nodes=True))
    energy = gpnb.Axis.energy("0.3 TeV", "3 TeV", nbin=1)
    cube = reduced(data_dir, "10 h", energy)
    known = gpnb.to_spectrum(cube, "icrs; circle(0, 0.5, 0.1)")
    data = replace(known, background=None, counts_off=5 * known.background, acceptance=1.0, acceptance_off=5.0)
    limits = gpnb.sensitivity(data, FLAT, systematics=0)
    source = gpnb.SkyModel(
        FLAT.replace(amplitude=float(limits["norm"][0]) * 1e-12), gpnb.PointSource("0d 0.5d"), name="faint"
    )
    region, found = "icrs; circle(0, 0.5, 0.1)", []
    for seed in range(200):
        events = gpnb.simulate_events(run, source, seed, radius="0.7 deg", energy=("0.2 TeV", "5 TeV"))
        (spec,) = gpnb.reduce_spectrum(run.with_events(events), region, energy, energy_true=TRUE, progress=False)
        found.append(float(lima(spec.counts, spec.counts_off, spec.alpha)[0]))
        assert spec.alpha[0] == pytest.approx(0.2, abs=0.15)
    assert np.median(found) == pytest.approx(5, abs=0.35)

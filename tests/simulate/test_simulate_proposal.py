"""What a proposal asks: so many hours of an instrument on a faint source, made, simulated, reduced, found, fitted."""

import numpy as np
import pytest

import gpnb

SOURCE = "83.63d 22.51d"
ENERGY = gpnb.Axis.energy("0.3 TeV", "100 TeV", per_decade=4)
FAINT = gpnb.SkyModel(
    gpnb.PowerLaw(index=2.3, amplitude="5e-14 TeV-1 s-1 cm-2"), gpnb.PointSource(SOURCE), name="faint"
)


def proposed(irfs, seed, truth=FAINT, hours="50 h"):
    """Peaks and the fit, in a few lines."""
    run = gpnb.Observation.create("83.63d 22.01d", hours, irfs)
    events = gpnb.simulate_events(run, truth, seed, radius="1.3 deg", energy=("0.3 TeV", None))
    geom = gpnb.WcsGeometry.create(SOURCE, width="1 deg", binsz="0.02 deg", axes=[ENERGY])
    cube = gpnb.reduce_map(run.with_events(events), geom, exclusion="icrs; circle(83.63, 22.51, 0.2)")
    peaks = gpnb.find_peaks(gpnb.excess_map(cube, radius="0.06 deg").significance, threshold=5)
    return peaks, gpnb.fit(cube, [truth, *gpnb.background_models(cube)])


def sigmas(result, truth=FAINT):
    true = gpnb.Models([truth, gpnb.BackgroundModel(result.datasets[0].name)]).parameters
    names = [name for name in result.names if name.startswith("faint.")]
    places = [result.names.index(name) for name in names]
    return (result.values[places] - [true[name].value for name in names]) / result.errors[places]


def test_a_source_is_found_and_fitted_in_a_few_lines(demo):
    """With responses of the demo store."""
    truth = FAINT.replace(amplitude="5e-13 TeV-1 s-1 cm-2")
    peaks, result = proposed(demo.select(target="Crab")[0], 1, truth, "10 h")
    assert len(peaks) == 1
    assert [peaks[name][0].to_value("deg") for name in ("ra", "dec")] == pytest.approx([83.63, 22.51], abs=0.05)
    assert result.success, result.message
    assert np.abs(sigmas(result, truth)).max() < 4


@pytest.mark.data
def test_50_hours_of_prod5_in_a_few_lines(prod5):
    peaks, result = proposed(prod5, 1)
    assert len(peaks) == 1
    assert result.success, result.message
    assert np.abs(sigmas(result)).max() < 4


@pytest.mark.slow
@pytest.mark.data
def test_200_proposals_find_the_truth_with_its_errors(prod5):
    """Values of 200 observations scatter about the truth as their errors say.

    The source is seen with 7.4 ± 1.1 σ, so that 1.3 % of the observations have less than the 5 σ that are asked.
    """
    pulls, missed = [], 0
    for seed in range(200):
        peaks, result = proposed(prod5, seed)
        missed += len(peaks) == 0
        assert result.success, result.message
        pulls.append(sigmas(result))
    assert missed <= 8
    assert np.abs(np.mean(pulls, axis=0)).max() < 3.3 / np.sqrt(200)
    assert np.abs(np.std(pulls, axis=0) - 1).max() < 3.3 / np.sqrt(400)


@pytest.fixture
def prod5(data_dir):
    return data_dir / "cta-caldb" / "Prod5-South-20deg-AverageAz-14MSTs37SSTs.180000s-v0.1.fits.gz"

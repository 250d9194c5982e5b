"""What is counted and what is not agree in every room: events and good times, runs with one number, blind responses."""

import numpy as np
import pytest

import gpnb
from gpnb.data.observations import Observations

ENERGY = gpnb.Axis.energy("0.5 TeV", "20 TeV", nbin=4)
CRAB = "icrs; circle(83.63, 22.01, 0.2)"


@pytest.fixture(scope="module")
def whole(demo):
    return demo.select(target="Crab")[0]


@pytest.fixture(scope="module")
def cut_short(whole):
    """Its good times end halfway, its events go on."""
    gti = gpnb.GTI(
        [whole.gti.start_values[0]], [whole.gti.start_values[0] + whole.gti.seconds / 2], whole.gti.reference
    )
    return gpnb.Observation(whole.obs_id, {**whole.parts, "events": whole.events, "gti": gti}, whole.row)


@pytest.fixture(scope="module")
def half(whole, cut_short):
    """The same by a cut in time."""
    return whole.between(None, cut_short.gti.stop[-1])


def lengths(obs):
    geom = gpnb.WcsGeometry.create(obs.pointing, width="4 deg", binsz="0.2 deg", axes=[ENERGY])
    theta2 = gpnb.theta2_table([obs], "83.63d 22.01d", theta2_max="0.1 deg2", bins=5)
    spectra = gpnb.reduce_spectrum([obs], CRAB, ENERGY)
    shape = gpnb.PowerLaw(index=2, amplitude="1e-11 TeV-1 s-1 cm-2")
    turn = gpnb.Ephemeris(obs.gti.start[0], "3 Hz")
    return {
        "map": gpnb.reduce_map([obs], geom, background=None).counts.data.sum(),
        "spectrum": spectra[0].counts.sum(),
        "off": spectra[0].counts_off.sum(),
        "light curve": gpnb.light_curve(spectra, shape, "3 min").table["n_on"].sum(),
        "theta2": theta2["counts"].sum(),
        "theta2 off": theta2["counts_off"].sum(),
        "phasogram": gpnb.phasogram([obs], 5, ephemeris=turn)["counts"].sum(),
        "events": len(obs.events),
        "explorer": len(obs.events.select(energy=("0.5 TeV", "20 TeV"))),
    }


def test_events_outside_of_the_good_times_count_nowhere(whole, cut_short, half):
    found, wanted, every = lengths(cut_short), lengths(half), lengths(whole)
    assert found == wanted
    assert found["light curve"] == found["spectrum"]
    assert all(0.2 * every[name] < found[name] < 0.8 * every[name] for name in found)


def test_runs_of_one_number(demo):
    """As when runs of two stores come together: maps add up, spectra get names of their own."""
    first, second = demo.select(target="Crab")[:2]
    twin = gpnb.Observation(first.obs_id, second.parts, second.row)
    geom = gpnb.WcsGeometry.create(first.pointing, width="4 deg", binsz="0.2 deg", axes=[ENERGY])
    found, wanted = (gpnb.reduce_map([first, item], geom, background=None).counts.data for item in (twin, second))
    np.testing.assert_array_equal(found, wanted)
    spectra = gpnb.reduce_spectrum(Observations([first, twin]), CRAB, ENERGY)
    assert [item.name for item in spectra] == [f"run-{first.obs_id}", f"run-{first.obs_id} (2)"]


@pytest.mark.parametrize("blind", [slice(None), slice(3, None)], ids=["everywhere", "at high energies"])
def test_a_ring_without_acceptance_is_told(whole, blind):
    bkg = whole.bkg
    values = np.array(bkg.values)
    values[bkg.axes[0].high_values > 0.99 * ENERGY.low_values[blind][0]] = 0.0
    run = gpnb.Observation(whole.obs_id, {**whole.parts, "bkg": type(bkg)(bkg.axes, values, bkg.header, bkg.recipe)})
    geom = gpnb.WcsGeometry.create(whole.pointing, width="4 deg", binsz="0.2 deg", axes=[ENERGY])
    ring = gpnb.Ring(inner="0.5 deg", width="0.5 deg")
    with pytest.warns(gpnb.DataWarning, match=f"Run {run.obs_id}: .* counts from .* to 20 TeV are masked"):
        found = gpnb.reduce_map([run], geom, background=ring)
    assert "rings have no acceptance" in found.notes[0]

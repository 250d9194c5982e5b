"""What is lost at the edges of safe ranges is told, and axes can begin there."""

import warnings

import numpy as np
import pytest

import gpnb
from gpnb.reduce.map import warn_of
from gpnb.reduce.safe import SafeEnergies

ON = "icrs; circle(83.63, 22.01, 0.11)"
CRAB = "83.63d 22.01d"
SAFE = gpnb.SafeRange(aeff_max=0.1)


@pytest.fixture(scope="module")
def runs(demo):
    return demo.select(target="Crab")


class Run:
    obs_id = 7


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([0.3, 30], r"run 7 \(safe from 0.87 TeV\): bins are left out .* \(0.3–30 TeV\); begin the axis at"),
        ([0.3, 3, 30], r"\(0.3–3 TeV\)"),
        ([0.8, 1.0, 30], ""),  # 0.06 decades
        ([0.87, 3, 30], ""),
        ([0.1, 0.5], "no energy bin lies in the safe range"),
    ],
)
def test_what_is_lost_is_told(edges, said):
    axis = gpnb.Axis.energy_edges([f"{edge} TeV" for edge in edges])
    notes = SafeEnergies(0.87, np.inf).lost(Run, axis)
    assert len(notes) == bool(said)
    if said:
        with pytest.warns(gpnb.DataWarning, match=said.replace("run 7", "Run 7")):
            warn_of(notes)


def test_an_upper_end_counts_too():
    axis = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    assert SafeEnergies(0.5, 80.0).lost(Run, axis)[0].startswith("run 7 (safe from 0.5 to 80 TeV): bins are left out")


@pytest.mark.parametrize("background", ["ring", None])
def test_maps_tell_of_lost_bins_and_begin_at_the_threshold(runs, background):
    threshold = SAFE.threshold(runs)
    assert 0.1 < threshold.to_value("TeV") < 5

    def cube(low, **given):
        axis = gpnb.Axis.energy(low, "30 TeV", nbin=1)
        geom = gpnb.WcsGeometry.create(CRAB, width="4 deg", binsz="0.1 deg", axes=[axis])
        return gpnb.reduce_map(runs, geom, background=background, safe=SAFE, **given)

    with pytest.warns(gpnb.DataWarning, match=r"^Run \d+ \(safe from .* TeV\), run .*left out.*0.05–30 TeV") as told:
        assert cube("0.05 TeV", exclusion=ON).usable.sum() == 0
    assert sum("left out" in str(item.message) for item in told) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = cube(threshold, exclusion=ON)
    assert found.counts.data[found.usable].sum() > 0


def test_spectra_and_light_curves_tell_of_lost_bins(runs):
    wide = gpnb.Axis.energy("0.05 TeV", "30 TeV", nbin=2)
    with pytest.warns(gpnb.DataWarning, match="lie only partly in the safe range"):
        gpnb.reduce_spectrum(runs, ON, wide, safe=SAFE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        whole = gpnb.Axis.energy(SAFE.threshold(runs), "30 TeV", nbin=2)
        specs = gpnb.reduce_spectrum(runs, ON, whole, safe=SAFE)
        assert all(item.usable.all() for item in specs)
        curve = gpnb.light_curve(specs, gpnb.PowerLaw(), bins="run", energy_edges=whole)
    assert np.isfinite(curve.norm).all()


def test_thresholds_of_hess(data_dir):
    runs = gpnb.DataStore.read(data_dir / "hess-dl3-dr1").select(obs_id=[23523, 23526])
    threshold = gpnb.SafeRange().threshold(runs)
    assert threshold.to_value("TeV") == pytest.approx(0.87, abs=0.02)
    geom = gpnb.WcsGeometry.create(
        CRAB, width="3 deg", binsz="0.1 deg", axes=[gpnb.Axis.energy("0.3 TeV", "30 TeV", nbin=1)]
    )
    with pytest.warns(
        gpnb.DataWarning, match=r"Run 23523 \(safe from 0.871 to 100 TeV\), run 23526 \(safe from 0.708 "
    ):
        gpnb.reduce_map(runs, geom, background="ring", exclusion=ON)

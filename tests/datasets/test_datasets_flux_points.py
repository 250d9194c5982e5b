"""Flux points as data: chi square, limits, scans, and their derivatives."""

from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable
from scipy.special import erfc

import gpnb
from gpnb.core.errors import ArgumentError

DNDE = u.Unit("TeV-1 s-1 cm-2")


def points(scan=False, **settings):
    table = QTable(
        {
            "e_ref": [1, 2, 4, 8] * u.TeV,
            "dnde": [4e-11, 6e-12, 1e-12, np.nan] * DNDE,
            "dnde_errn": [4e-12, 1e-12, 2e-13, np.nan] * DNDE,
            "dnde_errp": [6e-12, 2e-12, 3e-13, np.nan] * DNDE,
            "dnde_ul": [np.nan, np.nan, np.nan, 3e-13] * DNDE,
        }
    )
    made = gpnb.FluxPoints.from_table(table, name="crab", **settings)
    norm = np.linspace(0, 60, 61) * np.ones((4, 1))
    stat = 100 + 0.01 * (norm - [[40], [24], [16], [10]]) ** 2
    return replace(made, norm_scan=norm, stat_scan=stat) if scan else made


def test_the_error_is_that_on_the_side_of_the_prediction():
    dataset = gpnb.FluxPointsDataset(points())
    assert dataset.statistic([4.6e-11, 4e-12, 1e-12, 0.0]) == pytest.approx([1, 4, 0, 0], abs=1e-9)
    symmetric = gpnb.FluxPointsDataset(points(), kind="chi2")
    assert symmetric.statistic([4.5e-11, 4.5e-12, 1e-12, 0.0]) == pytest.approx([1, 1, 0, 0], abs=1e-9)
    assert repr(dataset) == "FluxPointsDataset(crab, 4 of 4 points, 1 upper limits, asymmetric)"


def test_a_limit_of_unknown_confidence_is_the_step_of_gammapy():
    dataset = gpnb.FluxPointsDataset(points())
    for share in (0.0, 0.5, 1.0, 3.0):
        found = dataset.statistic([4e-11, 6e-12, 1e-12, share * 3e-13])[3]
        assert found == pytest.approx(2 * np.log(erfc(1 - share) / erfc(1)), abs=1e-9)
    assert dataset.statistic([4e-11, 6e-12, 1e-12, 1e-9])[3] == pytest.approx(2 * np.log(2 / erfc(1)))


def test_a_limit_of_known_confidence_rises_by_what_it_means():
    dataset = gpnb.FluxPointsDataset(points(cl=0.95, sided=1))
    assert dataset.statistic([4e-11, 6e-12, 1e-12, 3e-13])[3] == pytest.approx(2.7055, abs=1e-4)


def test_limits_follow_the_stored_scan():
    dataset = gpnb.FluxPointsDataset(points(scan=True))
    reference = dataset.points.ref_dnde
    for norm in (0.0, 7.5, 33.3):
        found = dataset.statistic(norm * reference)
        assert found[3] == pytest.approx(0.01 * (norm - 10) ** 2, abs=2e-3)
        assert found[0] == pytest.approx(((norm - 40) / 4) ** 2)  # a measured point goes by its errors
    beyond = dataset.statistic(100 * reference)[3]
    assert beyond > dataset.statistic(60 * reference)[3] + 0.01 * 50 * 40  # goes on at least as steeply


def test_measured_points_follow_their_scans_if_wanted():
    dataset = gpnb.FluxPointsDataset(points(scan=True), kind="profile")
    found = dataset.statistic(20 * dataset.points.ref_dnde)
    assert found == pytest.approx([4, 0.16, 0.16, 1], abs=2e-3)


@pytest.mark.parametrize(
    ("kind", "scan", "cl"), [("asymmetric", False, None), ("chi2", False, 0.95), ("profile", True, None)]
)
@pytest.mark.parametrize("norm", [3.3, 21.7, 70.0])
def test_derivatives_are_those_of_the_statistic(kind, scan, cl, norm):
    dataset = gpnb.FluxPointsDataset(points(scan, cl=cl, sided=cl and 1), kind=kind)
    at = norm * dataset.points.ref_dnde
    step = 1e-5 * at
    slope = (dataset.statistic(at + step) - dataset.statistic(at - step)) / (2 * step)
    assert dataset.gradient(at) == pytest.approx(slope, rel=1e-6)
    weight = dataset.weight(at)
    assert np.all(weight >= 0)
    bend = (dataset.gradient(at + step) - dataset.gradient(at - step)) / (2 * step)
    rows = slice(0, 3) if cl is None and not scan else slice(None)  # the step of Gammapy bends downward
    assert weight[rows] == pytest.approx(np.maximum(bend[rows], 0), rel=1e-4)


def test_masks():
    dataset = gpnb.FluxPointsDataset(points()).restrict(("1.5 TeV", None)).masked([False, False, True, False])
    assert dataset.usable.tolist() == [False, True, False, True]
    assert dataset.statistic([1e-9, 6e-12, 1e-9, 0.0]).tolist()[0::2] == [0, 0]
    assert "restrict" in dataset.recipe.to_code()
    bare = points()
    blind = gpnb.FluxPoints.from_table(bare.table[["e_ref", "dnde"]])  # neither errors nor limits
    assert not gpnb.FluxPointsDataset(blind).usable.any()


def test_wrong_arguments():
    with pytest.raises(ArgumentError, match="must be FluxPoints"):
        gpnb.FluxPointsDataset(points().table)
    with pytest.raises(ArgumentError, match="kind='least'"):
        gpnb.FluxPointsDataset(points(), kind="least")
    with pytest.raises(ArgumentError, match="one for each of 4 points"):
        gpnb.FluxPointsDataset(points(), flags=[0])
    with pytest.raises(ArgumentError, match="one flux for each of 4 points"):
        gpnb.FluxPointsDataset(points()).statistic([1e-12] * 3)
    with pytest.raises(ArgumentError, match="4 times True or False"):
        gpnb.FluxPointsDataset(points()).masked([True])


@pytest.mark.data
def test_published_points_of_the_crab_can_be_fitted(data_dir):
    for name in ("fermi/gll_psch_v13.fit.gz", "gammacat/gammacat.fits.gz"):
        source = gpnb.read_catalog(data_dir / "catalogs" / name)["Crab Nebula"]
        dataset = gpnb.FluxPointsDataset(source.flux_points())
        best = dataset.statistic(source.spectral_model.evaluate_at(dataset.energy)).sum()
        double = dataset.statistic(2 * source.spectral_model.evaluate_at(dataset.energy)).sum()
        assert best < 3 * dataset.usable.sum() < double

"""Fits of what is not there: they end at a limit that is told, and give upper limits as flux points do."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from regions import CircleSkyRegion

import gpnb
from gpnb.models.reference import with_flux

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=6)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=6, name="energy_true")
SHAPE = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2").freeze("index")
BAND = ["1 TeV", "100 TeV"]
ONE_COUNT = gpnb.PowerLaw2(flux="1e-12 cm-2 s-1", index=2, e_min="1 TeV", e_max="10 TeV").freeze("index")


def counting(n, **given):
    one, true = (gpnb.Axis.energy("1 TeV", "10 TeV", nbin=1, name=name) for name in ("energy", "energy_true"))
    background = given or {"background": [0]}
    return gpnb.SpectrumDataset(one, true, [n], [1e12], [[1.0]], "1 h", **background)


def run(on, off, name="run", alpha=0.1):
    return gpnb.SpectrumDataset(
        ENERGY, TRUE, on, np.full(6, 3e12), np.eye(6), "1 h", counts_off=off, acceptance_off=1 / alpha, name=name
    )


EMPTY = {
    "nothing": run([0] * 6, [0] * 6),
    "no OFF above": run([0, 1, 0, 0, 0, 0], [17, 8, 2, 0, 0, 0]),
    "fewer ON": run([1, 0, 0, 0, 0, 0], [40, 20, 9, 4, 2, 1]),
    "ON without OFF": run([0, 0, 0, 1, 0, 0], [17, 8, 2, 0, 0, 0]),
    "two runs": gpnb.Datasets(
        [run([0, 0, 1, 0, 0, 0], [5, 3, 0, 0, 0, 0], "a"), run([1] + 5 * [0], [9] + 5 * [0], "b")]
    ),
}


@pytest.mark.parametrize("data", EMPTY.values(), ids=EMPTY)
@pytest.mark.parametrize("free", [(), ("index",)], ids=["norm", "shape too"])
@pytest.mark.parametrize("kind", [{}, {"limits": "unbounded", "sided": 2}, {"limits": "bayesian", "cl": 0.9}], ids=str)
def test_limits_are_those_of_a_flux_point(data, free, kind):
    result = gpnb.fit(data, SHAPE.thaw(*free))
    shape = with_flux(result.models[0].spectral)
    points = gpnb.flux_points(data, shape, BAND, **kind)
    limit = result.upper_limit("amplitude", **kind)
    assert limit.value == pytest.approx(points.norm_ul[0] * shape.amplitude.value, rel=1e-4)
    flux = result.flux_limit("1 TeV", "100 TeV", **kind)
    assert flux.to_value("cm-2 s-1") == pytest.approx(points["flux_ul"][0].value, rel=1e-4)
    assert (flux.cl, flux.sided, flux.limits) == (points.cl, points.sided, points.limits)
    assert gpnb.flux_points(data, result, BAND, **kind)["flux_ul"][0].value == pytest.approx(flux.value, rel=1e-4)


@pytest.mark.parametrize("start", [1e-12, 1e-9, 1e-16, 0.0])
@pytest.mark.parametrize("backend", ["scoring", "minuit", "scipy"])
@pytest.mark.parametrize("free", [(), ("index",)], ids=["norm", "shape too"])
def test_a_source_that_is_not_there_vanishes(start, backend, free):
    """Bins without counts have no likelihood of a negative signal."""
    result = gpnb.fit(EMPTY["no OFF above"], SHAPE.replace(amplitude=start).thaw(*free), backend=backend)
    assert not result.success
    assert "source.amplitude lies at its limit 0" in result.message
    assert "upper_limit('source.amplitude')" in result.message
    assert result.models[0].spectral.amplitude.value == 0
    assert result.models[0].spectral.index.value == 2  # nothing is known of it
    assert result.ts == 0
    assert result.n_evaluations < 15
    limit = result.upper_limit("amplitude").value
    if free:  # any flux at 1 TeV may hide behind an index
        with pytest.raises(gpnb.FitError, match=r"call result\.upper_limit"):
            result.confidence("amplitude", cl=0.95)
        assert 0 < limit < 1e-11
    else:
        interval = result.confidence("amplitude", cl=0.95)
        assert interval.low == 0
        assert 0 < limit < interval.high < 1e-11


def test_limits_without_counts_are_analytic():
    result = gpnb.fit(counting(0), ONE_COUNT)
    assert result.upper_limit("flux").value == pytest.approx(1.3528e-12, rel=1e-4)
    assert result.upper_limit("flux", sided=2).value == pytest.approx(3.8415e-12 / 2, rel=1e-4)
    assert result.upper_limit("flux", limits="bayesian").value == pytest.approx(-1e-12 * np.log(0.05), rel=1e-3)
    assert result.flux_limit("1 TeV", "10 TeV").value == pytest.approx(1.3528e-12, rel=1e-4)
    assert "lies at its limit 0, below which" in result.message


def test_a_negative_limit_is_where_no_background_is_left():
    result = gpnb.fit(counting(0, background=[3.0]), ONE_COUNT)
    assert "lies at its limit -3e-12, below which" in result.message
    assert result.upper_limit("flux").value == pytest.approx(1.3528e-12, rel=1e-4)  # whatever the background
    assert result.ts == pytest.approx(6.0, rel=1e-4)


def test_ts_is_that_of_the_point():
    data = run([30, 12, 6, 2, 1, 0], [40, 20, 9, 4, 2, 3])
    result = gpnb.fit(data, SHAPE)
    point = gpnb.flux_points(data, SHAPE, BAND)
    assert result.success
    assert result.ts == pytest.approx(point.ts[0], rel=1e-4)
    free = gpnb.fit(data, SHAPE.thaw("index"))
    assert free.ts >= result.ts
    assert free.ts - result.ts == pytest.approx(result.compare(free).ts, abs=1e-3)


def test_limits_of_what_is_no_norm_and_of_several_sources():
    data = run([300, 120, 60, 20, 10, 4], [40, 20, 9, 4, 2, 3])
    result = gpnb.fit(data, SHAPE.thaw("index"))
    limit = result.upper_limit("index", cl=0.95)
    assert limit.value == pytest.approx(result.values[0] + 1.645 * result.errors[0], abs=0.1 * result.errors[0])
    assert limit.unit == u.dimensionless_unscaled
    assert "source.index <" in repr(limit)
    two = gpnb.fit(data, [gpnb.SkyModel(SHAPE, name="a"), gpnb.SkyModel(SHAPE.replace(index=4), name="b")])
    with pytest.raises(gpnb.ArgumentError, match="several models"):
        _ = two.ts
    alone = gpnb.fit(data, [gpnb.SkyModel(SHAPE, name="a"), two.models["b"].freeze("amplitude")])
    assert two.upper_limit("a.amplitude").value > alone.upper_limit("a.amplitude").value  # the other one is fitted anew
    with pytest.raises(gpnb.ArgumentError, match="freeze the other sources"):
        two.upper_limit("a.amplitude", limits="bayesian")
    with pytest.raises(gpnb.ArgumentError, match="thaw its amplitude"):
        gpnb.fit(data, SHAPE.thaw("index").freeze("amplitude")).flux_limit("1 TeV")


def test_a_limit_is_a_quantity_that_knows_its_confidence():
    limit = gpnb.fit(counting(0), ONE_COUNT).upper_limit("flux", cl=0.9, sided=2)
    assert (limit.cl, limit.sided, limit.limits, limit.of) == (0.9, 2, "bounded", "source.flux")
    assert "at 0.9, two-sided, bounded" in repr(limit)
    assert type(2 * limit) is u.Quantity
    for bad in ({"cl": 95}, {"sided": 3}, {"limits": "feldman"}):
        with pytest.raises(gpnb.ArgumentError):
            gpnb.fit(counting(0), ONE_COUNT).upper_limit("flux", **bad)


def test_a_negative_reference_measures_fluxes_too():
    data = run([1, 0, 0, 0, 0, 0], [400, 200, 90, 40, 20, 10])
    result = gpnb.fit(data, SHAPE)
    assert result.values[0] < 0
    points = gpnb.flux_points(data, result, BAND)
    assert points["flux_ul"][0] > 0
    assert points.norm[0] == pytest.approx(-1, rel=1e-3)


def test_what_does_not_rise_says_what_to_call(make):
    result = gpnb.fit(make(hours=5), gpnb.PowerLaw() * gpnb.PowerLawNorm())
    with pytest.raises(gpnb.FitError, match=r"model.bound\(.*fit again.*upper_limit"):
        result.confidence("norm")


OFF_TARGETS = ["3C 273", "PKS 2316-423", "GX 339-4", "3C 120", "Arp 220", "NGC 1399"]


@pytest.fixture(scope="module")
def off_spectra(data_dir):
    """Spectra of targets at which the release's OFF runs found nothing."""
    store = gpnb.DataStore.read(data_dir / "hess-dl3-dr1")
    rows = store.table[store.table["TARGET_NAME"] == "Off data"]
    energy, found = gpnb.Axis.energy("0.5 TeV", "50 TeV", per_decade=10), {}
    for name in OFF_TARGETS:
        own = rows[rows["OBJECT"] == name]
        region = CircleSkyRegion(SkyCoord(own["RA_OBJ"][0], own["DEC_OBJ"][0], unit="deg"), 0.11 * u.deg)
        runs = store.select(obs_id=list(own["OBS_ID"]))
        found[name] = gpnb.reduce_spectrum(runs, region, energy, progress=False)
    return found


@pytest.mark.filterwarnings("ignore::gpnb.DataWarning")
@pytest.mark.parametrize("name", OFF_TARGETS)
@pytest.mark.parametrize("free", [(), ("index",)], ids=["norm", "shape too"])
def test_off_targets_of_hess_end_in_a_limit(off_spectra, name, free):
    specs = off_spectra[name]
    result = gpnb.fit(specs, SHAPE.replace(index=2.5).thaw(*free))
    assert result.success or "lies at its limit 0" in result.message
    assert result.ts < 6
    point = gpnb.flux_points(specs, result, ["0.5 TeV", "50 TeV"], cl=0.95)
    limit = result.flux_limit(point.e_min[0] * u.TeV, point.e_max[0] * u.TeV, cl=0.95)
    assert limit.value == pytest.approx(point["flux_ul"][0].value, rel=0.02)
    assert 0 < result.upper_limit("amplitude", cl=0.95).value < np.inf
    assert result.confidence("amplitude", cl=0.95).high > 0

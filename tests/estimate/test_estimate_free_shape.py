"""Light curves with the spectrum fitted in each bin: against `fit`, the truth, and where it fails."""

from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.time import Time

import gpnb
from gpnb.core.errors import ArgumentError, Cancelled, DataWarning
from gpnb.data.gti import GTI
from gpnb.estimate.time_bins import Schedule

ENERGY = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=12)
TRUE = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=24, name="energy_true")
START = Time("2020-03-01T20:00:00", scale="tt")
SHAPE = gpnb.SkyModel(gpnb.PowerLaw(index=2.5, amplitude="3e-11 TeV-1 s-1 cm-2"), name="agn")


def run(number, index=2.5, strength=1.0, draw=None, name=None):
    """Half an hour every hour, of a power law; counts as expected, or drawn."""
    edisp = np.kron(np.eye(12), np.ones((2, 1)))
    center = np.sqrt(TRUE.edge_values[1:] * TRUE.edge_values[:-1])
    exposure = 1800 * 1e9 * center**0.5
    empty = gpnb.SpectrumDataset(ENERGY, TRUE, np.zeros(12), exposure, edisp, "0.5 h")
    shape = gpnb.PowerLaw(index=index, amplitude=strength * 3e-11)
    background = 20 * np.sqrt(ENERGY.edge_values[1:] * ENERGY.edge_values[:-1]) ** -2.0
    on, off = empty.predict(shape.integral_bins(TRUE.edge_values)) + background, 5 * background
    on, off = (draw.poisson(item) if draw else item for item in (on, off))
    return gpnb.SpectrumDataset(
        *(ENERGY, TRUE, on, exposure, edisp, "0.5 h"), counts_off=off, acceptance_off=5.0,
        gti=GTI([0], [1800], START + number * u.h), obs_ids=(number,), name=name or f"run-{number}",
    )  # fmt: skip


@pytest.fixture(scope="module")
def flare():
    """Runs of which every third is harder and brighter."""
    draw = np.random.default_rng(7)
    return [run(n, 2.0 if n % 3 == 2 else 2.8, 3.0 if n % 3 == 2 else 1.0, draw) for n in range(6)]


def test_each_bin_holds_what_fit_finds_in_its_data(flare):
    curve = gpnb.light_curve(flare, SHAPE, shape="free", energy_edges=[0.5, 3, 50] * u.TeV)
    for row, data in enumerate(flare):
        result = gpnb.fit(data, SHAPE)
        for name in ("index", "amplitude"):
            found = result.models["agn"].parameter(name)
            assert curve.parameters[name][row] == found.value * u.Unit(found.unit)
            assert curve.parameters[f"{name}_err"][row] == found.error * u.Unit(found.unit)
        for band in range(2):
            flux, error = result.flux(curve.e_min[band] * u.TeV, curve.e_max[band] * u.TeV)
            assert curve["flux"][row, band].value == pytest.approx(flux.value, rel=1e-12)
            assert curve["flux_err"][row, band].value == pytest.approx(error.value, rel=1e-12)
            eflux, _ = result.energy_flux(curve.e_min[band] * u.TeV, curve.e_max[band] * u.TeV)
            assert curve["eflux"][row, band].value == pytest.approx(eflux.value, rel=1e-12)
            dnde = result.models["agn"].spectral(curve.e_ref[band] * u.TeV)
            assert curve["dnde"][row, band].value == pytest.approx(dnde.value, rel=1e-12)
        assert curve.stat[row] == pytest.approx(result.stat)
        assert curve.extra["n_on"][row].sum() == data.counts.sum()
        predicted = data.predict(result.models["agn"].spectral.integral_bins(TRUE.edge_values))
        low = ENERGY.center_values < 3
        assert curve.extra["signal"][row] == pytest.approx([predicted[low].sum(), predicted[~low].sum()])


def test_errors_and_limits_are_those_of_a_model_whose_parameter_is_the_flux(flare):
    """The profile of the flux, against a fit of a power law given by its integral in the band."""
    edges = [0.5, 3, 50] * u.TeV
    curve = gpnb.light_curve(flare[1:3], SHAPE, shape="free", energy_edges=edges, cl=0.9, sided=2)
    for band in range(2):
        low, high = curve.e_min[band] * u.TeV, curve.e_max[band] * u.TeV
        model = gpnb.PowerLaw2(flux=1e-11, index=2.5, e_min=low, e_max=high)
        result = gpnb.fit(flare[2], model)
        one, wide = result.confidence("flux"), result.confidence("flux", cl=0.9)
        unit = curve.ref_flux[band]
        found = [getattr(curve, f"norm_{name}")[1, band] * unit for name in ("err", "errn", "errp", "ul")]
        assert found == pytest.approx([result.errors[result.number("flux")], one.errn, one.errp, wide.high], rel=1e-3)
        stat = gpnb.fit(flare[2], model.replace(flux=curve.norm_scan[1, band, 20] * unit).freeze("flux")).stat
        assert curve.stat_scan[1, band, 20] == pytest.approx(stat, abs=1e-4)
    nothing = flare[2].statistic(np.zeros(12)).sum()
    assert curve.stat_null[1] == pytest.approx(nothing)
    assert curve.ts[1] == pytest.approx(nothing - curve.stat[1])


def test_a_change_of_index_is_found_with_honest_errors():
    """120 bins of a source that hardens in a flare: pulls of index and flux are those of a normal distribution."""
    draw = np.random.default_rng(3)
    truth = np.where(np.arange(120) % 2, 2.0, 2.8)
    data = [run(n, index, 2.0, draw) for n, index in enumerate(truth)]
    curve = gpnb.light_curve(data, SHAPE, shape="free", n_scan=3)
    pull = (curve.parameters["index"] - truth) / curve.parameters["index_err"]
    assert abs(pull.mean()) < 4 / np.sqrt(120)
    assert abs(pull.std() - 1) < 4 / np.sqrt(240)
    flux = [gpnb.PowerLaw(index=index, amplitude=6e-11).integral("0.5 TeV", "50 TeV").value for index in truth]
    pull = (curve["flux"][:, 0].value - flux) / curve["flux_err"][:, 0].value
    assert abs(pull.mean()) < 4 / np.sqrt(120)
    assert abs(pull.std() - 1) < 4 / np.sqrt(240)
    # with the shape held at the mean one, the flux of the hard runs is wrong
    held = gpnb.light_curve(data, SHAPE)
    wrong = (held["flux"][:, 0].value - flux) / held["flux_err"][:, 0].value
    assert abs(wrong[truth == 2.0].mean()) > 1


def test_bins_that_do_not_tell_the_shape_keep_a_flux(flare):
    nothing = flare[1]
    empty = gpnb.SpectrumDataset(
        *(ENERGY, TRUE, np.zeros(12), nothing.exposure, nothing.edisp, "0.5 h"), background=np.zeros(12),
        gti=GTI([0], [1800], START + 30 * u.h), obs_ids=(30,), name="empty",
    )  # fmt: skip
    blind = nothing.masked(np.ones(12))
    with pytest.warns(DataWarning, match=r"spectrum of agn is not told by 1 bins of time") as told:
        curve = gpnb.light_curve([flare[0], blind, empty], SHAPE, shape="free")
    assert len(told) == 1
    held = gpnb.light_curve([flare[0], blind, empty], SHAPE)
    assert np.isnan(curve.parameters["index"]).tolist() == [False, True, True]
    assert np.isnan(curve.norm[:, 0]).tolist() == [False, True, False]
    assert curve.norm_ul[2, 0] == held.norm_ul[2, 0]
    assert curve.is_ul[:, 0].tolist() == [False, False, True]
    assert curve["dnde"][2, 0] == held["dnde"][2, 0]


def test_faint_bins_have_large_errors(flare):
    draw = np.random.default_rng(11)
    faint = [run(n, 2.5, 0.05, draw) for n in range(8)]
    with pytest.warns(DataWarning, match="is not told by 3 bins"):
        curve = gpnb.light_curve(faint, SHAPE, shape="free")
    known = np.isfinite(curve.parameters["index_err"])
    assert known.sum() > 4
    assert np.median(curve.parameters["index_err"][known]) > 0.3
    assert np.isfinite(curve.norm_ul).all()
    assert np.all(curve.norm_ul > curve.norm)


@pytest.fixture(scope="module")
def bright():
    return [run(n, 2.5, 20.0, np.random.default_rng(n)) for n in range(2)]


OTHER = gpnb.SkyModel(gpnb.PowerLaw(index=0.5, amplitude=1e-14).freeze("index"), name="other")


def test_other_sources_are_held_or_fitted(bright):
    held = gpnb.SkyModel(OTHER.spectral.freeze("amplitude"), name="other")
    found = []
    for refit in (False, True):
        curve = gpnb.light_curve(bright[:1], [SHAPE, OTHER], source="agn", shape="free", refit=refit)
        result = gpnb.fit(bright[0], [SHAPE, OTHER if refit else held])
        found.append(result.models["agn"].parameter("index").value)
        assert curve.parameters["index"][0] == found[-1]
        assert ("refit=True" in curve.to_code()) == refit
        assert np.array_equal(curve.rebin("run").norm, curve.norm)
    assert found[0] != found[1]


def test_refit_with_a_held_shape_is_that_of_flux_points(bright):
    edges = [0.5, 3, 50] * u.TeV
    curve = gpnb.light_curve(bright, [SHAPE, OTHER], source="agn", energy_edges=edges, refit=True)
    points = gpnb.flux_points(bright[1], [SHAPE, OTHER], edges, source="agn", refit=True)
    for name in ("norm", "norm_err", "norm_ul", "ts", "stat_scan"):
        assert getattr(curve, name)[1] == pytest.approx(getattr(points, name), rel=1e-6), name


def test_shapes_are_written_and_read(flare, tmp_path):
    curve = gpnb.light_curve(flare, SHAPE, shape="free", energy_edges=[0.5, 3, 50] * u.TeV)
    for name in ("curve.ecsv", "curve.fits"):
        curve.write(tmp_path / name)
        read = gpnb.LightCurve.read(tmp_path / name)
        assert read.parameters.colnames == ["index", "index_err", "amplitude", "amplitude_err"]
        for column in read.parameters.colnames:
            assert u.allclose(read.parameters[column], curve.parameters[column], rtol=1e-12), column
        for kind in ("flux", "dnde", "eflux", "norm_ul"):
            assert read.column(kind) == pytest.approx(curve.column(kind)), kind
    back = gpnb.LightCurve.from_table(curve.to_timeseries())
    assert u.allclose(back.parameters["index"], curve.parameters["index"])
    part = curve.select((curve.time_min[2], curve.time_max[3]))
    assert np.array_equal(part.parameters["index"].value, curve.parameters["index"].value[2:4])
    assert part.column("dnde") == pytest.approx(curve.column("dnde")[2:4])
    with pytest.raises(ArgumentError, match="one row for each of 6 bins"):
        replace(curve, parameters=curve.parameters[:2])


def test_stacked_is_joint_within_a_bin(flare):
    """Runs of one exposure and one alpha: what adding them loses is little; one run alone is the same."""
    same = [run(n, 2.5, 1.0, np.random.default_rng(n)) for n in range(6)]
    for shape in ("fixed", "free"):
        joint, stacked = (gpnb.light_curve(same, SHAPE, "3 h", shape=shape, stack=stack) for stack in (False, True))
        assert joint.obs_ids == stacked.obs_ids == ((0, 1, 2), (3, 4, 5))
        assert np.abs(stacked.norm / joint.norm - 1).max() > 0  # two ways
        assert np.abs((stacked.norm - joint.norm) / joint.norm_err).max() < 0.2
        assert stacked.norm_err == pytest.approx(joint.norm_err, rel=0.05)
        alone = [gpnb.light_curve(same, SHAPE, shape=shape, stack=stack) for stack in (False, True)]
        assert np.array_equal(alone[0].norm_ul, alone[1].norm_ul)
        assert np.array_equal(alone[0].stat, alone[1].stat)
    assert "stack=True" in stacked.recipe.to_code()
    assert np.array_equal(stacked.rebin("3 h").norm, stacked.norm)


def test_what_cannot_be_asked_for_is_said(flare):
    with pytest.raises(ArgumentError, match="must be 'fixed' or 'free'"):
        gpnb.light_curve(flare, SHAPE, shape="loose")
    with pytest.raises(ArgumentError, match="no parameter of source is free"):
        gpnb.light_curve(flare, gpnb.PowerLaw().freeze("index", "amplitude"), shape="free")
    with pytest.raises(ArgumentError, match="limits='bayesian' holds the shape"):
        gpnb.light_curve(flare, SHAPE, shape="free", limits="bayesian")


def test_progress_and_cancel_are_by_bin(flare):
    token, seen = gpnb.CancelToken(), []

    def report(step):
        seen.append((step.done, step.total))
        if step.done == 2:
            token.cancel()

    with pytest.raises(Cancelled):
        gpnb.light_curve(flare, SHAPE, shape="free", progress=report, cancel=token)
    assert seen == [(0, 6), (1, 6), (2, 6)]


def test_good_times_are_bins():
    schedule_of = [run(0), run(1), run(2)]
    for bins in ("gti", GTI.union([item.gti for item in schedule_of])):
        slots = Schedule(schedule_of).slots(bins)
        assert [slot.numbers for slot in slots] == [(0,), (1,), (2,)]
        curve = gpnb.light_curve(schedule_of, SHAPE, bins)
        assert curve.obs_ids == ((0,), (1,), (2,))
        assert curve.width.to_value("s") == pytest.approx([1800] * 3)
    later = GTI([0, 3960], [3600, 7200], START + 0.9 * u.h)
    curve = gpnb.light_curve(schedule_of, SHAPE, later)
    assert curve.obs_ids == ((1,), (2,))
    assert "isot" not in curve.to_code()
    assert "bins=[['2020-03-01T20:54:00" in "".join(curve.to_code().split())

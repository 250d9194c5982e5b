"""One sentence wherever limits of few counts are given, and none elsewhere."""

from html import unescape

import numpy as np
import pytest

import gpnb

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
SHAPE = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2").freeze("index")
WORDS = "upper limit"


def spectrum(counts, off, acceptance_off=20):
    return gpnb.SpectrumDataset(
        ENERGY, TRUE, counts, [1e13, 1e13], np.eye(2), "1 h", counts_off=off, acceptance_off=acceptance_off
    )


def test_flux_points_tell_how_many_limits_and_how_badly():
    points = gpnb.flux_points(spectrum([90, 0], [100, 1]), SHAPE, ENERGY)
    assert points.coverage[0] > 0.93
    assert points.coverage[1] == pytest.approx(0.754, abs=0.003)
    (note,) = points.notes
    assert note.startswith("few counts: 1 of 2 upper limits may cover the truth in 75 % of cases, not in 95 %")
    assert "limits='bayesian'" in note
    assert note in unescape(points._repr_mimebundle_()["text/html"])
    assert gpnb.Sed({"a": points, "b": points}).notes == (f"a: {note}", f"b: {note}")


@pytest.mark.parametrize("counts", [[90, 80], [np.nan, np.nan]])
def test_many_counts_and_none_at_all_say_nothing(counts):
    data = spectrum(np.nan_to_num(counts), [100, 100])
    if np.isnan(counts).all():
        data = data.masked(np.array([False, True]))
    assert gpnb.flux_points(data, SHAPE, ENERGY).notes == ()


def test_bayesian_limits_cover():
    points = gpnb.flux_points(spectrum([1, 0], [1, 1]), SHAPE, ENERGY, limits="bayesian")
    assert points.notes == ()
    assert points.coverage.min() > 0.949


def test_two_sided_limits_fail_on_one_side():
    (note,) = gpnb.flux_points(spectrum([0, 0], [1, 1]), SHAPE, ENERGY, sided=2).notes
    assert "2 of 2 upper limits" in note
    assert "not in 97.5 %" in note


def test_other_sources_are_background():
    other = gpnb.SkyModel(gpnb.PowerLaw(index=2, amplitude="3e-11 TeV-1 s-1 cm-2"), name="other")
    source = gpnb.SkyModel(SHAPE, name="source")
    data = spectrum([270, 27], [1, 1])
    alone = gpnb.flux_points(data, gpnb.Models([source, other]), ENERGY, source="source")
    assert alone.extra["background"] == pytest.approx([270.05, 27.05], rel=0.01)


def test_files_keep_it(tmp_path):
    points = gpnb.flux_points(spectrum([90, 0], [100, 1]), SHAPE, ENERGY)
    points.write(tmp_path / "points.fits")
    assert gpnb.FluxPoints.read(tmp_path / "points.fits").notes == points.notes
    assert points.with_limits(cl=0.9).coverage[1] < points.coverage[1]


def test_fits_tell_it_as_their_flux_points_do():
    data = spectrum([1, 0], [1, 1])
    result = gpnb.fit(data, SHAPE)
    (point,) = gpnb.flux_points(data, SHAPE, [ENERGY.edges[0], ENERGY.edges[-1]]).coverage
    for limit in (result.upper_limit("amplitude"), result.flux_limit("1 TeV", "100 TeV")):
        assert limit.coverage == pytest.approx(point, abs=0.02)
        assert "few counts: its upper limit may cover" in repr(limit)
    assert result.upper_limit("amplitude", limits="bayesian").notes == ()
    assert gpnb.fit(spectrum([900, 80], [100, 100]), SHAPE).upper_limit("amplitude").notes == ()


def test_ts_of_files_is_not_negative():
    from astropy import units as u
    from astropy.table import QTable

    unit = u.Unit("cm-2 s-1 TeV-1")
    table = QTable({"e_ref": [1.0, 3, 9] * u.TeV, "dnde": [1e-12, 2e-13, -1e-15] * unit, "ts": [9.0, np.nan, -1e-6]})
    points = gpnb.FluxPoints.from_table(table)
    assert points.ts.tolist()[::2] == [9.0, 0.0]
    assert np.sqrt(points.ts[2]) == 0
    assert np.isnan(points.ts[1])
    assert points.sqrt_ts[0] == 3

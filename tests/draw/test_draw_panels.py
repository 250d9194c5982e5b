import re

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable, Table

from gpnb.core.errors import ArgumentError
from gpnb.data import DataStore
from gpnb.draw.colours import colour_map, normalise
from gpnb.maps.sky_map import SkyMap
from gpnb.panels.observations import rows
from gpnb.panels.observations.view import ObservationsView
from gpnb.panels.sky.cuts import Scale, colours_of, scale_of
from gpnb.panels.sky.layers import layer
from gpnb.panels.sky.view import SkyView

pytestmark = pytest.mark.long

UNIT = re.compile(r"\((.+)\)$")


def words(page):
    """The text of a page, without its style and the tags."""
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


def plain_axes(figure):
    return [axes for axes in figure.axes if axes.get_visible() and axes.axison and not hasattr(axes, "coords")]


def test_axes_have_titles_with_units(made):
    for name, obj in {**made.responses, "events": made.events, "obs": made.obs}.items():
        for axes in plain_axes(obj.plot()):
            assert axes.get_xlabel(), name
            assert axes.get_ylabel(), name
            assert UNIT.search(axes.get_xlabel()), (name, axes.get_xlabel())
    for obj in (made.cube, made.dataset):
        for axes in obj.plot().axes:
            assert UNIT.search(axes.coords[0].get_axislabel())
            assert UNIT.search(axes.coords[1].get_axislabel())


def test_energy_axes_have_few_plain_labels(made):
    (axes,) = made.responses["pointlike"].plot().axes
    labels = [axes.xaxis.get_major_formatter()(tick, 0) for tick in axes.get_xticks()]
    assert labels == ["0.1", "1", "10", "100"] or labels == ["0.1", "0.3", "1", "3", "10", "30", "100"]


def test_curves_of_offsets_differ_by_dash_too(made):
    axes = made.responses["aeff"].plot(offsets=["0 deg", "1 deg", "2 deg"]).axes[0]
    curves = [line for line in axes.lines if len(line.get_xdata()) > 2]
    assert len({line.get_color() for line in curves}) == 3
    assert len({str(line._dash_pattern) for line in curves}) == 3
    assert [text.get_text() for text in axes.get_legend().texts] == ["0° off axis", "1° off axis", "2° off axis"]


def test_area_is_drawn_in_square_metres(made):
    axes = made.responses["aeff"].plot(offsets=["0.25 deg"]).axes[0]
    line = max(axes.lines, key=lambda item: len(item.get_xdata()))
    energy, area = line.get_data()
    expected = made.responses["aeff"].evaluate(np.array(energy), 0.25) * 1e-4
    assert np.allclose(np.nan_to_num(area), expected)
    assert expected.max() > 1e4


def test_events_histograms_count_every_event(made):
    figure = made.events.plot(gti=made.obs.gti)
    titles = {axes.get_title(loc="left"): axes for axes in figure.axes}
    assert {"Sky", "Energy", "Time", "Offset²", "θ²"} <= set(titles)
    for name in ("Energy", "Time"):
        assert titles[name].patches[-1].get_data().values.sum() == len(made.events)
    assert [text.get_text() for text in titles["Time"].get_legend().texts] == ["good times"]


def test_events_of_a_range(made):
    panel = made.events.view(energy=("1 TeV", "10 TeV"), target="10d 10d")
    assert f"of {len(made.events)} in all" in words(panel._repr_mimebundle_()["text/html"])
    count = int(((made.events.energy_values >= 1) & (made.events.energy_values < 10)).sum())
    assert f"{count} events" in words(panel._repr_mimebundle_()["text/html"])


def test_summary_of_runs(made):
    text = words(made.runs._repr_mimebundle_()["text/html"])
    assert "Observations 4 runs · 2 targets · 1.3 h live" in text
    assert "Run Target Date Zenith (deg) Live time (min) Quality" in text
    assert "23523 &lt;script&gt;" in text
    assert "26.3" in text
    first, last = text.index("23523"), text.index("23526")
    assert first < last


def test_many_runs_are_folded_and_stay_small(made):
    table = made.table(900)
    view = ObservationsView.build(sort_by="zenith", sort_ascending=False)
    names = rows.columns_of(table, view)
    order = rows.sorted_rows(table, view)
    assert order[0] == 899
    assert rows.cells(table, names, order[:1])[0][:2] == ["23523", made.hostile]
    assert rows.targets(table)[0][0] == "Crab Nebula"
    with pytest.raises(ArgumentError, match="no column 'colour'; there are: obs_id, target"):
        rows.columns_of(table, ObservationsView(columns=("colour",)))


def test_masked_values_are_dashes(made):
    table = Table(made.table(3), masked=True)
    table["LIVETIME"].mask = [True, False, False]
    table["LIVETIME"][1] = 3600.0
    table["OBJECT"].mask = [True, False, True]
    view = ObservationsView()
    names = rows.columns_of(table, view)
    cells = dict(zip(names, rows.cells(table, names, [0])[0], strict=True))
    assert (cells["livetime"], cells["target"], cells["quality"]) == ("–", "–", "0")
    assert rows.hours_of(table) == pytest.approx((3600 + 1580) / 3600)


def test_missing_columns_are_left_out():
    table = Table({"OBS_ID": [1, 2]})
    assert rows.columns_of(table, ObservationsView()) == ["obs_id"]
    assert np.isnan(rows.hours_of(table))


def test_summary_of_a_map(made):
    text = words(made.cube._repr_mimebundle_()["text/html"])
    assert "Counts 3° × 3° · 30 × 30 pixels of 0.1° · icrs TAN · 12 bins of energy" in text
    assert f"{made.cube.data.sum():.6g}" in text


def test_cubes_are_summed_sliced_or_cut(made):
    whole = layer("counts", made.cube, SkyView())
    assert whole.image.sum() == made.cube.data.sum()
    assert whole.facts == "0.1 – 100 TeV"
    plane = layer("counts", made.cube, SkyView(plane=4))
    assert np.array_equal(plane.image, made.cube.data[4])
    part = layer("counts", made.cube, SkyView.build(energy=("1 TeV", "10 TeV")))
    assert part.image.sum() == made.cube.data[4:8].sum()
    exposure = layer("exposure", made.dataset.exposure, SkyView())
    assert exposure.image.max() == 3e13
    assert exposure.unit == "cm² s"
    with pytest.raises(ArgumentError, match="no bin between 200 and 300 TeV"):
        layer("counts", made.cube, SkyView.build(energy=("200 TeV", "300 TeV")))


def test_flags_show_what_masks_a_pixel_at_all_energies(made):
    image = layer("flags", made.dataset.flags, SkyView()).image
    assert image[0, 0] == 2
    assert image[15, 15] == 4
    assert image[20, 20] == 0


def test_diverging_colours_are_centred_on_zero():
    image = np.array([[-2.0, 0.0, 7.0, np.nan]])
    scale = scale_of(image, SkyView(cmap="diverging"))
    assert scale.low == -scale.high
    assert scale.places(0.0) == 0.5
    ends = {(-5, 8): (-5, 8), (None, 4): (-4, 4), (-3, None): (-3, 3), (2, 8): (-8, 8), (-8, -2): (-8, 8)}
    for (low, high), wanted in ends.items():
        found = scale_of(image, SkyView(cmap="diverging", low=low, high=high))
        assert (found.low, found.high, found.centred) == (*wanted, True)


def test_cuts_of_odd_images():
    def ends(image, **given):
        scale = scale_of(image, SkyView(**given))
        return scale.low, scale.high

    assert ends(np.full((2, 2), np.nan)) == (0, 1)
    assert ends(np.full((2, 2), np.nan), cmap="diverging") == (-1, 1)
    assert ends(np.zeros((3, 3)), cmap="diverging") == (-1, 1)
    assert ends(np.zeros((3, 3)), high=-4.0) == (-8, -4)
    assert ends(np.zeros((3, 3)), low=4.0) == (4, 8)
    assert ends(np.ones((2, 2), dtype=bool)) == (0, 1)
    low, high = ends(np.zeros((3, 3)))
    assert low < high


@pytest.mark.parametrize("stretch", ["linear", "sqrt", "log", "asinh"])
@pytest.mark.parametrize(("low", "high", "centred"), [(2.0, 50.0, False), (-2.0, 16.0, True), (-9.0, 9.0, True)])
def test_scales_and_their_pictures_agree(stretch, low, high, centred):
    scale = Scale(low, high, stretch, centred)
    values = np.linspace(low, high, 41)
    np.testing.assert_allclose(scale.values(scale.places(values)), values, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(normalise(scale)(values), scale.places(values), atol=1e-9)
    np.testing.assert_array_equal(scale.places([low - 9, np.nan, high + 9]), [0, np.nan, 1])


def test_significance_has_a_diverging_map_by_default(made):
    view = SkyView()
    assert {name: colours_of(view, name) for name in ("significance", "residual", "excess", "counts")} == {
        "significance": "diverging",
        "residual": "diverging",
        "excess": "inferno",
        "counts": "inferno",
    }
    assert colours_of(SkyView(cmap="viridis"), "significance") == "viridis"
    low, middle, high = colour_map("diverging")([0.0, 0.5, 1.0])
    assert max(middle[:3]) < 0.15 < min(max(low[:3]), max(high[:3]))  # dark in the middle


def test_odd_maps_are_drawn(made):
    geom = made.geom.image()
    for data in (np.full(geom.shape, np.nan), np.zeros(geom.shape), -np.ones(geom.shape)):
        for stretch in ("linear", "sqrt", "log", "asinh"):
            SkyMap(geom, data).plot(stretch=stretch).canvas.draw()


def test_peaks_table_and_regions_are_drawn(made):
    peaks = QTable(
        {"value": [12.3, 6.0], "x": [1, 2], "y": [1, 2], "ra": [83.63, 84] * u.deg, "dec": [22.01, 22] * u.deg}
    )
    panel = made.image.view(
        peaks=peaks,
        regions="icrs; circle(83.63, 22.01, 0.2)",
        off_regions="icrs; circle(84, 22.01, 0.2)",
        excluded="icrs; polygon(83, 21, 83.5, 21, 83.2, 21.5)",
        contours=[1],
    )
    axes = panel.figure().axes[0]
    assert {text.get_text() for text in axes.texts} >= {"1", "2"}
    x, y = axes.lines[-1].get_data()
    assert (x[0], y[0]) == pytest.approx(tuple(map(float, made.image.geom.pixel(83.63, 22.01))))
    assert len(axes.patches) == 3
    page = words(panel._repr_mimebundle_()["text/html"])
    assert "2 peaks" in page
    assert "83.6300 +22.0100 12.3" in page


def test_nothing_is_cut_off(made):
    for obj in (made.cube, made.dataset, made.runs, made.obs, made.events, made.responses["psf"]):
        figure = obj.plot()
        figure.canvas.draw()
        renderer, whole = figure.canvas.get_renderer(), figure.bbox
        for axes in figure.axes:
            box = axes.get_tightbbox(renderer)
            if axes.get_visible():
                assert box.x0 >= whole.x0 - 1, (obj, axes)
                assert box.y0 >= whole.y0 - 1, (obj, axes)
                assert box.x1 <= whole.x1 + 1, (obj, axes)
                assert box.y1 <= whole.y1 + 1, (obj, axes)


@pytest.mark.data
def test_real_stores(data_dir):
    for name, runs in (("hess-dl3-dr1", 70), ("cta-1dc", 3)):
        store = DataStore.read(data_dir / name)
        text = words(store._repr_mimebundle_()["text/html"])
        assert f"Observations {name} · {runs} runs" in text


@pytest.mark.data
def test_real_run(data_dir):
    obs = DataStore.read(data_dir / "hess-dl3-dr1").select(obs_id=23523)[0]
    bundle = obs._repr_mimebundle_()
    assert "image/png" in bundle
    assert "Run 23523 Crab Nebula · 26.4 min live · pointing 83.633° +21.514°" in words(bundle["text/html"])
    for part in (obs.aeff, obs.edisp, obs.psf, obs.bkg, obs.events):
        assert "image/png" in part._repr_mimebundle_()

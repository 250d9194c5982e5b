"""Flux points and spectra side by side: what is drawn is what was given."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable
from matplotlib.colors import to_hex

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.panels.plot import LOOKS, look

DNDE = u.Unit("TeV-1 s-1 cm-2")
POINTS = gpnb.FluxPoints.from_table(
    QTable(
        {
            "e_ref": [1, 3, 10] * u.TeV,
            "e_min": [0.6, 2, 6] * u.TeV,
            "e_max": [2, 6, 20] * u.TeV,
            "dnde": [4e-11, 3e-12, 1e-14] * DNDE,
            "dnde_err": [4e-12, 6e-13, 1e-13] * DNDE,
            "dnde_ul": [5e-11, 4e-12, 2e-13] * DNDE,
            "is_ul": [False, False, True],
        }
    )
)
MODEL = gpnb.PowerLaw(index=2.5, amplitude="4e-11 TeV-1 s-1 cm-2")
BAND = MODEL.butterfly(("1 TeV", "10 TeV"), [[0.01, 0], [0, 0]])
TEV = (1 * u.TeV).to_value("erg")
RUN = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8, name="energy_true")


@pytest.fixture(autouse=True)
def static():
    with gpnb.set_options(display="static"):
        yield


def drawn(picture):
    (axes,) = picture.axes
    return axes, {line.get_label(): line for line in axes.lines}


def test_values_are_those_of_the_points():
    axes, _ = drawn(POINTS.plot())
    seen, limits = axes.containers
    np.testing.assert_allclose(seen[0].get_xdata(), [1, 3])
    np.testing.assert_allclose(seen[0].get_ydata(), np.array([4e-11, 9 * 3e-12]) * TEV)
    np.testing.assert_allclose(limits[0].get_ydata(), [100 * 2e-13 * TEV])
    bars = [np.ptp(item.get_segments(), axis=1) for item in seen[2]]
    np.testing.assert_allclose(bars[0][:, 0], [1.4, 4])
    np.testing.assert_allclose(bars[1][:, 1], 2 * np.array([4e-12, 9 * 6e-13]) * TEV)
    assert axes.get_ylabel() == "E² dN/dE (erg cm⁻² s⁻¹)"


def test_values_are_those_of_the_band():
    axes, lines = drawn(gpnb.Sed(models={"fit": BAND, "bare": BAND["energy", "dnde"]}).plot())
    np.testing.assert_allclose(lines["fit"].get_ydata(), 4e-11 * lines["fit"].get_xdata() ** -0.5 * TEV)
    (band,) = axes.collections
    corners = band.get_paths()[0].vertices
    assert corners[:, 0].min() == pytest.approx(1)
    high = (BAND["energy"][-1] ** 2 * BAND["dnde_high"][-1]).to_value("erg cm-2 s-1")
    assert corners[np.isclose(corners[:, 0], 10), 1].max() == pytest.approx(high)
    axes, lines = drawn(gpnb.Sed(models={"fit": BAND}).plot(quantity="dnde"))
    np.testing.assert_allclose(lines["fit"].get_ydata(), BAND["dnde"].to_value(DNDE))


def test_all_that_was_found_is_in_view():
    axes, _ = drawn(gpnb.Sed({"a": POINTS, "b": POINTS.select([0, 1])}, {"fit": BAND}).plot())
    low, high = axes.get_ylim()
    assert low < 9 * 3e-12 * TEV < 4e-11 * TEV < high
    left, right = axes.get_xlim()
    assert left < 0.6 < 10 < right


def test_several_differ_in_colour_and_dash_or_marker():
    names = "abcdef"
    _, lines = drawn(gpnb.Sed(models=dict.fromkeys(names, BAND)).plot())
    assert len({to_hex(lines[name].get_color()) for name in names}) == len(LOOKS)
    axes, _ = drawn(gpnb.Sed(dict.fromkeys(names, POINTS)).plot())
    markers = [item[0].get_marker() for item in axes.containers if item.get_label() in names]
    assert len(markers) == len(set(markers)) == 6
    axes, lines = drawn(gpnb.Sed({"a": POINTS, "b": POINTS}, {"b": BAND, "a": BAND}).plot())
    colours = {item.get_label(): item[0].get_color() for item in axes.containers if item.get_label() in "ab"}
    assert colours == {name: lines[name].get_color() for name in "ab"}


def test_points_beside_a_fit_a_spectrum_and_what_others_found():
    counts = np.random.default_rng(3).poisson(MODEL.integral_bins(TRUE.edge_values) * 3e13 + 2)
    data = gpnb.SpectrumDataset(RUN, TRUE, counts, exposure=np.full(8, 3e13), edisp=np.eye(8), livetime="1 h",
                                counts_off=np.full(8, 20), acceptance_off=10)  # fmt: skip
    result = gpnb.fit(data, MODEL)
    figure = POINTS.plot(models=result)
    axes, lines = drawn(figure)
    assert lines["model"].get_xdata()[[0, -1]] == pytest.approx([0.6, 20])
    assert len(axes.collections) == 1 + 2 + 1  # the band, the bars of points, those of limits
    _, lines = drawn(POINTS.plot(models={"a": result, "b": MODEL, "c": gpnb.SkyModel(MODEL)}, published={"d": POINTS}))
    assert {"a", "b", "c"} < set(lines)
    panel = POINTS.view(models=result)
    assert "gpnb.Sed(points=points, models=" in panel.to_code()
    other = gpnb.draw.style.new_figure().add_subplot()
    POINTS.plot(other, models=MODEL)
    assert other.get_xlabel() == "Energy (TeV)"


@pytest.mark.data
def test_sources_of_catalogues_are_published(data_dir, monkeypatch):
    monkeypatch.setenv("GPNB_DATA", str(data_dir))
    source = gpnb.read_catalog("gamma-cat").cone("83.63d 22.01d", "0.2 deg")[0]
    sed = gpnb.Sed(POINTS, published=source)
    assert set(sed.points) == {"flux points", source.name} or set(sed.points) == {POINTS.name, source.name}
    assert source.name in sed.curves
    assert sed.plot().axes


def test_what_cannot_be_drawn():
    for given, text in [
        ({}, "all empty"),
        ({"models": MODEL}, "give energy="),
        ({"models": MODEL, "energy": ("10 TeV", "1 TeV")}, "energy"),
        ({"points": 3}, "expected FluxPoints"),
        ({"models": {"a": 3}}, "expected a FitResult"),
        ({"models": {"a": BAND["energy",]}}, "no column 'dnde'"),
    ]:
        with pytest.raises(ArgumentError, match=text):
            gpnb.Sed(**given)
    nothing = POINTS.select([2])
    assert gpnb.Sed({"limits": nothing}, {"fit": BAND}).plot()._repr_png_()[:4] == b"\x89PNG"


def test_it_shows_itself_with_its_numbers(tmp_path):
    sed = gpnb.Sed({"a": POINTS, "b": POINTS.select([0])}, {"fit": BAND}, title="Two sets")
    assert repr(sed) == "<Sed of 2 sets of flux points and 1 spectrum>"
    page = sed._repr_mimebundle_()["text/html"]
    assert "Two sets" in page
    assert "points: a 3, b 1 · spectra: fit" in page
    sed.view().save_data(tmp_path / "sed.ecsv")
    table = QTable.read(tmp_path / "sed.ecsv")
    assert table["set"].tolist() == ["a", "a", "a", "b"]
    gpnb.Sed(models={"fit": BAND}).view().save_data(tmp_path / "curve.ecsv")
    assert len(QTable.read(tmp_path / "curve.ecsv")) == len(BAND)


def test_it_is_live_too():
    with gpnb.set_options(display="live"):
        panel = gpnb.Sed({"a": POINTS, "b": POINTS.select([0])}, {"fit": BAND}).view()
        assert [entry["label"] for entry in panel.plot.widget.legend] == ["fit", "a", "b"]
        assert panel.table.rows[3]["cells"][0] == "b"
        assert panel.plot.data("line 0")[1] == pytest.approx(4e-11 * panel.plot.data("line 0")[0] ** -0.5 * TEV)
        assert panel.message == ""


def test_more_than_there_are_colours_still_differ():
    assert len({look(place) for place in range(len(LOOKS) ** 2)}) == len(LOOKS) ** 2
    assert [look(place) for place in range(len(LOOKS))] == list(LOOKS)
    assert len({look(place)[0::2] for place in range(3 * len(LOOKS))}) == 3 * len(LOOKS)  # of points
    assert len({look(place)[:2] for place in range(3 * len(LOOKS))}) == 3 * len(LOOKS)  # of curves

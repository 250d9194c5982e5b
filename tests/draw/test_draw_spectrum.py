"""Pictures of spectra, fits and flux points, and the tables beside them."""

import re

import numpy as np
import pytest
from astropy.table import QTable

import gpnb
from gpnb.core.hooks import module_for
from gpnb.panels.opened import opened
from gpnb.panels.spectrum.published import published

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8, name="energy_true")
HOSTILE = "<script>alert(1)</script> & $x$"


def spectrum(name="a", seed=3, **changes):
    model = gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2")
    rng = np.random.default_rng(seed)
    counts = rng.poisson(model.integral_bins(TRUE.edge_values) * 3e14 + 2)
    fields = {"exposure": np.full(8, 3e14), "edisp": np.eye(8), "livetime": "1 h"}
    off = {"counts_off": rng.poisson(20, 8), "acceptance_off": 10}
    return gpnb.SpectrumDataset(
        ENERGY, TRUE, counts, name=name, on_region="icrs; circle(83.63, 22.01, 0.11)", **{**fields, **off, **changes}
    )


@pytest.fixture
def specs():
    with gpnb.set_options(display="static"):
        yield gpnb.Datasets([spectrum(HOSTILE, notes=(HOSTILE,)), spectrum("b", 4)])


@pytest.fixture
def result(specs):
    return gpnb.fit(specs, gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2"))


def page_of(panel):
    page = panel._repr_mimebundle_()["text/html"]
    assert "could not be" not in page
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))


@pytest.mark.parametrize("tab", ["sed", "counts", "excess", "profiles", "contours", "regions"])
def test_every_tab_is_drawn(specs, tab):
    edges = ["1 TeV", "5 TeV", "20 TeV", "100 TeV"]
    figure = specs.plot(model="PowerLaw", fitted=True, tab=tab, edges=edges)
    figure.canvas.draw()
    count = {"profiles": 2, "contours": 1, "regions": 1}.get(tab, 2)
    assert len([axes for axes in figure.axes if axes.get_visible()]) == count


def test_without_a_model_counts_are_shown(specs):
    panel = specs.view()
    (axes,) = panel.figure().axes
    assert axes.get_title(loc="left") == "Counts"
    text = page_of(panel)
    assert "Li &amp; Ma" in text
    assert "N off" in text


def test_a_result_shows_parameters_and_correlation(result):
    text = page_of(result.view())
    assert "✓ fitted" in text
    assert "‖ frozen" in text
    assert f"{result.correlation[0, 1]:+.2f}" in text
    assert "10⁻¹²" in text
    assert "Fit result" in text
    profile = page_of(result.view(errors="profile"))
    assert profile != text


def test_what_is_wrong_with_a_fit_is_shown(specs):
    model = gpnb.PowerLaw(index=2.9, amplitude="3e-12 TeV-1 s-1 cm-2").bound("index", 2.9, 5)
    text = page_of(gpnb.fit(specs, model).view())
    assert "▲ at its limit" in text
    assert "No success" in text


def test_names_stay_text(specs):
    page = specs.view(model="PowerLaw", fitted=True)._repr_mimebundle_()["text/html"]
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_one_spectrum_shows_itself(specs):
    assert set(specs[1]._repr_mimebundle_()) == {"text/plain", "text/html", "image/png"}


def test_upper_limits_have_arrows():
    rows = {"e_ref": [1, 3, 10], "dnde": [4e-11, 3e-12, np.nan], "dnde_err": [4e-12, 3e-13, np.nan]}
    table = QTable({**rows, "dnde_ul": [5e-11, 4e-12, 1e-13], "is_ul": [False, False, True]})
    for name in ("dnde", "dnde_err", "dnde_ul"):
        table[name].unit = "TeV-1 s-1 cm-2"
    table["e_ref"].unit = "TeV"
    points = gpnb.FluxPoints.from_table(table, name=HOSTILE)
    with gpnb.set_options(display="static"):
        panel = points.view()
        (axes,) = panel.figure().axes
        assert sum(text.arrow_patch is not None for text in axes.texts) == 1
        text = page_of(panel)
        assert "upper limit" in text
        assert "< 1" in text.replace("&lt;", "<")
        assert "<script" not in panel._repr_mimebundle_()["text/html"]
        other = points.view(quantity="dnde", energy=("2 TeV", "20 TeV")).figure().axes[0]
        assert other.get_xlim() == pytest.approx((2, 20))
        assert "TeV⁻¹" in other.get_ylabel()


def test_flux_points_that_were_fitted_are_drawn(specs, result):
    edges = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4)
    points = gpnb.FluxPointsDataset(gpnb.flux_points(specs, result, edges), name="points")
    both = gpnb.fit([*specs, points], gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2"))
    alone = gpnb.fit(points, gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2"))
    for fitted in (both, alone):
        panel = fitted.view()
        legend = [text.get_text() for text in panel.figure().axes[0].get_legend().get_texts()]
        assert "points" in legend
        stat = f"{fitted.stat:.2f}".replace("-", "−")
        assert f"−2 ln L {stat}" in page_of(panel)


def test_published_spectra_are_drawn(specs, data_dir, monkeypatch):
    monkeypatch.setenv("GPNB_DATA", str(data_dir))
    figure = specs.plot(model="PowerLaw", published=["gamma-cat"])
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert any(label.startswith("gamma-cat: Crab") for label in labels)


def test_references_are_drawn_over_it(specs):
    figure = specs.plot(model="PowerLaw", published=["crab-meyer", "protons"])
    legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert {"Crab nebula, Meyer et al. 2010", "Cosmic-ray protons in the region"} <= set(legend)
    plot = module_for("panel.spectrum").plots(specs, opened(specs, model="PowerLaw", published=["protons"]))[0]
    (line,) = [item for item in plot.lines if item.label.startswith("Cosmic")]
    solid_angle = 2 * np.pi * (1 - np.cos(np.radians(0.11)))
    flux = gpnb.reference_spectrum("protons", f"{solid_angle} sr").evaluate_at(line.x)
    assert line.y == pytest.approx(1.602176634 * line.x**2 * flux)
    assert plot.y[1] >= line.y.max()


def test_cosmic_rays_need_a_circle():
    with pytest.raises(gpnb.SelectionError, match="has to be a circle"):
        published(("iron",), "icrs; box(83.63, 22.01, 0.2, 0.2, 0)")
    with pytest.raises(gpnb.SelectionError, match="has to be a circle"):
        published(("iron",), "")
    assert published(("crab-magic",), "")[0].points is None


def test_the_numbers_behind_it_are_saved(specs, result, tmp_path):
    result.view(tab="counts").save_data(tmp_path / "counts.ecsv")
    table = QTable.read(tmp_path / "counts.ecsv")
    assert table["counts"].sum() == sum(item.counts.sum() for item in specs)
    assert module_for("panel.fit") is module_for("panel.spectrum")

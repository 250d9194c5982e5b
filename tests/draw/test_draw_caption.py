"""What is said below the figures of a report."""

import gpnb
from gpnb.draw.caption import caption
from gpnb.report.html import show_data


def test_a_fit_tells_axes_units_runs_and_region(demo):
    energy = gpnb.Axis.energy("0.3 TeV", "30 TeV", per_decade=4)
    specs = gpnb.reduce_spectrum(demo.select(target="Crab"), "icrs; circle(83.63, 22.01, 0.11)", energy)
    shown = gpnb.fit(specs, gpnb.LogParabola())._repr_mimebundle_()["text/html"]
    (line,) = [part.partition("</p>")[0] for part in shown.split('<p class="gpnb-caption">')[1:]]
    assert line.startswith("E² dN/dE (erg cm⁻² s⁻¹); resid. (σ) against Energy (TeV). ")
    assert "Data: runs on Crab of the demo store “cta”, ON region circle" in line
    assert f'<p class="gpnb-caption">{line}</p>' in show_data({"text/html": shown})


def test_a_map_in_memory_tells_what_its_colours_are():
    sky = gpnb.SkyImage.empty(nxpix=20, nypix=20)
    words = caption(sky.plot(), gpnb.Recipe.memory("map"))
    assert words.endswith(".")
    assert "Data" not in words


def test_names_of_targets_are_text():
    recipe = gpnb.Recipe.of(".select()", target="<b>x</b>", name="runs")
    figure = gpnb.SkyImage.empty(nxpix=20, nypix=20).plot()
    assert "runs on <b>x</b>" in caption(figure, recipe)
    from gpnb.draw import html

    assert "<b>" not in html.caption(caption(figure, recipe))

"""One drawer and one live part for every plot that a panel can produce: both show the same marks."""

from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable, Table
from astropy.time import Time
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.core.hooks import knows, module_for
from gpnb.draw.plots import draw_plot
from gpnb.draw.style import new_figure, styled
from gpnb.panels.events.counts import EventFilter
from gpnb.panels.events.plots import histogram_plot
from gpnb.panels.events.view import EventsView
from gpnb.panels.opened import opened
from gpnb.panels.plot import Band, Image, Line, Plot, Points, Rule, Spans, Steps
from gpnb.widgets.parts.marks import numbers_of
from gpnb.widgets.parts.plot import PlotView

pytestmark = pytest.mark.long

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8, name="energy_true")
SHAPE = gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2")


def spectrum(counts=None, **changes):
    rng = np.random.default_rng(3)
    counts = rng.poisson(SHAPE.integral_bins(TRUE.edge_values) * 3e14 + 2) if counts is None else counts
    fields = {"exposure": np.full(8, 3e14), "edisp": np.eye(8), "livetime": "1 h"}
    off = {"counts_off": rng.poisson(20, 8), "acceptance_off": 10}
    region = "icrs; circle(83.63, 22.01, 0.11)"
    return gpnb.SpectrumDataset(ENERGY, TRUE, counts, on_region=region, **{**fields, **off, **changes})


def curve(bands=1):
    rng = np.random.default_rng(4)
    start = Time(60000.0, format="mjd", scale="tt") + np.append(np.arange(6) / 6, 24 + np.arange(4) / 6) * u.h
    edges, shape = np.geomspace(0.5, 8, bands + 1), (10, bands)
    flux = rng.normal(1e-11, 2e-12, shape) * u.Unit("cm-2 s-1")
    columns = {"time_min": start, "time_max": start + 10 * u.min, "flux": flux, "flux_err": 0.1 * np.abs(flux)}
    columns |= {"e_min": np.broadcast_to(edges[:-1], shape) * u.TeV, "e_max": np.broadcast_to(edges[1:], shape) * u.TeV}
    columns |= {"e_ref": np.broadcast_to(np.sqrt(edges[1:] * edges[:-1]), shape) * u.TeV, "flux_ul": 2 * flux}
    columns["is_ul"] = np.broadcast_to((np.arange(10) == 3)[:, None], shape)
    return gpnb.LightCurve.from_table(QTable(columns), "flux")


def theta2(counts=(90, 40, 12, 0), off=(10.0, 12.0, 9.0, 0.0)):
    edges, off = np.linspace(0, 0.08, len(counts) + 1), np.asarray(off)
    columns = {"theta2_min": edges[:-1], "theta2_max": edges[1:], "counts": np.asarray(counts, float)}
    columns |= {"counts_off": off, "alpha": np.full(len(off), 0.5), "background": 0.5 * off}
    excess = np.asarray(counts) - 0.5 * off
    columns |= {"excess": excess, "excess_error": np.sqrt(excess.clip(1)), "significance": np.full(len(off), np.nan)}
    return gpnb.Theta2Table(columns, meta={"position": "icrs 83.63d 22.01d"})


def pulse(quantity="counts"):
    edges = np.linspace(0, 1, 11)
    values = np.array([3.0, 9, 2, 1, 0, 4, 8, 2, 1, 1])
    columns = {"phase_min": edges[:-1], "phase_max": edges[1:], quantity: values, f"{quantity}_err": np.sqrt(values)}
    meta = {"events": 31, "h": 12.0, "p_value": 1e-3, "on": [[0.1, 0.2]], "off": [[0.3, 0.5]], "level": 0.5}
    if quantity == "flux":
        values[3] = np.nan
        columns |= {f"flux_err{side}": np.full(10, 0.5) for side in "np"} | {"flux_ul": np.full(10, 4.0)}
        meta = {"energy": [0.1, 1.0], "on": [[0.1, 0.2]]}
    return gpnb.Phasogram.of(columns, meta, gpnb.Recipe.memory("pulse"))


def scan():
    offset = np.linspace(-2e-4, 2e-4, 21)
    meta = {"test": "H", "events": 40, "step": 1e-4, "frequency": 1.5}
    return gpnb.FrequencyScan(
        {"offset": offset, "stat": np.sinc(offset * 1e4) ** 2, "p_value": np.full(21, 0.1)}, meta=meta
    )


def shown_objects(made):
    """Objects of every panel whose picture consists of plots, and settings of each."""
    specs, edges = gpnb.Datasets([spectrum()]), ["1 TeV", "5 TeV", "20 TeV", "100 TeV"]
    result = gpnb.fit(specs, SHAPE)
    points = gpnb.flux_points(specs, result, gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4))
    for tab in ("sed", "counts", "excess", "profiles", "contours"):
        yield specs, {"model": "PowerLaw", "fitted": True, "tab": tab, "edges": edges}
    yield specs, {"tab": "counts"}
    yield gpnb.Datasets([spectrum(np.zeros(8), counts_off=np.zeros(8))]), {"tab": "counts"}
    yield points, {}
    yield points, {"quantity": "dnde", "energy": ("2 TeV", "20 TeV")}
    yield gpnb.Sed({"a": points, "b": points.select([0, 1])}, {"a": result, "line": SHAPE}), {}
    for bands in (1, 2):
        yield curve(bands), {"log_y": bands == 2, "hardness": True}
        yield curve(bands), {"frequency": "0.0001 Hz"}
    for table in (theta2(), theta2([0, 0], [0.0, 0.0])):
        yield table, {}
        yield table, {"cut": "0.04 deg2"}
    for quantity in ("counts", "flux"):
        yield pulse(quantity), {"turns": 1, "phase": (0.9, 0.1)}
        yield pulse(quantity), {"phase": (0.2, 0.4)}
    yield scan(), {}
    for response in made.responses.values():
        yield response, {}
    yield made.obs, {"offset": "0.3 deg"}


def every_plot(made):
    for obj, changes in shown_objects(made):
        yield from module_for(f"panel.{obj.panel}").plots(obj, opened(obj, **changes))
    events = made.events
    for view in (
        EventsView(),
        EventsView.build(energy=("1 TeV", "2 TeV"), gti=made.obs.gti, offset=("0 deg", "1 deg")),
    ):
        counts = EventFilter(events).counts(view)
        yield from (histogram_plot(counts, name, view) for name in counts.axes)


def both(plot):
    """The same plot drawn and live."""
    figure, view = new_figure(), PlotView()
    with styled():
        drawn = draw_plot(figure.add_subplot(), plot)
        figure.canvas.draw()
    view.show(plot)
    return drawn, view


def assert_same(plot):
    """Both show the same marks, and these are what the plot says."""
    drawn, view = both(plot)
    assert sorted(view.names) == sorted(drawn)
    for name, item in plot.parts():
        live = next(mark for mark in view.widget.marks if mark["name"] == name)
        if isinstance(item, Line):
            line = np.array(drawn[name].get_data(), dtype=float)
            assert np.array(view.data(name)) == pytest.approx(line, nan_ok=True)
        elif isinstance(item, Steps):
            assert view.data(name)[1] == pytest.approx(drawn[name].get_data().values, nan_ok=True)
        elif isinstance(item, Points) and item.marker and not item.limit.all():
            shown = np.array(view.data(name))
            good = np.isfinite(shown).all(axis=0) & (numbers_of(live, "limit") == 0)
            assert shown[:, good] == pytest.approx(np.array(drawn[name][0].get_data()), nan_ok=True)
        elif isinstance(item, Rule):
            assert live["value"] == item.value
        elif isinstance(item, Spans):
            assert numbers_of(live, "x").tolist() == np.ravel(item.ranges).tolist()
            assert len(drawn[name]) == len(item.within(*plot.x))
    assert len(view.widget.legend) == len(plot.labelled()) + (plot.image is not None)


def test_every_plot_of_every_panel_is_drawn_and_shown(made):
    with gpnb.set_options(display="static"):
        plots = list(every_plot(made))
    assert len(plots) > 50
    kinds = {name.partition(" ")[0] for plot in plots for name, _ in plot.parts()}
    assert kinds == {"image", "span", "rule", "mark", "band", "steps", "line", "points"}
    for plot in plots:
        assert plot.words
        assert_same(plot)


def test_no_picture_without_a_live_panel():
    from gpnb.core import hooks

    kinds = [
        name.partition(".")[2]
        for name in hooks._MODULES
        if name.startswith("panel.") and name not in ("panel.frame", "panel.handle")
    ]
    assert [kind for kind in kinds if not knows(f"live.{kind}")] == []
    assert len(kinds) >= 11


FLOATS = arrays.arrays(float, 6, elements=st.floats(-1e6, 1e6) | st.just(float("nan")) | st.just(float("inf")))


@settings(max_examples=20, deadline=None)
@given(y=FLOATS, error=FLOATS, limit=arrays.arrays(bool, 6), log=st.booleans(), low=st.floats(-5, 5))
def test_anything_can_be_plotted(y, error, limit, log, low):
    """No numbers, limits only, ranges outside the frame, values that no log axis has."""
    x, error = np.geomspace(0.1, 10, 6), np.abs(np.nan_to_num(error, posinf=1.0))
    with np.errstate(invalid="ignore", over="ignore"):
        ends = {"y_low": y - error, "y_high": y + error}
    plot = Plot(
        name="any",
        x=(0.1, 10.0),
        y=(0.1, 100.0) if log else (low, low + 3),
        x_label="x",
        y_label="y",
        log_y=log,
        lines=(Line(label="a", x=x, y=y),),
        points=(Points(label="b", x=x, y=y, limit=limit, **ends), Points(x=x, y=y, marker="", **ends)),
        bands=(Band(x=x, low=y, high=y),),
        rules=(Rule(value=low),),
        marks=(Rule(value=low),),
        spans=(Spans(label="c", ranges=[(low, low + 1), (20, 30)]), Spans(ranges=[(low, 3)], hatched=True)),
        chosen=(1.0, 2.0),
    )
    drawn, view = both(plot)
    assert sorted(drawn) == sorted(name for name in view.names if not name.startswith(("bars", "chosen")))


def plot_of(*parts, **more):
    return Plot(name="p", x=(0.0, 4.0), y=(0.0, 9.0), x_label="x", y_label="y", **more)


def test_steps_are_areas_under_outlines():
    steps = Steps(label="n", edges=np.arange(5.0), values=np.array([1.0, 0, 3, 2]), fill=0.2)
    figure = new_figure()
    axes = figure.add_subplot()
    draw_plot(axes, plot_of(steps=(steps, replace(steps, width=0, label="area"))))
    assert [text.get_text() for text in axes.get_legend().texts] == ["n", "area"]
    assert len(axes.patches) == 3


def test_an_image_has_its_colours():
    image = Image(label="n", x=np.arange(5.0), y=np.arange(4.0), values=np.eye(3, 4), low=0.0, high=1.0)
    assert_same(plot_of(image=image))
    assert plot_of(image=image).words == "n by x and y, from 0 to 1"


def test_pictures_are_drawn_into_axes_that_are_given(made):
    with gpnb.set_options(display="static"):
        figure = new_figure(900, 600)
        (first, second), (third, _) = figure.subplots(2, 2)
        assert theta2().plot(ax=first, cut="0.04 deg2") is figure
        assert first.get_xlabel() == "θ² (deg²)"
        pulse().plot(second, turns=1)
        assert second.get_xlim() == (0, 1)
        made.responses["pointlike"].plot(ax=[third])
        assert third.get_ylabel() == "Effective area (m²)"
        specs = gpnb.Datasets([spectrum()])
        pair = new_figure().subplots(2, 1)
        specs.plot(ax=pair, model="PowerLaw")
        assert pair[1].get_ylabel() == "resid. (σ)"
        figure.canvas.draw()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda made: made.responses["psf"], r"has 3 plots \(containment, profile, image\), 1 axes were given"),
        (lambda made: made.image, "a picture of SkyMap needs axes of its own"),
        (lambda made: made.runs, "a picture of Observations needs axes of its own"),
        (lambda made: made.events, "a picture of EventList needs axes of its own"),
    ],
)
def test_axes_that_do_not_fit_are_refused(made, make, text):
    with gpnb.set_options(display="static"), pytest.raises(ArgumentError, match=text):
        make(made).plot(ax=new_figure().add_subplot())


def test_tables_without_rows_are_drawn():
    empty = theta2([], [])
    with gpnb.set_options(display="static"):
        assert empty.plot().axes
        assert pulse()[:0].plot().axes
        assert "There are no bins" in empty.view()._repr_mimebundle_()["text/html"]
        assert isinstance(empty, Table)

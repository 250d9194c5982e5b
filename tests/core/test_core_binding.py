"""Calls with other arguments than there are: what to give instead; near names; where warnings point."""

import inspect
import warnings

import pytest

import gpnb
import gpnb.irf
import gpnb.maps
from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, DataWarning
from gpnb.core.near import meant, same_name
from gpnb.core.warn import warn


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: gpnb.PowerLaw(2.3),
            r"PowerLaw\(\) takes no arguments without a name, not 1; give by name: index",
        ),
        (lambda: gpnb.PowerLaw(idnex=2.3), "no parameter 'idnex': did you mean 'index'"),
        (lambda: gpnb.PowerLaw(flux=2.3), "no parameter 'flux': it has: index, amplitude, reference"),
        (lambda: gpnb.DataStore("here"), r"DataStore.read\(path, base_dir, det_axes, bkg_energy\) makes one"),
        (lambda: gpnb.EventList("events.fits"), r"EventList.read\(path, hdu\) makes one"),
        (lambda: gpnb.EBLAbsorption(redshift=0.1), r"needs table and source.*EBLAbsorption.read\(source, redshift"),
        (lambda: gpnb.Ring(r_in="1 deg"), r"Ring\(\) has no argument 'r_in': it takes: inner, width"),
        (lambda: gpnb.Ring(inne="1 deg"), "did you mean 'inner'"),
        (lambda: gpnb.Ring("1 deg", inner="1 deg"), "'inner' twice"),
        (
            lambda: gpnb.flux_points(1, 2, per_decade=3),
            r"flux_points\(\) has no argument 'per_decade': it takes: datasets",
        ),
        (
            lambda: gpnb.flux_points(1),
            r"flux_points\(\) needs result and energy_edges: flux_points\(datasets, res",
        ),
        (lambda: gpnb.PointSource("0d 0d", "icrs", 3), "takes 2 arguments without a name, not 3"),
        (lambda: gpnb.SkyModel(spectrum=gpnb.PowerLaw()), "did you mean 'spectral'"),
        (lambda: gpnb.Selection(enrgy=("1 TeV", "2 TeV")), "did you mean 'energy'"),
    ],
)
def test_wrong_calls(call, words):
    with pytest.raises(ArgumentError, match=words):
        call()


def test_what_goes_wrong_inside_stays_as_it_is():
    @told
    def inside(value):
        return value + "text"

    with pytest.raises(TypeError, match="unsupported operand") as caught:
        inside(3)
    assert not isinstance(caught.value, ArgumentError)
    assert inside("a ") == "a text"


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (gpnb.PowerLaw, ["index", "amplitude", "reference"]),
        (gpnb.GaussianSource, ["center", "frame", "lon", "lat", "sigma", "e", "phi"]),
        (gpnb.ScaledSpectrum, ["model", "norm"]),
        (gpnb.TemplateSpectrum, ["energy", "values"]),
        (gpnb.Ring, ["inner", "width"]),
    ],
)
def test_constructors_show_their_parameters(kind, names):
    assert list(inspect.signature(kind).parameters) == names


def test_defaults_are_shown_as_people_write_them():
    shown = inspect.signature(gpnb.PowerLaw).parameters
    assert shown["index"].default == 2.0
    assert gpnb.PowerLaw(amplitude=shown["amplitude"].default) == gpnb.PowerLaw()


def test_completion_shows_public_names_alone():
    shown = dir(gpnb)
    assert {"PowerLaw", "fit", "stats", "report", "__version__"} <= set(shown)
    assert not {"Any", "annotations", "import_module", "lazy_names", "_HOME", "core"} & set(shown)
    assert set(gpnb.__all__) <= set(shown)
    assert "lazy_names" not in dir(gpnb.stats)
    assert "lima" in dir(gpnb.stats)


def test_names_that_are_meant():
    assert same_name("CRAB NEBULA", ["Crab_Nebula", "Vela X"]) == "Crab_Nebula"
    assert same_name("Crab", ["crab", "CRAB"]) is None
    assert same_name("crab", ["crab", "CRAB"]) == "crab"
    assert meant("Vela", [], "there are") == "there are: none."
    assert meant("x", map(str, range(30))).endswith("and 18 more.")


def test_warnings_point_at_the_line_of_the_caller():
    """However deep in gpnb they arise: here a verb that is wrapped."""
    with pytest.warns(DataWarning, match="hello") as caught:
        warn("hello")
    assert caught[0].filename == __file__
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        namespace = {"__name__": "gpnb.somewhere", "warn": warn}
        exec("def deep():\n    warn('deep')\n", namespace)
        told(namespace["deep"])()
    assert seen[0].filename == __file__


def test_names_of_rooms_are_there():
    for room in (gpnb.stats, gpnb.data, gpnb.irf, gpnb.maps):
        assert room.__all__
        for name in room.__all__:
            assert getattr(room, name) is not None

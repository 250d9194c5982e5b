"""Live panels without a browser: messages come as the front end sends them."""

from types import SimpleNamespace

import numpy as np
import pytest

import gpnb
from gpnb.datasets.flags import Flag

HOSTILE = "<img src=x onerror=alert(1)> & $x$"


@pytest.fixture(autouse=True)
def live():
    """Panels are live in these tests."""
    with gpnb.set_options(display="live"):
        yield


def tell(part, kind, **fields):
    """What the front end sends when the user does something."""
    part.receive({"kind": kind, **fields})


def turn(controls, name, value, gesture="a gesture"):
    """What the front end sends when the user changes a control."""
    controls.set_state({"changes": {**controls.changes, name: [value, gesture]}})


def brush(plot, *ranges, gesture="a drag"):
    """What the front end sends while a range of x is drawn on a plot; None takes it away."""
    for ends in ranges:
        plot.widget.set_state({"brushed": [*(ends or (None, None)), gesture]})


@pytest.fixture
def front():
    """The ways in which a front end talks to Python."""
    return SimpleNamespace(tell=tell, turn=turn, brush=brush, hostile=HOSTILE)


@pytest.fixture
def cube():
    """Counts of a source of 0.1 deg in three bins of energy."""
    energy = gpnb.Axis.energy("1 TeV", "8 TeV", nbin=3)
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="2 deg", binsz="0.05 deg", axes=[energy])
    rng = np.random.default_rng(1)
    source = 5 * np.exp(-(geom.separation("83.63d 22.01d") ** 2) / 0.02)
    counts = rng.poisson(1, geom.shape) + rng.poisson(source, geom.shape)
    return gpnb.SkyMap(geom, counts.astype(np.float32), recipe=gpnb.Recipe.memory("counts"))


@pytest.fixture
def dataset(cube):
    """The cube with a flat background, and some masked bins."""
    flags = np.zeros(cube.geom.shape, dtype=np.uint8)
    flags[:, :3] = int(Flag.FIELD_OF_VIEW)
    maps = {name: np.full(cube.geom.shape, value) for name, value in {"background": 1.0, "exposure": 1e13}.items()}
    return gpnb.MapDataset(
        counts=cube,
        exposure=gpnb.SkyMap(cube.geom, maps["exposure"], "cm2 s"),
        background=gpnb.SkyMap(cube.geom, maps["background"]),
        flags=gpnb.SkyMap(cube.geom, flags),
        notes=(HOSTILE,),
    )

import json

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st
from regions import CircleSkyRegion

from gpnb import Selection
from gpnb.core.errors import ArgumentError

CIRCLE = CircleSkyRegion(SkyCoord(83.63, 22.01, unit="deg"), 0.11 * u.deg)
FULL = Selection(
    region=CIRCLE,
    energy=("0.7 TeV", 30 * u.TeV),
    time=("2004-12-04T22:00:00", Time(53344.0, format="mjd", scale="tt")),
    phase=(0.1, 0.9),
    runs=[23523, 23526],
)


def test_gives_astropy_objects():
    assert FULL.region.center.separation(CIRCLE.center) < 1e-9 * u.deg
    assert FULL.region.radius == CIRCLE.radius
    assert u.allclose(FULL.energy, [0.7, 30] * u.TeV)
    assert FULL.time[0].scale == "utc"
    assert abs(FULL.time[1] - Time(53344.0, format="mjd", scale="tt")) < 1 * u.ns
    assert FULL.runs == (23523, 23526)


def test_empty_restricts_nothing():
    empty = Selection()
    assert (empty.region, empty.energy, empty.time, empty.phase, empty.runs) == (None, None, None, None, ())
    assert repr(empty) == "Selection()"


@pytest.mark.parametrize("chosen", [FULL, Selection(), Selection(energy=("1 TeV", None))])
def test_round_trips(chosen):
    assert Selection.from_dict(json.loads(json.dumps(chosen.to_dict()))) == chosen
    assert eval(repr(chosen), {"Selection": Selection}) == chosen  # the repr is its code
    assert hash(Selection.from_dict(chosen.to_dict())) == hash(chosen)


@given(
    low=st.floats(1e-3, 1.0),
    width=st.floats(1e-3, 1e3),
    phase=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    runs=st.lists(st.integers(0, 10**9), max_size=5),
)
def test_any_numbers_round_trip(low, width, phase, runs):
    chosen = Selection(energy=(low * u.TeV, (low + width) * u.TeV), phase=phase, runs=runs)
    assert Selection.from_dict(json.loads(json.dumps(chosen.to_dict()))) == chosen
    assert np.array_equal(chosen.energy.value, [low, low + width])


def test_open_end_is_infinite():
    assert Selection(energy=("1 TeV", None)).energy[1] == np.inf * u.TeV


def test_replace():
    changed = FULL.replace(energy=None, runs=[1])
    assert changed.energy is None
    assert changed.runs == (1,)
    assert changed.region_ds9 == FULL.region_ds9
    with pytest.raises(ArgumentError, match="Selection has no 'colour'"):
        FULL.replace(colour="red")


@pytest.mark.parametrize(
    ("given_as", "message"),
    [
        ({"energy": ("10 TeV", "1 TeV")}, "lower end must be below"),
        ({"energy": (1, 10)}, "has no unit"),
        ({"time": ("2005-01-01", "2004-01-01")}, "start must be before"),
        ({"time": "2005-01-01"}, "must be a pair"),
        ({"phase": (0.5, 1.5)}, "between 0 and 1"),
        ({"region": "square"}, "not DS9"),
        ({"region": [CIRCLE, CIRCLE]}, "one region is expected, 2 were given"),
    ],
)
def test_faults_are_told(given_as, message):
    with pytest.raises(ArgumentError, match=message):
        Selection(**given_as)

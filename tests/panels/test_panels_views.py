import json

import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import QTable
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

from gpnb.core.errors import ArgumentError
from gpnb.panels.events.view import EventsView
from gpnb.panels.instrument.view import InstrumentView
from gpnb.panels.observations.view import ObservationsView
from gpnb.panels.sky.view import SkyView

VIEWS = (ObservationsView, InstrumentView, EventsView, SkyView)
number = st.floats(allow_nan=False, allow_infinity=False, width=64)
some = st.lists(number, max_size=4).map(tuple)

records = st.one_of(
    st.builds(
        SkyView,
        stretch=st.sampled_from(["linear", "sqrt", "log", "asinh"]),
        cmap=st.sampled_from(["inferno", "diverging"]),
        smooth=number,
        contours=some,
        title=st.text(),
        plane=st.none() | st.integers(0, 100),
        energy=st.none() | st.tuples(st.none() | number, st.none() | number),
        peaks=st.lists(st.tuples(number, number, number), max_size=3).map(tuple),
        opacity=st.floats(0, 1),
    ),
    st.builds(InstrumentView, offsets=some, energies=some, containment=some),
    st.builds(EventsView, target=st.text(), width=st.none() | number, pixels=st.integers(1, 500)),
    st.builds(
        ObservationsView,
        columns=st.lists(st.text()).map(tuple),
        highlight=st.lists(st.integers()).map(tuple),
        sort_ascending=st.booleans(),
    ),
)


@given(record=records)
def test_json_round_trip(record):
    again = type(record).from_dict(json.loads(json.dumps(record.to_dict(), allow_nan=False)))
    assert again == record
    assert hash(again) == hash(record)


@pytest.mark.parametrize("view", VIEWS)
def test_defaults_change_nothing(view):
    assert view().changed() == {}
    assert view.build() == view()
    assert view().to_dict()["schema"] == 1


@pytest.mark.parametrize("view", VIEWS)
def test_unknown_setting_gives_a_hint(view):
    with pytest.raises(ArgumentError, match="has no setting 'schemma': did you mean 'schema'"):
        view.from_dict({"schemma": 1})
    with pytest.raises(ArgumentError, match="has no setting 'xyz': there are: schema"):
        view.build(xyz=1)


def test_newer_schema_is_refused():
    with pytest.raises(ArgumentError, match=r"SkyView of schema 2.*update gpnb"):
        SkyView.from_dict({"schema": 2})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stretch", "cubic"),
        ("smooth", "wide"),
        ("plane", 1.5),
        ("grid", 1),
        ("low", float("nan")),
        ("contours", 3.0),
        ("energy", [1.0]),
        ("peaks", [[1.0, 2.0]]),
        ("title", None),
        ("plane", True),
    ],
)
def test_wrong_types_are_refused(field, value):
    with pytest.raises(ArgumentError, match=field):
        SkyView.from_dict({field: value})


def test_opacity_and_cuts_are_checked():
    with pytest.raises(ArgumentError, match=r"opacity=1\.5 must be from 0 to 1"):
        SkyView(opacity=1.5)
    with pytest.raises(ArgumentError, match=r"low=2\.0 must be below high=1\.0"):
        SkyView(low=2, high=1)


def test_units_at_the_door():
    view = SkyView.build(energy=(500 * u.GeV, "10 TeV"), smooth="6 arcmin")
    assert view.energy == (0.5, 10.0)
    assert view.smooth == pytest.approx(0.1)
    with pytest.raises(ArgumentError, match=r"smooth=0\.1 has no unit"):
        SkyView.build(smooth=0.1)
    assert SkyView.build(energy=("1 TeV", None)).energy == (1.0, None)


@pytest.mark.parametrize(
    "record",
    [
        SkyView.build(energy=("1 TeV", None), regions="icrs; circle(83.63, 22.01, 0.1)", peaks=[(1, 2, 3)]),
        InstrumentView.build(offsets=["0.5 deg", "1 deg"], energies=[1, 3] * u.TeV),
        EventsView.build(target="83.63d 22.01d", time=("2004-12-04", Time(53344, format="mjd", scale="tt"))),
        ObservationsView.build(field_of_view="2 deg", columns=["obs_id"], highlight=[3]),
    ],
)
def test_what_is_written_reads_back(record):
    assert type(record).build(**record.changed()) == record


def test_regions_become_text_and_none_of_them_is_lost():
    text = SkyView.build(regions=["icrs; circle(83.63, 22.01, 0.1)", "galactic; ellipse(0, 0, 1, 0.3, 20)"]).regions
    assert len(text.splitlines()) == 2
    with pytest.raises(ArgumentError, match="regions='circus' is not DS9"):
        SkyView.build(regions="circus")


def test_peaks_of_a_table():
    coord = SkyCoord(0, 0, unit="deg", frame="galactic")
    table = QTable({"value": [9.0], "x": [1], "y": [2], "ra": [83.6] * u.deg, "dec": [22.0] * u.deg})
    assert SkyView.build(peaks=table).peaks == ((83.6, 22.0, 9.0),)
    table = QTable({"value": [5.0], "lon": [0] * u.deg, "lat": [0] * u.deg}, meta={"frame": "galactic"})
    ((ra, dec, value),) = SkyView.build(peaks=table).peaks
    assert (ra, dec, value) == pytest.approx((coord.icrs.ra.deg, coord.icrs.dec.deg, 5.0))
    with pytest.raises(ArgumentError, match="peaks: the table has the columns value; expected value, ra and dec"):
        SkyView.build(peaks=QTable({"value": [1.0]}))


def test_replaced_not_mutated():
    view = SkyView()
    other = view.replace(stretch="log", smooth="0.1 deg")
    assert (view.stretch, other.stretch, other.smooth) == ("linear", "log", 0.1)
    with pytest.raises(AttributeError):
        view.stretch = "log"

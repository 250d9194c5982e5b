"""Which runs the observation browser shows, in which order, and where they lie on its sky."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.frames import separation
from gpnb.core.recipe import Recipe
from gpnb.data.check import CheckReport, Finding
from gpnb.panels.observations import faults
from gpnb.panels.observations.filter import kept, points_into, shown_rows
from gpnb.panels.observations.pointings import Pointings, pivot_of, plane_of_pointings, rims
from gpnb.panels.observations.rows import cells, columns_of, sorted_rows, totals
from gpnb.panels.observations.view import ObservationsView

TABLE = Table(
    {
        "OBS_ID": [4, 3, 2, 1],
        "OBJECT": ["Crab", "crab nebula", "Sgr A*", ""],
        "ZEN_PNT": [45.0, np.nan, 20.0, 30.0],
        "LIVETIME": [1800.0, 1800.0, 3600.0, np.nan],
        "RA_PNT": [83.63, 83.63, 266.4, np.nan],
        "DEC_PNT": [22.51, 21.51, -29.0, np.nan],
        "RA_OBJ": [83.63, 83.63, 266.4, 0.0],
        "DEC_OBJ": [22.01, 22.01, -29.0, 0.0],
    }
)


def ids(**changes):
    return np.asarray(TABLE["OBS_ID"])[shown_rows(TABLE, ObservationsView.build(**changes))].tolist()


def test_runs_without_a_value_come_last_either_way():
    assert ids(sort_by="zenith") == [2, 1, 4, 3]
    assert ids(sort_by="zenith", sort_ascending=False) == [4, 1, 2, 3]
    assert ids(sort_by="RA_PNT", sort_ascending=False) == [2, 3, 4, 1]
    assert ids() == [1, 2, 3, 4]


def test_a_column_of_arrays_does_not_sort():
    table = Table({"OBS_ID": [1, 2], "TELS": [[1, 2], [3, 4]]})
    with pytest.raises(ArgumentError, match="several values a run"):
        sorted_rows(table, ObservationsView(sort_by="TELS"))


def test_text_is_found_in_any_shown_column_whatever_its_case():
    assert ids(find="CRAB") == [3, 4]
    assert ids(find="45.0") == [4]
    assert ids(find="45.0", columns=["obs_id", "target"]) == []
    assert ids(find="<b>") == []


def test_conditions_and_regions_add_up():
    assert ids(where="LIVETIME > 1000") == [2, 3, 4]
    assert ids(where="LIVETIME > 1000", cone="icrs; circle(83.63, 22.01, 1)") == [3, 4]
    assert ids(where="LIVETIME > 1000", cone="icrs; circle(83.63, 22.01, 1)", find="nebula") == [3]
    with pytest.raises(SelectionError, match="no column 'COLOUR'"):
        kept(TABLE, ObservationsView(where="COLOUR > 1"))


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("icrs; circle(83.63, 22.01, 0.49)", []),
        ("icrs; circle(83.63, 22.01, 0.51)", [4, 3]),
        ("galactic; circle(0, 0, 1)", [2]),
        ("icrs; box(83.63, 22.5, 1, 0.5)", [4]),
        ("icrs; polygon(83, 21, 84.2, 21, 84.2, 22, 83, 22)", [3]),
        ("icrs; circle(83.63, 22.51, 0.1)\nicrs; circle(266.4, -29, 0.1)", [4, 2]),
    ],
)
def test_runs_that_point_into_a_region(region, expected):
    inside = points_into(Pointings.of(TABLE), region)
    assert np.asarray(TABLE["OBS_ID"])[inside].tolist() == expected


def test_a_point_holds_no_run():
    with pytest.raises(ArgumentError, match="has no inside"):
        points_into(Pointings.of(TABLE), "icrs; line(83, 22, 84, 22)")


def test_the_offset_is_made_from_directions_where_no_column_tells():
    names = columns_of(TABLE, ObservationsView())
    column = [row[names.index("offset")] for row in cells(TABLE, names, np.arange(4))]
    assert column == ["0.50", "0.50", "0.00", "–"]
    assert ids(sort_by="offset")[0] == 2


def test_totals_in_words():
    assert totals(TABLE) == "4 runs · 4 targets · 2.0 h live"
    assert totals(TABLE[:1], 4) == "1 of 4 runs · 1 target · 0.5 h live"
    assert totals(TABLE[:0], 4) == "0 of 4 runs"
    assert totals(TABLE[:1]) == "1 run · 1 target · 0.5 h live"


def test_pointings_close_together_are_on_a_plane_that_holds_their_circles():
    near = Pointings.of(TABLE[:2])
    geom = plane_of_pointings(near, 2.5)
    lines = np.array(rims(near, 2.5, geom))
    assert (geom.projection, geom.frame) == ("TAN", "icrs")
    assert lines.shape == (2, 73, 2)
    assert lines.min() > -0.5
    assert (lines < (geom.nx, geom.ny)).all()
    lon, lat = geom.plane.sky(lines[..., 0], lines[..., 1])
    for ring_lon, ring_lat in zip(lon, lat, strict=True):
        away = [separation(ring_lon, ring_lat, 83.63, dec) for dec in (21.51, 22.51)]
        assert min(np.abs(values - 2.5).max() for values in away) < 1e-6


def test_pointings_all_over_are_on_the_whole_sky_and_parts_of_it_on_planes():
    everywhere = Pointings.of(TABLE)
    assert plane_of_pointings(everywhere, 2.5).projection == "AIT"
    assert pivot_of(everywhere, 2.5, "icrs 83d 22d", 90.0) == ""
    pivot = pivot_of(everywhere, 2.5, "icrs 83d 22d", 20.0)
    geom = plane_of_pointings(everywhere, 2.5, pivot)
    assert geom.projection == "TAN"
    assert geom.center.icrs.ra.deg == pytest.approx(83)
    assert pivot_of(everywhere.only([0, 1]), 2.5, "icrs 83d 22d", 2.0) == ""


def test_runs_at_a_place():
    pointings = Pointings.of(TABLE)
    geom = plane_of_pointings(pointings.only([0, 1]), 2.5)
    x, y = (float(value[0]) for value in pointings.pixels(geom))
    assert pointings.at(geom, x + 1, y, 4).tolist() == [0]
    assert pointings.at(geom, x + 9, y, 4).tolist() == []
    assert len(Pointings.of(TABLE[:0]).at(geom, x, y, 4)) == 0


def test_no_pointings_are_the_whole_sky():
    unknown = Pointings.of(Table({"OBS_ID": [1]}))
    assert not unknown.known.any()
    geom = plane_of_pointings(unknown, 2.5)
    assert geom.projection == "AIT"
    assert rims(unknown, 2.5, geom) == []


def test_circles_across_the_rim_of_the_sky_come_in_pieces():
    geom = plane_of_pointings(Pointings.of(TABLE), 2.5)
    x, y = geom.pixel([180.0, 180.0], [89.999, 0.0])  # the ellipse has a margin
    assert geom.ny - 1 - y[0] > 10
    assert min(x[1], geom.nx - 1 - x[1]) > 10
    edge = SkyCoord([181.0, 90.0, 20.0], [0.0, 10.0, 89.5], unit="deg", frame="galactic").icrs
    split = rims(Pointings(edge.ra.deg[:1], edge.dec.deg[:1]), 2.5, geom)
    assert sorted(len(piece) > 5 for piece in split) == [True, True]
    assert all(np.isfinite(piece).all() and np.hypot(*np.diff(piece, axis=0).T).max() < 5 for piece in split)
    assert {bool(piece[:, 0].mean() < geom.nx / 2) for piece in split} == {True, False}
    whole = rims(Pointings(edge.ra.deg[1:2], edge.dec.deg[1:2]), 2.5, geom)
    assert [len(line) for line in whole] == [73]
    pole = rims(Pointings(edge.ra.deg[2:], edge.dec.deg[2:]), 2.5, geom)
    assert sum(map(len, pole)) > 60
    north = SkyCoord(181.0, 84.0, unit="deg", frame="galactic").icrs
    near = rims(Pointings(np.array([north.ra.deg]), np.array([north.dec.deg])), 2.5, geom)
    assert len(near) == 2
    assert all(np.hypot(*np.diff(piece, axis=0).T).max() < 5 for piece in near)


def test_faults_by_run():
    note = Finding("note", "n", "a.fits", "EVENTS", "TIME", "A note.", "Nothing.")
    error = Finding("error", "e", "b.fits", "GTI", "", "It has no interval.", "Write one.")
    report = CheckReport("store", (note, error), 2, 2, Recipe.memory("report"), {1: (note,), 2: (note, error)})
    assert faults.flags(report) == {2: "It has no interval."}
    assert faults.fault_notes(report) == ["1 run with faults: 1 error, 0 warnings"]
    assert faults.fault_words(report) == "Checked 2 files: 1 error, 0 warnings, 1 note"
    columns, rows = faults.fault_table(report, [2])
    assert [column.title for column in columns][:2] == ["Severity", "File"]
    assert [row[0] for row in rows] == ["error", "note"]
    assert [row[0] for row in faults.fault_table(report, [])[1]] == ["error"]
    assert faults.fault_table(None, [1]) == ([], [])
    assert faults.fault_table(report, [7]) == ([], [])

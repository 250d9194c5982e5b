"""Where reflected regions go: geometry by construction."""

import math

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

import gpnb
from gpnb import Reflected, SelectionError, Wobble
from gpnb.core.sky_regions import to_regions
from gpnb.reduce.exclusion import Excluded, Exclusion
from gpnb.reduce.reflected import reflected_turns, smallest_distance, wobble_turns
from gpnb.reduce.shape import Circle, Drawn, View, distance, shape_of, turned

POINTING = SkyCoord(83.6, 22.5, unit="deg")
VIEW = View.of(POINTING)
NOTHING = Exclusion(Excluded(), VIEW)


def on_at(offset, radius=0.11, angle=30.0):
    center = POINTING.directional_offset_by(angle * u.deg, offset * u.deg)
    return shape_of(to_regions(f"icrs; circle({center.ra.deg}, {center.dec.deg}, {radius})")[0], VIEW)


def scattered(size=4000, width=2.5, seed=1):
    rng = np.random.default_rng(seed)
    return VIEW.vectors(83.6 + rng.uniform(-width, width, size), 22.5 + rng.uniform(-width, width, size))


def test_view_is_a_rotation_and_back():
    vectors = scattered()
    ra, dec = VIEW.sky(vectors)
    assert VIEW.vectors(ra, dec) == pytest.approx(vectors, abs=1e-12)
    assert VIEW.vectors(83.6, 22.5) == pytest.approx([1, 0, 0], abs=1e-12)


def test_turns_are_position_angles():
    on = on_at(0.7, angle=10.0)
    ra, dec = VIEW.sky(turned(on.center, math.radians(50.0)))
    where = SkyCoord(ra, dec, unit="deg")
    assert POINTING.position_angle(where).deg == pytest.approx(60.0)
    assert POINTING.separation(where).deg == pytest.approx(0.7)


@pytest.mark.parametrize(("offset", "radius"), [(0.5, 0.11), (0.7, 0.2), (1.5, 0.11), (2.3, 0.4)])
def test_regions_touch_but_do_not_overlap(offset, radius):
    on = on_at(offset, radius)
    turns = reflected_turns(on, NOTHING, Reflected())
    assert smallest_distance(on, turns) == pytest.approx(2 * radius, rel=1e-9) or len(turns) == 1
    gaps = [float(distance(turned(on.center, angle), on.center)) for angle in (turns[0], turns[-1])]
    assert min(gaps) > 2 * radius
    room = 2 * math.pi - 2 * (on.width + 0.1)
    assert len(turns) == math.ceil(room / on.width)


def test_chord_of_neighbours_by_the_sine_rule():
    on = on_at(0.5, 0.11)
    expected = 2 * math.asin(math.sin(math.radians(0.11)) / math.sin(math.radians(0.5)))
    assert on.width == pytest.approx(expected, rel=1e-12)
    assert distance(turned(on.center, on.width), on.center) == pytest.approx(0.22)


def test_no_event_is_in_two_regions():
    on, vectors = on_at(0.9, 0.2), scattered()
    turns = reflected_turns(on, NOTHING, Reflected())
    hits = sum(on.contains(vectors, angle).astype(int) for angle in [0.0, *turns])
    assert hits.max() == 1
    assert hits.sum() > 100


def test_max_regions_and_distances():
    on = on_at(1.0)
    assert len(reflected_turns(on, NOTHING, Reflected(max_regions=3))) == 3
    turns = reflected_turns(on, NOTHING, Reflected(min_distance="0.2 rad", min_distance_input="0.5 rad"))
    assert np.diff(turns) == pytest.approx(on.width + 0.2)
    assert turns[0] == pytest.approx(on.width + 0.7)


@pytest.mark.parametrize("as_mask", [False, True])
def test_excluded_regions_are_left_out(as_mask):
    on = on_at(0.8)
    sky = "icrs; circle(83.6, 23.4, 0.3)"
    if as_mask:
        geom = gpnb.WcsGeometry.create(POINTING.galactic, width="4 deg", binsz="0.01 deg", frame="galactic")
        exclusion = Exclusion(Excluded.of(geom.region_mask(sky, inside=False)), VIEW)
    else:
        exclusion = Exclusion(Excluded.of(sky), VIEW)
    turns = reflected_turns(on, exclusion, Reflected())
    circle = shape_of(to_regions(sky)[0], VIEW)
    gaps = [float(distance(turned(on.center, angle), circle.center)) for angle in turns]
    assert min(gaps) > 0.41 - (0.01 if as_mask else 0)
    assert len(turns) < len(reflected_turns(on, NOTHING, Reflected()))
    assert len(turns) >= len(reflected_turns(on, NOTHING, Reflected())) - 5


@pytest.mark.parametrize("offset", [0.05, 0.11])
def test_pointing_in_the_region(offset):
    with pytest.raises(SelectionError, match="the pointing lies in"):
        reflected_turns(on_at(offset, 0.12), NOTHING, Reflected())


def test_no_room():
    everything = Exclusion(Excluded.of("icrs; circle(83.6, 22.5, 3)"), VIEW)
    with pytest.raises(SelectionError, match=r"there is no room for a reflected region at 0\.500 deg"):
        reflected_turns(on_at(0.5), everything, Reflected())
    with pytest.raises(SelectionError, match="there is no room"):
        reflected_turns(on_at(0.5, 0.4999), NOTHING, Reflected())


@pytest.mark.parametrize("n_off", [1, 2, 3, 5])
def test_wobble_positions(n_off):
    on = on_at(0.5)
    turns = wobble_turns(on, NOTHING, Wobble(n_off))
    assert turns == pytest.approx(2 * np.pi * np.arange(1, n_off + 1) / (n_off + 1))


def test_wobble_refuses():
    with pytest.raises(SelectionError, match=r"20 regions at 0\.500 deg from the pointing overlap"):
        wobble_turns(on_at(0.5), NOTHING, Wobble(19))
    behind = Exclusion(Excluded.of("icrs; circle(83.6, 22.5, 3)"), VIEW)
    with pytest.raises(SelectionError, match="all OFF positions lie in exclusion regions"):
        wobble_turns(on_at(0.5), behind, Wobble(1))


def test_a_drawn_circle_is_the_circle():
    region = to_regions("icrs; circle(83.9, 22.9, 0.2)")[0]
    exact, drawn, vectors = shape_of(region, VIEW), Drawn(region, VIEW), scattered(20000, 1.0)
    assert isinstance(exact, Circle)
    for angle in (0.0, 1.0, 4.0):
        inside = exact.contains(vectors, angle)
        assert inside.sum() > 100
        assert np.count_nonzero(inside != drawn.contains(vectors, angle)) <= 2
    assert drawn.offset == pytest.approx(exact.offset, abs=2e-3)
    assert drawn.cells[1].sum() == pytest.approx(exact.solid_angle, rel=0.01)
    assert exact.width <= drawn.width < 1.06 * exact.width


@pytest.mark.parametrize(
    "text",
    [
        "icrs; ellipse(84.2, 22.9, 0.3, 0.1, 30)",
        "icrs; box(84.2, 22.9, 0.3, 0.1, 30)",
        "galactic; box(184.2, -5.0, 0.3, 0.1, 30)",
        "icrs; polygon(84.2, 22.9, 84.3, 22.9, 84.4, 23.1, 84.1, 23.0)",
    ],
)
def test_other_shapes_turn_as_their_text_says(text):
    region = to_regions(text)[0]
    on, vectors = shape_of(region, VIEW), scattered(60000, 2.0)
    turns = reflected_turns(on, NOTHING, Reflected())
    assert len(turns) >= 3
    again = [shape_of(to_regions(on.text(angle))[0], VIEW) for angle in turns[:3]]
    hits = np.zeros(vectors.shape[1], dtype=int)
    for angle, shape in zip(turns[:3], again, strict=True):
        inside = on.contains(vectors, angle)
        hits += inside
        assert inside.sum() > 30
        assert np.count_nonzero(inside != shape.contains(vectors)) <= 0.03 * inside.sum() + 2
    assert (hits + on.contains(vectors)).max() == 1


def test_compound_region_works_and_has_no_text():
    ring = to_regions("icrs; circle(84.3, 22.9, 0.2)")[0]
    hole = to_regions("icrs; circle(84.3, 22.9, 0.1)")[0]
    on, vectors = shape_of(ring ^ hole, VIEW), scattered(20000, 1.5)
    annulus = shape_of(to_regions("icrs; annulus(84.3, 22.9, 0.1, 0.2)")[0], VIEW)
    assert np.count_nonzero(on.contains(vectors, 1.0) != annulus.contains(vectors, 1.0)) <= 4
    assert on.text().startswith("# a compound region")


def test_cells_of_circle_and_annulus_have_their_solid_angle():
    for text in ("icrs; circle(84.3, 22.9, 0.2)", "icrs; annulus(84.3, 22.9, 0.1, 0.2)"):
        shape = shape_of(to_regions(text)[0], VIEW)
        cells, area = shape.cells
        assert area.sum() == pytest.approx(shape.solid_angle)
        assert shape.contains(cells).all()


def test_pixels_measure_as_gammapy_does():
    """A circle of pixel centres is narrower than the circle, so more regions fit, and they overlap a little."""
    on = on_at(1.5, 0.11)
    exact, pixels = (reflected_turns(on, NOTHING, Reflected(pixel=pixel)) for pixel in (None, "0.01 deg"))
    assert len(pixels) in (len(exact), len(exact) + 1)
    assert smallest_distance(on, pixels) < 0.22
    finer = reflected_turns(on, NOTHING, Reflected(pixel="0.003 deg"))
    assert np.array(finer) == pytest.approx(exact, rel=2e-2)

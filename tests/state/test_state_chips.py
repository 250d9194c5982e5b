import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpnb.core.errors import ArgumentError
from gpnb.state.chips import chips, read_chip, region_words
from gpnb.state.selection import Selection

SELECTIONS = [
    Selection(),
    Selection(region="icrs; circle(83.63, 22.01, 0.11)", energy=("0.7 TeV", "30 TeV"), runs=[23523, 23526, 1, 2]),
    Selection(region="galactic; box(0.1, -0.2, 2, 1, 30)", energy=(None, "2 TeV"), phase=(0.8, 0.2)),
    Selection(region="icrs; polygon(1, 2, 3, 2, 3, 4)", energy=("500 GeV", None)),
]


@pytest.mark.parametrize("selection", SELECTIONS)
def test_what_is_shown_can_be_typed_again(selection):
    again = Selection(**{chip.name: read_chip(chip.name, chip.typed) for chip in chips(selection)})
    assert again == selection


@given(st.floats(50000, 60000), st.floats(0.001, 10))
def test_times_come_back_to_a_millisecond(start, length):
    selection = Selection(time=read_chip("time", f"{start!r} – {start + length!r}"))
    (chip,) = chips(selection, ("time",))
    again = Selection(time=read_chip("time", chip.typed))
    assert abs((again.time - selection.time).to_value("s")).max() < 1e-3


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("energy", "0.7-30 TeV", ("0.7 TeV", "30 TeV")),
        ("energy", "500 GeV to 2 TeV", ("500 GeV", "2 TeV")),
        ("energy", "1e-1, 1e1 TeV", ("1e-1 TeV", "1e1 TeV")),
        ("energy", "> 1 TeV", ("1 TeV", None)),
        ("phase", "0.3 - 0.6", (0.3, 0.6)),
        ("runs", "1, 2 3", (1, 2, 3)),
        ("runs", "", ()),
        ("region", "", None),
        ("region", "83.63° +22.01° r 0.11°", "icrs; circle(83.63, 22.01, 0.11)"),
        ("region", "galactic 0 -0.5 r 0.5", "galactic; circle(0.0, -0.5, 0.5)"),
    ],
)
def test_ways_to_type(name, text, value):
    assert read_chip(name, text) == value


@pytest.mark.parametrize("name", ["region", "energy", "time", "phase", "runs"])
def test_nonsense_is_one_sentence_with_an_example(name):
    with pytest.raises(ArgumentError, match=rf"{name.capitalize()} 'nonsense' cannot be read: write it like"):
        read_chip(name, "nonsense")


def test_words_for_regions():
    assert region_words("icrs; circle(83.63, 22.01, 0.11)") == "circle 83.63° +22.01° r 0.11°"
    assert region_words("galactic; box(0, 0, 2, 1)") == "box galactic 0° +0° 2° × 1°"
    assert region_words("icrs; polygon(1, 2, 3, 2, 3, 4)") == "polygon of 3 corners"

"""Assignments to what never changes: refused, with what to do instead."""

from dataclasses import FrozenInstanceError, dataclass, fields, is_dataclass, replace

import pytest

import gpnb
from gpnb.core.frozen import unchanging

POWER = gpnb.PowerLaw(index=2.5)
CRAB = gpnb.SkyModel(POWER, name="crab")
AXIS = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=3)
PUBLIC = [getattr(gpnb, name) for name in gpnb.__all__ if name != "NaimaSpectrum"]


@pytest.mark.parametrize(
    ("owner", "name", "value", "words"),
    [
        (POWER, "index", 3, r"A PowerLaw never changes: .replace\(index=3\) gives"),
        (POWER * gpnb.ExpCutoffNorm(), "index", 3, r".replace\(index=3\)"),
        (POWER + POWER, "index_2", 3, r".replace\(index_2=3\)"),
        (POWER.index, "value", 3, r"model.replace\(index=3\)"),
        (POWER.index, "frozen", True, r"model.freeze\('index'\)"),
        (POWER.index, "frozen", False, r"model.thaw\('index'\)"),
        (POWER.index, "max", 3, r"model.bound\('index', low, high\)"),
        (POWER.index, "link", "a.index", r"model.link\('index', 'a.index'\)"),
        (CRAB, "index", 3, r"A SkyModel never changes: .replace\(index=3\)"),
        (CRAB, "spectral", POWER, r".replace\(spectral=…\)"),
        (CRAB, "name", "it", r".replace\(name='it'\)"),
        (gpnb.Ring("1 deg"), "width", "0.1 deg", r"dataclasses.replace\(…, width='0.1 deg'\)"),
        (gpnb.Selection(), "energy", ("1 TeV", "2 TeV"), r".replace\(energy=…\)"),
        (AXIS, "n", 3, r"An Axis never changes: make another one"),
        (AXIS, "unit", "GeV", r"make another one with Axis.energy"),
        (gpnb.PointSource("83.63d 22.01d"), "lon", 3, r".replace\(lon=3\)"),
    ],
)
def test_what_to_do_is_told(owner, name, value, words):
    before = repr(owner)
    with pytest.raises(gpnb.FrozenError, match=words):
        setattr(owner, name, value)
    assert repr(owner) == before


def test_what_is_told_works():
    assert CRAB.replace(spectral=POWER.replace(index=3)).replace(name="it").parameter("it.index").value == 3
    assert replace(gpnb.Ring("1 deg"), width="0.1 deg").width == "0.1 deg"
    assert POWER.freeze("index").index.frozen
    with pytest.raises(gpnb.FrozenError):
        del POWER.index.value


@pytest.mark.parametrize(
    "kind",
    [item for item in PUBLIC if is_dataclass(item) and item is not gpnb.Parameter],
    ids=lambda kind: kind.__name__,
)
def test_every_public_record_says_it(kind):
    blank = object.__new__(kind)
    for item in fields(kind):
        with pytest.raises(gpnb.FrozenError, match="never changes"):
            setattr(blank, item.name, "…")


def test_it_is_the_error_that_python_has_for_it():
    assert issubclass(gpnb.FrozenError, FrozenInstanceError)
    assert issubclass(gpnb.FrozenError, gpnb.GpnbError)


def test_plain_subclasses_may_have_more():
    @unchanging
    @dataclass(frozen=True)
    class Place:
        x: float

    class Named(Place):
        pass

    place = Named(1.0)
    place.note = "here"
    assert place.note == "here"
    with pytest.raises(gpnb.FrozenError):
        place.x = 2.0

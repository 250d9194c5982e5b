"""Maps of models as files: one way for shapes and for counts."""

import numpy as np
import pytest

import gpnb
from gpnb.core.errors import ArgumentError

ENERGY = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=2)
GEOM = gpnb.WcsGeometry.create("83.63d 22.01d", width="1 deg", binsz="0.2 deg")


def counts_of(given):
    return gpnb.TemplateCounts(given, name="c")


def source_of(given):
    return gpnb.SkyModel(gpnb.PowerLaw(), gpnb.TemplateSource(given), name="c")


KINDS = {
    counts_of: gpnb.SkyMap(GEOM.cube([ENERGY]), np.arange(50.0).reshape(2, 5, 5)),
    source_of: gpnb.SkyMap(GEOM, np.arange(25.0).reshape(5, 5)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_named_by_a_variable_stays_so_named(kind, tmp_path, monkeypatch):
    KINDS[kind].write(tmp_path / "map.fits")
    monkeypatch.setenv("MY_MAPS", str(tmp_path))
    text = gpnb.Models([kind("$MY_MAPS/map.fits")]).to_yaml()
    assert "$MY_MAPS/map.fits" in text
    assert gpnb.Models.from_yaml(text)[0] == kind(tmp_path / "map.fits")


@pytest.mark.parametrize("kind", KINDS)
def test_a_map_that_was_read_has_its_file_and_others_have_none(kind, tmp_path):
    KINDS[kind].write(tmp_path / "map.fits")
    read = gpnb.SkyMap.read(tmp_path / "map.fits")
    assert str(tmp_path / "map.fits") in gpnb.Models([kind(read)]).to_yaml()
    for other in (KINDS[kind], gpnb.SkyMap(read.geom, 2 * read.data)):
        with pytest.raises(ArgumentError, match="in memory: write it with"):
            gpnb.Models([kind(other)]).to_yaml()
    with pytest.raises(ArgumentError, match="must be a SkyMap or its file"):
        kind(np.ones((5, 5)))

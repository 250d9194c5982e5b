"""What no response can be is refused when it is read; a little noise below zero is not."""

import numpy as np
import pytest

import gpnb
from gpnb.core.errors import DataFormatError
from gpnb.irf.read import CLASSES
from gpnb.maps.axis import Axis

LOWEST = {"fov_lon": -2.0, "fov_lat": -1.0}


def table(name, offset=0.0):
    """The table of a response that is 2 everywhere."""
    kind = CLASSES[name]
    axes = []
    for columns in kind.layout.axes:
        low = LOWEST.get(columns.name, 0.1 if columns.interp == "log" else offset)
        ends = np.geomspace(low, 50, 4) if columns.interp == "log" else low + 0.5 * np.arange(4)
        axes.append(Axis.from_edges(ends, columns.name, columns.unit, columns.interp))
    shape = tuple(axis.n for axis in axes)
    values = {column.name: np.full(shape, 2.0) for column in kind.layout.columns}
    return kind.from_columns(tuple(axes), {"FOVALIGN": "RADEC"}, **values).to_hdu()


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("aeff_2d", "EFFAREA", -3.0),
        ("aeff_2d", "EFFAREA", 1e25),
        ("edisp_2d", "MATRIX", -1.0),
        ("psf_table", "RPSF", -1.0),
        ("psf_3gauss", "SIGMA_2", -1.0),
        ("psf_king", "SIGMA", -1.0),
        ("bkg_2d", "BKG", -1.0),
        ("bkg_3d", "BKG", -1.0),
        ("rad_max_2d", "RAD_MAX", -1.0),
    ],
)
def test_values_that_cannot_be(name, column, value):
    hdu = table(name)
    hdu.data[column].flat[5] = value
    with pytest.raises(DataFormatError, match=rf"the column {column} holds .*; expected 0 to"):
        gpnb.read_irf(hdu, name)


def test_noise_below_zero_stays():
    hdu = table("psf_table")
    hdu.data["RPSF"].flat[5] = -0.02
    assert gpnb.read_irf(hdu, "psf_table")


@pytest.mark.parametrize("name", ["aeff_2d", "psf_table"])
def test_offsets_begin_at_zero(name):
    hdu = table(name)
    hdu.data["THETA_LO"].flat[0] = -5
    with pytest.raises(DataFormatError, match="THETA_LO begins at -5, before 0"):
        gpnb.read_irf(hdu, name)


def test_nothing_but_zeros_is_told(caplog):
    hdu = table("aeff_2d")
    hdu.data["EFFAREA"] = 0
    gpnb.read_irf(hdu, "aeff_2d", "zeros.fits")
    assert "EFFAREA holds nothing but zeros" in caplog.text

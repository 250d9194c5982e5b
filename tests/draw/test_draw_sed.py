"""Pictures of spectra: what is drawn is what was given."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable
from matplotlib.colors import to_hex

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.draw.sed import STYLES, sed_picture

POINTS = gpnb.FluxPoints.from_table(
    QTable(
        {
            "e_ref": [1, 3, 10] * u.TeV,
            "e_min": [0.6, 2, 6] * u.TeV,
            "e_max": [2, 6, 20] * u.TeV,
            "dnde": [4e-11, 3e-12, 1e-14] * u.Unit("TeV-1 s-1 cm-2"),
            "dnde_err": [4e-12, 6e-13, 1e-13] * u.Unit("TeV-1 s-1 cm-2"),
            "dnde_ul": [5e-11, 4e-12, 2e-13] * u.Unit("TeV-1 s-1 cm-2"),
            "is_ul": [False, False, True],
        }
    )
)
BAND = gpnb.PowerLaw(index=2.5, amplitude="4e-11 TeV-1 s-1 cm-2").butterfly(("1 TeV", "10 TeV"), [[0.01, 0], [0, 0]])
TEV = (1 * u.TeV).to_value("erg")


def drawn(picture):
    (axes,) = picture.axes
    return axes, {line.get_label(): line for line in axes.lines}


def test_values_are_those_of_the_points():
    axes, _ = drawn(sed_picture({"points": POINTS}))
    seen, limits = axes.containers
    np.testing.assert_allclose(seen[0].get_xdata(), [1, 3])
    np.testing.assert_allclose(seen[0].get_ydata(), np.array([4e-11, 9 * 3e-12]) * TEV)
    np.testing.assert_allclose(limits[0].get_ydata(), [100 * 2e-13 * TEV])
    bars = [np.ptp(item.get_segments(), axis=1) for item in seen[2]]
    np.testing.assert_allclose(bars[0][:, 0], [1.4, 4])
    np.testing.assert_allclose(bars[1][:, 1], 2 * np.array([4e-12, 9 * 6e-13]) * TEV)
    assert axes.get_ylabel() == "E² dN/dE (erg cm⁻² s⁻¹)"


def test_values_are_those_of_the_band():
    axes, lines = drawn(sed_picture(bands={"fit": BAND, "bare": BAND["energy", "dnde"]}))
    np.testing.assert_allclose(lines["fit"].get_ydata(), 4e-11 * lines["fit"].get_xdata() ** -0.5 * TEV)
    (band,) = axes.collections
    corners = band.get_paths()[0].vertices
    assert corners[:, 0].min() == pytest.approx(1)
    high = (BAND["energy"][-1] ** 2 * BAND["dnde_high"][-1]).to_value("erg cm-2 s-1")
    assert corners[np.isclose(corners[:, 0], 10), 1].max() == pytest.approx(high)


def test_all_that_was_found_is_in_view():
    axes, _ = drawn(sed_picture({"a": POINTS, "b": POINTS.select([0, 1])}, {"fit": BAND}))
    low, high = axes.get_ylim()
    assert low < 9 * 3e-12 * TEV < 4e-11 * TEV < high
    left, right = axes.get_xlim()
    assert left < 0.6 < 10 < right


def test_several_differ_in_colour_and_dash_or_marker():
    names = "abcdef"
    _, lines = drawn(sed_picture(bands=dict.fromkeys(names, BAND)))
    assert len({to_hex(lines[name].get_color()) for name in names}) == len(STYLES)
    axes, _ = drawn(sed_picture(dict.fromkeys(names, POINTS)))
    markers = [item[0].get_marker() for item in axes.containers if item.get_label() in names]
    assert len(markers) == len(set(markers)) == 6


def test_what_cannot_be_drawn():
    with pytest.raises(ArgumentError, match="give at least one"):
        sed_picture()
    nothing = POINTS.select([2])
    assert sed_picture({"limits": nothing}, {"fit": BAND})._repr_png_()[:4] == b"\x89PNG"

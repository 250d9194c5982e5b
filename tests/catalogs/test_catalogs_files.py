"""Reading: where catalogues are looked for, files of the 4FGL format, hostile text, stars."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table

import gpnb
from gpnb.catalogs.stars import star_table
from gpnb.core.errors import ArgumentError, DataFormatError, SelectionError

NAMES = ["4FGL J0534.5+2200", "4FGL J0835.3-4510", "4FGL J0633.9+1746", "4FGL J0000.1<b>"]
KINDS = ["PowerLaw", "LogParabola", "PLSuperExpCutoff", "PowerLaw"]
PER_MEV = "photon/cm**2/MeV/s"


def columns_4fgl(dr3: bool) -> Table:
    """Four sources in the columns of 4FGL, those of the spectra with plain numbers."""
    n, bands = len(NAMES), 8 if dr3 else 7
    table = Table(
        {"Source_Name": NAMES, "SpectrumType": KINDS, "ASSOC1": ["Crab", "PSR J0835-4510", "Geminga", "Crab"]}
    )
    table["CLASS1"], table["Extended_Source_Name"] = ["pwn", "PSR", "PSR", "bcu"], ["", "", "", ""]
    for name, values in {"RAJ2000": [83.63, 128.84, 98.48, 0.03], "DEJ2000": [22.01, -45.18, 17.77, 0.0]}.items():
        table[name] = np.array(values, dtype="f4") * u.deg
    for name in ("Conf_95_SemiMajor", "Conf_95_SemiMinor"):
        table[name] = np.full(n, 0.02, dtype="f4") * u.deg
    table["Conf_95_PosAng"] = np.zeros(n, dtype="f4") * u.deg
    table["Pivot_Energy"] = np.full(n, 2000.0, dtype="f4") * u.MeV
    index, factor = ("PLEC_IndexS", "PLEC_ExpfactorS") if dr3 else ("PLEC_Index", "PLEC_Expfactor")
    numbers = {"PL_Index": 2.2, "LP_Index": 2.1, "LP_beta": 0.1, index: 1.7, factor: 0.5 if dr3 else 0.004}
    for name, value in {**numbers, "PLEC_Exp_Index": 2 / 3}.items():
        table[name], table[f"Unc_{name}"] = np.full(n, value), np.full(n, 0.01)
    for form in ("PL", "LP", "PLEC"):
        table[f"{form}_Flux_Density"], table[f"Unc_{form}_Flux_Density"] = np.full(n, 1e-12), np.full(n, 1e-13)
    table["Flux_Band"] = np.full((n, bands), 1e-9)
    table["Unc_Flux_Band"] = np.tile(np.array([[-1e-10, 2e-10]] * (bands - 1) + [[np.nan, 3e-10]]), (n, 1, 1))
    table["Sqrt_TS_Band"] = np.full((n, bands), 10.0)
    return table


def write_4fgl(path, dr3=True, bounds=None, **changed):
    table = columns_4fgl(dr3)
    for name, values in changed.items():
        table[name] = values
    hdu = fits.table_to_hdu(table)
    hdu.name = "LAT_Point_Source_Catalog"
    for number, name in enumerate(table.colnames, 1):
        if "Flux_Density" in name:
            hdu.header[f"TUNIT{number}"] = PER_MEV  # as in the real file
    hdus = [fits.PrimaryHDU(), hdu]
    if bounds is not None:
        hdus.append(fits.table_to_hdu(Table({"LowerEnergy": bounds[:-1] * u.MeV, "UpperEnergy": bounds[1:] * u.MeV})))
        hdus[-1].name = "EnergyBounds"
    fits.HDUList(hdus).writeto(path)
    return path


@pytest.mark.parametrize("dr3", [True, False])
def test_spectra_of_4fgl(tmp_path, dr3):
    catalog = gpnb.read_catalog(write_4fgl(tmp_path / "gll_psc.fit", dr3))
    assert repr(catalog) == "Catalog(4fgl, 4 sources)"
    models = [source.model() for source in catalog]
    cut_off = gpnb.SuperExpCutoffPowerLaw4FGLDR3 if dr3 else gpnb.SuperExpCutoffPowerLaw4FGL
    assert [type(model.spectral) for model in models] == [gpnb.PowerLaw, gpnb.LogParabola, cut_off, gpnb.PowerLaw]
    for model in models:
        assert float(model.spectral.evaluate_at(2e-3)) == pytest.approx(1e-6, rel=1e-6)  # at the pivot, per TeV
        assert model.parameter("amplitude").error == pytest.approx(1e-7)
    assert models[2].parameter("index_2").error == pytest.approx(0.01)
    ten = float(models[2].spectral.evaluate_at(2e-2)) / 1e-6
    d, b, x = 0.5, 2 / 3, np.log(10)
    dr3_form = np.exp((-1.7 + d / b) * x + d / b**2 * (1 - np.exp(b * x)))
    first_form = 10**-1.7 * np.exp(0.004 * (2000**b - 20000**b))
    assert ten == pytest.approx(dr3_form if dr3 else first_form, rel=1e-6)


@pytest.mark.parametrize("dr3", [True, False])
def test_flux_points_of_4fgl(tmp_path, dr3):
    source = gpnb.read_catalog(write_4fgl(tmp_path / "gll_psc.fit", dr3))[0]
    points = source.flux_points()
    assert len(points) == (8 if dr3 else 7)
    assert (points["e_min"][0], points["e_max"][-1]) == (50 * u.MeV, (1 * u.TeV if dr3 else 0.3 * u.TeV))
    low, high = points["e_min"][0].to_value("TeV"), points["e_max"][0].to_value("TeV")
    spectrum = gpnb.PowerLaw(index=2.2, amplitude=points["dnde"][0], reference=points["e_ref"][0])
    assert float(spectrum.integral_between(low, high)) == pytest.approx(1e-9)
    assert points["is_ul"].tolist() == [False] * (len(points) - 1) + [True]
    assert points["flux_ul"][-1].value == pytest.approx(1.6e-9)
    mean = 0.5 * (points["dnde_errn"][0] + points["dnde_errp"][0])
    assert points["dnde_err"][0].value == pytest.approx(mean.value)


def test_bands_of_4fgl_are_those_of_its_own_table(tmp_path):
    edges = np.geomspace(100, 1e5, 9)
    points = gpnb.read_catalog(write_4fgl(tmp_path / "own.fit", bounds=edges))[0].flux_points()
    assert points["e_max"].to_value("MeV") == pytest.approx(edges[1:])
    other = gpnb.read_catalog(write_4fgl(tmp_path / "other.fit", bounds=edges[:-2]))[0]  # of something else
    assert other.flux_points()["e_min"][0] == 50 * u.MeV


def test_a_position_error_is_an_ellipse_along_its_angle(tmp_path):
    errors = {"Conf_95_SemiMajor": np.full(4, 0.2), "Conf_95_SemiMinor": np.full(4, 0.1), "Conf_95_PosAng": [50.0] * 4}
    source = gpnb.read_catalog(write_4fgl(tmp_path / "gll_psc.fit", **errors))[0]
    mask = gpnb.WcsGeometry.create(source.position, width="0.6 deg", binsz="0.005 deg").region_mask([source.region()])
    for angle, radius, inside in ((50, 0.19, 1), (230, 0.19, 1), (50, 0.21, 0), (140, 0.09, 1), (140, 0.11, 0)):
        assert mask.at(source.position.directional_offset_by(angle * u.deg, radius * u.deg)) == inside
    assert source.model().spatial.lat.error == pytest.approx(0.2 / 2.4477, rel=1e-4)


def test_text_of_a_file_is_never_html(tmp_path):
    catalog = gpnb.read_catalog(write_4fgl(tmp_path / "gll_psc.fit"))
    for page in (catalog._repr_html_(), catalog[3]._repr_html_()):
        assert "J0000.1&lt;b&gt;" in page
        assert "<b>J" not in page
        assert "1<b>" not in page


def test_a_name_of_several_sources_is_refused(tmp_path):
    catalog = gpnb.read_catalog(write_4fgl(tmp_path / "gll_psc.fit"))
    assert catalog["geminga"].name == "4FGL J0633.9+1746"
    with pytest.raises(SelectionError, match="name of several sources of 4fgl: 4FGL J0534"):
        catalog["Crab"]
    with pytest.raises(SelectionError, match=r"use \.nearest"):
        catalog["Sgr A*"]
    with pytest.raises(IndexError):
        catalog[4]
    with pytest.raises(ArgumentError, match="give 'extent' or 'position'"):
        catalog[0].region("size")
    assert len(catalog.cone("0d 80d", "1 deg")) == 0
    with pytest.raises(SelectionError, match="no source in Catalog"):
        catalog.cone("0d 80d", "1 deg").nearest("0d 80d")


def test_unknown_spectra_and_bands(tmp_path):
    catalog = gpnb.read_catalog(write_4fgl(tmp_path / "odd.fit", SpectrumType=["Band"] * 4))
    with pytest.raises(DataFormatError, match="spectrum type 'Band'"):
        catalog[0].model()
    bands = {"Flux_Band": np.ones((4, 3)), "Unc_Flux_Band": np.ones((4, 3, 2)), "Sqrt_TS_Band": np.ones((4, 3))}
    catalog = gpnb.read_catalog(write_4fgl(tmp_path / "bands.fit", **bands))
    with pytest.raises(DataFormatError, match="3 bands, but no table EnergyBounds"):
        catalog[0].flux_points()


def test_a_catalogue_is_found_below_the_data_folder_and_among_downloads(tmp_path, monkeypatch):
    monkeypatch.setenv("GPNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GPNB_DATA", str(tmp_path / "data"))
    with pytest.raises(DataFormatError, match=r"4fgl is not here .* fetch it with `gpnb download 4fgl`.*GPNB_DATA"):
        gpnb.read_catalog("4FGL")
    for root in (tmp_path / "cache" / "downloads", tmp_path / "data"):
        (root / "catalogs" / "fermi").mkdir(parents=True)
        write_4fgl(root / "catalogs" / "fermi" / "gll_psc_v35.fit")
        assert len(gpnb.read_catalog("4fgl")) == 4
    monkeypatch.delenv("GPNB_DATA")
    with pytest.raises(DataFormatError, match="GPNB_DATA is not set"):
        gpnb.read_catalog("gammacat")


def test_no_catalogue(tmp_path):
    with pytest.raises(DataFormatError, match=r"did you mean '4fgl'\? Or give a FITS file"):
        gpnb.read_catalog("5fgl")
    with pytest.raises(DataFormatError, match=r"there are: 3fhl, 4fgl, hgps, gamma-cat\. Or give"):
        gpnb.read_catalog("surveys")
    Table({"a": [1]}).write(tmp_path / "table.fits")
    with pytest.raises(DataFormatError, match="no catalogue in a known format"):
        gpnb.read_catalog(tmp_path / "table.fits")
    (tmp_path / "broken.fits").write_text("SIMPLE")
    with pytest.raises(DataFormatError, match="cannot be read as FITS"):
        gpnb.read_catalog(tmp_path / "broken.fits")


def test_models_of_a_catalogue_go_to_yaml(tmp_path):
    models = gpnb.read_catalog(write_4fgl(tmp_path / "gll_psc.fit")).models()
    assert models.names[0] == "4FGL J0534.5+2200"
    assert list(gpnb.Models.from_yaml(models.to_yaml())) == list(models)


def test_stars():
    stars = star_table()
    assert len(set(stars["name"])) == len(stars) > 70
    assert stars["name"][0] == "Sirius"
    assert np.all(np.diff(stars["vmag"]) >= 0)
    positions = SkyCoord(stars["ra"], stars["dec"])
    _, nearest, _ = positions.match_to_catalog_sky(positions, nthneighbor=2)
    assert nearest.min() > 0.5 * u.deg  # none is there twice
    published = {
        "Canopus": "06h23m57.110s -52d41m44.38s",
        "Miaplacidus": "09h13m11.977s -69d43m01.95s",
        "Aspidiske": "09h17m05.407s -59d16m30.84s",
        "Schedar": "00h40m30.441s +56d32m14.39s",
        "Caph": "00h09m10.685s +59d08m59.21s",
    }
    for name, place in published.items():
        row = list(stars["name"]).index(name)
        assert positions[row].separation(SkyCoord(place)) < 1 * u.arcsec
    regions = gpnb.bright_stars("galactic 205d -17d", "5 deg", magnitude=2.5, size="0.3 deg")
    assert sorted(region.meta["text"] for region in regions) == ["Alnilam", "Alnitak", "Mintaka"]
    assert regions[0].radius == 0.3 * u.deg
    assert gpnb.bright_stars("83.63d 22.01d", "3 deg", magnitude=2.5) == []
    own = Table({"name": ["own"], "ra": [83.0], "dec": [22.0], "vmag": [5.5]})
    assert len(gpnb.bright_stars("83.63d 22.01d", "3 deg", table=own)) == 1

"""Sliders never look at the disk: what is there is found when a panel opens."""

import builtins
import os
from contextlib import contextmanager

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table

import gpnb
from gpnb.catalogs.local import catalogs_here, local_catalog
from gpnb.panels.spectrum.published import published

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8, name="energy_true")
REGION = "icrs; circle(83.63, 22.01, 0.11)"


@pytest.fixture
def looks(monkeypatch):
    """Looks at the disk within ``with looks() as seen``."""

    @contextmanager
    def watch():
        seen = []
        with monkeypatch.context() as patch:
            for owner, name in [(os, "stat"), (os, "lstat"), (os, "listdir"), (os, "scandir"), (builtins, "open")]:
                plain = getattr(owner, name)
                patch.setattr(owner, name, lambda *a, _plain=plain, **k: (seen.append(a), _plain(*a, **k))[1])
            yield seen

    return watch


@pytest.fixture
def catalog_folder(tmp_path, monkeypatch):
    """A 3FHL of one source at the Crab, where catalogues are looked for."""
    row = {"Source_Name": ["3FHL J0534.5+2201"], "ASSOC1": ["Crab"], "SpectrumType": ["PowerLaw"]}
    numbers = {"PowerLaw_Index": 2.2, "Unc_PowerLaw_Index": 0.1, "Pivot_Energy": 50.0, "HEP_Energy": 500.0}
    table = Table({**row, **{name: [value] for name, value in numbers.items()}})
    table["RAJ2000"], table["DEJ2000"] = [83.63] * u.deg, [22.01] * u.deg
    for name in ("Flux_Density", "Unc_Flux_Density"):
        table[name] = [1e-10] * u.Unit("1/(cm2 GeV s)")
    table["Flux_Band"], table["Sqrt_TS_Band"] = np.full((1, 5), 1e-10) / u.cm**2 / u.s, np.full((1, 5), 9.0)
    table["Unc_Flux_Band"] = np.full((1, 5, 2), 1e-11) / u.cm**2 / u.s
    bounds = Table({"LowerEnergy": [10, 20, 50, 150, 500] * u.GeV, "UpperEnergy": [20, 50, 150, 500, 2000] * u.GeV})
    hdus = [fits.table_to_hdu(table), fits.table_to_hdu(bounds)]
    hdus[1].name = "EnergyBounds"
    folder = tmp_path / "catalogs" / "fermi"
    folder.mkdir(parents=True)
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(folder / "gll_psch_v13.fit")
    monkeypatch.setenv("GPNB_DATA", str(tmp_path))
    monkeypatch.setenv("GPNB_CACHE", str(tmp_path / "cache"))
    return folder


def spectrum(region=REGION):
    fields = {"exposure": np.full(8, 3e14), "edisp": np.eye(8), "livetime": "1 h", "on_region": region}
    return gpnb.SpectrumDataset(
        ENERGY, TRUE, np.arange(20, 4, -2), counts_off=np.arange(8), acceptance_off=10, **fields
    )


def test_the_counter_counts(looks, catalog_folder):
    with looks() as seen:
        assert catalogs_here() == ("3fhl",)
    assert len(seen) > 10


def test_a_catalogue_is_read_once_and_again_when_its_file_changes(catalog_folder):
    first = local_catalog("3fhl")
    assert local_catalog("3fhl") is first
    file = catalog_folder / "gll_psch_v13.fit"
    os.utime(file, (1, 1))
    assert local_catalog("3fhl") is not first
    file.unlink()
    assert catalogs_here() == ()
    with pytest.raises(gpnb.DataFormatError, match="gpnb download 3fhl"):
        local_catalog("3fhl")


def test_a_step_of_a_spectrum_slider(looks, catalog_folder, front):
    panel = gpnb.Datasets([spectrum()]).view()
    panel.set(published=["3fhl"])
    front.turn(panel.parts["parameters"], "place/index", 450, "a drag")
    with looks() as seen:
        for place in (500, 510, 520):
            front.turn(panel.parts["parameters"], "place/index", place, "a drag")
    assert seen == []
    assert {item[0]: item[1] for item in panel.state.parameters}["index"] == pytest.approx(2.6)


def test_references_are_in_the_list_and_can_be_taken_away(front):
    panel = gpnb.Datasets([spectrum()]).view()
    (item,) = [item for item in panel.parts["look"].items if item["name"] == "publish"]
    assert ["crab-meyer", "Crab nebula, Meyer et al. 2010"] in [list(option) for option in item["options"]]
    front.turn(panel.parts["look"], "publish", "crab-meyer")
    assert panel.state.published == ("crab-meyer",)
    assert panel.message == ""
    front.turn(panel.parts["look"], "remove/crab-meyer", True)
    assert panel.state.published == ()


def test_a_catalogue_without_the_source_is_not_asked_twice(looks, catalog_folder):
    with pytest.raises(gpnb.SelectionError, match="no source within"):
        published(("3fhl",), "icrs; circle(10, 10, 0.1)")
    with looks() as seen, pytest.raises(gpnb.SelectionError, match="no source within"):
        published(("3fhl",), "icrs; circle(10, 10, 0.1)")
    assert seen == []


def test_a_step_of_a_sky_slider(looks, catalog_folder, cube, front):
    panel = cube.view()
    front.turn(panel.parts["over"], "add/", "3fhl")
    assert [name for name, *_ in panel.state.overlays] == ["3fhl"]
    front.turn(panel.parts["look"], "smooth", 0.05, "a drag")
    with looks() as seen:
        for width in (0.1, 0.12, 0.14):
            front.turn(panel.parts["look"], "smooth", width, "a drag")
            front.turn(panel.parts["look"], "opacity", 1 - width, "another")
    assert seen == []
    assert panel.state.smooth == pytest.approx(0.14)

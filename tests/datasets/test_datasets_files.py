"""Spectra in files: nothing lost, nothing half written, and faults told in one sentence."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.time import Time

import gpnb
from gpnb import ArgumentError, DataFormatError, Flag, SpectrumDataset
from gpnb.data import GTI
from gpnb.datasets.ogip_matrix import compressed, expanded

ENERGY = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=9)
TRUE = gpnb.Axis.energy("0.2 TeV", "150 TeV", nbin=15, name="energy_true")
ARRAYS = ("counts", "counts_off", "acceptance", "acceptance_off", "background", "flags", "exposure", "edisp")
FACTS = ("energy", "energy_true", "name", "obs_ids", "notes", "on_region", "off_regions")


def make(**changes):
    rng = np.random.default_rng(5)
    matrix = rng.uniform(0, 1, (15, 9)) * (rng.uniform(0, 1, (15, 9)) > 0.4)
    matrix[3] = 0  # a row without any group
    values = {
        "counts": rng.poisson(5, 9),
        "counts_off": rng.poisson(20, 9),
        "acceptance": np.ones(9),
        "acceptance_off": np.linspace(7.3, 12, 9),
        "exposure": np.geomspace(1e11, 1e14, 15),
        "edisp": matrix / max(1, *matrix.sum(axis=1)),
        "livetime": 1581.7367584109306 * u.s,
        "flags": np.array([1, 1, 0, 0, 8, 0, 16, 0, 1]),
        "gti": GTI([10.0, 900.0], [800.0, 1700.0], Time(53343.92234009259, format="mjd", scale="tt")),
        "on_region": "icrs; circle(83.6300000000,22.0100000000,0.1100000000)",
        "off_regions": ("icrs; circle(83.6,23.0,0.11)", "icrs; circle(84.6000001,22.5,0.11)"),
        "obs_ids": (23523, 20131103093),
        "notes": ("run 1: something, and α",),
        "name": "run-23523",
    }
    return SpectrumDataset(ENERGY, TRUE, **values | changes)


KINDS = {
    "off": make(),
    "known": make(counts_off=None, acceptance_off=None, background=np.linspace(0.3, 4, 9)),
    "bare": make(counts_off=None, acceptance_off=None, gti=None, on_region="", off_regions=()),
    "asimov": make(counts=np.linspace(0.5, 9.5, 9), counts_off=np.linspace(0.25, 7, 9)),
}


def assert_same(found, expected):
    for name in ARRAYS:
        mine, theirs = getattr(found, name), getattr(expected, name)
        assert (mine is None) == (theirs is None), name
        if mine is not None:
            assert mine == pytest.approx(theirs, rel=1e-12), name
    for name in FACTS:
        assert getattr(found, name) == getattr(expected, name), name
    assert found.livetime.value == pytest.approx(expected.livetime.value, rel=1e-15)
    assert (found.gti is None) == (expected.gti is None)
    if found.gti is not None:
        assert found.gti.start_values == pytest.approx(expected.gti.start_values)
        assert abs((found.gti.reference - expected.gti.reference).to_value("s")) < 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_own_format_loses_nothing(kind, tmp_path):
    KINDS[kind].write(tmp_path / "spectrum.fits.gz")
    assert_same(SpectrumDataset.read(tmp_path / "spectrum.fits.gz"), KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_ogip_loses_nothing(kind, tmp_path):
    KINDS[kind].write_ogip(tmp_path / "pha_x.fits")
    names = {"arf_x.fits", "pha_x.fits", "rmf_x.fits"} | ({"bkg_x.fits"} if kind != "bare" else set())
    assert {path.name for path in tmp_path.iterdir()} == names
    assert_same(SpectrumDataset.read_ogip(tmp_path / "pha_x.fits"), KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_fitsverify(kind, tmp_path):
    program = shutil.which("fitsverify")
    if program is None:
        pytest.skip("fitsverify is not installed (Debian and Ubuntu: apt-get install fitsverify)")
    KINDS[kind].write_ogip(tmp_path / "pha_x.fits")
    KINDS[kind].write(tmp_path / "own.fits")
    for path in tmp_path.iterdir():
        done = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
        assert "Verification found" in done.stdout, done.stderr
        assert [line for line in done.stdout.splitlines() if re.match(r"\*\*\* (Warning|Error)", line)] == []


def test_what_xspec_and_sherpa_look_for(tmp_path):
    """OGIP/92-007 and CAL/GEN/92-002: mandatory keywords, channel numbers, units, integers for counts and quality."""
    make().write_ogip(tmp_path / "pha_x.fits")
    with fits.open(tmp_path / "pha_x.fits") as hdus:
        table, header = hdus["SPECTRUM"].data, hdus["SPECTRUM"].header
        wanted = "TELESCOP INSTRUME FILTER EXPOSURE BACKFILE CORRFILE CORRSCAL RESPFILE ANCRFILE AREASCAL HDUCLASS"
        wanted += " HDUCLAS1 HDUVERS POISSERR CHANTYPE DETCHANS"
        assert [key for key in wanted.split() if key not in header] == []
        assert (header["HDUCLASS"], header["HDUCLAS1"], header["HDUCLAS2"]) == ("OGIP", "SPECTRUM", "TOTAL")
        assert (header["TLMIN1"], header["TLMAX1"], header["DETCHANS"]) == (0, 8, 9)
        assert table["CHANNEL"].tolist() == list(range(9))
        assert [table.dtype[name].kind for name in ("CHANNEL", "COUNTS", "QUALITY")] == ["i", "i", "i"]
        assert table["QUALITY"].tolist() == [1, 1, 0, 0, 5, 0, 1, 0, 1]
        ratio = table["BACKSCAL"] / fits.getdata(tmp_path / "bkg_x.fits", "SPECTRUM")["BACKSCAL"]
        assert ratio == pytest.approx(make().alpha)
    with fits.open(tmp_path / "rmf_x.fits") as hdus:
        assert hdus["MATRIX"].header["TLMIN4"] == 0
        assert hdus["MATRIX"].columns["ENERG_LO"].unit == hdus["EBOUNDS"].columns["E_MIN"].unit == "keV"
        assert hdus["MATRIX"].header["NUMELT"] == np.count_nonzero(make().edisp)
        assert hdus["EBOUNDS"].data["E_MIN"][0] == pytest.approx(0.5e9)
    with fits.open(tmp_path / "arf_x.fits") as hdus:
        assert hdus["SPECRESP"].columns["SPECRESP"].unit == "cm2"
        assert hdus["SPECRESP"].data["SPECRESP"] * 1581.7367584109306 == pytest.approx(make().exposure)


@pytest.mark.parametrize("first", [0, 1])
def test_matrix_there_and_back(first):
    matrix = make().edisp
    hdu = fits.BinTableHDU.from_columns(compressed(matrix, first))
    assert np.array_equal(expanded(hdu.data, 9, first), matrix)
    with pytest.raises(ValueError, match="channels"):
        expanded(hdu.data, 5, first)


def changed(path, change):
    with fits.open(path, mode="update") as hdus:
        change(hdus)


@pytest.fixture
def pha(tmp_path):
    make().write_ogip(tmp_path / "pha_x.fits")
    return tmp_path / "pha_x.fits"


def test_files_of_others(pha):
    """Scales as keywords, no flags of ours, areas in m2, energies in TeV, RATE instead of COUNTS."""

    def plain(hdus):
        hdu = hdus["SPECTRUM"]
        columns = [column for column in hdu.columns if column.name not in ("FLAGS", "BACKSCAL", "COUNTS")]
        rate = fits.Column("RATE", "D", "count/s", array=make().counts / make().livetime.value)
        hdus["SPECTRUM"] = fits.BinTableHDU.from_columns([*columns, rate], header=hdu.header, name="SPECTRUM")
        hdus["SPECTRUM"].header["BACKSCAL"] = 2.0

    changed(pha, plain)
    found = SpectrumDataset.read_ogip(pha)
    assert found.counts == pytest.approx(make().counts)
    assert found.alpha == pytest.approx(2 * make().alpha)
    assert found.flags[[0, 4, 2]].tolist() == [Flag.ENERGY, Flag.USER, 0]


def test_units_of_others(pha):
    def metric(hdus):
        hdu = hdus["SPECRESP"]
        hdu.data["SPECRESP"] *= 1e-4
        hdu.columns["SPECRESP"].unit = "m2"

    changed(pha.with_name("arf_x.fits"), metric)
    assert SpectrumDataset.read_ogip(pha).exposure == pytest.approx(make().exposure)


def test_exposures_that_differ_between_on_and_off(pha):
    changed(pha.with_name("bkg_x.fits"), lambda hdus: hdus["SPECTRUM"].header.set("EXPOSURE", 2 * 1581.7367584109306))
    assert SpectrumDataset.read_ogip(pha).alpha == pytest.approx(make().alpha / 2)


def test_grouping_of_the_file(pha):
    def group(hdus):
        hdu = hdus["SPECTRUM"]
        column = fits.Column("GROUPING", "I", array=np.array([1, -1, 1, 1, -1, -1, 1, 1, 1]))
        header = hdu.header.copy()
        header.remove("GROUPING")
        hdus["SPECTRUM"] = fits.BinTableHDU.from_columns([*hdu.columns, column], header=header, name="SPECTRUM")

    changed(pha, group)
    found = SpectrumDataset.read_ogip(pha)
    assert found.energy.n == 6
    assert found.counts.sum() == make().counts.sum()
    assert found.counts[0] == make().counts[:2].sum()


def with_column(name, values, form="I"):
    """Puts a column in the place of the keyword or column of that name."""

    def change(hdus):
        hdu = hdus["SPECTRUM"]
        header = hdu.header.copy()
        header.remove(name, ignore_missing=True)
        columns = [column for column in hdu.columns if column.name != name]
        column = fits.Column(name, form, array=np.array(values))
        hdus["SPECTRUM"] = fits.BinTableHDU.from_columns([*columns, column], header=header, name="SPECTRUM")

    return change


@pytest.mark.parametrize("first", [-1, 1, 0])
def test_a_first_channel_begins_a_group_whatever_its_flag(pha, first):
    changed(pha, with_column("GROUPING", [first, -1, 1, 1, -1, -1, 1, 1, 1]))
    found = SpectrumDataset.read_ogip(pha)
    assert found.counts.sum() == make().counts.sum()
    assert found.counts[0] == make().counts[:2].sum()


def test_counts_belong_to_the_channel_that_their_row_names(pha):
    def mix(hdus):
        order = np.random.default_rng(2).permutation(9)
        hdus["SPECTRUM"].data = hdus["SPECTRUM"].data[order].copy()

    for path in (pha, pha.with_name("bkg_x.fits")):
        changed(path, mix)
    assert_same(SpectrumDataset.read_ogip(pha), make())


def test_a_table_without_channels_is_no_spectrum(pha):
    changed(pha, lambda hdus: hdus["SPECTRUM"].columns.del_col("CHANNEL"))
    with pytest.raises(DataFormatError, match=r"pha_x\.fits, HDU SPECTRUM: column CHANNEL is missing"):
        SpectrumDataset.read_ogip(pha)


def test_a_channel_without_scale_is_not_usable(pha):
    values = np.full(9, 0.1)
    values[[3, 5]] = 0.0
    changed(pha, with_column("BACKSCAL", values, "E"))
    found = SpectrumDataset.read_ogip(pha)
    assert not found.usable[[3, 5]].any()
    assert found.usable.sum() == make().usable.sum() - 2
    assert gpnb.fit(found, gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2")).success


def test_response_with_the_area_in_it(pha):
    """A SPECRESP MATRIX without ARF: its row sums are the area."""
    matrix, area = make().edisp, make().exposure / 1581.7367584109306

    def fold(hdus):
        place = hdus.index_of("MATRIX")
        old = hdus[place]
        columns = [*list(old.columns)[:2], *compressed(matrix * area[:, None], 0)]
        hdus[place] = fits.BinTableHDU.from_columns(columns, header=old.header, name="SPECRESP MATRIX")

    changed(pha.with_name("rmf_x.fits"), fold)
    changed(pha, lambda hdus: hdus["SPECTRUM"].header.set("ANCRFILE", "none"))
    flux = np.geomspace(1e-12, 1e-14, 15)
    assert SpectrumDataset.read_ogip(pha).predict(flux) == pytest.approx(make().predict(flux))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda hdus: hdus["SPECTRUM"].header.set("RESPFILE", "none"), "names no RESPFILE"),
        (lambda hdus: hdus["SPECTRUM"].header.set("ANCRFILE", "lost.fits"), "lost.fits: no such file"),
        (lambda hdus: hdus["SPECTRUM"].header.remove("EXPOSURE"), "keyword EXPOSURE is missing"),
        (lambda hdus: hdus["SPECTRUM"].header.set("HDUCLAS4", "TYPE:II"), "holds many spectra"),
        (lambda hdus: hdus["SPECTRUM"].header.set("EXTNAME", "OTHER"), "has no HDU 'SPECTRUM'"),
    ],
)
def test_faults_are_told(pha, change, words):
    changed(pha, change)
    with pytest.raises(DataFormatError, match=words):
        SpectrumDataset.read_ogip(pha)


def test_files_that_do_not_belong_together(pha, tmp_path):
    (tmp_path / "other").mkdir()
    coarse = gpnb.Axis.energy("0.2 TeV", "150 TeV", nbin=3, name="energy_true")
    other = SpectrumDataset(ENERGY, coarse, np.ones(9), np.ones(3), np.ones((3, 9)), "1 h")
    other.write_ogip(tmp_path / "other" / "pha_x.fits")
    shutil.copy(tmp_path / "other" / "arf_x.fits", pha.with_name("arf_x.fits"))
    with pytest.raises(DataFormatError, match="different bins of true energy"):
        SpectrumDataset.read_ogip(pha)


def test_nothing_is_overwritten_unasked(pha):
    with pytest.raises(ArgumentError, match="exists already"):
        make().write_ogip(pha)
    make(name="new").write_ogip(pha, overwrite=True)
    assert SpectrumDataset.read_ogip(pha).name == "new"
    make().write(pha.with_name("own.fits"))
    with pytest.raises(ArgumentError, match="exists already"):
        make().write(pha.with_name("own.fits"))


def test_other_files_are_not_ours(pha):
    with pytest.raises(DataFormatError, match=r"is no spectrum of gpnb .* \.read_ogip\(\)"):
        SpectrumDataset.read(pha)


def test_no_live_time(tmp_path):
    with pytest.raises(ArgumentError, match="live time of 0"):
        make(livetime="0 s").write_ogip(tmp_path / "pha_x.fits")


def test_recipes(pha):
    names = {}
    exec(SpectrumDataset.read_ogip(pha).recipe.to_code(), names)
    assert_same(names["spectrum"], make())
    assert SpectrumDataset.read_ogip(pha, name="crab").name == "crab"


@pytest.mark.parametrize("ogip", [False, True])
def test_lists_in_a_folder(tmp_path, ogip):
    specs = gpnb.Datasets([make(name="run 1/a"), make(name="run 2", counts=np.arange(9))])
    specs.write(tmp_path / "new", ogip=ogip)
    again = gpnb.Datasets.read(tmp_path / "new")
    assert again.names == ["run 1/a", "run 2"]
    for found, expected in zip(again, specs, strict=True):
        assert_same(found, expected)
    names = {}
    exec(again.recipe.to_code(), names)
    assert names["specs"].names == again.names
    with pytest.raises(ArgumentError, match="exists already"):
        specs.write(tmp_path / "new", ogip=ogip)
    with pytest.raises(DataFormatError, match=r"there is no spectrum_….fits, pha_….fits or cube_….fits"):
        gpnb.Datasets.read(tmp_path / "none")


def test_a_list_of_spectra_tells_its_recipe(tmp_path):
    make(name="one").write(tmp_path / "spectrum_one.fits")
    chosen = gpnb.Datasets([item.restrict(("1 TeV", None)) for item in gpnb.Datasets.read(tmp_path)])
    names = {}
    exec(chosen.recipe.to_code(), names)
    assert names["datasets"].names == ["one"]
    assert np.array_equal(names["datasets"][0].flags, chosen[0].flags)

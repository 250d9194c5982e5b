"""Light curves and phase curves as files: those that Gammapy 2.1 has written, and ours.

The files here were made with Gammapy 2.1: `LightCurveTemplateTemporalModel.write` as a table and as a map, of factors
1, 4, 2, 0.5 at 0, 1, 3 and 4 h from MJD 60000.25 (UTC), and a phase curve as a table.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from astropy import units as u
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError

FOLDER = Path(__file__).parent
HOURS = np.array([0.5, 2.0, 3.5])
TIME = Time(60000.25, HOURS / 24, format="mjd", scale="utc")
GAMMAPY_CURVE = [2.5, 3.0, 1.25]
"""Gammapy's values there: straight lines."""

PHASE_TIME = Time(60000.25, np.array([100.0, 500.0, 900.0]) / 86400, format="mjd", scale="utc")
GAMMAPY_PHASE = {False: [2.99995, 0.50078125, 0.99949375], True: [2.14282143, 0.35770089, 0.71392411]}
"""Gammapy's values with phi_ref=0.1, f0=1e-3/s, f1=-1e-9/s2 from MJD 60000.25 (UTC), as they are and normalised."""

EPHEMERIS = {"epoch": float(Time(60000.25, format="mjd", scale="utc").tt.mjd), "f0": 1e-3, "f1": -1e-9, "phi0": 0.1}

YAML = """
components:
- name: star
  type: SkyModel
  spectral: {{type: PowerLawSpectralModel, parameters: []}}
  temporal:
    type: {kind}
    scale: utc
    filename: {file}
    parameters: [{parameters}]
    {more}
"""


@pytest.mark.parametrize("name", ["gammapy-2.1-curve.fits", "gammapy-2.1-curve-map.fits"])
def test_light_curves_of_gammapy_have_its_values(name):
    model = gpnb.LightCurveTemplate.read(FOLDER / name)
    assert model(TIME) == pytest.approx(GAMMAPY_CURVE, rel=1e-6)
    nodes = Time(60000.25, np.array([0.0, 1.0, 3.0, 4.0]) / 24, format="mjd", scale="utc")
    assert model(nodes) == pytest.approx([1, 4, 2, 0.5], rel=1e-6)
    assert model.time.tt.mjd == pytest.approx(nodes.tt.mjd, abs=1e-10)


@pytest.mark.parametrize("normalize", [False, True])
def test_phase_curves_of_gammapy_have_its_values(normalize):
    model = gpnb.PhaseCurve.read(FOLDER / "gammapy-2.1-phase.ecsv", normalize, **EPHEMERIS)
    assert model(PHASE_TIME) == pytest.approx(GAMMAPY_PHASE[normalize], rel=2e-5)
    phases = np.array([0.0, 0.2, 0.6, 0.1, 0.4, 0.8])
    curve = gpnb.PhaseCurve.read(FOLDER / "gammapy-2.1-phase.ecsv", epoch=60000.0, f0=1e-3)
    at = Time(60000.0, phases * 1000 / 86400, format="mjd", scale="tt")
    assert curve(at) == pytest.approx([1, 3, 0.5, 2, 1.75, 0.75], rel=1e-5)


@pytest.mark.parametrize("ending", ["fits", "ecsv"])
def test_light_curves_come_back(ending, tmp_path):
    model = gpnb.LightCurveTemplate(Time([58000.123456789, 58000.2, 58003.0], format="mjd", scale="tt"), [0, 2, 1.5])
    path = tmp_path / f"curve.{ending}"
    model.replace(norm=2).write(path)
    back = gpnb.LightCurveTemplate.read(path)
    probe = model.time[0] + np.linspace(-0.5, 4, 20) * u.d
    assert back(probe) == pytest.approx(2 * model(probe), rel=1e-8, abs=1e-8)
    with pytest.raises(ArgumentError, match="exists already"):
        model.write(path)
    model.write(path, overwrite=True)


@pytest.mark.parametrize("ending", ["fits", "ecsv"])
@pytest.mark.parametrize("nodes", [[0.0, 0.3, 0.9], [0.1, 0.2, 0.7]])
def test_phase_curves_come_back_with_their_ephemeris(ending, nodes, tmp_path):
    model = gpnb.PhaseCurve(nodes, [1.0, 3.0, 0.2], epoch=58000.5, f0="2e-4 Hz", f1="1e-13 Hz s-1", phi0=0.3)
    path = tmp_path / f"phase.{ending}"
    model.write(path)
    back = gpnb.PhaseCurve.read(path)
    probe = Time(58000.0, np.linspace(0, 3, 50), format="mjd", scale="tt")
    assert back(probe) == pytest.approx(model(probe), rel=1e-9)
    assert back.values == model.values
    other = gpnb.PhaseCurve.read(path, f0="3e-4 Hz", normalize=True)
    assert other.f0.value == 3e-4
    nine = np.linspace(0, 1, 9001)[:-1]
    at = Time(58000.5, (nine - 0.3) / 3e-4 / 86400, format="mjd", scale="tt")
    assert other.replace(f1=0)(at).mean() == pytest.approx(1, rel=1e-4)


def test_a_curve_that_does_not_close_jumps(tmp_path):
    Table({"PHASE": [0.0, 0.5, 1.0], "NORM": [1.0, 2.0, 5.0]}).write(tmp_path / "jump.fits")
    model = gpnb.PhaseCurve.read(tmp_path / "jump.fits", epoch=60000.0, f0="1 Hz")
    assert model.evaluate_at([0.0, 0.25, 0.75, 0.999], Time(60000.0, format="mjd", scale="tt")) == pytest.approx(
        [1, 1.5, 3.5, 4.994], rel=1e-6
    )
    Table({"PHASE": [0.2, 0.5, 1.0], "NORM": [1.0, 2.0, 5.0]}).write(tmp_path / "late.fits")
    late = gpnb.PhaseCurve.read(tmp_path / "late.fits", epoch=60000.0, f0="1 Hz")
    assert late.evaluate_at([0.0, 0.1], Time(60000.0, format="mjd", scale="tt")) == pytest.approx([5, 3])


def yaml_of(folder, kind, file, parameters, more=""):
    path = folder / "models.yaml"
    path.write_text(YAML.format(kind=kind, file=file, parameters=parameters, more=more))
    return gpnb.Models.read(path)["star"].temporal


def test_yaml_of_gammapy_reads_the_files_beside_it(tmp_path):
    for name in ("gammapy-2.1-curve.fits", "gammapy-2.1-curve-map.fits", "gammapy-2.1-phase.ecsv"):
        shutil.copy(FOLDER / name, tmp_path)
    for name in ("gammapy-2.1-curve.fits", "gammapy-2.1-curve-map.fits"):
        model = yaml_of(tmp_path, "LightCurveTemplateTemporalModel", name, "{name: t_ref, value: 51544.0, unit: d}")
        assert model(TIME) == pytest.approx(GAMMAPY_CURVE, rel=1e-6)
        assert not model.free
    given = [
        ("t_ref", 60000.25, "d"),
        ("phi_ref", 0.1, ""),
        ("f0", 1e-3, "s-1"),
        ("f1", -1e-9, "s-2"),
        ("f2", 0, "s-3"),
    ]
    parameters = ", ".join(f"{{name: {name}, value: {value}, unit: '{unit}'}}" for name, value, unit in given)
    for normalize, more in ((False, "normalize: false"), (True, "")):
        model = yaml_of(tmp_path, "TemplatePhaseCurveTemporalModel", "gammapy-2.1-phase.ecsv", parameters, more)
        assert model(PHASE_TIME) == pytest.approx(GAMMAPY_PHASE[normalize], rel=2e-5)
        assert not model.free
    with pytest.raises(DataFormatError, match="filename"):
        yaml_of(tmp_path, "TemplatePhaseCurveTemporalModel", "", parameters)
    with pytest.raises(DataFormatError):
        yaml_of(tmp_path, "LightCurveTemplateTemporalModel", "missing.fits", "")


def sine_of(**omega):
    omega = {"name": "omega", "value": 2.0, "unit": "rad d-1", **omega}
    time = {"name": "t_ref", "value": 60000.0, "unit": "d", "min": 59999.0, "max": 60001.0, "error": 0.01}
    part = {"type": "SineTemporalModel", "scale": "utc", "parameters": [{"name": "amp", "value": 0.5}, omega, time]}
    spectral = {"type": "PowerLawSpectralModel", "parameters": []}
    data = {"components": [{"name": "star", "type": "SkyModel", "spectral": spectral, "temporal": part}]}
    return gpnb.Models.from_yaml(yaml.safe_dump(data))["star"].temporal


def test_an_angular_frequency_keeps_error_and_limits_as_a_period():
    model = sine_of(error=0.02, min=1.0, max=4.0)
    assert model.period.value == pytest.approx(np.pi)
    assert model.period.error == pytest.approx(np.pi * 0.01)
    assert (model.period.min, model.period.max) == pytest.approx((np.pi / 2, 2 * np.pi))
    assert model.free == ("amplitude", "period", "start")
    shift = 69.184 / 86400
    assert (model.start.min, model.start.value, model.start.max) == pytest.approx(
        (59999 + shift, 60000 + shift, 60001 + shift), abs=1e-9
    )
    with pytest.raises(DataFormatError, match="prior of omega"):
        sine_of(prior={"type": "GaussianPrior", "parameters": []})


@pytest.mark.parametrize(
    ("columns", "meta", "words"),
    [
        ({"TIME": [0.0, 1.0], "NORM": [1.0, 2.0]}, {"MJDREFI": 1, "MJDREFF": 0.0}, "TIME has no unit"),
        ({"TIME": [0.0, 1.0], "NORM": [1.0, 2.0]}, {"TIMEUNIT": "s"}, "MJDREFI is missing"),
        ({"TIME": [0.0, 1.0], "FLUX": [1.0, 2.0]}, {"TIMEUNIT": "s", "MJDREFI": 1, "MJDREFF": 0.0}, "no column NORM"),
        ({"PHASE": [0.0, 1.0], "NORM": [1.0, 2.0]}, {}, "TIME"),
        ({"TIME": [0.0], "NORM": [[1.0, 2.0]]}, {"TIMEUNIT": "s", "MJDREFI": 1, "MJDREFF": 0.0}, "numbers a row"),
        (
            {"TIME": [0.0], "NORM": [1.0]},
            {"TIMEUNIT": "s", "MJDREFI": 1, "MJDREFF": 0.0, "TIMESYS": "no"},
            "not a time",
        ),
    ],
)
@pytest.mark.parametrize("ending", ["fits", "ecsv"])
def test_files_that_are_none_are_told(columns, meta, words, ending, tmp_path):
    path = tmp_path / f"bad.{ending}"
    Table(columns, meta=meta).write(path)
    with pytest.raises(DataFormatError, match=words):
        gpnb.LightCurveTemplate.read(path)


def test_a_map_with_energies_and_a_phase_beyond_one_are_told(tmp_path):
    path = tmp_path / "map.fits"
    with fits.open(FOLDER / "gammapy-2.1-curve-map.fits") as hdus:
        bands = Table(hdus["SKYMAP_BANDS"].data)
        bands["ENERGY"] = 1.0
        bands = fits.table_to_hdu(bands)
        bands.name = "SKYMAP_BANDS"
        fits.HDUList([fits.PrimaryHDU(), hdus["SKYMAP"].copy(), bands]).writeto(path)
    with pytest.raises(DataFormatError, match="depend on energy"):
        gpnb.LightCurveTemplate.read(path)
    Table({"PHASE": [0.0, 1.5], "NORM": [1.0, 2.0]}).write(tmp_path / "far.fits")
    with pytest.raises(DataFormatError, match="must rise"):
        gpnb.PhaseCurve.read(tmp_path / "far.fits")
    with pytest.raises(DataFormatError, match="no such file"):
        gpnb.PhaseCurve.read(tmp_path / "none.ecsv")

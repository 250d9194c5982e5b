"""A store in which every run has another fault: each is named, with its place, and nothing else is."""

from contextlib import contextmanager

import numpy as np
import pytest
from astropy.io import fits

from gpnb.data.check import check_store
from gpnb.data.events import EventList
from gpnb.data.write import write_index, write_irfs, write_observation
from gpnb.simulate.instrument import cta_like

AEFF, EDISP, PSF, BKG = "EFFECTIVE AREA", "ENERGY DISPERSION", "POINT SPREAD FUNCTION", "BACKGROUND"


@contextmanager
def changed(path):
    """An open file; what is changed in it is written back, with checksums that match."""
    with fits.open(path, memmap=False) as hdulist:
        yield hdulist
        hdulist.writeto(path, overwrite=True, checksum=True)


def patch(path, old, new, count=1):
    """Other bytes of the same length, no checksums."""
    raw = path.read_bytes()
    assert raw.count(old) >= 1
    assert len(old) == len(new)
    raw = raw.replace(b"CHECKSUM=", b"NOCHECKS=").replace(b"DATASUM =", b"NODATAS =")
    path.write_bytes(raw.replace(old, new, count))


def header(hdu, **keys):
    def plant(path):
        with changed(path) as hdulist:
            for key, value in keys.items():
                if value is None:
                    del hdulist[hdu].header[key]
                else:
                    hdulist[hdu].header[key] = value(hdulist[hdu].header[key]) if callable(value) else value

    return plant


def values(hdu, column, row, change):
    def plant(path):
        with changed(path) as hdulist:
            data = hdulist[hdu].data[column]
            data[row] = change(data[row])

    return plant


def unit(hdu, column, text):
    def plant(path):
        with changed(path) as hdulist:
            hdulist[hdu].columns[column].unit = text

    return plant


def table(hdu, **columns):
    """The table anew, with these columns, each (format, values); the header is kept."""

    def plant(path):
        with changed(path) as hdulist:
            made = [fits.Column(name, form, "s", array=np.array(array)) for name, (form, array) in columns.items()]
            new = fits.BinTableHDU.from_columns(made, name=hdu)
            keys = ("HDUCLASS", "HDUVERS", "HDUCLAS1", "MJDREFI", "MJDREFF", "TIMEUNIT", "TIMESYS", "TIMEREF")
            new.header.update({key: hdulist[hdu].header[key] for key in keys})
            hdulist[hdu] = new

    return plant


def without_column(hdu, column):
    def plant(path):
        with changed(path) as hdulist:
            hdulist[hdu].columns.del_col(column)

    return plant


def other_intervals(change):
    """The one interval of a run replaced by several; the header follows where it can."""

    def plant(path):
        with fits.open(path) as hdulist:
            start, stop = (float(hdulist["GTI"].data[name][0]) for name in ("START", "STOP"))
        parts = np.array(change(start, stop))
        table("GTI", START=("D", parts[:, 0]), STOP=("D", parts[:, 1]))(path)

    return plant


def later_stop(path):
    """Good time goes on after TSTOP."""
    values("GTI", "STOP", 0, lambda stop: stop + 100)(path)
    header("EVENTS", ONTIME=lambda value: value + 100, LIVETIME=lambda value: value + 98)(path)


def other_reference(path):
    header("GTI", MJDREFI=lambda day: day + 1)(path)
    for name in ("START", "STOP"):
        values("GTI", name, 0, lambda value: value - 86400)(path)


def damaged(path):
    """One bit of the events, the checksum as it was."""
    raw = bytearray(path.read_bytes())
    with fits.open(path) as hdulist:
        raw[hdulist["EVENTS"]._data_offset + 37] ^= 1  # in the declination of an event
    path.write_bytes(raw)


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def renamed(path):
    patch(path, b"EXTNAME = 'GTI     '", b"EXTNAME = 'INTERVAL'")


def in_index(name, change):
    """Change the rows of a run in an index; `change(table, mask)` gives the new table."""

    def plant(path):
        obs_id = int(path.stem.split("_")[1])
        with changed(path.parents[1] / name) as hdulist:
            data = hdulist[1].data
            hdulist[1].data = change(data, data["OBS_ID"] == obs_id)

    return plant


def moved_out(data, mask):
    data["FILE_DIR"][mask & (data["HDU_TYPE"] == "events")] = "../../x"
    return data


def dropped(data, mask):
    return data[~mask]


def scaled(factor):
    return lambda value: value * factor


def swapped(value):
    value = value.copy()
    value[[3, 4]] = value[[4, 3]]
    return value


def with_gap(value):
    value = value.copy()
    value[4] *= 1.05
    return value


def negative(value):
    value = value.copy()
    value[0] -= 0.04 * value.max()
    return value


FAULTS = {
    "file-missing": (lambda path: path.unlink(), "error", "", ""),
    "file-unreadable": (cut, "error", "", ""),
    "checksum": (damaged, "error", "EVENTS", "DATASUM"),
    "hdu-missing": (renamed, "error", "GTI", ""),
    "hdu-class": (header("EVENTS", HDUCLAS1="GTI"), "error", "EVENTS", "HDUCLAS1"),
    "hdu-class 4": (header(BKG, HDUCLAS4="BKG_2D"), "error", BKG, "HDUCLAS4"),
    "column-missing": (without_column("EVENTS", "ENERGY"), "error", "EVENTS", "ENERGY"),
    "column-missing irf": (lambda path: patch(path, b"'SIGMA_2 '", b"'SIGMA_X '"), "error", PSF, "SIGMA_2"),
    "unit-wrong": (unit("EVENTS", "RA", "s"), "error", "EVENTS", "RA"),
    "unit-missing": (unit(AEFF, "EFFAREA", ""), "warning", AEFF, "EFFAREA"),
    "energy-value": (values("EVENTS", "ENERGY", 5, lambda _: np.nan), "error", "EVENTS", "ENERGY"),
    "energy-value negative": (values("EVENTS", "ENERGY", 5, scaled(-1)), "error", "EVENTS", "ENERGY"),
    "direction-range": (values("EVENTS", "DEC", 7, lambda _: 91.0), "error", "EVENTS", "DEC"),
    "direction-range RA": (values("EVENTS", "RA", 7, lambda _: -12.0), "warning", "EVENTS", "RA"),
    "time-order": (
        values("EVENTS", "TIME", slice(10, 30), lambda time: time[::-1].copy()),
        "warning",
        "EVENTS",
        "TIME",
    ),
    "events-outside-gti": (values("EVENTS", "TIME", -1, lambda time: time + 9000), "warning", "EVENTS", "TIME"),
    "event-id-duplicate": (values("EVENTS", "EVENT_ID", 4, lambda _: 1), "warning", "EVENTS", "EVENT_ID"),
    "gti-overlap": (
        other_intervals(lambda a, b: [(a, b - 90), (b - 100, b)]),
        "error",
        "GTI",
        "START, STOP",
    ),
    "gti-reversed": (other_intervals(lambda a, b: [(b, a)]), "error", "GTI", "STOP"),
    "gti-empty": (table("GTI", START=("D", []), STOP=("D", [])), "error", "GTI", "START"),
    "time-key": (header("EVENTS", MJDREFF=None), "error", "EVENTS", "MJDREFF"),
    "time-key scale": (header("GTI", TIMESYS="SUNDIAL"), "error", "GTI", "MJDREFI, MJDREFF, TIMESYS"),
    "time-reference": (other_reference, "warning", "GTI", "MJDREFI, MJDREFF"),
    "time-range": (later_stop, "warning", "EVENTS", "TSTOP"),
    "ontime": (
        header("EVENTS", ONTIME=scaled(1.1), LIVETIME=scaled(1.1)),
        "warning",
        "EVENTS",
        "ONTIME",
    ),
    "livetime": (header("EVENTS", LIVETIME=scaled(0.9)), "warning", "EVENTS", "LIVETIME"),
    "deadc-range": (header("EVENTS", DEADC=1.4), "error", "EVENTS", "DEADC"),
    "keyword-missing": (header("EVENTS", DEC_PNT=None), "error", "EVENTS", "DEC_PNT"),
    "location-key": (header("EVENTS", GEOLON=None), "warning", "EVENTS", "GEOLON"),
    "obs-id": (header("EVENTS", OBS_ID=4711), "error", "EVENTS", "OBS_ID"),
    "pointing": (header("EVENTS", DEC_PNT=lambda dec: dec + 0.5), "warning", "EVENTS", "RA_PNT, DEC_PNT"),
    "axis-order": (values(AEFF, "ENERG_LO", 0, swapped), "error", AEFF, "ENERG_LO, ENERG_HI"),
    "axis-gap": (values(EDISP, "ENERG_HI", 0, with_gap), "error", EDISP, "ENERG_LO, ENERG_HI"),
    "tdim": (lambda path: patch(path, *wrong_tdim(path)), "error", AEFF, "TDIM5"),
    "negative": (values(BKG, "BKG", 0, negative), "error", BKG, "BKG"),
    "normalisation": (values(EDISP, "MATRIX", 0, scaled(3)), "note", EDISP, "MATRIX"),
    "fovalign": (header(BKG, FOVALIGN=None), "warning", BKG, "FOVALIGN"),
    "rad-max-missing": (header(AEFF, HDUCLAS3="POINT-LIKE"), "warning", "HDU_INDEX", "RAD_MAX"),
    "path-outside": (in_index("hdu-index.fits.gz", moved_out), "error", "HDU_INDEX", "FILE_DIR, FILE_NAME"),
    "run-without-files": (in_index("hdu-index.fits.gz", dropped), "error", "HDU_INDEX", "OBS_ID"),
    "run-not-listed": (in_index("obs-index.fits.gz", dropped), "warning", "HDU_INDEX", "OBS_ID"),
}
"""Name (its first word is the code) → what plants it into the file of a run, and how it is reported."""


def wrong_tdim(path):
    with fits.open(path) as hdulist:
        text = hdulist[AEFF].header["TDIM5"]
    first, second = (int(number) for number in text.strip("()").split(","))
    new = f"({first // 2},{second * 2})"
    return f"TDIM5   = '{text:<8}'".encode(), f"TDIM5   = '{new:<8}'".encode()


def write_run(folder, obs, obs_id, irfs):
    """A demo run with few events, under a number of its own."""
    path = folder / "events" / f"run_{obs_id}.fits"
    events = EventList(obs.events.table[:100], {**obs.meta, "OBS_ID": obs_id}, obs.events.time_reference)
    write_observation(path, events, obs.gti, irfs)
    return path


@pytest.fixture(scope="module")
def spoilt(demo, tmp_path_factory):
    """The folder, and fault → run; run 1 is sound. Runs with a fault in a response have their own."""
    folder = tmp_path_factory.mktemp("store")
    (folder / "events").mkdir()
    obs, irfs = demo.select(target="Crab")[0], cta_like()
    write_irfs(folder / "irfs.fits", irfs)
    runs = dict(zip(FAULTS, range(2, len(FAULTS) + 2), strict=True))
    paths = [write_run(folder, obs, 1, {})]
    for fault, (_, _, hdu, item) in FAULTS.items():
        own = irfs if hdu in (AEFF, EDISP, PSF, BKG) or item == "RAD_MAX" else {}
        paths.append(write_run(folder, obs, runs[fault], own))
    write_index(folder, paths, irfs=folder / "irfs.fits")
    for path, (plant, *_) in zip(paths[1:], FAULTS.values(), strict=True):
        plant(path)
    return folder, runs


@pytest.fixture(scope="module")
def report(spoilt):
    return check_store(spoilt[0])


def found_for(report, obs_id):
    """Findings in the file of a run, or in an index and about it."""
    file = f"events/run_{obs_id}.fits"
    return [item for item in report.findings if item.file == file or f"run {obs_id} " in f"{item.what.lower()} "]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_fault_is_named_and_nothing_else(report, spoilt, fault):
    obs_id = spoilt[1][fault]
    _, severity, hdu, item = FAULTS[fault]
    found = [(item.severity, item.code, item.hdu, item.item) for item in found_for(report, obs_id)]
    assert found == [(severity, fault.split()[0], hdu, item)]
    finding = found_for(report, obs_id)[0]
    assert finding.file in (f"events/run_{obs_id}.fits", "hdu-index.fits.gz", "obs-index.fits.gz")
    assert finding.what.endswith(".")
    assert finding.action.endswith(".")


def test_no_other_finding(report):
    assert len(FAULTS) >= 20
    assert len(report.findings) == len(FAULTS)
    assert found_for(report, 1) == []
    assert not report.ok
    assert (report.runs, report.files) == (len(FAULTS), len(FAULTS) + 1)  # one lost its rows; responses are shared

"""The demo store: a small, complete set of simulated observations, made once into the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np
from astropy import units as u
from astropy.table import Table
from astropy.time import Time

from gpnb.core.binding import told
from gpnb.core.errors import SelectionError
from gpnb.core.faults import faults_told
from gpnb.core.progress import Report, track
from gpnb.core.recipe import Recipe
from gpnb.core.text_file import read_text
from gpnb.core.yaml_text import dump_yaml, load_yaml
from gpnb.data.events import EventList
from gpnb.data.gadf import GadfFormat
from gpnb.data.gti import GTI
from gpnb.data.observation import Observation
from gpnb.data.store import DataStore
from gpnb.data.write import write_index, write_irfs, write_observation
from gpnb.datasets.container import Datasets
from gpnb.models.collection import Models
from gpnb.simulate import joint
from gpnb.simulate.cache import made_once
from gpnb.simulate.events import simulate_events
from gpnb.simulate.expect import expectation
from gpnb.simulate.instrument import cta_like
from gpnb.simulate.scene import SITE, Target, horizontal, targets
from gpnb.simulate.scene_pulsar import EPHEMERIS, OFF, ON, pulsar_targets

VERSION = 4
"""Changes with the content: a store of another version is made beside this one."""

LIVE_FRACTION = 0.98

_REFERENCE = Time(51544, 0.5, format="mjd", scale="tt")
_SEED = 2024
_README = """\
Simulated observations of gpnb, in the GADF 0.3 format. Nothing in here was ever measured.

An instrument like the Cherenkov Telescope Array, at a place that does not exist, saw
{targets}.
Its responses follow from closed formulae (gpnb/simulate/performance.py) and are those
of a zenith angle of 20 deg for all runs; they are in irfs.fits, which all runs share.
truth.yaml has the sources that were put in, with the counts to expect of each and its
significance in a circle of 0.1 deg.

{more}Made again (the same events, with the same numpy) by gpnb.demo_store(part="{part}"); delete the
folder when you need it no more.
"""

_PULSAR = """\
The column PHASE has the phase of each event, by the ephemeris in truth.yaml: times are those at the telescope,
as if it were the barycentre.

"""


@overload
@told
def demo_store(part: Literal["cta", "pulsar"] = "cta", progress: bool | Report = True) -> DataStore: ...
@overload
def demo_store(part: Literal["joint"], progress: bool | Report = True) -> Datasets: ...
def demo_store(part: str = "cta", progress: bool | Report = True) -> DataStore | Datasets:
    """Open the demo store; make it first if it is not in the cache.

    Parameters
    ----------
    part : {"cta", "joint", "pulsar"}
        Which store: ``"cta"`` has three runs on the Galactic centre, four on the Crab, eight on a flaring
        AGN in two nights, and three on empty fields; ``"pulsar"`` has four on a pulsar in a steady nebula, with
        phases; ``"joint"`` has spectra of the Crab of five instruments.
    progress : bool or callable
        Shown while it is made.

    Returns
    -------
    DataStore or Datasets
        A store of runs in the folder ``demo-cta-v4`` (by its name and version) of ``$GPNB_CACHE``, else of the user's
        cache; of the part ``"joint"`` the spectra in ``demo-joint-v1``, OGIP files in a folder for each instrument.

    Raises
    ------
    SelectionError
        If there is no such part.
    ArgumentError
        If the cache cannot be written to.

    Examples
    --------
    >>> import gpnb
    >>> gpnb.demo_store(progress=False).select(target="Crab").obs_ids
    [2001, 2002, 2003, 2004]
    >>> gpnb.demo_store(part="joint", progress=False)[1]
    SpectrumDataset(fermi-obs1001, 36 of 80 bins, 437 counts, 94 off)
    """
    folder = _folder(part, progress)
    if part == "joint":
        how = Recipe.of("gpnb.demo_store()", name="specs", part=part)
        return Datasets(list(Datasets.read(folder)), how)
    recipe = Recipe.of("gpnb.demo_store()", name="store", part=part)
    return DataStore(GadfFormat().open(folder), "demo", recipe, folder)


def truth(part: str = "cta") -> dict[str, Models]:
    """The sources in a demo store, by target.

    Examples
    --------
    >>> truth()["Crab"].names
    ['crab']
    """
    return {name: _models(item["models"]) for name, item in _truth(part).items()}


def expected(part: str = "cta") -> dict[str, dict[str, dict[str, float]]]:
    """What to expect of each source in a demo store, by target and source: see `expectation`."""
    return {name: item["expected"] for name, item in _truth(part).items()}


def make_cta(folder: Path, progress: bool | Report = False) -> None:
    """Fill a folder with the store: responses, events, index, truth, a README."""
    _fill(folder, "cta", targets(), progress)


def make_pulsar(folder: Path, progress: bool | Report = False) -> None:
    """The same for the pulsar, whose events have phases."""
    truth = {"ephemeris": dict(EPHEMERIS.recipe.kwargs), "phases": {"on": _lists(ON), "off": _lists(OFF)}}
    _fill(folder, "pulsar", pulsar_targets(), progress, truth, _PULSAR)


def _lists(intervals: Any) -> list[list[float]]:
    return [list(pair) for pair in intervals]


def _with_phases(events: EventList) -> EventList:
    table = events.table
    table["PHASE"] = events.phase(EPHEMERIS)
    return EventList(table, events.meta, events.time_reference, recipe=events.recipe)


def _fill(
    folder: Path,
    part: str,
    chosen: Sequence[Target],
    progress: bool | Report,
    more_truth: dict[str, Any] | None = None,
    more: str = "",
) -> None:
    irfs = cta_like()
    write_irfs(folder / "irfs.fits", irfs)
    (folder / "events").mkdir()
    runs = [(target, observation) for target in chosen for observation in observations(target)]
    paths = []
    for target, obs in track(runs, "Simulating the demo store", progress):
        events = simulate_events(obs, target.models, seed=_SEED)
        events = _with_phases(events) if part == "pulsar" else events
        paths.append(folder / "events" / f"run_{obs.obs_id}.fits")
        write_observation(paths[-1], events, obs.gti)
    write_index(folder, paths, irfs=folder / "irfs.fits")
    (folder / "truth.yaml").write_text(_truth_text(chosen, more_truth or {}), encoding="utf-8")
    names = ", ".join(f"{target.name} ({len(target.pointings)} runs)" for target in chosen)
    (folder / "README.txt").write_text(_README.format(targets=names, part=part, more=more), encoding="utf-8")


def observations(target: Target) -> list[Observation]:
    """The runs on a target before anything was seen: header, good times and responses, no events."""
    return [_observation(target, number) for number in range(len(target.pointings))]


_PARTS: dict[str, tuple[int, Callable[..., None]]] = {
    "cta": (VERSION, make_cta),
    "joint": (joint.VERSION, joint.make_joint),
    "pulsar": (3, make_pulsar),
}
"""Part → version and what fills its folder."""


def _folder(part: str, progress: bool | Report) -> Path:
    if part not in _PARTS:
        raise SelectionError(f"There is no demo store {part!r}; there are: {', '.join(_PARTS)}.")
    version, make = _PARTS[part]
    return made_once(f"demo-{part}-v{version}", partial(make, progress=progress))


def _observation(target: Target, number: int) -> Observation:
    start = float((target.starts[number] - _REFERENCE).to_value(u.s))
    gti = GTI([start], [start + target.minutes * 60], _REFERENCE)
    header = _header(target, number, gti)
    columns = {name: np.empty(0) for name in ("TIME", "RA", "DEC", "ENERGY")}
    events = EventList(Table(columns), header, _REFERENCE)
    return Observation(header["OBS_ID"], {"events": events, "gti": gti, **cta_like()})


def _header(target: Target, number: int, gti: GTI) -> dict[str, Any]:
    ra, dec = target.pointings[number]
    middle = Time(_REFERENCE + gti.start_values[0] * u.s + gti.seconds / 2 * u.s)
    alt, az = (round(value, 2) for value in horizontal(ra, dec, middle))
    object_ra, object_dec = target.position if target.models else (ra, dec)
    return {
        "OBS_ID": target.first_id + number,
        "OBJECT": target.name,
        "RA_OBJ": object_ra,
        "DEC_OBJ": object_dec,
        "RA_PNT": ra,
        "DEC_PNT": dec,
        "ALT_PNT": alt,
        "AZ_PNT": az,
        "ZEN_PNT": round(90 - alt, 2),
        **SITE,
        "DEADC": LIVE_FRACTION,
        "N_TELS": 51,
        "QUALITY": 0,
        "OBS_MODE": "POINTING",
        "ORIGIN": "gpnb",
        "TELESCOP": "CTA-LIKE",
        "INSTRUME": "SIMULATED",
        "OBSERVER": "gpnb simulation",
    }


def _truth_text(chosen: Sequence[Target], more: dict[str, Any]) -> str:
    content = {}
    for target in chosen:
        runs = observations(target)
        content[target.name] = {
            "models": [model.to_dict() for model in target.models],
            "expected": {model.name: expectation(runs, model) for model in target.models},
        }
    whole = {"version": VERSION, **more, "targets": content}
    return dump_yaml(whole)


def _truth(part: str) -> dict[str, Any]:
    path = _folder(part, progress=True) / "truth.yaml"
    with faults_told(f"{path} does not tell what was simulated: remove its folder, and it is made anew"):
        content: dict[str, Any] = load_yaml(read_text(path, "the truth of a demo store"), str(path))["targets"]
        return content


def _models(items: list[dict[str, Any]]) -> Models:
    return Models.from_yaml(dump_yaml({"models": items}), "truth.yaml")

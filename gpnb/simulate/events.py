"""Simulated event lists."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from astropy.table import Table

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.frames import fov_coordinates
from gpnb.core.recipe import Recipe
from gpnb.core.units import ANGLE, ENERGY, to_float, to_range
from gpnb.data.events import EventList
from gpnb.data.write import facts
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel
from gpnb.simulate.background import background_events
from gpnb.simulate.photons import detected_photons
from gpnb.simulate.run import Run
from gpnb.simulate.smearing import smear_direction, smear_energy

_BACKGROUND = "background"


@told
def simulate_events(
    obs_like: Any,
    models: SkyModel | Iterable[SkyModel] | None,
    seed: int = 0,
    radius: Any = "5 deg",
    energy: Any = None,
) -> EventList:
    """Draw the events of an observation, from its responses and models of the sky.

    Photons follow flux × effective area × live time; their directions and energies are blurred by point
    spread function and energy dispersion. Background follows the background rate × good time, where the
    observation has one.

    Parameters
    ----------
    obs_like : Observation
        Pointing, intervals and responses; its own events are not used, only their header.
    models : SkyModel, Models, or iterable of SkyModel, optional
        The sources; each needs a position. None for background alone.
    seed : int
        Each source has its own random numbers, by seed, run and name: adding one does not change the others.
    radius : Quantity or str
        Events further from the pointing are cut.
    energy : pair of Quantity or str, optional
        Reconstructed energies kept; by default those of the background rate, else those of the effective area.

    Returns
    -------
    EventList
        With ``MC_ID`` (0 for background) and the names of the models in the header (``MIDnnnnn``, ``MMNnnnnn``).

    Raises
    ------
    ArgumentError
        If a model is none, or has no position.

    Examples
    --------
    >>> import gpnb
    >>> obs = gpnb.demo_store(progress=False).select(target="Crab")[0]
    >>> gpnb.simulate_events(obs, models=None, seed=1, radius="1 deg", energy=("10 TeV", None)).meta["OBJECT"]
    'Crab'
    """
    models, run = _models(models), Run.of(obs_like)
    edge = to_float(radius, ANGLE, "radius")
    low, high = to_range(energy, ENERGY, "energy") if energy is not None else _energy_range(obs_like)
    parts = [_source(obs_like, run, model, _stream(seed, run, model.name)) for model in models]
    if obs_like.has("bkg"):
        rng = _stream(seed, run, _BACKGROUND)
        place = obs_like.location if obs_like.bkg.alignment == "ALTAZ" else None
        parts.insert(0, background_events(run, obs_like.bkg, edge, rng, place, (low, high)))
    else:
        parts.insert(0, {name: np.empty(0) for name in ("energy", "ra", "dec", "time")})
    data = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    data["mc_id"] = np.repeat(np.arange(len(parts)), [len(part["time"]) for part in parts])
    keep = (data["energy"] >= low) & (data["energy"] < high) & (run.offset(data["ra"], data["dec"]) < edge)
    table = _table({name: values[keep] for name, values in data.items()}, run)
    recipe = Recipe.of_call(simulate_events, locals(), name="events", models=list(models))
    return EventList(table, _header(obs_like, models), run.gti.reference, f"simulated run {run.obs_id}", recipe)


def _models(models: SkyModel | Iterable[SkyModel] | None) -> Models:
    if isinstance(models, SkyModel):
        return Models([models])
    found = list(models or ())
    if not all(isinstance(model, SkyModel) for model in found):
        raise ArgumentError(f"models={models!r}: give a SkyModel, or several of them.")
    if any(model.name == _BACKGROUND for model in found):
        raise ArgumentError(f"A source cannot be called {_BACKGROUND!r}: that is the instrument's.")
    return Models(found)


def _stream(seed: int, run: Run, name: str) -> np.random.Generator:
    """Random numbers that depend on seed, run and name alone, not on the order of sources.

    A run is its number and its start, since many simulations leave the number at zero.
    """
    start = round(run.gti.reference.tt.mjd * 86400 + float(run.gti.start_values[:1].sum()))
    key = (run.obs_id, start, zlib.crc32(name.encode()))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def _source(obs_like: Any, run: Run, model: SkyModel, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The events of a source, blurred."""
    photons = detected_photons(run, obs_like.aeff, model, rng)
    energy, offset, ra, dec = photons.energy, photons.offset, photons.ra, photons.dec
    if model.responses.psf:
        ra, dec = smear_direction(obs_like.psf, energy, offset, ra, dec, rng)
    if model.responses.dispersion:
        energy = smear_energy(obs_like.edisp, energy, offset, rng)
    return {
        "energy": energy,
        "ra": ra,
        "dec": dec,
        "time": photons.time,
    }


def _energy_range(obs_like: Any) -> tuple[float, float]:
    axis = (obs_like.bkg if obs_like.has("bkg") else obs_like.aeff).energy_axis
    return float(axis.low_values[0]), float(axis.high_values[-1])


def _table(data: dict[str, np.ndarray], run: Run) -> Table:
    """The columns of the format, in the order of time."""
    order = np.argsort(data["time"], kind="stable")
    data = {name: values[order] for name, values in data.items()}
    x, y = fov_coordinates(data["ra"], data["dec"], run.ra, run.dec)
    ra = data["ra"].astype(np.float32)
    ra[ra >= 360] = 0.0  # rounding up may close the circle
    angles = {"RA": ra, "DEC": data["dec"], "DETX": x, "DETY": y}
    table = Table({"EVENT_ID": np.arange(1, len(order) + 1, dtype=np.int64), "TIME": data["time"]})
    table["RA"], table["DEC"] = (angles[name].astype(np.float32) for name in ("RA", "DEC"))
    table["ENERGY"] = data["energy"].astype(np.float32)
    table["DETX"], table["DETY"] = (angles[name].astype(np.float32) for name in ("DETX", "DETY"))
    table["MC_ID"] = data["mc_id"].astype(np.int32)
    for name, unit in {"TIME": "s", "ENERGY": "TeV", **dict.fromkeys(angles, "deg")}.items():
        table[name].unit = unit
    return table


def _header(obs_like: Any, models: Models) -> dict[str, Any]:
    """The facts of the observation, and the names of the sources."""
    header = {key: value for key, value in facts(obs_like.meta).items() if key[:3] not in ("MID", "MMN")}
    header["NMCIDS"] = len(models) + 1
    for number, name in enumerate([_BACKGROUND, *models.names]):
        header[f"MID{number + 1:05d}"], header[f"MMN{number + 1:05d}"] = number, name
    return header

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
from gpnb.simulate.columns import Columns, columns, in_order, joined
from gpnb.simulate.photons import detected_photons
from gpnb.simulate.run import Run
from gpnb.simulate.smearing import smear_direction, smear_energy

_BACKGROUND = "background"
_UNITS = {"TIME": "s", "ENERGY": "TeV", "RA": "deg", "DEC": "deg", "DETX": "deg", "DETY": "deg"}


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
    kept = (edge, (low, high))
    parts = [_background(obs_like, run, *kept, _stream(seed, run, _BACKGROUND))]
    parts += [_source(obs_like, run, model, *kept, _stream(seed, run, model.name)) for model in models]
    recipe = Recipe.of_call(simulate_events, locals(), name="events", models=list(models))
    header = _header(obs_like, models)
    return EventList(_table(parts), header, run.gti.reference, f"simulated run {run.obs_id}", recipe)


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


def _background(
    obs_like: Any, run: Run, radius: float, energy: tuple[float, float], rng: np.random.Generator
) -> Columns:
    if not obs_like.has("bkg"):
        return joined([])
    place = obs_like.location if obs_like.bkg.alignment == "ALTAZ" else None
    return background_events(run, obs_like.bkg, radius, rng, place, energy)


def _source(
    obs_like: Any,
    run: Run,
    model: SkyModel,
    radius: float,
    energy_range: tuple[float, float],
    rng: np.random.Generator,
) -> Columns:
    """The events of a source, blurred."""
    photons = detected_photons(run, obs_like.aeff, model, rng)
    energy, offset, ra, dec = photons.energy, photons.offset, photons.ra, photons.dec
    if model.responses.psf:
        ra, dec = smear_direction(obs_like.psf, energy, offset, ra, dec, rng)
    if model.responses.dispersion:
        energy = smear_energy(obs_like.edisp, energy, offset, rng)
    keep = (energy >= energy_range[0]) & (energy < energy_range[1]) & (run.offset(ra, dec) < radius)
    time, energy, ra, dec = (values[keep] for values in (photons.time, energy, ra, dec))
    return columns(time, ra, dec, energy, *fov_coordinates(ra, dec, run.ra, run.dec))


def _energy_range(obs_like: Any) -> tuple[float, float]:
    axis = (obs_like.bkg if obs_like.has("bkg") else obs_like.aeff).energy_axis
    return float(axis.low_values[0]), float(axis.high_values[-1])


def _table(parts: list[Columns]) -> Table:
    """The columns of the format, in the order of time."""
    data = joined(parts)
    data["MC_ID"] = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part["TIME"]) for part in parts])
    table = Table({"EVENT_ID": np.arange(1, len(data["TIME"]) + 1, dtype=np.int64), **in_order(data)}, copy=False)
    for name, unit in _UNITS.items():
        table[name].unit = unit
    return table


def _header(obs_like: Any, models: Models) -> dict[str, Any]:
    """The facts of the observation, and the names of the sources."""
    header = {key: value for key, value in facts(obs_like.meta).items() if key[:3] not in ("MID", "MMN")}
    header["NMCIDS"] = len(models) + 1
    for number, name in enumerate([_BACKGROUND, *models.names]):
        header[f"MID{number + 1:05d}"], header[f"MMN{number + 1:05d}"] = number, name
    return header

"""Gammapy reads the demo store and finds the same: run with an interpreter that has Gammapy.

    python tests/rival/check_gammapy_reads_demo.py STORE EXPECTED.json

`EXPECTED.json` comes from the interpreter that has gpnb: the same script, called with ``--expect STORE``.
Not collected by pytest; `make validate` calls it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ENERGY = [0.15, 0.5, 2.0, 20.0]
OFFSET = 1.3
NODE = 4
RADIUS = 0.1
MIGRA = 1.05


def ours(folder: str) -> dict:
    """What gpnb finds in the store."""
    import gpnb

    store = gpnb.DataStore.read(folder)
    runs = store.select()
    obs = runs[0]
    return {
        "counts": {str(run.obs_id): len(run.events) for run in runs},
        "energy_sum": {str(run.obs_id): float(run.events.energy_values.sum()) for run in runs},
        "first_time": {str(run.obs_id): float(run.events.time[0].mjd) for run in runs},
        "livetime": {str(run.obs_id): float(run.livetime.to_value("s")) for run in runs},
        "target": {str(run.obs_id): run.target for run in runs},
        "aeff": obs.aeff.evaluate(ENERGY, OFFSET).tolist(),
        "psf": obs.psf.containment(ENERGY, OFFSET, RADIUS).tolist(),
        "edisp": obs.edisp.evaluate(ENERGY, MIGRA, OFFSET).tolist(),
        "bkg": mean_rates(obs.bkg),
    }


def mean_rates(bkg) -> list[float]:
    """In each energy bin of the table, at one of its nodes in the field of view: what a table of means gives."""
    axis, *fov = bkg.axes
    lon, lat = (item.center_values[NODE] for item in fov)
    return (bkg.integrate(axis.edge_values, lon, lat) / axis.width_values).tolist()


def theirs(folder: str) -> dict:
    """What Gammapy finds in it."""
    import astropy.units as u
    from gammapy.data import DataStore

    store = DataStore.from_dir(folder)
    store.check()
    runs = store.get_observations(required_irf="full-enclosure")
    obs = runs[0]
    energy, offset = ENERGY * u.TeV, OFFSET * u.deg
    area = obs.aeff.evaluate(energy_true=energy, offset=offset)
    return {
        "counts": {str(run.obs_id): len(run.events.table) for run in runs},
        "energy_sum": {str(run.obs_id): float(run.events.energy.to_value("TeV").astype(float).sum()) for run in runs},
        "first_time": {str(run.obs_id): float(run.events.time[0].tt.mjd) for run in runs},
        "livetime": {str(run.obs_id): float(run.observation_live_time_duration.to_value("s")) for run in runs},
        "target": {str(row["OBS_ID"]): str(row["OBJECT"]) for row in store.obs_table},
        "aeff": area.to_value("cm2").ravel().tolist(),
        "psf": u.Quantity(obs.psf.containment(RADIUS * u.deg, energy_true=energy, offset=offset))
        .value.ravel()
        .tolist(),
        "edisp": u.Quantity(obs.edisp.evaluate(energy_true=energy, migra=MIGRA, offset=offset)).value.ravel().tolist(),
        "bkg": obs.bkg.quantity[:, NODE, NODE].to_value("s-1 TeV-1 sr-1").tolist(),
    }


def close(name: str, expected: object, found: object) -> list[str]:
    """Sentences about what differs."""
    if isinstance(expected, dict):
        lines = [close(f"{name} of run {key}", expected[key], found.get(key)) for key in expected]
        return [line for part in lines for line in part]
    if isinstance(expected, list):
        lines = [
            close(f"{name}, number {place}", *pair) for place, pair in enumerate(zip(expected, found, strict=True))
        ]
        return [line for part in lines for line in part]
    if isinstance(expected, float):
        tolerance = 1e-13 if name.startswith("first_time") else 2e-3
        return [] if abs(found - expected) <= tolerance * abs(expected) else [f"{name}: {expected} and {found}"]
    return [] if expected == found else [f"{name}: {expected!r} and {found!r}"]


def main(arguments: list[str]) -> int:
    """Write what is expected, or compare with it."""
    if arguments[0] == "--expect":
        sys.stdout.write(json.dumps(ours(arguments[1])) + "\n")
        return 0
    expected = json.loads(Path(arguments[1]).read_text())
    found = theirs(arguments[0])
    faults = [line for key in expected for line in close(key, expected[key], found[key])]
    verdict = "\n".join(faults) or f"Gammapy agrees on {len(expected['counts'])} runs and on the responses."
    sys.stdout.write(verdict + "\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

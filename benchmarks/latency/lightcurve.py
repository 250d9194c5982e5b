"""How quickly the explorer of the flare of PKS 2155-304 rebins, and shows the spectra of a time; prints JSON."""

import json
from typing import Any

import numpy as np
from astropy import units as u
from front import live, settle, turn, update
from row import milliseconds, row

import gpnb

PKS = (329.71693826, -30.2255890)
SHAPE = gpnb.PowerLaw(index=3.54, amplitude="1e-10 TeV-1 s-1 cm-2")
EDGES = [[0.7, 20], [0.7, 2, 20]]
"""One band and two, TeV."""

BINS = {"run": "run", "10 min": 10, "5 min": 5, "night": "night", "bayesian-blocks": "bayesian-blocks"}
"""What is chosen, or typed as minutes."""

ROUNDS, FIRST, MOVES = 40, 5, 40


def flare(store: gpnb.DataStore) -> Any:
    """The light curve of the 21 runs in one band."""
    specs = gpnb.reduce_spectrum(
        store.select(cone=(f"{PKS[0]}d {PKS[1]}d", "2 deg")),
        f"icrs; circle({PKS[0]}, {PKS[1]}, 0.11)",
        gpnb.Axis.energy("0.4 TeV", "20 TeV", nbin=10),
        gpnb.Axis.energy("0.1 TeV", "40 TeV", nbin=160, name="energy_true"),
        background=gpnb.Reflected(pixel="0.01 deg"),
        safe=gpnb.SafeRange(thresholds=False, aeff_max=0.1),
        progress=False,
    )
    return gpnb.light_curve(specs, SHAPE, "run", [0.7, 20] * u.TeV)


def open_panel(curve: Any, **changes: Any) -> Any:
    """A panel that keeps nothing yet but what it shows."""
    panel = curve.view(**changes)
    settle(panel)
    return panel


def choose(panel: Any, bins: Any) -> None:
    """Bins of time, until all is shown."""
    turn(panel.parts["controls"], "minutes" if isinstance(bins, int) else "bins", bins, f"{bins}")
    settle(panel)


def first_cut(curve: Any) -> float:
    """The first bins that cut runs: these are extracted anew, with the times of their events."""
    panel = open_panel(gpnb.light_curve(curve.maker.schedule.datasets, SHAPE, "run", EDGES[0] * u.TeV))
    return milliseconds(lambda: choose(panel, 10))


def rebins(curve: Any) -> dict[str, list[float]]:
    """Each kind of bins, with one band and with two."""
    choose(open_panel(curve), 10)  # runs are prepared for cutting once
    times: dict[str, list[float]] = {name: [] for name in BINS}
    for number in range(ROUNDS):
        panel = open_panel(curve, edges=EDGES[number % 2] * u.TeV)
        for name, bins in BINS.items():
            times[name].append(milliseconds(lambda panel=panel, bins=bins: choose(panel, bins)))
            if not panel.message.startswith(f"{len(panel.parts['table'].rows)} bins in"):
                raise RuntimeError(f"The light curve was not made in {name} bins: {panel.message}.")
    return times


def brushes(curve: Any) -> list[float]:
    """A drag of one end of a range of time along the flare; each move is awaited."""
    panel = open_panel(curve)
    axis = panel.work.axis(panel.state)
    low, high = (float(axis.places_of(end)) for end in (curve.time_min[2], curve.time_max[-3]))
    times = []
    for end in np.linspace(low + 0.2 * (high - low), high, MOVES):
        times.append(milliseconds(lambda end=end: brush(panel, [low, float(end)])))
        if len(panel.parts["spectrum"].widget.legend) != 3 or not panel.work.knows_spectra(panel.shown):
            raise RuntimeError("The spectra of the chosen time and of the rest are not shown.")
    return times


def brush(panel: Any, ends: list[float]) -> None:
    update(panel.parts["plot"].widget, brushed=[*ends, "a drag"])
    settle(panel)


def measure() -> dict[str, dict[str, float]]:
    with live() as store:
        curve = flare(store)
        found = {f"rebin of the flare, {name}": row(times) for name, times in rebins(curve).items()}
        found["first cut of the flare, 10 min"] = row([first_cut(curve) for _ in range(FIRST)])
        found["time brush to spectra, PKS 2155-304"] = row(brushes(curve))
    return found


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))

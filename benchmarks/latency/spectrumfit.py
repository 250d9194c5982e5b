"""How quickly the fit of four H.E.S.S. spectra follows a slider, and a circle drawn on the sky; prints JSON.

No move leads to where the panel has been: nothing is taken from what it keeps.
"""

import json
from typing import Any

import numpy as np
from front import live, settle, tell, turn
from row import milliseconds, row

import gpnb

RUNS = [23523, 23526, 23559, 23592]
MOVES, CIRCLES, WARM = 100, 40, 3
PIXEL = 0.02
"""deg, of the sky that is drawn on; the Crab Nebula is in its middle."""


def open_panels(runs: Any) -> tuple[Any, Any]:
    """The sky of the runs and their fitted spectra with flux points, linked."""
    workspace = gpnb.Workspace()
    image = gpnb.Axis.energy("0.5 TeV", "40 TeV", nbin=3)
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="4 deg", binsz=f"{PIXEL} deg", axes=[image])
    specs = gpnb.reduce_spectrum(
        runs,
        "icrs; circle(83.63, 22.01, 0.11)",
        gpnb.Axis.energy("0.1 TeV", "40 TeV", per_decade=10),
        gpnb.Axis.energy("0.05 TeV", "100 TeV", per_decade=20, name="energy_true"),
        exclusion="galactic; circle(183.604, -8.708, 0.5)",
        safe=gpnb.SafeRange(thresholds=False, aeff_max=0.1),
    )
    sky, fit = (obj.view(workspace=workspace) for obj in (gpnb.reduce_map(runs, geom), specs))
    for button in ("fit", "points"):
        turn(fit.parts["actions"], button, 1, button)
        settle(fit)
    return sky, fit


def slider(fit: Any) -> list[float]:
    """A drag along the slider of each parameter."""
    times = []
    for name in ("index", "amplitude"):
        for step in range(MOVES):
            before = curve(fit)
            times.append(milliseconds(lambda name=name, step=step: move(fit, name, 450 + step)))
            if np.array_equal(curve(fit), before):
                raise RuntimeError(f"The curve does not follow the slider of the {name}.")
    return times


def curve(fit: Any) -> np.ndarray:
    """The fluxes of the model as drawn."""
    fluxes: np.ndarray = fit.parts["stage"].plots["main"].data("line 0")[1]
    return fluxes


def move(fit: Any, name: str, place: int) -> None:
    turn(fit.parts["parameters"], f"place/{name}", place, f"drag of {name}")
    settle(fit)


def circle(sky: Any, fit: Any) -> list[float]:
    """Circles about the source; each is extracted, fitted, and given flux points."""
    middle = 2 / PIXEL - 0.5
    times = []
    for step in range(1, WARM + CIRCLES + 1):
        away = 0.05 * step
        shape = {"type": "circle", "x": middle + away, "y": middle - away, "r": 0.11 / PIXEL + away}
        times.append(milliseconds(lambda shape=shape: draw(sky, fit, shape)))
        if not fit.message.startswith("Refitted in"):
            raise RuntimeError(f"The spectra were not fitted again: {fit.message}.")
    return times[WARM:]


def draw(sky: Any, fit: Any, shape: dict[str, Any]) -> None:
    tell(sky.parts["stage"].flat, "shape", key=None, shape=shape, tool="circle")
    settle(fit)


def measure() -> dict[str, dict[str, float]]:
    with live() as store:
        sky, fit = open_panels(store.select(obs_id=RUNS))
        return {
            "region to refit, four H.E.S.S. runs": row(circle(sky, fit)),
            "model slider in Python, four H.E.S.S. spectra": row(slider(fit)),
        }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))

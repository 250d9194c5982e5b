"""How long single evaluations of cubes take, and how many a fit needs: ``python benchmarks/evaluations.py``.

Writes results/evaluations.json and evaluations.md. Times are CPU milliseconds, one thread, the fastest of several; no
evaluation is where the one before was, so that nothing is remembered.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path[:0] = [str(Path(__file__).parent / "tasks"), str(Path(__file__).parents[1] / "tests" / "rival")]

import numpy as np  # noqa: E402
from fitted import CASES, galactic  # noqa: E402
from sources import commit  # noqa: E402
from timing import DATA  # noqa: E402

import gpnb  # noqa: E402
from gpnb.fitting.likelihood import Likelihood  # noqa: E402

RESULTS = Path(__file__).parent / "results"
GOALS = {
    "a point moves, CTA 10 × 400 × 500": 3.0,
    "64 sources move, 321 parameters": 200.0,
    "a point moves, residual image of 26 × 250 × 250": 25.0,
    "evaluations, near": 8,
    "evaluations, extended": 20,
    "evaluations, bad starts": 25,
}
"""CPU milliseconds, and numbers of evaluations until a minimum is found; its covariance needs two a parameter more."""
REPEATS = 25
STEP = 1e-4
"""deg, from one evaluation to the next."""


def main() -> None:
    """Measure and write."""
    cube, crab = reduced("cta"), reduced("big", 26)
    rows = {
        "a point moves, CTA 10 × 400 × 500": moves(Likelihood(cube, models("cta"))),
        "64 sources move, 321 parameters": moves(Likelihood(cube, many())),
        "a point moves, residual image of 26 × 250 × 250": residuals(Likelihood(crab, models("big"))),
        "evaluations, near": max(needed(cube, models("cta")), needed(crab, models("big"))),
        "evaluations, extended": max(needed(cube, extended(sigma)) for sigma in ("0.03 deg", "0.05 deg")),
        "evaluations, bad starts": max(needed(cube, bad) for bad in bad_starts()),
    }
    found = [judged(what, value) for what, value in rows.items()]
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"commit": commit(), "rows": found}, indent=1, ensure_ascii=False) + "\n"
    (RESULTS / "evaluations.json").write_text(text, encoding="utf-8")
    (RESULTS / "evaluations.md").write_text(table(found), encoding="utf-8")
    print(table(found))


def reduced(name: str, nbin: int | None = None) -> gpnb.MapDataset:
    """A cube of ``tests/rival/fitted.py``, reduced here."""
    case = CASES[name]
    low, high, number = case.energy
    energy = gpnb.Axis.energy(f"{low} TeV", f"{high} TeV", nbin=nbin or number)
    low, high, number = case.energy_true
    true = gpnb.Axis.energy(f"{low} TeV", f"{high} TeV", nbin=number, name="energy_true")
    proj, *width = case.geom
    center = gpnb.PointSource("{}d {}d".format(*case.center)).center if case.frame == "icrs" else galactic(case.center)
    geom = gpnb.WcsGeometry.create(
        center, npix=[50 * side for side in width], binsz="0.02 deg", proj=proj, frame=case.frame, axes=[energy]
    )
    runs = gpnb.DataStore.read(DATA / case.store).select(obs_id=list(case.runs))
    safe = gpnb.SafeRange(offset_max=f"{case.offset} deg", aeff_max=None)
    method = "field-of-view" if case.frame == "icrs" else None
    kept = "icrs; circle(83.633, 22.014, 0.3)" if method else None
    cube = gpnb.reduce_map(runs, geom, energy_true=true, background=method, exclusion=kept, safe=safe)
    return replace(cube, name=name).masked((energy.low_values < case.lowest * (1 - 1e-9))[:, None, None])


def models(name: str, **changed: Any) -> list[Any]:
    """A point and the norm of the background, near where a fit ends."""
    case = CASES[name]
    law = {"index": case.index, "amplitude": f"{case.amplitude} cm-2 s-1 TeV-1"}
    cut = {"lambda_": f"{case.lambda_} TeV-1"} if case.lambda_ else {}
    spectrum = gpnb.ExpCutoffPowerLaw(**law, **cut) if cut else gpnb.PowerLaw(**law)
    place = gpnb.PointSource("{}d {}d".format(*case.start) if case.frame == "icrs" else galactic(case.start))
    scaled = gpnb.BackgroundModel(name).replace(norm=case.norm)
    source = gpnb.SkyModel(spectrum, changed.pop("spatial", place), name="source")
    return [source.replace(**changed), scaled.thaw("tilt") if case.tilt else scaled]


def many() -> list[Any]:
    """A field of 64 points."""
    places = [(lon, lat) for lon in np.linspace(-3.1, 3.1, 8) for lat in np.linspace(-2.2, 2.3, 8)]
    law = gpnb.ExpCutoffPowerLaw(index=2.3, amplitude="2e-13 cm-2 s-1 TeV-1", lambda_="0.02 TeV-1")
    sources = [gpnb.SkyModel(law, gpnb.PointSource(galactic(at)), name=f"s{n}") for n, at in enumerate(places)]
    return [*sources, models("cta")[1]]


def extended(sigma: str) -> list[Any]:
    """A Gaussian, which is a little wider than a point."""
    return models("cta", spatial=gpnb.GaussianSource(galactic(CASES["cta"].start), sigma=sigma))


def bad_starts() -> list[list[Any]]:
    """Too bright, too faint, and beside the source."""
    case = CASES["cta"]
    factors = (0.04, 0.2, 4.0)
    bright = [models("cta", amplitude=f"{case.amplitude * factor} cm-2 s-1 TeV-1") for factor in factors]
    places = [(lon + case.start[0], lat + case.start[1]) for lon, lat in ((0.1, 0.0), (-0.1, 0.1), (0.0, -0.12))]
    return bright + [models("cta", spatial=gpnb.PointSource(galactic(place))) for place in places]


def moved(likelihood: Likelihood) -> Callable[[], np.ndarray]:
    """Vectors in each of which all sources lie elsewhere."""
    places = np.array([name.endswith((".lon", ".lat")) for name in likelihood.names])
    count = iter(range(1, 10**6))
    return lambda: likelihood.start + places * next(count) * STEP / likelihood.scale


def moves(likelihood: Likelihood) -> float:
    """−2 ln L with all its derivatives."""
    step = moved(likelihood)
    return fastest(lambda: likelihood.at(step()))


def residuals(likelihood: Likelihood) -> float:
    """The same, and the image of what is left of the counts."""
    step, (cube,) = moved(likelihood), likelihood.datasets
    usable, counts = cube.usable, np.where(cube.usable, cube.counts.data, 0).sum(axis=0)

    def work() -> np.ndarray:
        theta = step()
        likelihood.at(theta)
        return counts - np.where(usable, likelihood.predict(theta)[0], 0).sum(axis=0)

    return fastest(work)


def fastest(work: Callable[[], Any]) -> float:
    """CPU milliseconds."""
    best = np.inf
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return 1e3 * best


def needed(cube: gpnb.MapDataset, given: list[Any]) -> int:
    """Evaluations until the minimum."""
    result = gpnb.fit(cube, given)
    if not result.success:
        sys.exit(f"A fit failed: {result.message}")
    return int(result.n_evaluations - 2 * len(result.names))


def judged(what: str, value: float) -> dict[str, Any]:
    """A row."""
    return {"what": what, "value": round(float(value), 2), "goal": GOALS[what], "met": bool(value <= GOALS[what])}


def table(rows: list[dict[str, Any]]) -> str:
    """As Markdown."""
    line = "| {what} | {value:g} | {goal:g} | {word} |\n"
    lines = [line.format(**row, word="yes" if row["met"] else "**no**") for row in rows]
    return "| what | ms, or number | goal | met |\n|---|---:|---:|---|\n" + "".join(lines)


if __name__ == "__main__":
    main()

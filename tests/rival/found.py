"""Sources of the Galactic centre in 3FHL, found from nothing in the cube that Gammapy reduced; `validate.py` runs it.

python tests/rival/found.py FOLDER DATA      after ``fitted.py --write FOLDER DATA``

Of the catalogue every point above 8 σ must lie in the 95 % ellipse of a source that was found. What is extended there
(two of them) comes out as several points, since points were looked for.
"""

from __future__ import annotations

import sys
from pathlib import Path

THRESHOLD, BRIGHT = 5, 8

ELLIPSE = 2.448
"""Standard deviations that hold 95 % in two dimensions."""


def main(folder: Path, data: Path) -> int:
    """The exit code says whether all are found."""
    import numpy as np
    from fitted import CASES, ours

    import gpnb

    cube, models = ours(folder, "fermi", CASES["fermi"], data)
    point = gpnb.PowerLaw(index=2.5, reference="0.05 TeV", amplitude="1e-9 TeV-1 s-1 cm-2")
    start = gpnb.fit(cube, models[1:])
    found = gpnb.find_sources(
        cube, start, threshold=THRESHOLD, model=point, radius="1 deg", catalogs=[], progress=False
    )
    usable, faults, seen = cube.usable.any(axis=0), [], 0
    for source in gpnb.read_catalog("3fhl"):
        x, y = (float(value) for value in cube.geom.coord_pixel(source.position))
        on_map = np.isfinite(x) and 0 <= round(x) < cube.geom.nx and 0 <= round(y) < cube.geom.ny
        bright = float(source.row["Signif_Avg"]) > BRIGHT
        if not (on_map and usable[round(y), round(x)] and bright) or source.name.endswith("e"):
            continue
        seen += 1
        nearest = min(float(place.distance(source.position)) for place in found.places.values())
        if nearest > ELLIPSE:
            faults.append(f"{source.name} lies {nearest:.1f} σ from the nearest source")
    said = "; ".join(faults) if faults else f"all {seen} points of 3FHL above {BRIGHT} σ within the ellipses of 95 %"
    sys.stdout.write(f"gpnb finds {len(found)} sources of the Galactic centre in 3FHL from nothing: {said}\n")
    return int(bool(faults) or seen < 4)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))

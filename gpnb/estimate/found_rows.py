"""The catalogue of sources that were found, beside the catalogues that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import QTable

from gpnb.catalogs.local import catalogs_here, local_catalog
from gpnb.core.errors import SelectionError
from gpnb.core.sky_regions import is_region
from gpnb.datasets.map import MapDataset
from gpnb.maps.inside import in_sky
from gpnb.models.collection import Models
from gpnb.products.localization import Localization, sigmas

_WITHIN = 0.99
"""Confidence of the ellipse that a known source must lie in."""

_NEAR = 1.0
"""deg, within which known sources are looked at."""

_FLUX = "cm-2 s-1"


def found_table(
    models: Models,
    result: Any,
    tests: Mapping[str, float],
    places: Mapping[str, Localization],
    cube: MapDataset,
    catalogs: Sequence[str] | None,
) -> QTable:
    """One row a source, the most significant first; see `gpnb.products.found_sources.FoundSources`."""
    axis, names = cube.geom.axis("energy"), list(places)
    low, high = axis.edges[0], axis.edges[-1]
    known = [local_catalog(name) for name in (catalogs_here() if catalogs is None else catalogs)]
    rows = []
    for name in names:
        place, own = places[name], associated(places[name], known)
        flux, error = result.flux(low, high, name)
        index = models.source(name).spectral.parameters[0]
        ellipse = place.table[1]
        rows.append(
            {
                "name": name,
                "ra": place.position.ra,
                "dec": place.position.dec,
                "glon": place.position.galactic.l,
                "glat": place.position.galactic.b,
                "ts": tests[name],
                "sqrt_ts": float(np.sqrt(max(tests[name], 0.0))),
                "flux": flux.to(_FLUX),
                "flux_err": error.to(_FLUX),
                index.name: index.value,
                f"{index.name}_err": index.error,
                "semimajor": ellipse["semimajor"],
                "semiminor": ellipse["semiminor"],
                "angle": ellipse["angle"],
                **own,
                "note": "; ".join(place.notes),
            }
        )
    return QTable({key: [row[key] for row in rows] for key in rows[0]}) if rows else QTable(names=("name", "sqrt_ts"))


def associated(place: Localization, catalogs: Sequence[Any]) -> dict[str, Any]:
    """The nearest known source that lies in the ellipse of 99 %, or in whose edge or ellipse this one lies."""
    found: dict[str, Any] = {"association": "", "separation": np.nan * u.deg, "catalog": ""}
    for catalog in catalogs:
        for source in catalog.cone(place.position, _NEAR * u.deg):
            apart = source.position.separation(place.position).to("deg")
            if found["association"] and not apart < found["separation"]:
                continue
            if place.distance(source.position) <= sigmas(_WITHIN) or _holds(source, place.position):
                found = {"association": source.name, "separation": apart, "catalog": catalog.name}
    return found


def _holds(source: Any, position: SkyCoord) -> bool:
    """Whether a place lies in what a catalogue says of a source's edge or place."""
    try:
        region = source.region()
    except SelectionError:  # the catalogue does not say
        return False
    vector = np.array(position.icrs.cartesian.xyz.value)[:, None]
    return bool(is_region(region) and in_sky(vector, region)[0])

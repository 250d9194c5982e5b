"""One run, or one of its responses, in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import number, unit_text
from gpnb.panels.columns import Column
from gpnb.panels.instrument.curves import RESPONSES, kind_of

_OF_RUN = ("aeff", "edisp", "psf", "bkg")


def is_run(obj: Any) -> bool:
    """Whether it is one observation: not several, not a response."""
    return hasattr(obj, "obs_id")


def responses_of(obj: Any) -> dict[str, Any]:
    """The responses of a run that are there, and the direction cut where it stands for a PSF; of a response, itself."""
    if not is_run(obj):
        return {kind_of(obj): obj}
    found = {name: getattr(obj, name) for name in _OF_RUN if obj.has(name)}
    if obj.has("rad_max"):
        found["rad_max"] = obj.rad_max
    return found


def title(obj: Any) -> str:
    """Which run, or what kind of response it is."""
    return f"Run {obj.obs_id}" if is_run(obj) else RESPONSES[kind_of(obj)]


def facts(obj: Any) -> str:
    """One line: of a run target, live time, pointing, zenith; of a response format, cut, telescope and run."""
    return " · ".join(word for word in (_of_run(obj) if is_run(obj) else _of_response(obj)) if word)


def axes_table(obj: Any) -> tuple[list[Column], list[list[str]]]:
    """Columns and rows that tell the axes of the responses."""
    columns = [Column("Response"), Column("Axis"), Column("Bins", number=True)]
    columns += [Column("From", number=True), Column("To", number=True), Column("Unit")]
    rows = [[RESPONSES[kind_of(part)], *row] for part in responses_of(obj).values() for row in _axis_rows(part)]
    return (columns, rows) if is_run(obj) else (columns[1:], [row[1:] for row in rows])


def _of_run(obs: Any) -> list[str]:
    pointing = obs.pointing.icrs
    words = [
        obs.target,
        f"{obs.livetime.to_value('min'):.1f} min live",
        f"pointing {pointing.ra.deg:.3f}° {pointing.dec.deg:+.3f}°",
    ]
    if obs.zenith == obs.zenith:  # NaN where unknown
        words.append(f"zenith {obs.zenith.to_value('deg'):.0f}°")
    return words


def _of_response(response: Any) -> list[str]:
    enclosure = "point-like" if response.is_pointlike else "full enclosure"
    names = [str(response.header.get(key, "")).strip() for key in ("TELESCOP", "OBS_ID")]
    return [response.layout.hdu_class, enclosure, *names]


def _axis_rows(response: Any) -> list[list[str]]:
    """Name, bins, ends and unit of each axis."""
    rows = []
    for axis in response.axes:
        ends = (
            (axis.center_values[0], axis.center_values[-1])
            if axis.is_node
            else (axis.low_values[0], axis.high_values[-1])
        )
        words = [number(float(f"{end:.4g}")) for end in np.asarray(ends, dtype=float)]
        rows.append([axis.name.replace("_", " "), str(axis.n), *words, unit_text(axis.unit) or "–"])
    return rows

"""Where a source is: the ellipse of its position, from exact slopes, and looked at along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import QTable

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.frames import from_offsets, separation
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.fitting.fit import fit
from gpnb.fitting.given import as_fitted, as_models, recipe_input
from gpnb.fitting.held import HeldFit
from gpnb.fitting.predictions import noted
from gpnb.fitting.result import FitResult
from gpnb.models.collection import Models
from gpnb.models.spatial import SpatialModel
from gpnb.products.localization import LEVELS, Localization, sigmas

_DIRECTIONS = 8
"""That −2 ln L is looked at in, on each ellipse."""

_ALIKE = 0.25
"""Of the rise that is expected on the ellipse of 95 %: so much of it may be more or less."""

_CHECKED = 0.95

_ENOUGH = 5.991
"""Rise of −2 ln L at 95 % for two parameters."""

_FIRST, _DOUBLINGS, _HALVINGS = 1e-3, 12, 20
"""deg: how far a scan without an ellipse looks first, how often further, and how closely."""


@told
def localize(
    datasets: Any,
    result: Any,
    source: str | None = None,
    check: bool = True,
    progress: bool | Report | None = None,
    cancel: CancelToken | None = None,
) -> Localization:
    """Fit the position of a source with all else that is free, and give the ellipses that hold it.

    The ellipse is that of the covariance: twice the inverse of the second derivatives of −2 ln L, which are differences
    of its exact gradient. On the ellipses of 68, 95 and 99 % −2 ln L is then looked at in eight directions, all else
    fitted anew; where it has not risen as an ellipse would have it, the notes say so. Where the covariance gives no
    ellipse it is that which is nearest to where −2 ln L has risen by 5.99.

    Parameters
    ----------
    datasets : MapDataset, Datasets, or several
        The data.
    result : FitResult or Models
        The models; a source whose position is held is set free. It should be seen: without a signal there is no place.
    source : str, optional
        Its name, if there are several.
    check : bool
        Look at −2 ln L along the ellipses.
    progress : bool or callable, optional
        See `Progress`.
    cancel : CancelToken, optional
        Checked between evaluations.

    Returns
    -------
    Localization

    Raises
    ------
    ArgumentError
        If there is no such source, or it has no position.
    FitError
        If no minimum is found.
    Cancelled
        If the token was cancelled.

    Examples
    --------
    >>> import gpnb
    >>> found = gpnb.localize(cube, result, "crab")  # doctest: +SKIP
    >>> found.regions.write("crab.reg")  # doctest: +SKIP
    """
    given: Models = as_models(getattr(result, "models", result))
    model = given.source(source)
    if not isinstance(model.spatial, SpatialModel):
        raise ArgumentError(f"{model.name} has no position of its own: give it a shape about a centre.")
    names = [f"{model.name}.{name}" for name in ("lon", "lat")]
    recipe = Recipe.of_call(
        localize, locals(), name="localization", datasets=recipe_input(datasets), result=noted(result)
    )
    free = given.thaw(*names)
    found = result if _is_of(result, names, datasets) else fit(datasets, free, progress=progress, cancel=cancel)
    place = _Place.of(found, names, cancel)
    ellipse, notes = place.ellipse()
    rows = [
        (cl, angle, distance, place.rise(*offset))
        for cl, angle, distance, offset in track(
            ellipse.ring() if check else [], "Looking along ellipses", progress, cancel
        )
    ]
    center = place.center
    angles = place.position_angles(np.array([row[1] for row in rows]))
    scan = QTable(
        {
            "cl": [row[0] for row in rows],
            "angle": angles * u.deg,
            "distance": [row[2] for row in rows] * u.deg,
            "rise": [row[3] for row in rows],
        }
    )
    lon, lat = model.spatial.values[:2]
    return Localization(
        model.name,
        center.icrs,
        ellipse.semimajor,
        ellipse.semiminor,
        float(place.position_angles(np.array([ellipse.direction]))[0] % 180),
        float(separation(lon, lat, place.lon, place.lat)),
        scan,
        found,
        (*notes, *_faults(found), *_unlike(scan, ellipse)),
        recipe,
    )


def _is_of(result: Any, names: list[str], datasets: Any) -> bool:
    """Whether this is already a fit of these data in which the position was free."""
    if not isinstance(result, FitResult) or not set(names) <= set(result.names):
        return False
    data = as_fitted(datasets)
    return len(data) == len(result.datasets) and all(
        one is other for one, other in zip(data, result.datasets, strict=True)
    )


@dataclass(frozen=True, eq=False)
class _Ellipse:
    """One standard deviation of a place.

    Parameters
    ----------
    covariance : array, shape (2, 2)
        Of offsets toward growing longitude and latitude, deg2; NaN where there is none.
    """

    covariance: np.ndarray

    @property
    def _axes(self) -> tuple[np.ndarray, np.ndarray]:
        return np.linalg.eigh(np.nan_to_num(self.covariance))

    @property
    def exists(self) -> bool:
        """Whether it is one."""
        return bool(np.isfinite(self.covariance).all() and self._axes[0][0] > 0)

    @property
    def semimajor(self) -> float:
        """In degrees."""
        return float(np.sqrt(self._axes[0][1])) if self.exists else np.nan

    @property
    def semiminor(self) -> float:
        """In degrees."""
        return float(np.sqrt(self._axes[0][0])) if self.exists else np.nan

    @property
    def direction(self) -> float:
        """Of the major axis, from the frame's north to growing longitude, deg."""
        x, y = self._axes[1][:, 1]
        return float(np.degrees(np.arctan2(x, y)) % 180)

    def ring(self) -> list[tuple[float, float, float, tuple[float, float]]]:
        """Level, direction (deg), distance (deg), and offsets of places on each ellipse."""
        if not self.exists:
            return []
        values, vectors = self._axes
        turn = 2 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
        circle = np.array([np.cos(turn), np.sin(turn)])
        x, y = vectors @ (np.sqrt(values)[:, None] * circle)
        angle, distance = np.degrees(np.arctan2(x, y)), np.hypot(x, y)
        places = list(zip(angle.tolist(), distance.tolist(), x.tolist(), y.tolist(), strict=True))
        levels = list(zip(LEVELS, sigmas(LEVELS).tolist(), strict=True))
        return [
            (level, way, factor * far, (factor * east, factor * north))
            for level, factor in levels
            for way, far, east, north in places
        ]


class _Place:
    """The position of a fitted source, and −2 ln L around it.

    Parameters
    ----------
    result : FitResult
        In which it is free.
    numbers : list of int
        The entries of longitude and latitude.
    cancel : CancelToken or None
        Checked before evaluations.
    """

    def __init__(self, result: FitResult, numbers: list[int], cancel: CancelToken | None):
        self._result, self._numbers = result, numbers
        likelihood = result.likelihood()
        self._scale = likelihood.scale[numbers]
        self._fit = HeldFit(likelihood, likelihood.start, cancel)
        self.lon, self.lat = (float(value) for value in result.values[numbers])

    @classmethod
    def of(cls, result: FitResult, names: list[str], cancel: CancelToken | None) -> _Place:
        """Of the source with these names of longitude and latitude."""
        place = cls(result, [result.names.index(name) for name in names], cancel)
        place.frame = result.models[names[0].rpartition(".")[0]].spatial.frame  # type: ignore[union-attr]
        return place

    frame: str

    @property
    def center(self) -> SkyCoord:
        """Where it is."""
        return SkyCoord(self.lon, self.lat, unit="deg", frame=self.frame)

    def position_angles(self, directions: np.ndarray) -> np.ndarray:
        """From directions in the model's frame to those from north through east of ICRS, deg."""
        if not directions.size:
            return directions
        other = self.center.directional_offset_by(directions * u.deg, 1 * u.arcsec)
        return np.asarray(self.center.icrs.position_angle(other.icrs).deg)

    def rise(self, x: float, y: float) -> float:
        """How much −2 ln L has risen at offsets (deg) toward growing longitude and latitude, all else fitted anew."""
        lon, lat = (float(value) for value in from_offsets(np.array(x), np.array(y), self.lon, self.lat))
        lon += 360 * round((self.lon - lon) / 360)
        held = dict(zip(self._numbers, (np.array([lon, lat]) / self._scale).tolist(), strict=True))
        return float(self._fit.at(held, self._fit.best)[0] - self._fit.stat)

    def ellipse(self) -> tuple[_Ellipse, tuple[str, ...]]:
        """From the covariance, else from a scan."""
        across = np.array([np.cos(np.radians(self.lat)), 1.0])
        covariance = self._result.covariance[np.ix_(self._numbers, self._numbers)] * np.outer(across, across)
        found = _Ellipse(np.asarray(covariance))
        if found.exists:
            return found, ()
        return self._scanned()

    def _scanned(self) -> tuple[_Ellipse, tuple[str, ...]]:
        """The ellipse nearest to where −2 ln L has risen as on that of 95 %."""
        turn = 2 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
        units = np.array([np.sin(turn), np.cos(turn)])
        ends = np.array([self._end(float(x), float(y)) for x, y in units.T])
        if not np.isfinite(ends).all():
            words = "−2 ln L does not rise to the 95 % level in all directions: there is no ellipse"
            return _Ellipse(np.full((2, 2), np.nan)), (words,)
        x, y = units
        columns = np.array([x * x, 2 * x * y, y * y]).T
        (xx, xy, yy), *_ = np.linalg.lstsq(columns * ends[:, None] ** 2, np.full(len(ends), _ENOUGH), rcond=None)
        found = _Ellipse(np.linalg.pinv(np.array([[xx, xy], [xy, yy]])))
        return found, ("the covariance gives no ellipse: this one is from a scan",)

    def _end(self, x: float, y: float) -> float:
        """How far away, deg, −2 ln L has risen enough in a direction; infinite where it does not."""
        low, high = 0.0, _FIRST
        for _ in range(_DOUBLINGS):
            if self.rise(high * x, high * y) >= _ENOUGH:
                break
            low, high = high, 2 * high
        else:
            return np.inf
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if self.rise(middle * x, middle * y) >= _ENOUGH else (middle, high)
        return (low + high) / 2


def _faults(result: FitResult) -> list[str]:
    return [f"the fit: {words}" for words in result.faults]


def _unlike(scan: QTable, ellipse: _Ellipse) -> list[str]:
    """What to say where −2 ln L is another function."""
    if not ellipse.exists:
        return []
    rise = np.asarray(scan["rise"])[np.asarray(scan["cl"]) == _CHECKED]
    if not rise.size or (np.abs(rise / _ENOUGH - 1) <= _ALIKE).all():
        return []
    rises = f"{rise.min():.2g} to {rise.max():.2g}"
    return [f"the region of 95 % is no ellipse: −2 ln L rises by {rises} on it, where {_ENOUGH:.2f} is expected"]

"""A fit by Sherpa's own session, as an outside check: only the spectrum is ours."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError, MissingDependency
from gpnb.fitting.flux import BinFlux
from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.objective import Objective
from gpnb.fitting.scoring import Minimum

_KEV_PER_TEV = 1e9
_HUGE = 1e30


def minimise(objective: Objective, start: np.ndarray, **options: Any) -> Minimum:
    """Fit in a session of Sherpa's, through OGIP files; the statistic returned is Sherpa's.

    Parameters
    ----------
    objective : Objective
        Tells datasets, models and limits; its own statistic is not asked.
    start : array
        From where.
    **options
        ``method``: one of Sherpa's (``"neldermead"``, ``"levmar"``, ``"moncar"``).

    Raises
    ------
    MissingDependency
        If Sherpa is not installed.
    ArgumentError
        If there are priors, or datasets of both kinds of background.
    """
    likelihood = objective.likelihood
    assert isinstance(likelihood, Likelihood)
    spectra: list[Any] = [item for item in likelihood.datasets if hasattr(item, "write_ogip")]  # what Sherpa reads
    known = len(spectra) == len(likelihood.datasets) and likelihood.statistics in (("wstat",), ("cash",))
    if likelihood.parameters.has_priors or not known:
        raise ArgumentError("backend='sherpa-session' is for spectra with OFF counts (or none at all) without priors.")
    if any(item.background is not None for item in spectra):
        raise ArgumentError("backend='sherpa-session' does not know a background that is given: use another backend.")
    if any(model.temporal is not None for model in likelihood.models):
        raise ArgumentError("backend='sherpa-session' does not know sources that vary in time: use another backend.")
    session = open_session(spectra)
    session.set_stat(likelihood.statistics[0])
    session.set_method(options.pop("method", "neldermead"))
    for name, value in options.items():
        session.set_method_opt(name, value)
    source = _source(objective, likelihood, start)
    for number in session.list_data_ids():
        session.set_source(number, source)
    with _quiet():
        session.fit(*session.list_data_ids())
    found = session.get_fit_results()
    theta = np.array([item.val for item in source.pars])
    objective.n_evaluations += int(found.nfev)
    return Minimum(theta, float(found.statval), bool(found.succeeded), "" if found.succeeded else str(found.message))


def open_session(datasets: Iterable[Any]) -> Any:
    """A session that has read the datasets from OGIP files, numbered from 1, bad channels ignored."""
    with _quiet():
        try:
            from sherpa.astro.ui.utils import Session
        except ImportError:
            raise MissingDependency("sherpa", "sherpa", "backend='sherpa-session'") from None
        session = Session()
    with _quiet(), tempfile.TemporaryDirectory() as folder:
        for number, dataset in enumerate(datasets, start=1):
            path = Path(folder) / f"pha_{number}.fits"
            dataset.write_ogip(path)
            session.load_pha(number, str(path))
            session.ignore_bad(number)
    return session


@contextmanager
def _quiet() -> Iterator[None]:
    """Sherpa tells of each file it reads."""
    logger = logging.getLogger("sherpa")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _source(objective: Objective, likelihood: Likelihood, start: np.ndarray) -> Any:
    """Our spectra as one of Sherpa's models, with the vector as its parameters."""
    from sherpa.models import ArithmeticModel, Parameter

    known: dict[bytes, list[BinFlux]] = {}

    class Source(ArithmeticModel):  # type: ignore[misc]
        """Sum of all sources."""

        def __init__(self) -> None:
            limits = np.clip(objective.bounds, -_HUGE, _HUGE)
            pars = [
                Parameter("gpnb", f"p{number}", value, min=low, max=high, hard_min=low, hard_max=high)
                for number, (value, (low, high)) in enumerate(zip(start, limits, strict=True))
            ]
            for item in pars:
                setattr(self, item.name, item)
            super().__init__("gpnb", pars)

        def calc(self, p: Sequence[float], xlo: Any, xhi: Any = None, *_: Any, **__: Any) -> np.ndarray:
            """Flux in bins (keV), cm-2 s-1."""
            theta = objective.full(np.asarray(p))
            low, high = np.asarray(xlo) / _KEV_PER_TEV, np.asarray(xhi) / _KEV_PER_TEV
            key = low.tobytes()
            if key not in known:
                known[key] = [BinFlux(model.spectral, low, high) for model in likelihood.models]
            pairs = zip(likelihood.parameters.slots, known[key], strict=True)
            return np.asarray(np.sum([flux.value(slots.values(theta)) for slots, flux in pairs], axis=0))

    return Source()

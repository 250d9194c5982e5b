"""What each source of a fit adds to the others and the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from gpnb.core.errors import ArgumentError
from gpnb.fitting.comparison import Comparison, failures
from gpnb.fitting.held import HeldFit
from gpnb.fitting.nested import norm_names, without_meaning

if TYPE_CHECKING:
    from gpnb.fitting.likelihood import Likelihood
    from gpnb.fitting.result import FitResult


def source_ts(result: FitResult) -> Table:
    """Test each source of a fit against none: without it, all that others share is fitted anew.

    Parameters
    ----------
    result : FitResult
        Of any datasets.

    Returns
    -------
    Table
        One row a source: ``source``, ``ts``, ``dof`` (free parameters of its own), ``bounded`` (1 where its norm may
        not be negative), ``p`` and ``significance`` as in `gpnb.fitting.comparison.Comparison`, and ``note``, what
        stands against them: position and shape mean nothing without flux, so that chi square with `dof` degrees of
        freedom is a guide alone (Protassov et al. 2002, ApJ 571, 545), and hardly that where a position was searched
        for. NaN for a source without a free norm of its own.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> data = gpnb.SpectrumDataset(energy, true, [30, 3], [1e13, 1e13], np.eye(2), "1 h", background=[10, 1])
    >>> result = gpnb.fit(data, gpnb.PowerLaw(index=2).freeze("index"))
    >>> gpnb.source_ts(result)["significance"].round(2).tolist()
    [5.34]
    """
    rows = [(source.name, *_row(result, source.name)) for source in result.models.sources]
    names = ("source", "ts", "dof", "bounded", "p", "significance", "note")
    return Table(rows=rows, names=names) if rows else Table(names=names)


def _row(result: FitResult, source: str) -> tuple[float, int, int, float, float, str]:
    try:
        found = without(result, source)
    except ArgumentError as error:
        return np.nan, 0, 0, np.nan, np.nan, str(error)
    return found.ts, found.dof, found.bounded, found.p, found.significance, found.note


def without(result: FitResult, source: str) -> Comparison:
    """Compare with the fit without a source, which is norm 0.

    Raises
    ------
    ArgumentError
        If none of its free parameters is a norm of it alone.
    FitError
        If −2 ln L is lower without it.
    """
    likelihood = result.likelihood()
    own = _own(likelihood, source)
    norms = [name for name in norm_names(result, source) if result.names.index(name) in own]
    if not norms:
        raise ArgumentError(f"No free parameter of {source} is its norm alone: thaw its amplitude, and fit again.")
    start, norm = likelihood.start, result.names.index(norms[0])
    held = {number: start[number] for number in own} | {norm: 0.0}
    stat = min(HeldFit(likelihood, start).at(held, begin)[0] for begin in _starts(likelihood, start))
    others = [result.names[number] for number in own if result.names[number] not in norms]
    notes = failures(result) + ([without_meaning(source, others)] if others else [])
    return Comparison.of(stat - result.stat, len(own), int(likelihood.bounds[norm, 0] >= 0), notes)


def _starts(likelihood: Likelihood, start: np.ndarray) -> list[np.ndarray]:
    """Where to begin without a source: as it was, and with others at 0 that were below, and that it made up for."""
    above = np.clip(np.where(likelihood.is_norm(start), np.maximum(start, 0.0), start), *likelihood.bounds.T)
    return [start] if np.array_equal(above, start) else [start, above]


def _own(likelihood: Likelihood, source: str) -> list[int]:
    """Entries of the vector that move this source alone."""
    parameters, place = likelihood.parameters, likelihood.models.names.index(source)
    moved = [
        {int(number) for slots in part for number in slots.numbers}
        for part in zip(parameters.slots, parameters.shape_slots, parameters.time_slots, strict=True)
    ]
    others = set().union(*(numbers for number, numbers in enumerate(moved) if number != place))
    return sorted(moved[place] - others)

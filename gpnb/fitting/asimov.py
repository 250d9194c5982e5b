"""Test statistics to be expected, from data that are what models predict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gpnb.fitting.comparison import Comparison
from gpnb.fitting.fit import fit
from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.source_ts import without
from gpnb.models.member import Member
from gpnb.models.spectrum import SpectralModel


def ts_asimov(
    datasets: Any,
    models: SpectralModel | Member | Iterable[Member],
    null: SpectralModel | Member | Iterable[Member] | None = None,
    source: str | None = None,
    statistic: str | None = None,
) -> Comparison:
    """Test statistic to be expected if models are true, from one fit of data that are their prediction.

    Such data, after Asimov, give the median of many simulated ones where counts are many (Cowan et al. 2011, Eur. Phys.
    J. C 71, 1554), so that a source, an extension or a cutoff can be told before anything is observed.

    Parameters
    ----------
    datasets : SpectrumDataset, MapDataset, Datasets, or several
        Their responses and backgrounds are used. OFF counts are taken as those expected.
    models : SpectralModel, SkyModel, Models, or sequence of SkyModel and BackgroundModel
        What is true; its free parameters are those of the larger model.
    null : SpectralModel, SkyModel, Models, or sequence of SkyModel and BackgroundModel, optional
        The simpler model, with its start values. By default the same models without `source`.
    source : str, optional
        Name of the source that `null` lacks, if there are several.
    statistic : {"wstat", "cash", "cstat", "chi2"}, optional
        See `gpnb.fit`.

    Returns
    -------
    Comparison
        With `ts`, and `significance` from it.

    Raises
    ------
    ArgumentError
        If fewer than no counts are expected, data are no counts, or `null` is not simpler.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> data = gpnb.SpectrumDataset(
    ...     energy, true, [0, 0], [1e13, 1e13], [[1, 0], [0, 1]], "1 h", background=[10, 1]
    ... )
    >>> source = gpnb.PowerLaw(index=2, amplitude="2e-12 TeV-1 s-1 cm-2").freeze("index")
    >>> round(gpnb.ts_asimov(data, source).significance, 2)
    4.88
    """
    likelihood = Likelihood(datasets, models, statistic)
    data = likelihood.asimov(likelihood.start)
    truth = fit(data, likelihood.models, statistic=statistic)
    if null is not None:
        return truth.compare(fit(data, null, statistic=statistic))
    return without(truth, likelihood.models.source(source).name)

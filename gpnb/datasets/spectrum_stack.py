"""Several spectra added up into one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.data.gti import GTI
from gpnb.datasets.flags import merge_flags
from gpnb.datasets.spectrum import SpectrumDataset, names_of


def stack_spectra(
    datasets: Sequence[SpectrumDataset], name: str = "stacked", recipe: Recipe | None = None
) -> SpectrumDataset:
    """Add spectra on the same energy bins; bins that are not usable add neither counts nor exposure.

    Exposures add; the energy dispersion is their mean weighted by exposure, without the bins in which a run is
    masked; alpha is the mean of the runs' weighted by their OFF counts, by OFF acceptance where there are none.

    Parameters
    ----------
    datasets : sequence of SpectrumDataset
        What to add.
    name : str
        Of the sum.
    recipe : Recipe, optional
        How it is made.

    Raises
    ------
    ArgumentError
        If energy bins differ, or only some have OFF counts or a background.
    SelectionError
        If no bin of any is usable.
    """
    parts = [item for item in datasets if item.usable.any()]
    if not parts:
        raise SelectionError(
            f"There is nothing to stack: no bin of {names_of(datasets) or 'no dataset'} is usable; "
            "see .table['masked'] of each for the reasons."
        )
    first = parts[0]
    _check(parts)
    used = [item.usable for item in parts]
    exposure = np.sum([item.exposure for item in parts], axis=0)
    weighted = np.sum([item.exposure[:, None] * item.edisp * mask for item, mask in zip(parts, used, strict=True)], 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        edisp = np.where(exposure[:, None] > 0, weighted / exposure[:, None], 0.0)
    gtis = [item.gti for item in parts if item.gti is not None]
    return SpectrumDataset(
        energy=first.energy,
        energy_true=first.energy_true,
        counts=_sum(parts, used, "counts"),
        exposure=exposure,
        edisp=edisp,
        livetime=sum(item.livetime.value for item in parts) * u.s,
        flags=reduce(merge_flags, [item.flags for item in parts]),
        background=None if first.background is None else _sum(parts, used, "background"),
        **_off(parts, used),
        gti=GTI.union(gtis) if gtis else None,
        on_region=" ; ".join(dict.fromkeys(item.on_region for item in parts if item.on_region)),
        off_regions=tuple(dict.fromkeys(text for item in parts for text in item.off_regions)),
        obs_ids=tuple(dict.fromkeys(number for item in parts for number in item.obs_ids)),
        name=name,
        notes=tuple(note for item in datasets for note in item.notes),
        recipe=recipe or Recipe.of("gpnb.datasets.spectrum_stack.stack_spectra()", datasets=list(datasets), name=name),
    )


def _check(parts: Sequence[SpectrumDataset]) -> None:
    first = parts[0]
    for item in parts[1:]:
        if (item.energy, item.energy_true) != (first.energy, first.energy_true):
            raise ArgumentError(
                f"{first.name} and {item.name} cannot be stacked: their energy bins differ; fit them jointly."
            )
        kinds = [(part.counts_off is None, part.background is None) for part in (first, item)]
        if kinds[0] != kinds[1]:
            raise ArgumentError(f"{first.name} and {item.name} cannot be stacked: their backgrounds differ in kind.")


def _sum(parts: Sequence[SpectrumDataset], used: Sequence[np.ndarray], name: str) -> np.ndarray:
    values = [np.where(mask, getattr(item, name), 0) for item, mask in zip(parts, used, strict=True)]
    return np.asarray(np.sum(values, axis=0))


def _off(parts: Sequence[SpectrumDataset], used: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """OFF counts, and acceptances such that the background is the sum of the runs'."""
    on = _sum(parts, used, "acceptance")
    if parts[0].counts_off is None:
        return {"acceptance": on}
    counts, background = _sum(parts, used, "counts_off"), _sum(parts, used, "expected_background")
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.where(background > 0, on * counts / background, _sum(parts, used, "acceptance_off"))
    return {"counts_off": counts, "acceptance": on, "acceptance_off": off}

"""Whether upper limits cover what they say: the one sentence about few counts."""

from __future__ import annotations

import numpy as np

_WORTH = 1.6
"""Times that limits may fail more often than they say, before it is told."""


def coverage_notes(coverage: np.ndarray, cl: float | None, sided: int | None, limits: str) -> tuple[str, ...]:
    """What to know of upper limits from likelihood profiles where there are few counts; nothing where they cover.

    Parameters
    ----------
    coverage : array
        Of each limit; see `gpnb.stats.limit_coverage`. NaN where it is not known.
    cl, sided, limits
        What the limits are.
    """
    if cl is None or sided is None or limits == "bayesian":
        return ()
    known = np.ravel(coverage)[np.isfinite(np.ravel(coverage))]
    few = known[1 - known > _WORTH * (1 - cl) / sided]
    if not few.size:
        return ()
    which = "its upper limit" if known.size == 1 else f"{few.size} of {known.size} upper limits"
    said, worst = 100 * (1 - (1 - cl) / sided), 100 * few.min()
    found = f"{which} may cover the truth in {worst:.0f} % of cases, not in {said:.3g} %"
    return (f"few counts: {found}; limits='bayesian' cover at least what they say, or take wider bins",)

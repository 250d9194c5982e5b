"""One thread for linear algebra, in the processes that gpnb starts.

Our matrices are small. On a machine that is busy, two threads wait for each other: a product of 0.3 ms takes 24 ms.
"""

from __future__ import annotations

from collections.abc import Mapping

NAMES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def missing_threads(environ: Mapping[str, str]) -> dict[str, str]:
    """What is not set yet of the number of threads: one.

    Examples
    --------
    >>> missing_threads({"OMP_NUM_THREADS": "4", "MKL_NUM_THREADS": "2"})
    {'OPENBLAS_NUM_THREADS': '1'}
    """
    return {name: "1" for name in NAMES if name not in environ}

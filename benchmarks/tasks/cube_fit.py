"""The cubes that are fitted, for both sides. Standard library only."""

from dataclasses import dataclass

from timing import CRAB_RUNS, CTA_RUNS


@dataclass(frozen=True)
class Cube:
    """Where, with which bins, and where the fit starts; deg, TeV, cm-2 s-1 TeV-1."""

    store: str
    runs: list
    frame: str
    center: tuple
    width: tuple
    energy: tuple
    energy_true: tuple
    offset: float
    scaled: bool
    lowest: float
    start: tuple
    index: float
    amplitude: float
    lambda_: float
    norm: float


CUBES = {
    "crab": Cube(
        "hess-dl3-dr1", CRAB_RUNS, "icrs", (83.633, 22.014), (2, 2), (1.0, 10.0, 4), (0.5, 20, 10), 2.5, True, 1.0,
        (83.63308, 22.0145), 2.702, 4.712e-11, 0.0, 1.0,
    ),
    "cta": Cube(
        "cta-1dc/index/gps", CTA_RUNS, "galactic", (0.0, 0.0), (10, 8), (0.1, 10, 10), (0.08, 12, 14), 3.5, False, 0.3,
        (-0.05, -0.05), 2.3, 2.8e-12, 0.02, 1.3,
    ),
}  # fmt: skip

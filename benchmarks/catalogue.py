"""What is compared: one row a task, with its goal and the tolerance of its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

Tolerance = tuple[float, float]
"""Relative and absolute; either is enough."""

EXACT: Tolerance = (1e-9, 0.0)
RING = {"background": (0.01, 0), "peaks_[xy]": (0, 1), "peaks_value": (0, 0.3), "empty_*": (0, 0.05)}


@dataclass(frozen=True)
class Pair:
    """Two commands that do the same work.

    Parameters
    ----------
    task : str
        Name of the row.
    script : str
        ``tasks/<script>_gpnb.py`` is run beside ``tasks/<script>_<versus>.py``.
    arguments, versus_arguments : tuple of str
        Of the two; the same by default.
    versus : str
        ``gammapy`` or ``sherpa``; ``astropy`` for a limit; ``gpnb`` for gpnb in another way.
    goal : float or None
        Times faster than the other, or for a limit at most this many times slower; None: only told.
    clock : str
        ``cpu`` or ``wall``.
    warm_up : bool
        Run both once before, so that what is compiled at the first import is there.
    memory : bool
        Compare the growth of memory too: at most half of the other's.
    prepare : tuple of str
        With these arguments more, the other side first writes the files that both read; empty: there are none.
    tolerance : dict
        Pattern of names → tolerance; exact by default.
    note : str
        For the table.
    """

    task: str
    script: str
    goal: float | None
    arguments: tuple[str, ...] = ()
    versus: str = "gammapy"
    versus_arguments: tuple[str, ...] | None = None
    clock: str = "cpu"
    warm_up: bool = False
    memory: bool = False
    prepare: tuple[str, ...] = ()
    tolerance: dict[str, Tolerance] = field(default_factory=dict)
    note: str = ""

    @property
    def is_limit(self) -> bool:
        """Whether the other side is a limit, not a rival."""
        return self.versus == "astropy"

    @property
    def commands(self) -> dict[str, list[str]]:
        """Script and arguments of both sides; the names are those of the results."""
        theirs = self.arguments if self.versus_arguments is None else self.versus_arguments
        other = "gpnb_other" if self.versus == "gpnb" else self.versus
        return {
            "gpnb": [f"{self.script}_gpnb.py", *self.arguments],
            other: [f"{self.script}_{self.versus}.py", *theirs],
        }


_SPECTRUM = {"off": (0.003, 0), "exposure": (0.01, 1e4)}
_SUMS = {"[!es]*": (1e-6, 0), "energy_max": (1e-6, 0), "edisp": (1e-6, 0), "seconds": (1e-9, 0)}
_TS = {
    "hess": {"sqrt_ts": (0.02, 0), "norm": (0.03, 0)},
    "fermi": {"sqrt_ts": (0.02, 0), "norm": (0.03, 0), "peaks": (0, 1)},
}
"""Positions of sources within their pixels are the rival's: it spreads a point over four."""
_CUBES = {
    "tutorial": {"*index": (0, 0.010), "*amplitude": (0.008, 0), "*norm": (0, 0.0022)},
    "big": {"*index": (0, 0.008), "*amplitude": (0.007, 0), "*norm": (0, 0.0018), "*tilt": (0, 0.0017)},
    "cta": {"*index": (0, 0.018), "*amplitude": (0.013, 0), "*lambda_": (0, 0.008), "*norm": (0, 0.0008)},
    "fermi": {"*index": (0, 0.032), "*amplitude": (0.060, 0), "iem.norm": (0, 0.0045), "iso.norm": (0, 0.15)},
}
"""A tenth of the errors, of the Galactic centre in 3FHL three tenths."""

PAIRS = (
    Pair("open_store", "open_store", 4, warm_up=True, tolerance={"livetime": (1e-6, 0)}, note="whole process"),
    Pair(
        "open_store_limit",
        "open_store",
        1.2,
        versus="astropy",
        warm_up=True,
        tolerance={"livetime": (1e-6, 0)},
        note="limit: the same tables with astropy, imported with its coordinates and times",
    ),
    Pair("read_runs", "read_runs", 2, tolerance=_SUMS, note="files read anew at every repeat"),
    Pair("read_runs_limit", "read_runs", 1.3, versus="astropy", tolerance=_SUMS, note="limit: plain astropy.io.fits"),
    *(
        Pair(f"counts_map_{store}_{size}", "counts_map", 3, (store, size), note="events in memory")
        for store in ("hess", "cta")
        for size in ("2d", "3d")
    ),
    Pair(
        "reduction",
        "reduction",
        10,
        memory=True,
        tolerance={"background": (0.01, 0), "exposure": (0.01, 1e8), "norm": (0.12, 0)},
        note="no PSF, no energy dispersion on either side; norms: see README",
    ),
    *(
        Pair(
            f"spectrum_{kind}_{geometry}",
            "spectrum",
            10,
            (kind, geometry),
            tolerance=_SPECTRUM if geometry == "pixels" else _SPECTRUM | {"off": (0.1, 0), "alpha": (0.1, 0)},
            note=note,
        )
        for kind, geometry, note in (
            ("files", "exact", "reflected regions by exact geometry: two fewer of them, see README"),
            ("files", "pixels", "reflected regions measured by pixels, as the rival does"),
            ("again", "exact", "a second extraction from runs in memory"),
        )
    ),
    *(
        Pair(
            f"joint_fit_{chosen}",
            "joint_fit",
            100,
            (chosen,),
            tolerance={"values": (1e-3, 0), "errors": (0.02, 0), "stat": (0, 1e-2)},
            note=f"log-parabola and its covariance to {what}, spectra in memory",
        )
        for chosen, what in (("joint", "five instruments"), ("hess", "four runs"))
    ),
    Pair(
        "joint_fit_sherpa",
        "joint_fit",
        None,
        ("joint",),
        versus="sherpa",
        tolerance={"values": (1e-3, 0), "errors": (0.02, 0), "stat": (0, 1e-2)},
        note="beside a session of Sherpa's (extra sherpa) on the OGIP files that gpnb writes",
    ),
    Pair(
        "flux_points",
        "flux_points",
        50,
        tolerance={"dnde_err": (5e-2, 0), "*": (5e-3, 0)},  # where there are no OFF counts, ours are the profile's
        note="ten bins of four spectra: asymmetric errors, limits, scans of eleven norms",
    ),
    Pair(
        "light_curve_reduce",
        "light_curve",
        20,
        ("reduce",),
        tolerance={"on": (0, 1e-9), "off": (0, 1), "alpha": (1e-5, 0), "exposure": (2e-3, 1e8)},
        note="PKS 2155-304: 44 slices of ten minutes, files read anew at every repeat",
    ),
    Pair(
        "light_curve_curve",
        "light_curve",
        50,
        ("curve",),
        tolerance={"*": (5e-3, 0)},
        note="34 bins of ten minutes from those slices: asymmetric errors, limits",
    ),
    Pair(
        "reduction_responses",
        "reduction",
        15,
        ("responses",),
        memory=True,
        tolerance={"background": (0.01, 0), "exposure": (0.01, 1e8), "norm": (0.12, 0), "psf": (0.05, 0)},
        note="the same with PSF and energy dispersion",
    ),
    *(
        Pair(
            f"cube_fit_{chosen}",
            "cube_fit",
            goal,
            (chosen,),
            prepare=("write",),
            tolerance=_CUBES[chosen],
            note=f"position, spectrum and {what}: compiled, fitted, with covariance",
        )
        for chosen, goal, what in (
            ("tutorial", 40, "background of four runs on the Crab, 4 × 100 × 100"),
            ("big", 80, "background with tilt of four runs on the Crab, 15 × 250 × 250"),
            ("cta", 40, "background of the Galactic centre, three runs of 1DC, 10 × 400 × 500"),
            ("fermi", 20, "two diffuse emissions of the Galactic centre in 3FHL, 11 × 200 × 400"),
        )
    ),
    Pair(
        "cube_points",
        "cube_points",
        50,
        ("big",),
        prepare=("write",),
        tolerance={"ts": (5e-2, 0.2), "*": (5e-2, 0)},  # a tenth of a standard deviation at the weakest point
        note="eight bins of the cube of the Crab: asymmetric errors, limits, scans of eleven norms",
    ),
    Pair(
        "cube_curve",
        "cube_curve",
        50,
        prepare=("write",),
        tolerance={"*": (2e-2, 0)},
        note="four runs on the Crab, a cube of 4 × 100 × 100 each: asymmetric errors, limits",
    ),
    Pair(
        "cube_profile",
        "cube_profile",
        20,
        prepare=("write",),
        tolerance={"flux": (5e-2, 5e-14), "flux_err": (5e-2, 0)},
        note="twenty boxes along the Galactic plane: asymmetric errors, limits",
    ),
    *(
        Pair(
            f"ts_map_{name}{'_all' * (more == ('all',))}",
            "ts_map",
            goal,
            (name, *more),
            prepare=("write",),
            tolerance=_TS[name],
            note=note,
        )
        for name in ("hess", "fermi")
        for more, goal, note in (
            ((), 6, "every pixel exact, with responses that follow the field; the rival has those of its middle"),
            (("all",), 50, "the same with asymmetric errors and limits"),
        )
    ),
    Pair(
        "sensitivity",
        "sensitivity",
        4,
        tolerance={"e2dnde": (0.1, 0), "*": (0.15, 0)},
        note="50 h of prod5, twenty bins; each makes its spectrum of the responses before",
    ),
    Pair(
        "simulate",
        "simulate",
        10,
        memory=True,
        tolerance={"source": (0.05, 0), "background": (0.05, 0)},
        note="events of 50 h of prod5; gpnb draws those of the circle around the box; their number: see README, norms",
    ),
    Pair(
        "cube_fit_numba",
        "cube_fit",
        None,
        ("big",),
        versus_arguments=("big", "numba"),
        prepare=("write",),
        tolerance=_CUBES["big"],
        note="cube_fit_big with Gammapy's Cash sums compiled by numba",
    ),
    *(
        Pair(f"ring_excess_{store}", "ring_excess", 5, (store, "1"), memory=True, tolerance=RING, note="one image")
        for store in ("hess", "cta")
    ),
    *(
        Pair(
            f"ring_cube_{store}",
            "ring_excess",
            None,
            (store, "10"),
            tolerance=RING,
            note="more work: a ring in each of ten energy bins beside one in their sum",
        )
        for store in ("hess", "cta")
    ),
    *(
        Pair(f"scaling_{count}", "scaling", None, (str(count),), tolerance={"background": (0.015, 0)})
        for count in (1, 4, 16, 64)
    ),
    Pair(
        "two_processes",
        "processes",
        1.7,
        ("2",),
        versus="gpnb",
        versus_arguments=("1",),
        clock="wall",
        tolerance={"background": (1e-9, 0)},
        note="63 runs of gpnb (21 different ones) by a pool of two processes beside one process",
    ),
)

"""Surveys of the whole sky that may lie below everything."""

from __future__ import annotations

from gpnb.core.errors import ArgumentError

PLAIN = "none"
"""No survey: a plain sky with its grid, and nothing asked of the network."""

_CDS = "https://alasky.cds.unistra.fr"

SURVEYS = {
    "DSS2 color": f"{_CDS}/DSS/DSSColor",
    "2MASS color": f"{_CDS}/2MASS/Color",
    "Planck color": f"{_CDS}/PLANCK/R2/HFI_Color_353_545_857",
    "Mellinger color": f"{_CDS}/MellingerRGB",
    "Fermi color": f"{_CDS}/Fermi/Color",
    "Halpha": f"{_CDS}/FinkbeinerHalpha",
    "none": PLAIN,
}
"""Name → address of its HiPS."""


def survey_address(name: str) -> str:
    """Where a survey is: one of `SURVEYS`, or the address of any HiPS.

    Examples
    --------
    >>> survey_address("none")
    'none'
    """
    if name in SURVEYS:
        return SURVEYS[name]
    if name.startswith(("https://", "http://")):
        return name.rstrip("/")
    known = ", ".join(repr(one) for one in SURVEYS)
    raise ArgumentError(f"survey={name!r} is not known: give one of {known}, or the address of a HiPS.")

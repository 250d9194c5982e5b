"""One thing found in a store, and the place where findings are written down."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

SEVERITIES = ("error", "warning", "note")
"""Worst first: results would be wrong or impossible; something is assumed or looks wrong; harmless."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as the format asks.

    Parameters
    ----------
    severity : {"error", "warning", "note"}
        How bad it is.
    code : str
        A short name that stays the same between versions, such as ``"gti-overlap"``.
    file, hdu, item : str
        Where: the file below the store, the HDU, the keyword or column; empty where it does not apply.
    what : str
        What is wrong.
    action : str
        What to do.
    """

    severity: str
    code: str
    file: str
    hdu: str
    item: str
    what: str
    action: str


@dataclass(frozen=True)
class Place:
    """Writes findings about one file, or one HDU in it.

    Parameters
    ----------
    findings : list of Finding
        Shared by all places of a check.
    file, hdu : str
        As in `Finding`.

    Examples
    --------
    >>> place = Place([], "run.fits").at("GTI")
    >>> place.error("gti-empty", "", "It has no interval.", "Write at least one.")
    >>> place.failed
    True
    """

    findings: list[Finding] = field(repr=False)
    file: str
    hdu: str = ""

    def at(self, hdu: str) -> Place:
        """The same file, another HDU."""
        return replace(self, hdu=hdu)

    def error(self, code: str, item: str, what: str, action: str) -> None:
        """Write down what makes results wrong or impossible."""
        self._add("error", code, item, what, action)

    def warning(self, code: str, item: str, what: str, action: str) -> None:
        """Write down what makes readers assume something."""
        self._add("warning", code, item, what, action)

    def note(self, code: str, item: str, what: str, action: str) -> None:
        """Write down what is harmless."""
        self._add("note", code, item, what, action)

    @property
    def failed(self) -> bool:
        """Whether there is an error in this HDU."""
        here = (self.file, self.hdu)
        return any(item.severity == "error" and (item.file, item.hdu) == here for item in self.findings)

    def _add(self, severity: str, code: str, item: str, what: str, action: str) -> None:
        self.findings.append(Finding(severity, code, self.file, self.hdu, item, what, action))

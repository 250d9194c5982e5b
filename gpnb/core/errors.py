"""The one exception family: what was given, what was expected, what to try."""

from dataclasses import FrozenInstanceError

_HALF = 600
"""Characters shown of each end of a sentence that quotes a long text."""


class GpnbError(Exception):
    """Base of every error gpnb raises on purpose; its text is one clear sentence.

    Examples
    --------
    >>> len(str(GpnbError("x" * 10**6)))
    1203
    """

    def __str__(self) -> str:
        text = super().__str__()
        return text if len(text) <= 2 * _HALF else f"{text[:_HALF]} … {text[-_HALF:]}"


class DataFormatError(GpnbError, ValueError):
    """A file, HDU, column or unit is not what the format asks for."""


class SelectionError(GpnbError, ValueError):
    """A choice (run, region, energy range, expression …) cannot be made from what is there."""


class ArgumentError(GpnbError, ValueError, TypeError):
    """An argument has the wrong type, unit or range."""


class FrozenError(GpnbError, FrozenInstanceError):
    """Something that never changes was to be changed in place; the sentence says how to get a changed copy."""


class FitError(GpnbError, RuntimeError):
    """A fit cannot be started or has no meaningful answer."""


class Cancelled(GpnbError):  # noqa: N818  (a cancelled job is not a fault)
    """The work was stopped by its cancel token; nothing half-made is kept."""


class MissingDependency(GpnbError, ImportError):  # noqa: N818  (public name of the house)
    """An optional package is needed for what was asked.

    Parameters
    ----------
    package : str
        The package that could not be imported.
    extra : str
        The extra of gpnb that brings it.
    purpose : str
        What it is needed for.
    """

    def __init__(self, package: str, extra: str, purpose: str):
        super().__init__(f"{purpose} needs {package}, which is not installed: pip install 'gpnb[{extra}]'.")
        self.package, self.extra = package, extra


class DataWarning(UserWarning):
    """Something in the data deserves a look; the result is there all the same."""

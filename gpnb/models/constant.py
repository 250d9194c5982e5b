"""A flat spectrum."""

from __future__ import annotations

from typing import Any

from gpnb.core.units import DNDE
from gpnb.models.base import Declared
from gpnb.models.spectrum import ClosedSpectrum


class ConstantSpectrum(ClosedSpectrum):
    """The same differential flux at all energies.

    Parameters
    ----------
    const : Quantity or str
        The differential flux.

    Examples
    --------
    >>> ConstantSpectrum(const="2e-12 TeV-1 s-1 cm-2").integral("1 TeV", "3 TeV").value
    np.float64(4e-12)
    """

    const = Declared(1e-12, DNDE.to_string())

    @staticmethod
    def evaluate(energy: Any, const: Any) -> Any:
        """The constant."""
        return const + 0 * energy

    @staticmethod
    def moment(low: Any, high: Any, order: int, const: Any) -> Any:
        """Const (high^order − low^order)/order."""
        return const * (high**order - low**order) / order

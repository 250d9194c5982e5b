"""What the panel of a proposal computes, once for each answer."""

from __future__ import annotations

import math
from typing import Any
from weakref import WeakKeyDictionary

from astropy import units as u

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.data.sites import site_name
from gpnb.estimate.proposal import Proposal
from gpnb.estimate.visibility import skycoord_words, visibility, visible_hours
from gpnb.fitting.result import FitResult
from gpnb.panels.proposal.view import ProposalView
from gpnb.panels.work import Job, Kept
from gpnb.products.detection import DetectionTime
from gpnb.products.sensitivity import Sensitivity
from gpnb.products.visibility import Visibility, VisibleHours

OTHERS = (0.25, 2.5)
"""Other live times whose sensitivity is drawn, in parts of the one that is asked for."""

YEAR_ZENITH = 60.0
"""deg: to which the year is shown at least."""


class ProposalWork:
    """Answers of a proposal, kept by what they depend on.

    Parameters
    ----------
    obj : Proposal
        What is proposed.
    """

    def __init__(self, obj: Proposal):
        self.obj = obj
        self._kept = Kept()

    def irfs(self, view: ProposalView) -> str:
        """Name of the responses."""
        return view.irfs or self.obj.names[0]

    def missing(self, view: ProposalView) -> Job | None:
        """The responses that have to be reduced before they can be shown; the first ones are there."""
        name = self.irfs(view)
        if self._kept.knows(("cube", name)) or name not in self.obj.names:
            return None

        def make(**_: Any) -> str:
            self.reduce(name)
            return ""

        return Job(f"Reducing {name}", make, ("cube", name), waits=("irfs",))

    def reduce(self, name: str) -> None:
        """Make what is expected with some responses."""
        self._kept.once(("cube", name), lambda: self.obj.cube(name))

    def limits(self, view: ProposalView, factor: float = 1.0) -> Sensitivity:
        """The sensitivity after the hours that are asked for, times a factor."""
        hours = factor * view.hours
        demands = {"significance": view.significance, "systematics": view.systematics}
        key = ("limits", self.irfs(view), hours, *demands.values())
        return self._kept.once(key, lambda: self.obj.sensitivity(hours * u.h, self.irfs(view), **demands))

    def detection(self, view: ProposalView, irfs: str = "") -> DetectionTime:
        """Time to detection with some responses; by default those that are chosen."""
        name = irfs or self.irfs(view)
        demands = {"significance": view.significance, "systematics": view.systematics}
        key = ("detection", name, *demands.values())
        return self._kept.once(key, lambda: self.obj.detection(name, **demands))

    def expected(self, view: ProposalView) -> FitResult:
        """The fit to be expected."""
        key = ("expected", self.irfs(view), view.hours)
        return self._kept.once(key, lambda: self.obj.expected(view.hours * u.h, self.irfs(view)))

    def known(self, view: ProposalView) -> list[str]:
        """Responses that are reduced already."""
        return [name for name in self.obj.names if self._kept.knows(("cube", name)) or name == self.irfs(view)]

    def target(self, view: ProposalView) -> Any:
        """Where is looked."""
        return view.target or self.obj.source.spatial.center  # type: ignore[union-attr]

    def target_name(self, view: ProposalView) -> str:
        """What is looked at."""
        return view.target or self.obj.source.name or skycoord_words(self.target(view))

    def site(self, view: ProposalView) -> Any:
        """From where."""
        return view.site or self.obj.site

    def site_name(self, view: ProposalView) -> str:
        """What that is called."""
        return site_name(self.site(view))

    def date(self, view: ProposalView) -> str:
        """Which night."""
        return view.night or self.obj.night

    def night(self, view: ProposalView) -> Visibility | str:
        """Altitudes of a night; or why there are none."""
        key = ("night", view.target, view.site, view.night, view.zenith_max, view.moonlight)
        given = (self.target(view), self.site(view), self.date(view), view.zenith_max * u.deg, view.moonlight)
        found: Visibility | str = self._kept.once(key, lambda: _told(visibility, *given))
        return found

    def year(self, view: ProposalView) -> VisibleHours | str:
        """Hours of the year, to 60 deg of zenith angle or more; or why there are none."""
        zenith = max(YEAR_ZENITH, 5.0 * math.ceil(view.zenith_max / 5.0))
        number = int(self.date(view)[:4])
        key = ("year", view.target, view.site, number, zenith, view.moonlight)
        given = (self.target(view), self.site(view), number, zenith * u.deg, view.moonlight)
        found: VisibleHours | str = self._kept.once(key, lambda: _told(visible_hours, *given))
        return found


def _told(make: Any, *given: Any) -> Any:
    """What is made, or the sentence that says why it cannot be."""
    try:
        return make(*given)
    except (SelectionError, ArgumentError) as error:
        return str(error)


_WORKS: WeakKeyDictionary[Proposal, ProposalWork] = WeakKeyDictionary()


def work_of(obj: Proposal) -> ProposalWork:
    """The answers of a proposal, shared by its panels."""
    if obj not in _WORKS:
        _WORKS[obj] = ProposalWork(obj)
    return _WORKS[obj]

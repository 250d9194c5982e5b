"""A proposal in words: its facts, and the chips that change it."""

from __future__ import annotations

from gpnb.core.units import skycoord_text
from gpnb.panels.proposal.view import ProposalView
from gpnb.panels.proposal.work import ProposalWork
from gpnb.state.chips import Chip


def proposal_facts(work: ProposalWork, view: ProposalView) -> str:
    """Source, site, responses: one line."""
    return (
        f"{work.target_name(view)} with {work.irfs(view)} from {work.site_name(view)} · {work.obj.offset:g}° off axis"
    )


def proposal_chips(work: ProposalWork, view: ProposalView) -> list[Chip]:
    """Source, site, responses and night."""
    place = view.target or skycoord_text(work.target(view))
    given = {
        "target": ("Source", work.target_name(view), place, "83.63d 22.01d, or galactic 0d 0d"),
        "site": ("Site", work.site_name(view), view.site or work.site_name(view), "CTAO South, H.E.S.S., VERITAS …"),
        "irfs": ("Responses", work.irfs(view), work.irfs(view), ", ".join(work.obj.names)),
        "night": ("Night", work.date(view), work.date(view), "2027-06-08"),
    }
    return [Chip(name, *words) for name, words in given.items()]

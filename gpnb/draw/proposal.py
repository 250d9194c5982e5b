"""A proposal: sensitivity, time to detection, year and night, with the errors to be expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from astropy.table import Table
from matplotlib.figure import Figure

from gpnb.draw import html
from gpnb.draw.plots import draw_grid
from gpnb.panels.plot import Plot
from gpnb.panels.proposal.plan import expected_rows, proposal_notes, proposal_plots, response_rows, verdict_words
from gpnb.panels.proposal.view import ProposalView
from gpnb.panels.proposal.words import proposal_facts
from gpnb.panels.proposal.work import work_of


def plots(obj: Any, record: ProposalView) -> list[Plot]:
    """Four of them."""
    return proposal_plots(work_of(obj), record)


def draw(obj: Any, record: ProposalView, figure: Figure) -> None:
    """Draw them, two by two."""
    draw_grid(figure, plots(obj, record), 2, 520, 300)


def summary(
    obj: Any, record: ProposalView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()
) -> html.Markup:
    """The verdict, the errors to be expected, the hours with each response, as safe HTML."""
    work = work_of(obj)
    columns, rows, chosen = response_rows(work, record)
    tables = [
        html.table(*expected_rows(work, record)),
        html.table(columns, rows, [k in chosen for k in range(len(rows))]),
    ]
    verdict = " · ".join(verdict_words(work, record))
    facts = f"{proposal_facts(work, record)} · {verdict}"
    return html.frame("Proposal", facts, [picture, *tables], [*proposal_notes(work, record), *notes], repr(obj))


def table(obj: Any, record: ProposalView) -> Table:
    """The numbers behind the sensitivity."""
    return work_of(obj).limits(record).table

"""The proposal panel, live and as a picture."""

import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.panels.proposal.view import ProposalView

pytestmark = pytest.mark.long

FLAT = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2")
SOURCE = gpnb.SkyModel(
    gpnb.PowerLaw(index=2.7, amplitude="3e-13 TeV-1 s-1 cm-2"),
    gpnb.PointSource("galactic 358.71d -0.64d"),
    name="J1745",
)


@pytest.fixture(scope="module")
def proposal(demo):
    runs = demo.select(target="Crab")
    area = gpnb.irf.EffectiveArea(runs[0].aeff.axes, 0.1 * runs[0].aeff.values, runs[0].aeff.header)
    small = {"aeff": area, "edisp": runs[0].edisp, "psf": runs[0].psf, "bkg": runs[0].bkg}
    return gpnb.Proposal(
        SOURCE,
        {"demo": runs[0], "small": small},
        "CTAO South",
        "2027-06-08",
        energy=("0.2 TeV", "50 TeV"),
        per_decade=4,
    )


def controls(panel):
    return {item["name"]: item for item in panel.controls.items}


def test_a_proposal_answers(proposal):
    panel = proposal.view()
    assert panel.message == ""
    assert panel.title() == "Proposal"
    assert panel.facts() == "J1745 with demo from CTAO South · 0.5° off axis"
    needed = proposal.detection().livetime
    assert panel.answer.title.startswith("● 5 σ after ")
    assert "dark hours in 2027 below 45° zenith, best in" in panel.answer.facts
    assert set(panel.plots) == {"sensitivity", "detection", "year", "night"}
    x, _ = panel.plots["detection"].data("points 0")
    assert x == pytest.approx([needed.value])
    lines = panel.plots["sensitivity"].shown.lines
    assert [item.label for item in lines] == ["5 h", "50 h", "20 h", "source"]
    limits = proposal.sensitivity("20 h")
    assert lines[2].y == pytest.approx(np.asarray(limits["e2dnde"]))
    assert [row["cells"][0] for row in panel.expected.rows] == ["index", "amplitude", "lon", "lat"]
    assert panel.responses.chosen == [0]


def test_hours_zenith_and_errors_move_it(proposal, front):
    panel = proposal.view()
    front.turn(panel.controls, "hours", 80, "gesture 0")
    assert panel.state.hours == 80
    assert panel.plots["detection"].shown.marks[0].value == 80
    before = panel.answer.facts
    front.turn(panel.controls, "zenith_max", 30, "gesture 1")
    assert panel.plots["year"].shown.rules[0].value == 30
    assert panel.answer.facts != before
    front.turn(panel.controls, "percent", 60, "gesture 2")
    assert panel.state.systematics == 0.6
    front.turn(panel.controls, "dark", False, "gesture 3")
    assert panel.state.moonlight
    for _ in range(4):
        assert panel.undo()
    assert panel.state == ProposalView()


def test_other_responses_take_their_time(proposal):
    panel = proposal.view()
    panel.typed("irfs", "small")
    assert panel.wait()
    assert panel.view.irfs == "small"
    assert panel.facts().startswith("J1745 with small")
    assert [row["cells"][0] for row in panel.responses.rows] == ["demo", "small"]
    assert panel.responses.chosen == [1]
    assert proposal.detection("small").livetime > proposal.detection("demo").livetime
    with pytest.raises(ArgumentError, match="'smal' are no responses that were given: did you mean 'small'"):
        panel.typed("irfs", "smal")


def test_chips_change_place_site_and_night(proposal):
    panel = proposal.view()
    assert [chip.title for chip in panel.chips()] == ["Source", "Site", "Responses", "Night"]
    panel.typed("site", "VERITAS")
    panel.typed("target", "83.63d 22.01d")
    panel.typed("night", "2027-12-08")
    assert panel.plots["night"].shown.x_label == "Time (UTC), night of 2027-12-08"
    assert panel.notes() == []
    panel.typed("target", "0d -80d")
    (note,) = panel.notes()
    assert "culminates below the horizon at VERITAS: it is never within" in note
    assert panel.plots["night"].shown.lines == ()
    assert panel.message == ""
    assert "culminates" in panel._repr_mimebundle_()["text/html"]
    for name, text in (("site", "CTA"), ("night", "soon"), ("target", "there")):
        with pytest.raises(ArgumentError):
            panel.typed(name, text)


def test_a_source_that_is_never_detected_is_no_fine_state(demo):
    faint, run = SOURCE.replace(amplitude=1e-16), demo.select(target="Crab")[0]
    panel = gpnb.Proposal(faint, run, "CTAO South", "2027-06-08", energy=("0.5 TeV", "20 TeV"), per_decade=2).view()
    assert panel.answer.title.startswith("▲ never detected")
    assert panel.verdict().words.startswith("never detected")


def test_a_proposal_as_a_picture(proposal, tmp_path):
    with gpnb.set_options(display="static"):
        panel = proposal.view(hours="50 h")
    bundle = panel._repr_mimebundle_()
    assert "5 σ after" in bundle["text/html"]
    assert "could not be" not in bundle["text/html"]
    panel.save(tmp_path / "proposal.pdf")
    panel.save_data(tmp_path / "limits.ecsv")
    assert len(panel.figure().axes) >= 4


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"source": FLAT}, "must be a SkyModel with a place"),
        ({"site": "CTA South"}, "site='CTA South'"),
        ({"night": "someday"}, "night='someday' is not a time"),
    ],
)
def test_bad_input_is_told_in_a_sentence(given, words, demo):
    arguments = {"source": SOURCE, "irfs": demo.select(target="Crab")[0], "site": "CTAO South", "night": "2027-06-08"}
    with pytest.raises(ArgumentError, match=words):
        gpnb.Proposal(**arguments | given)


def test_settings_that_mean_nothing_are_refused():
    for changes, words in (
        ({"hours": "0 h"}, "hours=0 must be above 0"),
        ({"zenith_max": "95 deg"}, "zenith_max=95 must be"),
        ({"systematics": 2.0}, "systematics=2 must be from 0 to 1"),
        ({"significance": 0.0}, "significance=0 must be above 0"),
        ({"site": 3}, "must be the name of an observatory"),
    ):
        with pytest.raises(ArgumentError, match=words):
            ProposalView.build(**changes)


def test_code_makes_it_again(proposal, demo):
    run = demo.select(target="Crab")[0]
    made = gpnb.Proposal(SOURCE, run, "CTAO South", "2027-06-08", energy=("0.5 TeV", "20 TeV"), per_decade=2)
    panel = made.view(hours="30 h", site="H.E.S.S.")
    scope = {}
    with gpnb.set_options(display="static"):
        exec(panel.to_code(), scope)
        again = next(value for name, value in scope.items() if name == "panel")
    assert again.state == panel.state
    assert scope["proposal"].detection().livetime == made.detection().livetime * u.one

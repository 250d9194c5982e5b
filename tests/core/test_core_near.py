"""What is meant by a name that is not there, wherever names are given."""

import pytest

import gpnb
from gpnb.core.near import meant, same_name
from gpnb.data.expression import where_mask


def test_near_names_and_those_that_differ_in_case():
    assert meant("amplitde", ["index", "amplitude"]) == "did you mean 'amplitude'?"
    assert meant("crab nebla", ["Crab_Nebula", "Vela"]) == "did you mean 'Crab_Nebula'?"
    assert meant("xyz", []) == "there are: none."
    assert meant("q", [f"name{n}" for n in range(20)]).endswith("and 8 more.")
    assert same_name("DOMINGUEZ", ["dominguez", "finke"]) == "dominguez"
    assert same_name("a b", ["A-B", "a_b"]) is None


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda store: store.select(target="Carb"), "No run has the target 'Carb': did you mean 'Crab'"),
        (lambda store: store.select(where="ZENPNT < 40"), "no column 'ZENPNT': did you mean 'ZEN_PNT'"),
        (lambda _: where_mask("COLOR > 3", {"ENERGY": [1.0]}, 1), "no column 'COLOR': there are: ENERGY"),
        (lambda _: gpnb.EBLAbsorption.read("domingez"), "'domingez' is not known: did you mean 'dominguez'"),
        (lambda _: gpnb.EBLAbsorption.read("zzz"), "'zzz' is not known: published ones are: dominguez, finke"),
        (lambda _: gpnb.Models([gpnb.SkyModel(gpnb.PowerLaw(), name="crab")])["carb"], "did you mean 'crab'"),
        (lambda _: gpnb.PowerLaw(indx=2), "did you mean 'index'"),
    ],
)
def test_what_was_meant_is_said(demo, call, said):
    with pytest.raises(gpnb.GpnbError, match=said):
        call(demo)


def test_catalogue_sources(data_dir, monkeypatch):
    monkeypatch.setenv("GPNB_DATA", str(data_dir))
    catalog = gpnb.read_catalog("3fhl")
    assert catalog["crab nebula"].name == catalog["Crab Nebula"].name
    with pytest.raises(gpnb.SelectionError, match=r"Did you mean '.*\?.* \.nearest"):
        catalog["Mkr 421"]


@pytest.mark.parametrize("name", ["PowerLaw", "LogParabola", "GaussianSource", "GaussianFlare", "PowerLawNorm"])
def test_constructors_show_their_parameters(name):
    """To help() and completion."""
    from inspect import signature

    kind = getattr(gpnb, name)
    shown = list(signature(kind).parameters)
    made = kind() if name != "GaussianFlare" else None
    assert "kwargs" not in shown
    assert "given" not in shown
    if made is not None:
        assert set(made.names) <= set(shown)


def test_completion_shows_no_imports():
    assert set(dir(gpnb)) <= {*gpnb.__all__, "report", "stats"}

"""Recipes: identity, JSON, and code."""

import json

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time
from regions import CircleSkyRegion

from gpnb import ArgumentError, Recipe, Ring, SkyImage
from gpnb.core.provenance import provenance
from gpnb.core.replay import replay


def store():
    return Recipe.of("gpnb.DataStore.read()", path="demo", name="store")


def test_code_names_each_step_once():
    runs = Recipe.of(".select()", on=store(), target="Crab", name="runs")
    first = Recipe.of("[0]", on=runs, name="obs")
    both = Recipe.of(
        "gpnb.EventList.stack()",
        lists=[Recipe.of(".events", on=first, name="events"), Recipe.of(".events", on=runs, name="events")],
    )
    assert both.to_code().splitlines()[2:] == [
        "store = gpnb.DataStore.read(path='demo')",
        "runs = store.select(target='Crab')",
        "obs = runs[0]",
        "events = obs.events",
        "events_2 = runs.events",
        "event_list = gpnb.EventList.stack(lists=[events, events_2])",
    ]


def test_arguments_become_text_that_the_door_reads():
    center = SkyCoord(83.63, 22.01, unit="deg")
    recipe = Recipe.of(
        "gpnb.f()",
        center=center,
        energy=(1 * u.TeV, 10 * u.TeV),
        time=Time("2006-07-30T00:10:00", scale="tt"),
        region=CircleSkyRegion(center, 0.2 * u.deg),
        size=np.int64(3),
        nothing=None,
    )
    assert recipe.kwargs["center"] == "icrs 83.63d 22.01d"
    assert recipe.kwargs["energy"] == ["1.0 TeV", "10.0 TeV"]
    assert recipe.kwargs["time"] == "2006-07-30T00:10:00.000000000 tt"
    assert recipe.kwargs["region"].startswith("icrs; circle(83.63")
    assert recipe.kwargs["size"] == 3
    assert "nothing" not in recipe.kwargs


def test_what_has_a_recipe_is_an_input():
    recipe = Recipe.of("gpnb.reduce_map()", background=Ring(inner="1 deg"))
    assert recipe.inputs[0].call == "gpnb.Ring()"
    assert "background=ring" in recipe.to_code()
    assert "ring = gpnb.Ring(inner='1 deg')" in recipe.to_code()


def test_arrays_are_named_placeholders():
    recipe = Recipe.of("gpnb.SkyMap()", geom=Recipe.memory("geom"), data=np.zeros((3, 3)))
    assert recipe.to_code().splitlines()[-1] == "sky_map = gpnb.SkyMap(geom=geom, data=data)"
    with pytest.raises(ArgumentError, match="cannot be written into a recipe"):
        Recipe.of("gpnb.f()", thing=object())


def test_json_round_trip_and_identity():
    recipe = Recipe.of(".select()", on=store(), target="Crab", name="runs")
    again = Recipe.from_dict(json.loads(recipe.to_json()))
    assert again == recipe
    assert hash(again) == hash(recipe)
    assert again.to_code() == recipe.to_code()
    assert Recipe.of(".select()", on=store(), target="Vela") != recipe
    assert Recipe.of(".select()", on=store(), target="Crab", name="other") == recipe


def test_provenance_has_checksums_of_files(tmp_path):
    path = tmp_path / "events.fits"
    path.write_bytes(b"abc")
    facts = provenance(Recipe.of("gpnb.EventList.read()", path=str(path)))
    assert facts["sha256"] == {"events.fits": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}
    assert {"gpnb", "numpy", "astropy", "python"} == set(facts["versions"])


class Thing:
    """Something with a recipe, and verbs that note how they were called."""

    recipe = Recipe.of("gpnb.Thing()", name="thing")

    @classmethod
    def read(cls, path, name=None):
        return Recipe.of_call(cls.read, locals(), name="thing")

    def cut(self, low, *, high=None, progress=True, cancel=None, executor=None, **options):
        extra = low  # what a verb makes itself is none of its arguments
        return Recipe.of_call(self.cut, locals(), name="part", low=extra + 1)


def test_a_call_notes_its_arguments_and_not_how_the_work_is_done():
    made = Thing().cut(1, high=2, progress=False, cancel=object(), executor=object(), tolerance=0.1)
    assert made.call == ".cut()"
    assert made.inputs == (Thing.recipe,)
    assert dict(made.kwargs) == {"low": 2, "high": 2, "tolerance": 0.1}
    assert made.to_code().splitlines()[-1] == "part = thing.cut(low=2, high=2, tolerance=0.1)"
    assert "high" not in Thing().cut(1).kwargs


def test_a_call_of_a_class_and_an_argument_called_name(tmp_path):
    made = Thing.read(tmp_path, name="it")
    assert (made.call, made.name) == ("gpnb.Thing.read()", "thing")
    assert dict(made.kwargs) == {"path": str(tmp_path), "name": "it"}


def test_an_image_made_again_keeps_its_name():
    image = SkyImage.empty(nxpix=3, nypix=2, name="counts")
    assert replay(image.recipe).meta == image.meta == {"name": "counts"}


def test_none_is_written_where_it_is_not_the_default():
    def verb(sky_map, background="ring", exclusion=None):
        return Recipe.of_call(verb, locals(), background=background)

    assert verb(3).kwargs == {"sky_map": 3, "background": "ring"}
    assert verb(3, background=None).kwargs == {"sky_map": 3, "background": None}
    assert "background=None" in verb(3, background=None).to_code()

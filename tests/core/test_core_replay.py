"""Recipes that are followed."""

import pickle

import numpy as np
import pytest

import gpnb
from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.replay import arguments, replay, step


def test_calls_methods_attributes_and_arguments():
    crab = gpnb.SkyModel(gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2"), name="crab")
    assert replay(crab.recipe) == crab
    axis = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=4)
    assert replay(Recipe.of(".edges", on=axis))[-1].to_value("TeV") == pytest.approx(10)
    assert replay(Recipe.of(".slice()", on=axis, start=1, stop=3)) == axis.slice(1, 3)


def test_a_chain_from_a_store(demo):
    runs = demo.select(target="Crab")[:2]
    again = replay(runs.recipe)
    assert again.obs_ids == runs.obs_ids
    assert replay(runs[1].recipe).obs_id == runs[1].obs_id
    assert len(replay(runs[0].events.select(energy=("1 TeV", None)).recipe)) > 0


@pytest.mark.parametrize(
    ("call", "expected"), [("[2]", 2), ("[-1]", 9), ("[1:3]", [1, 2]), ("[::4]", [0, 4, 8]), ("[:2]", [0, 1])]
)
def test_items(call, expected):
    assert step(Recipe(call), [list(range(10))]) == expected


def test_items_by_name():
    assert step(Recipe("['crab']"), [{"crab": 1}]) == 1


def test_the_last_step_with_other_arguments():
    recipe = gpnb.PowerLaw(index=2.6).recipe
    assert arguments(recipe, [])["index"] == 2.6
    assert step(recipe, [], index=3).index.value == 3


def test_what_was_made_in_memory_is_told():
    with pytest.raises(SelectionError, match="runs was made in memory"):
        replay(Recipe.of(".select()", on=Recipe.memory("runs"), target="Crab"))
    with pytest.raises(SelectionError, match="edges was made in memory"):
        replay(Recipe.of("gpnb.Axis.energy_edges()", edges=np.ones(3)))


def test_what_was_made_in_memory_is_found_while_it_lives():
    class Box:
        lid = "open"

    box = Box()
    recipe = Recipe.of(".lid", on=Recipe.memory("box", box))
    assert replay(recipe) == "open"
    assert pickle.loads(pickle.dumps(recipe)) == recipe
    del box
    with pytest.raises(SelectionError, match="box was made in memory and is gone"):
        replay(recipe)


@pytest.mark.parametrize(
    "call",
    [
        *(
            "gpnb.core.recipe.os.system()",
            "gpnb.core.scratch.throw_away()",
            "gpnb.report.run.run()",
            "gpnb.__builtins__",
        ),
        *("gpnb.models.PowerLaw()", "gpnb.set_options()", "gpnb.DataStore.read.__globals__", "gpnb.DataStore.table"),
        *(
            "gpnb.Models.write()",
            "gpnb.PowerLaw.__init__()",
            "gpnb._HOME.clear()",
            "gpnb.",
            "gpnb.data.write.write_index()",
        ),
        *(
            ".write()",
            ".recipe.__class__",
            ".__class__",
            "._names",
            ".",
            "",
            ".write",
            ".to_code()",
            ".gone",
            "a.b.c()",
        ),
        *("os.system()", "subprocess.Popen()", "()", ".()", "gpnb()"),
    ],
)
def test_a_recipe_of_others_runs_nothing_but_what_gpnb_records(call, tmp_path):
    path = tmp_path / "made.yaml"
    model = gpnb.Models([gpnb.SkyModel(gpnb.PowerLaw(), name="a")]).recipe
    foreign = Recipe.from_dict({"call": call, "kwargs": {"path": str(path)}, "inputs": [model.to_dict()]})
    with pytest.raises((SelectionError, gpnb.ArgumentError)):
        replay(foreign)
    assert not path.exists()


def test_recipes_that_lack_what_they_name_are_told():
    for broken in (
        {"call": ".select()"},
        {"call": "[0]"},
        {"call": "gpnb.fit()", "kwargs": {"datasets": {"$input": 3}}},
    ):
        with pytest.raises(SelectionError, match="give one that gpnb wrote"):
            replay(Recipe.from_dict(broken))
    for broken in (
        {},
        {"call": 3},
        [],
        {"call": "a", "inputs": 3},
        {"call": "a", "kwargs": []},
        {"call": "a", "name": 3},
    ):
        with pytest.raises(gpnb.ArgumentError, match="is no recipe"):
            Recipe.from_dict(broken)

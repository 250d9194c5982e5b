"""What a picture shows, of which data: the line below a figure of a report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from gpnb.core.recipe import Recipe
from gpnb.core.words import real_minus
from gpnb.state.chips import region_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST = 4
"""Plots that are named."""


def caption(figure: Figure, recipe: Recipe) -> str:
    """Sentences from the labels of the axes, with their units, and from the steps that led to the data.

    Parameters
    ----------
    figure : Figure
        The picture.
    recipe : Recipe
        Of what is shown.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> _ = figure.subplots().set(xlabel="Energy (TeV)", ylabel="Counts")
    >>> caption(figure, Recipe.memory("spectrum"))
    'Counts against Energy (TeV).'
    """
    drawn = list(dict.fromkeys(filter(None, map(_plot_words, figure.axes))))
    more = ["and others"] if len(drawn) > _MOST else []
    found = ["; ".join([*drawn[:_MOST], *more]), ", ".join(_data_words(recipe))]
    return real_minus(" ".join(f"{words[:1].upper()}{words[1:]}." for words in found if words)).replace(r"\$", "$")


def _plot_words(axes: Any) -> str:
    """What is drawn in some axes, with its unit."""
    if axes.get_label() == "<colorbar>":
        return ""
    bars = [image.colorbar.ax.get_ylabel() for image in axes.images if image.colorbar is not None]
    if bars:
        return str(bars[0])
    below = [other.get_xlabel() for other in axes.get_shared_x_axes().get_siblings(axes)]
    x, y = axes.get_xlabel() or next(filter(None, below), ""), axes.get_ylabel()
    return f"{y} against {x}" if x and y else str(y)


def _data_words(recipe: Recipe) -> Iterator[str]:
    """Where the data are from: runs, store, region; as far as the recipe tells."""
    known: dict[str, str] = {}
    for step in recipe.walk():
        given = step.kwargs
        if step.call == "gpnb.demo_store()":
            known["store"] = f"the demo store “{given.get('part', 'cta')}”"
        elif step.call == "gpnb.DataStore.read()" and isinstance(given.get("path"), str):
            known["store"] = f"the store “{PurePath(given['path']).name}”"
        elif step.call == ".select()" and (words := _runs_words(given)):
            known["runs"] = words
        elif isinstance(given.get("on_region"), str):
            known["region"] = f"ON region {region_words(given['on_region'])}"
    if "store" in known:
        yield f"data: {known.get('runs', 'runs')} of {known['store']}"
    elif "runs" in known:
        yield f"data: {known['runs']}"
    if "region" in known:
        yield known["region"]


def _runs_words(given: Any) -> str:
    """Which runs were chosen."""
    if isinstance(given.get("target"), str):
        return f"runs on {given['target']}"
    numbers = given.get("obs_id")
    if isinstance(numbers, int):
        return f"run {numbers}"
    if isinstance(numbers, list | tuple) and numbers:
        return f"runs {', '.join(map(str, numbers))}" if len(numbers) <= _MOST else f"{len(numbers)} runs"
    cone = given.get("cone")
    if isinstance(cone, list | tuple) and len(cone) == 2 and all(isinstance(part, str) for part in cone):
        return f"runs within {cone[1]} of {cone[0]}"
    return ""

"""Which kind of component a source is in a cube."""

from __future__ import annotations

from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.fitting.cube.counts_template import CountsTemplate
from gpnb.fitting.cube.image_source import ImageSource
from gpnb.fitting.cube.part import Component
from gpnb.fitting.cube.responses import instrument_at
from gpnb.fitting.cube.voxels import Voxels
from gpnb.fitting.cube.wave_source import WaveSource
from gpnb.models.template_counts import TemplateCounts


def component_of(voxels: Voxels, model: Any) -> Component:
    """The component of a source, or of predicted counts.

    Raises
    ------
    ArgumentError
        If it has no position, or there are no counts where the data are.
    SelectionError
        If the cube lacks a response.
    """
    if isinstance(model, TemplateCounts):
        return CountsTemplate(voxels, model)
    if model.spatial is None:
        raise ArgumentError(
            f"{model.name} has no spatial model, which a cube ({voxels.dataset.name}) needs: "
            f"give it one, such as spatial=gpnb.PointSource(position)."
        )
    if model.spatial.has_waves:
        return WaveSource(voxels, model, instrument_at(voxels.dataset, model))
    return ImageSource(voxels, model)

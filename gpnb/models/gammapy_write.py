"""Writes models as the YAML of Gammapy 2.1: our types and names of parameters in terms of its."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.models.background import Background
from gpnb.models.base import Model
from gpnb.models.compound import CompoundSpectrum
from gpnb.models.ebl import EBLAbsorption
from gpnb.models.gammapy import RESPONSES, SPATIAL, SPECTRAL, TEMPORAL, Kind, omega_of_period
from gpnb.models.links import link_targets
from gpnb.models.member import Member
from gpnb.models.parameter import Parameter
from gpnb.models.priors import GaussianPrior, LogUniformPrior, UniformPrior, prior_to_dict
from gpnb.models.responses import Responses
from gpnb.models.sky import SkyModel
from gpnb.models.template_counts import TemplateCounts

if TYPE_CHECKING:
    from gpnb.models.collection import Models

_OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv"}
_PRIORS = {GaussianPrior: {"mean": "mu"}, UniformPrior: {}, LogUniformPrior: {}}
_TABLES = ("energy", "values", "interp")
"""Entries beside the parameters that both have."""


def gammapy_components(models: Models) -> list[dict[str, Any]]:
    """The components of a file that Gammapy reads.

    Raises
    ------
    ArgumentError
        If something has no counterpart there; names it.
    """
    labels = _labels(models)
    return [_component(model, labels) for model in models.resolved()]


def _labels(models: Models) -> dict[str, str]:
    """Gammapy gives linked parameters one label: here the full name of the first, with an @."""
    targets = link_targets(models.parameters)
    ends = {name: targets.get(name, name) for name in models.parameters}
    return {name: f"{end.rpartition('.')[2]}@{end}" for name, end in ends.items() if end in targets.values()}


def _component(model: Member, labels: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": model.name, "type": "SkyModel"}
    if isinstance(model, TemplateCounts):
        found |= {"type": "TemplateNPredModel", "filename": model.to_dict()["filename"]}
    elif isinstance(model, Background):
        found = {"type": "FoVBackgroundModel"}
    if isinstance(model, Background) and model.dataset:
        found["datasets_names"] = [model.dataset]
    writers = {"spectral": _spectral, "spatial": _spatial, "temporal": _temporal}
    for role, part in model.parts.items():
        own = {name: labels.get(full, "") for name, full in zip(part.names, model.full_names(role), strict=True)}
        found[role] = writers[role](part, own)
    if isinstance(model, SkyModel) and model.responses != Responses():
        applied = model.responses.to_dict()
        found["apply_irf"] = {theirs: applied[ours] for ours, theirs in RESPONSES.items()}
    return found


def _spectral(model: Model, labels: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(model, CompoundSpectrum):
        count, names = len(model.left.names), model.names
        parts = ((model.left, names[:count]), (model.right, names[count:]))
        own = [{name: labels[full] for name, full in zip(part.names, outer, strict=True)} for part, outer in parts]
        made = [_spectral(part, item) for (part, _), item in zip(parts, own, strict=True)]
        kind = {"type": "CompoundSpectralModel", "model1": made[0], "model2": made[1]}
        return {**kind, "operator": _OPERATORS[model.operator]}
    found = _part(model, SPECTRAL, labels)
    if isinstance(model, EBLAbsorption):
        return {**found, **_absorption(model)}
    data = model.to_dict()
    return {**found, **{name: data[name] for name in _TABLES if name in data}}


def _absorption(model: EBLAbsorption) -> dict[str, Any]:
    """The table of an absorption: transmission by redshift and energy."""
    table = model.table
    energy, depth = np.exp(table.log_energy), table.tau
    return {
        "energy": {"data": energy.tolist(), "unit": "TeV"},
        "param": {"data": table.redshift.tolist(), "unit": ""},
        "values": {"data": np.exp(-depth).tolist(), "unit": ""},
    }


def _spatial(model: Model, labels: Mapping[str, str]) -> dict[str, Any]:
    data = model.to_dict()
    kept: dict[str, Any] = {name: data[name] for name in ("lon", "lat", "filename", "normalize") if name in data}
    return {**_part(model, SPATIAL, labels), "frame": data.get("frame", "icrs"), **kept}


def _temporal(model: Model, labels: Mapping[str, str]) -> dict[str, Any]:
    name = type(model).__name__
    if name in ("LightCurveTemplate", "PhaseCurve"):
        raise ArgumentError(f"{name} is a file for Gammapy: write it with its .write(), and name it there.")
    values = {item.name: item.value for item in model.parameters}
    if values.pop("base", 0.0) != 0 or values.pop("height", 1.0) != 1:
        raise ArgumentError(f"{name} has no base in Gammapy, and a height of 1: base=0, height=1 can be written.")
    return {**_part(model, TEMPORAL, labels), "scale": "tt"}


def _part(model: Model, kinds: Mapping[str, Kind], labels: Mapping[str, str]) -> dict[str, Any]:
    name = type(model).__name__
    found = next(((kind, theirs) for theirs, kind in kinds.items() if kind.ours == name and kind.read), None)
    if found is None:
        raise ArgumentError(f"{name} has no counterpart in Gammapy: leave it out, or write with format='gpnb'.")
    kind, theirs = found
    others = {ours: name for name, ours in kind.names.items()}
    parameters = [
        _parameter(_in_days(item), others.get(item.name, item.name), labels.get(item.name, ""), kind)
        for item in model.parameters
        if item.name not in ("base", "height")
    ]
    return {"type": theirs, "parameters": parameters}


def _in_days(item: Parameter) -> Parameter:
    """Gammapy takes a length of time for a number of days where it is raised to a power."""
    return replace(item, unit="d").to(item) if item.unit == "s" else item


def _parameter(item: Parameter, name: str, label: str, kind: Kind) -> dict[str, Any]:
    record: dict[str, Any] = {"name": name, "value": item.value, "unit": u.Unit(item.unit).to_string()}
    record |= {limit: getattr(item, limit) for limit in ("min", "max") if math.isfinite(getattr(item, limit))}
    if math.isfinite(item.error):
        record["error"] = item.error
    if item.prior is not None:
        record["prior"] = _prior(item)
    if kind.ours == "PowerLawDecay" and name == "alpha":
        record = _negative(record)
    if kind.ours == "SineVariation" and name == "omega":
        record = omega_of_period(record)
    return record | {"frozen": item.frozen} | ({"link": label} if label else {})


def _prior(item: Parameter) -> dict[str, Any]:
    names = _PRIORS[type(item.prior)]
    data = prior_to_dict(item.prior)  # type: ignore[arg-type]
    values = [{"name": names.get(key, key), "value": value, "unit": ""} for key, value in data.items() if key != "type"]
    return {"type": data["type"], "parameters": values, "weight": 1}


def _negative(record: dict[str, Any]) -> dict[str, Any]:
    """A parameter whose sign is the other one there."""
    turned = {other: -record.pop(name) for name, other in (("min", "max"), ("max", "min")) if name in record}
    return {**record, "value": -record["value"], **turned}

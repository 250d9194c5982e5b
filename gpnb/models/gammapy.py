"""Reads the models that Gammapy 2.1 writes as YAML: its types and names of parameters in terms of ours."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from astropy import units as u
from astropy.time import Time

from gpnb.core.errors import DataFormatError
from gpnb.core.faults import faults_told, one_line
from gpnb.core.known_times import known_time
from gpnb.core.warn import warn
from gpnb.models.base import model_class
from gpnb.models.ebl import source_of_file
from gpnb.models.temporal_template import LightCurveTemplate, PhaseCurve

_FROZEN = ("reference", "emin", "emax", "escale", "tilt", "redshift", "alpha_norm", "e", "phi")
"""Parameters that Gammapy freezes by default, and then does not say so."""

_BREAK = {"index1": "index_1", "index2": "index_2", "ebreak": "e_break"}
_CENTER = {"lon_0": "lon", "lat_0": "lat"}


@dataclass(frozen=True)
class Kind:
    """One type of Gammapy.

    Parameters
    ----------
    tag : str
        Its short name there.
    ours : str
        Our class.
    names : mapping
        Parameters that are called otherwise here.
    frozen : tuple of str
        Frozen by default, besides those that always are.
    read : bool
        Whether it reads what it writes.
    """

    tag: str
    ours: str
    names: Mapping[str, str] = field(default_factory=dict)
    frozen: tuple[str, ...] = ()
    read: bool = True


SPECTRAL = {
    "ConstantSpectralModel": Kind("const", "ConstantSpectrum"),
    "PowerLawSpectralModel": Kind("pl", "PowerLaw"),
    "PowerLaw2SpectralModel": Kind("pl-2", "PowerLaw2", {"amplitude": "flux", "emin": "e_min", "emax": "e_max"}),
    "BrokenPowerLawSpectralModel": Kind("bpl", "BrokenPowerLaw", _BREAK),
    "SmoothBrokenPowerLawSpectralModel": Kind("sbpl", "SmoothBrokenPowerLaw", _BREAK, ("beta",)),
    "PiecewiseNormSpectralModel": Kind("piecewise-norm", "PiecewiseNorm"),
    "ExpCutoffPowerLawSpectralModel": Kind("ecpl", "ExpCutoffPowerLaw", {}, ("alpha",)),
    "ExpCutoffPowerLaw3FGLSpectralModel": Kind("ecpl-3fgl", "ExpCutoffPowerLaw3FGL", {"ecut": "e_cut"}),
    "SuperExpCutoffPowerLaw3FGLSpectralModel": Kind("secpl-3fgl", "SuperExpCutoffPowerLaw3FGL", {"ecut": "e_cut"}),
    "SuperExpCutoffPowerLaw4FGLSpectralModel": Kind("secpl-4fgl", "SuperExpCutoffPowerLaw4FGL"),
    "SuperExpCutoffPowerLaw4FGLDR3SpectralModel": Kind("secpl-4fgl-dr3", "SuperExpCutoffPowerLaw4FGLDR3"),
    "LogParabolaSpectralModel": Kind("lp", "LogParabola"),
    "LogParabola2SpectralModel": Kind("lp2", "LogParabola2", {"escale": "scale"}),
    "TemplateSpectralModel": Kind("template", "TemplateSpectrum"),
    "GaussianSpectralModel": Kind("gauss", "GaussianLine", {"amplitude": "flux"}),
    "EBLAbsorptionNormSpectralModel": Kind("ebl-norm", "EBLAbsorption"),
    "PowerLawNormSpectralModel": Kind("pl-norm", "PowerLawNorm"),
    "LogParabolaNormSpectralModel": Kind("lp-norm", "LogParabolaNorm"),
    "ExpCutoffPowerLawNormSpectralModel": Kind("ecpl-norm", "ExpCutoffNorm", {}, ("alpha",)),
}
SPATIAL = {
    "PointSpatialModel": Kind("point", "PointSource", _CENTER),
    "GaussianSpatialModel": Kind("gauss", "GaussianSource", _CENTER),
    "GeneralizedGaussianSpatialModel": Kind("gauss-general", "GeneralGaussianSource", _CENTER),
    "DiskSpatialModel": Kind("disk", "DiskSource", {**_CENTER, "r_0": "radius"}, ("edge_width",)),
    "ShellSpatialModel": Kind("shell", "ShellSource", _CENTER),
    "Shell2SpatialModel": Kind("shell2", "Shell2Source", _CENTER),
    "ConstantSpatialModel": Kind("const", "ConstantSource", {}, ("value",)),
    "ConstantFluxSpatialModel": Kind("const-flux", "ConstantFluxSource", read=False),
    "TemplateSpatialModel": Kind("template", "TemplateSource", _CENTER, ("lon_0", "lat_0")),
    "PiecewiseNormSpatialModel": Kind("piecewise-norm", "SkyNorm"),
}
TEMPORAL = {
    "LinearTemporalModel": Kind(
        "linear", "LinearTrend", {"alpha": "level", "beta": "slope", "t_ref": "start"}, ("t_ref",)
    ),
    "ExpDecayTemporalModel": Kind("exp-decay", "ExponentialDecay", {"t0": "decay", "t_ref": "start"}, ("t_ref",)),
    "GaussianTemporalModel": Kind("gauss", "GaussianFlare", {"t_ref": "peak", "sigma": "width"}),
    "GeneralizedGaussianTemporalModel": Kind(
        "gengauss", "GeneralizedFlare", {"t_ref": "peak", "t_rise": "rise", "t_decay": "decay"}
    ),
    "PowerLawTemporalModel": Kind(
        "powerlaw", "PowerLawDecay", {"alpha": "index", "t_ref": "start", "t0": "scale"}, ("t_ref", "t0")
    ),
    "SineTemporalModel": Kind("sinus", "SineVariation", {"amp": "amplitude", "omega": "period", "t_ref": "start"}),
    "LightCurveTemplateTemporalModel": Kind("template", "LightCurveTemplate"),
    "TemplatePhaseCurveTemporalModel": Kind(
        "template-phase", "PhaseCurve", {"t_ref": "epoch", "phi_ref": "phi0"}, ("t_ref", "phi_ref", "f0", "f1", "f2")
    ),
}
RESPONSES = {"exposure": "exposure", "psf": "psf", "dispersion": "edisp"}
"""Which responses apply to a source: ours, and what Gammapy calls them."""

_PRIORS = {"GaussianPrior": {"mu": "mean", "sigma": "sigma"}, "UniformPrior": {}, "LogUniformPrior": {}}


def translate(items: list[Any], source: str) -> list[dict[str, Any]]:
    """The components of a file in our layout; ours are given back as they are.

    Parameters
    ----------
    items : list of dict
        The components.
    source : str
        Where it is from, for warnings and errors.

    Raises
    ------
    DataFormatError
        If something of Gammapy has no counterpart.
    """
    components = []
    for item in items:
        if not isinstance(item, dict):
            raise DataFormatError(f"{source}: the component {one_line(item)!r} is no model.")
        made = _MEMBERS.get(item.get("type", "SkyModel"))
        if made is None:
            warn_of(source, f"a component of type {item['type']} is left out: it is neither a source nor a background")
            continue
        name = one_line(item.get("name", ""))
        with faults_told(f"{source}, model {name!r}: its entries are not those of a model of Gammapy"):
            components.append(made(item, source))
    return components


def _sky_model(item: dict[str, Any], source: str) -> dict[str, Any]:
    if item.get("datasets_names"):
        warn_of(source, f"datasets_names of the model {item.get('name')!r} is not used")
    parts = {
        "spectral": _spectral(item.get("spectral")),
        "spatial": _spatial(item.get("spatial"), source),
        "temporal": _temporal(item.get("temporal"), source),
        "responses": _responses(item["apply_irf"]) if item.get("apply_irf") else item.get("responses"),
    }
    return {"name": item.get("name"), **{name: part for name, part in parts.items() if part}}


def _background(item: dict[str, Any], source: str) -> dict[str, Any]:
    dataset = _dataset(item)
    if not dataset:
        raise DataFormatError("A background is that of one dataset, but there is no datasets_names.")
    made = {"type": "BackgroundModel", "dataset": dataset, "name": item.get("name") or f"{dataset}-bkg"}
    return {**made, **_factors(item, source)}


def _counts(item: dict[str, Any], source: str) -> dict[str, Any]:
    made = {"type": "TemplateCounts", "dataset": _dataset(item), "name": item.get("name") or "counts"}
    return {**made, "filename": _file(item, source), **_factors(item, source)}


def _dataset(item: dict[str, Any]) -> str:
    """The only dataset that a member belongs to; empty if none is named."""
    names = item.get("datasets_names") or [item.get("dataset") or ""]
    names = [names] if isinstance(names, str) else names
    if len(names) != 1:
        raise DataFormatError(f"A background is that of one dataset, not of {names!r}.")
    return str(names[0])


def _factors(item: dict[str, Any], source: str) -> dict[str, Any]:
    spatial = _spatial(item.get("spatial"), source)
    found = {"spectral": _spectral(item.get("spectral") or {"type": "PowerLawNorm"})}
    return {**found, "spatial": spatial} if spatial else found


_MEMBERS = {
    "SkyModel": _sky_model,
    "FoVBackgroundModel": _background,
    "fov-bkg": _background,
    "BackgroundModel": _background,
    "TemplateNPredModel": _counts,
    "TemplateCounts": _counts,
}


def _responses(applied: Mapping[str, Any]) -> dict[str, bool]:
    unknown = sorted(set(applied) - set(RESPONSES.values()))
    if unknown:
        raise DataFormatError(f"apply_irf has {unknown[0]!r}; expected {', '.join(RESPONSES.values())}.")
    return {ours: bool(applied.get(theirs, True)) for ours, theirs in RESPONSES.items()}


def _spatial(part: Any, source: str) -> Any:
    found = _part(part, SPATIAL, ("frame", "lon", "lat", "normalize", "filename"))
    if not isinstance(found, dict) or found.get("type") not in ("TemplateSource", "SkyNorm"):
        return found
    if part.get("interp", "lin") != "lin":
        raise DataFormatError(f"{part['type']} with interp={part['interp']!r}: only 'lin' is known here.")
    if found["type"] == "SkyNorm":
        return found
    given = [item for item in found.get("parameters", []) if not math.isnan(float(item["value"]))]
    return {**found, "parameters": given, "filename": _file(found, source)}


def _spectral(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    if part.get("type") in ("CompoundSpectralModel", "compound"):
        models = {name: _spectral(part.get(name)) for name in ("model1", "model2")}
        return {"type": "CompoundSpectrum", **models, "operator": part.get("operator")}
    if part.get("interp", "log") != "log":
        raise DataFormatError(f"{part['type']} with interp={part['interp']!r}: only 'log' is known here.")
    new = _part(part, SPECTRAL, ("energy", "values", "model", "model1", "model2", "operator", "source"))
    if "filename" in part:
        new["source"] = source_of_file(PurePath(part["filename"]).name) or part["filename"]
    return new


def _part(part: Any, kinds: Mapping[str, Kind], entries: tuple[str, ...]) -> Any:
    kind = _kind(part, kinds)
    if kind is None:
        return part
    given = part.get("parameters", [])
    if not all(isinstance(item, dict) and {"name", "value"} <= set(item) for item in given):
        raise DataFormatError(f"{part['type']}: each parameter needs a name and a value.")
    parameters = [_parameter(item, kind) for item in given]
    kept = {name: part[name] for name in entries if name in part}
    return {"type": kind.ours, "parameters": parameters, **kept}


def _kind(part: Any, kinds: Mapping[str, Kind]) -> Kind | None:
    if not isinstance(part, dict):
        return None
    name = part.get("type", "")
    return kinds.get(name) or next((kind for kind in kinds.values() if kind.tag == name), None)


def _parameter(item: dict[str, Any], kind: Kind) -> dict[str, Any]:
    name = item["name"]
    frozen = item.get("frozen", name in _FROZEN or name in kind.frozen)
    record = {
        "name": kind.names.get(name, name),
        "value": item["value"],
        "unit": item.get("unit", ""),
        "frozen": frozen,
        **_limits(item, kind),
    }
    if item.get("error"):
        record["error"] = item["error"]
    if item.get("link"):
        record["link"] = item["link"]
    if item.get("prior"):
        record["prior"] = _prior(item["prior"])
    return record


def _limits(item: dict[str, Any], kind: Kind) -> dict[str, float]:
    """The limits of the file; where it has none, ours."""
    given = {limit: float(item.get(limit, math.nan)) for limit in ("min", "max")}
    if not any(math.isfinite(value) for value in given.values()):
        owner = model_class(kind.ours)
        default = owner.declared.get(kind.names.get(item["name"], item["name"])) if owner else None
        if default is not None and default.unit == item.get("unit", ""):
            given = {"min": default.min, "max": default.max}
    return {limit: value for limit, value in given.items() if math.isfinite(value)}


def _prior(data: dict[str, Any]) -> dict[str, Any]:
    kind = data.get("type")
    if kind not in _PRIORS or data.get("weight", 1) != 1:
        raise DataFormatError(
            f"The prior {kind} with weight {data.get('weight', 1)} is not known; known with weight 1 are: "
            f"{', '.join(_PRIORS)}."
        )
    names = _PRIORS[kind]
    return {"type": kind, **{names.get(item["name"], item["name"]): item["value"] for item in data["parameters"]}}


def _temporal(part: Any, source: str) -> Any:
    if not isinstance(part, dict) or part.get("type") in ("ConstantTemporalModel", "const"):
        return None
    kind = _kind(part, TEMPORAL)
    if kind is None:
        return part
    if kind.ours == "LightCurveTemplate":  # its reference time is that of the file
        return LightCurveTemplate.read(_file(part, source)).to_dict()
    values = {item["name"]: item for item in part.get("parameters", [])}
    missing = sorted(set(kind.names) - set(values))
    if missing:
        raise DataFormatError(f"{part['type']} needs the parameter {missing[0]}.")
    made = [_parameter(_other_way(values[name], kind), kind) for name in values]
    for item in made:
        if item["name"] == kind.names["t_ref"]:
            _to_tt(item, part.get("scale", "utc"))
    flare = [{"name": "base", "value": 0.0, "frozen": True}, {"name": "height", "value": 1.0, "frozen": True}]
    found = {"type": kind.ours, "parameters": [*(flare if "peak" in kind.names.values() else []), *made]}
    if kind.ours == "PhaseCurve":
        curve = PhaseCurve.read(_file(part, source), part.get("normalize", True)).to_dict()
        found |= {name: curve[name] for name in ("phase", "values")}
    return found


def _file(part: dict[str, Any], source: str) -> str:
    """The file of a template: as it is named, else beside the file of models."""
    if not part.get("filename"):
        raise DataFormatError(f"{source}: {part['type']} needs the entry 'filename'.")
    path = Path(os.path.expandvars(part["filename"]))
    beside = Path(source).parent / path
    return str(beside if not path.exists() and beside.exists() else path)


def _to_tt(item: dict[str, Any], scale: str) -> None:
    """A time and its limits from MJD of another scale."""
    there = known_time(Time(item["value"], format="mjd", scale=scale), f"The parameter {item['name']!r}")
    shift = float(there.tt.mjd) - float(item["value"])
    item |= {name: float(item[name]) + shift for name in ("value", "min", "max") if name in item}


def _other_way(item: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """Parameters whose meaning is another one here: the sign of an index, a period for an angular frequency."""
    if kind.ours == "PowerLawDecay" and item["name"] == "alpha":
        return _turned(item, lambda alpha: -alpha, "", 1.0)
    if kind.ours == "SineVariation" and item["name"] == "omega":
        omega, unit = float(item["value"]), u.Unit(item.get("unit", "rad s-1"))
        turn = float((2 * math.pi / unit).to_value("rad-1 d"))
        return _turned(item, lambda x: turn / x if x > 0 else math.inf, "d", turn / omega**2)
    return item


def omega_of_period(item: dict[str, Any]) -> dict[str, Any]:
    """A period as the angular frequency that Gammapy has, with limits and error; the other way round of reading."""
    value, unit = float(item["value"]), u.Unit(item["unit"])
    turn = float((2 * math.pi / unit).to_value("d-1"))
    return {**_turned(item, lambda x: turn / x if x > 0 else math.inf, "rad d-1", turn / value**2)}


def _turned(item: dict[str, Any], change: Callable[[float], float], unit: str, slope: float) -> dict[str, Any]:
    """A parameter by a falling function of it, with its limits and, to first order, its error."""
    if item.get("prior"):
        raise DataFormatError(f"The prior of {item['name']} has no counterpart: here it is another parameter.")
    limits = {
        ours: change(float(item[theirs]))
        for ours, theirs in {"min": "max", "max": "min"}.items()
        if _is_limit(item, theirs)
    }
    new = {"name": item["name"], "value": change(float(item["value"])), "unit": unit, **limits}
    if item.get("error"):
        new["error"] = slope * float(item["error"])
    return new | {"frozen": item.get("frozen", False), "link": item.get("link", "")}


def _is_limit(item: dict[str, Any], name: str) -> bool:
    return math.isfinite(float(item.get(name, math.nan)))


def warn_of(source: str, what: str) -> None:
    """Tell of something that is not read."""
    warn(f"{source}: {what}.")

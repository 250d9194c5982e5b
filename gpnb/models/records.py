"""Parameters as plain data for YAML."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from gpnb.core.errors import DataFormatError
from gpnb.core.faults import one_line
from gpnb.core.recipe import Recipe
from gpnb.models.parameter import Parameter
from gpnb.models.priors import Prior, prior_from_dict, prior_to_dict

_SETTINGS = ("min", "max", "frozen", "link", "prior")
_OPTIONAL = ("unit", "min", "max", "frozen", "link", "error")
_PLAIN = Parameter("plain", 0.0)


def parameter_to_dict(parameter: Parameter) -> dict[str, Any]:
    """The fields that differ from the defaults: NaN and infinities stay out of files."""
    record: dict[str, Any] = {"name": parameter.name, "value": parameter.value}
    for name in _OPTIONAL:
        value = getattr(parameter, name)
        if value != getattr(_PLAIN, name) and not (name == "error" and math.isnan(value)):
            record[name] = value
    if parameter.prior is not None:
        record["prior"] = prior_to_dict(parameter.prior)
    return record


def parameter_from_dict(data: Any) -> Parameter:
    """Read what `parameter_to_dict` wrote.

    Raises
    ------
    DataFormatError
        If a field is missing or not known.
    """
    if not isinstance(data, dict) or not {"name", "value"} <= set(data):
        raise DataFormatError(f"The parameter {one_line(data)!r} has no name or no value.")
    unknown = sorted(set(data) - {"name", "value", "prior", *_OPTIONAL})
    if unknown:
        raise DataFormatError(f"The parameter {data['name']!r} has the field {unknown[0]!r}, which is not known.")
    prior = prior_from_dict(data["prior"]) if data.get("prior") else None
    plain = {name: value for name, value in data.items() if name != "prior"}
    for name in ("value", "min", "max", "error"):
        if name in plain:
            plain[name] = _number(plain[name], data["name"], name)
    for name, kind in (("frozen", bool), ("unit", str), ("link", str), ("name", str)):
        if not isinstance(plain.get(name, kind()), kind):
            raise DataFormatError(
                f"The parameter {data['name']!r} has {name}={one_line(plain[name])!r}; expected {kind.__name__}."
            )
    if not math.isfinite(plain["value"]):
        raise DataFormatError(f"The parameter {data['name']!r} has the value {plain['value']}, which is no number.")
    return Parameter(**plain, prior=prior)


def as_argument(parameter: Parameter, default: Parameter | None) -> Any:
    """What a constructor is given for a parameter: its value, or the call of `Parameter` if that says too little."""
    value = f"{parameter.value!r} {parameter.unit}" if parameter.unit else parameter.value
    if default is None or all(getattr(parameter, name) == getattr(default, name) for name in _SETTINGS):
        return value
    given = {name: getattr(parameter, name) for name in ("unit", *_SETTINGS[:-1])}
    changed = {name: item for name, item in given.items() if item != getattr(_PLAIN, name)}
    recipe = Recipe.of("gpnb.Parameter()", prior=_prior_call(parameter.prior))
    return replace(
        recipe,
        kwargs={"name": parameter.name, "value": parameter.value, **changed, **recipe.kwargs},
        name=parameter.name,
    )


def _prior_call(prior: Prior | None) -> Recipe | None:
    if prior is None:
        return None
    given = {name: value for name, value in prior_to_dict(prior).items() if name != "type"}
    return Recipe.of(f"gpnb.{type(prior).__name__}()", name="prior", **given)


def _number(value: Any, parameter: str, field: str) -> float:
    try:
        return float(value)  # YAML reads 1e-12 as text
    except (TypeError, ValueError):
        raise DataFormatError(
            f"The parameter {parameter!r} has {field}={one_line(value)!r}, which is not a number."
        ) from None

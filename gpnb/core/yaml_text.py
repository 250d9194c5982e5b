"""The one door for YAML, read as version 1.2 does, with bounds on what a few bytes may become.

``023523`` is a number of a run and no octal one, ``05:34:31`` and ``2006-07-30`` are text, ``1e-12`` is a number, and
``no`` is a word. There are no tags, so that nothing but numbers, text, lists and mappings comes out.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from gpnb.core.errors import DataFormatError, GpnbError
from gpnb.core.faults import faults_told

_MOST = 4 << 20
"""Characters of a text; the models of a whole catalogue have less."""

_DEEPEST = 50
_MOST_NODES = 100_000
"""Values, those that aliases repeat counted each time."""

_CORE = "tag:yaml.org,2002:"
_PLAIN = {
    "null": (r"~|null|Null|NULL|", [*"~nN", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
}
"""Kind → how it is written, and what it begins with (YAML 1.2, core schema)."""

_KINDS = {f"{_CORE}{kind}": kind for kind in (*_PLAIN, "str", "seq", "map")}

_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_Dump: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Loader(_Base):  # type: ignore[misc]  # yaml has two of them
    """Numbers, text, lists and mappings."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  (filled below)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        return _value(node)


class _Dumper(_Dump):  # type: ignore[misc]
    """As PyYAML writes, with quotes round what either version would take for a number."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def load_yaml(text: str, source: str, kind: type[GpnbError] = DataFormatError) -> Any:
    """The content of YAML text.

    Parameters
    ----------
    text : str
        One document.
    source : str
        Where it is from, for errors.
    kind : type
        The error raised.

    Raises
    ------
    DataFormatError, or `kind`
        If it is no YAML, or more than a text of parameters or models holds.

    Examples
    --------
    >>> load_yaml("{run: 023523, radius: 1e-1, on: yes}", "here")
    {'run': 23523, 'radius': 0.1, 'on': 'yes'}
    """
    with faults_told(f"{source} is not YAML", kind):
        check_yaml(text, source, kind)
        root = yaml.compose(text, Loader=_Loader)
        if root is None:
            return None
        _check_size(root, source, kind)
        return _value(root)


def dump_yaml(data: Any, **options: Any) -> str:
    """Plain data as YAML text that `load_yaml` reads back."""
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, **options))


def check_yaml(text: str, source: str, kind: type[GpnbError] = DataFormatError) -> None:
    """Refuse text that is too long or too deep, before anything is made of it."""
    if len(text) > _MOST:
        raise kind(f"{source} has {len(text)} characters of YAML; at most {_MOST} are read.")
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise kind(f"{source} is nested more than {_DEEPEST} levels deep: parameters and models are not.")
        if number > _MOST_NODES:
            raise kind(f"{source} has more than {_MOST_NODES} values: parameters and models have less.")


def _check_size(root: Any, source: str, kind: type[GpnbError]) -> None:
    """Count values as if aliases were written out, without doing so."""
    sizes: dict[int, int] = {}

    def size(node: Any) -> int:
        if id(node) not in sizes:
            sizes[id(node)] = _MOST_NODES + 1  # what holds itself has no end
            sizes[id(node)] = 1 + sum(map(size, _parts(node)))
        return sizes[id(node)]

    if size(root) > _MOST_NODES:
        raise kind(f"{source} repeats itself (by aliases) to more than {_MOST_NODES} values: write them out.")


def _parts(node: Any) -> list[Any]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _value(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    kind = _KINDS.get(node.tag)
    if kind is None:
        raise ValueError(f"the tag {node.tag} at line {node.start_mark.line + 1} is not known")
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    return _scalar(node.value, kind)


def _mapping(node: Any) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in node.value:
        name = _value(key)
        if isinstance(name, list | dict) or name in found:
            why = "is given twice" if not isinstance(name, list | dict) else "is no name"
            raise ValueError(f"the key {name!r} at line {key.start_mark.line + 1} {why}")
        found[name] = _value(value)
    return found


def _scalar(text: str, kind: str) -> Any:
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "float":
        return float(re.sub(r"\.(?=[iInN])", "", text))
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


for _kind, (_form, _starts) in _PLAIN.items():
    _Loader.add_implicit_resolver(f"{_CORE}{_kind}", re.compile(f"^(?:{_form})$"), _starts)
    _Dumper.add_implicit_resolver(f"{_CORE}{_kind}", re.compile(f"^(?:{_form})$"), _starts)

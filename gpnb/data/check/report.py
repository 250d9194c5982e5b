"""What a check found, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from html import escape
from typing import Any

from astropy.table import Table

from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.data.check.finding import SEVERITIES, Finding

SCHEMA = 1

_COLUMNS = tuple(item.name for item in fields(Finding))


@unchanging
@dataclass(frozen=True, repr=False)
class CheckReport:
    """The findings in one store, worst first.

    Parameters
    ----------
    name : str
        Of the store.
    findings : tuple of Finding
        All of them.
    runs, files : int
        How many runs and files were looked at.
    recipe : Recipe
        The call that made it.
    by_run : mapping
        Run number → what was found in the files of the run, and of the run.

    Examples
    --------
    >>> import gpnb
    >>> gpnb.demo_store(progress=False).check().ok
    True
    """

    name: str
    findings: tuple[Finding, ...]
    runs: int
    files: int
    recipe: Recipe
    by_run: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        ordered = sorted(self.findings, key=lambda item: SEVERITIES.index(item.severity))
        object.__setattr__(self, "findings", tuple(ordered))

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.of("error")

    def of(self, severity: str) -> tuple[Finding, ...]:
        """The findings of one severity: ``"error"``, ``"warning"`` or ``"note"``."""
        return tuple(item for item in self.findings if item.severity == severity)

    def of_run(self, obs_id: int) -> tuple[Finding, ...]:
        """The findings that concern one run, worst first."""
        return tuple(sorted(self.by_run.get(obs_id, ()), key=lambda item: SEVERITIES.index(item.severity)))

    @property
    def table(self) -> Table:
        """One row a finding: severity, code, file, hdu, item, what, action."""
        rows = [tuple(asdict(item).values()) for item in self.findings]
        return Table(rows=rows or None, names=_COLUMNS, dtype=[str] * len(_COLUMNS))

    def to_json(self) -> str:
        """The report as JSON text, with a ``schema`` number."""
        content = {
            "schema": SCHEMA,
            "store": self.name,
            "ok": self.ok,
            "runs": self.runs,
            "files": self.files,
            "counts": {severity: len(self.of(severity)) for severity in SEVERITIES},
            "findings": [asdict(item) for item in self.findings],
        }
        return json.dumps(content, indent=2, ensure_ascii=False)

    def to_text(self) -> str:
        """The report as lines of text; the same finding in many files is shown once, with their number."""
        lines = [self._summary()]
        for first, files in self._groups():
            place = ", ".join(part for part in (_files(files), first.hdu and f"HDU {first.hdu}", first.item) if part)
            lines.append(f"{first.severity}: {place}: {first.what} {first.action} [{first.code}]")
        return "\n".join(lines)

    def to_code(self) -> str:
        """Python that makes this report again."""
        return self.recipe.to_code()

    def _groups(self) -> Iterator[tuple[Finding, list[str]]]:
        """The first of each kind of finding, and the files it is in."""
        groups: dict[tuple[str, ...], list[Finding]] = {}
        for item in self.findings:
            groups.setdefault((item.severity, item.code, item.hdu, item.item), []).append(item)
        for group in groups.values():
            if len({item.file for item in group}) < len(group):  # several in one file: each is shown
                yield from ((item, [item.file]) for item in group)
            else:
                yield group[0], [item.file for item in group]

    def _summary(self) -> str:
        counts = ", ".join(_count(len(self.of(severity)), severity) for severity in SEVERITIES)
        return f"{self.name}: {_count(self.runs, 'run')}, {_count(self.files, 'file')}: {counts}"

    def __repr__(self) -> str:
        return f"<CheckReport {self._summary()}>"

    def _repr_html_(self) -> str:
        titles = ("severity", "file", "HDU", "keyword or column", "what is wrong", "what to do")
        rows = (
            (first.severity, _files(files), first.hdu, first.item, first.what, first.action)
            for first, files in self._groups()
        )
        head = _cells("th", titles)
        body = "".join(_cells("td", row) for row in rows)
        table = f"<table><thead>{head}</thead><tbody>{body}</tbody></table>" if self.findings else ""
        return f"<p><b>{escape(self._summary())}</b></p>{table}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _cells(tag: str, texts: Iterable[str]) -> str:
    cells = "".join(f'<{tag} style="text-align: left">{escape(text)}</{tag}>' for text in texts)
    return f"<tr>{cells}</tr>"


def _files(files: list[str]) -> str:
    return files[0] if len(files) == 1 else f"{len(files)} files ({files[0]} …)"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"

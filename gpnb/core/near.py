"""Names that were meant: near ones, and those that differ in case alone."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 12
"""Names that are listed where none is near."""


def plain_name(name: str) -> str:
    """A name without regard to case, blanks, hyphens and underscores."""
    return "".join(letter for letter in name.casefold() if letter not in " -_\t")


def same_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that is meant: as it is written, else the only one that differs in case, blanks, hyphens or so.

    Examples
    --------
    >>> same_name("crab nebula", ["Crab_Nebula", "Crab pulsar"])
    'Crab_Nebula'
    >>> same_name("index", ["Index", "INDEX"]) is None
    True
    """
    known = list(dict.fromkeys(known))
    if name in known:
        return name
    found = [item for item in known if plain_name(item) == plain_name(name)]
    return found[0] if len(found) == 1 else None


def meant(name: str, known: Iterable[str], what: str = "there are") -> str:
    """What to try instead of a name: the nearest one, and else what there is.

    Examples
    --------
    >>> meant("indx", ["index", "amplitude"])
    "did you mean 'index'?"
    >>> meant("flux", ["index", "amplitude"], "it has")
    'it has: index, amplitude.'
    """
    names = list(dict.fromkeys(map(str, known)))
    plain: dict[str, str] = {}
    for item in names:
        plain.setdefault(plain_name(item), item)
    close = get_close_matches(plain_name(str(name)), list(plain), n=1, cutoff=0.6)
    if close and close[0]:
        return f"did you mean {plain[close[0]]!r}?"
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{what}: {', '.join(names[:_MOST]) or 'none'}{more}."

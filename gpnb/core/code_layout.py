"""Statements laid out as people write them: lines of 88 letters, one argument a line where they would be longer."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 88
"""Letters of a line."""

_INDENT, _SHORT = 4, 30


@dataclass(frozen=True)
class Group:
    """What stands between brackets.

    Attributes
    ----------
    open, close : str
        The brackets, and what stands before them.
    items : tuple of str or Group
        What is inside.
    comma : str
        Between the items.
    """

    open: str
    items: tuple[Piece, ...]
    close: str
    comma: str = ","

    @property
    def is_short(self) -> bool:
        """Whether lines of their own would not help: one or two plain items, such as a long path."""
        return len(self.items) <= 2 and bool(self.comma) and not any(isinstance(item, Group) for item in self.items)

    def __str__(self) -> str:
        """On one line."""
        return f"{self.open}{f'{self.comma} '.join(map(str, self.items))}{self.close}"


Piece = str | Group


def text_piece(text: str) -> Piece:
    """A text as a literal; one of several lines that is long becomes a literal a line."""
    if len(repr(text)) <= WIDTH - 2 * _INDENT or "\n" not in text.strip("\n"):
        return repr(text)
    return Group("(", tuple(repr(line) for line in text.splitlines(keepends=True)), ")", comma="")


def prefixed(before: str, piece: Piece) -> Piece:
    """The piece after some text, such as the name of an argument."""
    if isinstance(piece, str):
        return before + piece
    return Group(before + piece.open, piece.items, piece.close, piece.comma)


def laid_out(piece: Piece, before: str = "", indent: int = 0) -> str:
    """A piece of code after some text, in as many lines as it needs.

    Examples
    --------
    >>> print(laid_out(Group("gpnb.f(", tuple(f"argument_{n}={n}" for n in range(7)), ")"), "found = "))
    found = gpnb.f(
        argument_0=0,
        argument_1=1,
        argument_2=2,
        argument_3=3,
        argument_4=4,
        argument_5=5,
        argument_6=6,
    )
    """
    if isinstance(piece, str) or piece.is_short or indent + len(before) + len(str(piece)) < WIDTH:
        return f"{before}{piece}"
    inside = indent + _INDENT
    if piece.open.endswith("[") and all(isinstance(item, str) and len(item) < _SHORT for item in piece.items):
        lines = _filled(piece, inside)
    else:
        lines = [laid_out(item, "", inside) + piece.comma for item in piece.items]
    body = "\n".join(" " * inside + line for line in lines)
    return f"{before}{piece.open}\n{body}\n{' ' * indent}{piece.close}"


def _filled(group: Group, indent: int) -> list[str]:
    """Short items, as many on a line as have room."""
    lines = [""]
    for item in map(str, group.items):
        longer = f"{lines[-1]} {item}{group.comma}".strip()
        if lines[-1] and indent + len(longer) > WIDTH:
            lines.append(f"{item}{group.comma}")
        else:
            lines[-1] = longer
    return lines

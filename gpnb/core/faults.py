"""What foreign readers raise for damaged content, as one clear sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from gpnb.core.errors import DataFormatError, GpnbError

_LONGEST = 300
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_SOURCE_LINE = re.compile(r"ERROR \d+ in \w+\(\) at line \d+ of file \S+?:?(?=\s|$)")
"""How wcslib begins its messages: the place in its own source."""


@contextmanager
def faults_told(sentence: str, kind: type[GpnbError] = DataFormatError) -> Iterator[None]:
    """Turn whatever goes wrong inside into one error of ours.

    Parameters
    ----------
    sentence : str
        What could not be done, such as ``"run.fits cannot be read as FITS"``; the reason follows in brackets.
    kind : type
        The error raised.

    Raises
    ------
    GpnbError
        Of that kind; errors of ours, and warnings that are raised as errors, go through.

    Examples
    --------
    >>> with faults_told("a.txt holds no number"):
    ...     float("x")
    Traceback (most recent call last):
    ...
    gpnb.core.errors.DataFormatError: a.txt holds no number (could not convert string to float: 'x').
    """
    try:
        yield
    except (GpnbError, Warning):
        raise
    except MemoryError as error:
        raise kind(f"{sentence} (it asks for more memory than there is).") from error
    except RecursionError as error:
        raise kind(f"{sentence} (it is nested too deeply).") from error
    except Exception as error:
        raise kind(f"{sentence} ({one_line(error)}).") from error


def one_line(error: object) -> str:
    r"""The text of an error without line breaks, control characters and places in foreign source, cut if it is long.

    Examples
    --------
    >>> one_line(ValueError("first\n second\x1b[31m"))
    'first second [31m'
    """
    text = _SOURCE_LINE.sub("", str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error))
    plain = " ".join(_UNPRINTABLE.sub(" ", text).split()).rstrip(".") or type(error).__name__
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]} …"

"""Read damaged input, seed by seed, each within limits of time and memory: `python campaign.py FIRST LAST [AREA …]`.

One line of JSON an input goes to standard output before it is read, and one with what came of it afterwards: who
reads them knows which one a killed process died of.
"""

import json
import logging
import random
import resource
import sys
import tempfile
import traceback
import warnings
from functools import partial
from pathlib import Path

SECONDS, BYTES = 10, 1 << 30


def main(arguments: list[str]) -> None:
    """Run all seeds of all areas."""
    from areas import AREAS, Areas

    from gpnb.core.errors import DataWarning, GpnbError

    logging.disable(logging.CRITICAL)
    first, last = int(arguments[0]), int(arguments[1])
    with tempfile.TemporaryDirectory() as name:
        areas = Areas(Path(name))
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + BYTES, resource.RLIM_INFINITY))
        for seed in range(first, last):
            for area in arguments[2:] or AREAS:
                _say(area=area, seed=seed)
                _limit_time()
                read = partial(getattr(areas, area), random.Random(f"{area} {seed}"))
                with warnings.catch_warnings(record=True) as told:
                    warnings.simplefilter("always")
                    outcome = _outcome(read, GpnbError)
                leaks = [str(item.message) for item in told if not issubclass(item.category, DataWarning)]
                _say(area=area, seed=seed, **outcome, leaks=leaks[:1])


def _say(**line) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _limit_time() -> None:
    """From now on so many seconds of work; then the system ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def _outcome(read, ours) -> dict:
    try:
        read()
    except ours as error:
        cause = error.__cause__
        while cause is not None:
            if isinstance(cause, MemoryError):
                return {"outcome": "memory", "says": str(error)}
            cause = cause.__cause__
        return {"outcome": "told" if _is_sentence(str(error)) else "unclear", "says": str(error)}
    except Exception as error:  # noqa: BLE001  (that is what is looked for)
        places = [frame for frame in traceback.extract_tb(error.__traceback__) if "/gpnb/" in frame.filename]
        where = f"{places[-1].filename.rpartition('/gpnb/')[2]}:{places[-1].lineno}" if places else "?"
        return {"outcome": "foreign", "says": f"{type(error).__name__} at {where}: {error}"[:300]}
    return {"outcome": "accepted"}


def _is_sentence(text: str) -> bool:
    return text.endswith((".", "?")) and "\n" not in text and "\x1b" not in text and len(text) < 2000


if __name__ == "__main__":
    main(sys.argv[1:])

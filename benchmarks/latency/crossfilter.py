"""How long a move of a brush takes over one and ten million events, until all five panels are counted; prints JSON."""

import json
import resource
import sys
from itertools import chain

import numpy as np
from astropy.table import Table
from astropy.time import Time
from row import milliseconds, row

import gpnb
from gpnb.data import EventList
from gpnb.panels.events.counts import EventFilter
from gpnb.panels.events.view import EventsView

SIZE = 1_000_000
LARGE = 10_000_000
MOVES = 15
BASE = {"energy": ("0.7 TeV", "30 TeV"), "offset": ("0 deg", "1.5 deg")}
BRUSHES = {
    "energy": lambda step: {"energy": (f"{0.6 + 0.02 * step} TeV", "30 TeV")},
    "time": lambda step: {"time": (f"2004-12-04T00:0{step // 6}:{step % 6}0 tt", "2004-12-04T00:20:00 tt")},
    "theta2": lambda step: {"theta2": ("0 deg2", f"{0.05 + 0.01 * step} deg2")},
    "offset": lambda step: {"offset": ("0 deg", f"{0.8 + 0.05 * step} deg")},
    "region, circle": lambda step: {"region": f"icrs; circle(83.63, 22.01, {0.2 + 0.05 * step})"},
    "region, polygon": lambda step: {"region": f"icrs; polygon(83, 21.5, {84 + 0.05 * step}, 21.5, 83.6, 22.6)"},
}


def make_events(size: int) -> EventList:
    rng = np.random.default_rng(0)
    columns = {
        "TIME": np.sort(rng.uniform(0, 1600, size)),
        "RA": 83.63 + rng.normal(0, 1, size),
        "DEC": 22.01 + rng.normal(0, 1, size),
        "ENERGY": 0.5 * rng.pareto(1.7, size) + 0.5,
    }
    header = {"RA_PNT": 83.63, "DEC_PNT": 22.51, "RA_OBJ": 83.63, "DEC_OBJ": 22.01}
    return EventList(Table(columns), header, Time(53343.0, format="mjd", scale="tt"))


def moves(kept: EventFilter) -> dict[str, list[float]]:
    """Milliseconds of each move, by brush."""
    found = {}
    for name, brush in BRUSHES.items():
        kept.counts(EventsView.build(**BASE | brush(0)))
        views = [EventsView.build(**BASE | brush(step)) for step in range(1, MOVES + 1)]
        found[name] = [milliseconds(lambda view=view: kept.counts(view)) for view in views]
    return found


def measure() -> dict[str, dict[str, float]]:
    """A row for the moves of each brush, one for all of them; and for ten times the events."""
    times = moves(EventFilter(make_events(SIZE)))
    rows = {"cross-filter, 1 000 000 events": row(list(chain(*times.values())))}
    rows |= {f"cross-filter, {name}": row(found) for name, found in times.items()}
    events, made = make_events(LARGE), []
    with gpnb.set_options(display="live"):
        opened = milliseconds(lambda: made.append(events.view()))
    many = moves(made[0].filter)
    print(f"At most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of memory.", file=sys.stderr)
    return rows | {
        "explorer of 10 000 000 events opens": row([opened]),
        "cross-filter, 10 000 000 events": row(list(chain(*many.values()))),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1, ensure_ascii=False))

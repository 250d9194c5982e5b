"""Position and spectrum of a source in a cube, with what lies behind it: the fit with its covariance."""

import sys

from cube_fit import FILES
from fitted import CASES, fitted, ours
from timing import DATA, measure

name, case = sys.argv[1], CASES[sys.argv[1]]
state = {}


def prepare():
    """A template keeps what it was asked for, so that it has to be another one."""
    state["cube"], state["models"] = ours(FILES, name, case, DATA)


def numbers(result):
    found = result.models.parameters
    return {key: found[key].value for key in result.names if not key.endswith((".lon", ".lat"))}


measure(lambda: fitted(state["cube"], state["models"]), numbers, repeats=5, before=prepare)

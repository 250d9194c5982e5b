"""The same fit in a session of Sherpa's: its log-parabola, folding, W statistic, simplex and covariance."""

import logging
import sys

import numpy as np
from sherpa.models.basic import LogParabola
from timing import joint_crab_files, measure

import gpnb
from gpnb.fitting.sherpa_session import open_session

KEV_PER_TEV = 1e9
logging.getLogger("sherpa").setLevel(logging.ERROR)
session = open_session(  # reads OGIP files written by gpnb, in which the ranges are kept as quality
    gpnb.SpectrumDataset.read_ogip(path, name=f"{instrument}-{path.stem}").restrict((f"{low} TeV", f"{high} TeV"))
    for instrument, (low, high), path in joint_crab_files(sys.argv[1])
)
session.set_stat("wstat")
session.set_method("neldermead")


def work():
    source = LogParabola("crab")
    source.ref, source.c1, source.c2 = KEV_PER_TEV, 2.5, 0.1 * np.log(10)  # its logarithm is decimal
    source.ampl.set(3e-11 / KEV_PER_TEV, min=1e-24, max=1e-16)
    source.ref.freeze()
    for number in session.list_data_ids():
        session.set_source(number, source)
    session.fit(*session.list_data_ids())
    session.covar(*session.list_data_ids())
    return session.get_fit_results(), session.get_covar_results()


def numbers(found):
    fit, covariance = found
    names = ("crab.ampl", "crab.c1", "crab.c2")
    units = (KEV_PER_TEV, 1, 1 / np.log(10))
    values, errors = (
        dict(zip(item.parnames, its, strict=True))
        for item, its in ((fit, fit.parvals), (covariance, covariance.parmaxes))
    )
    return {
        "values": [values[name] * unit for name, unit in zip(names, units, strict=True)],
        "errors": [errors[name] * unit for name, unit in zip(names, units, strict=True)],
        "stat": float(fit.statval),
    }


measure(work, numbers)

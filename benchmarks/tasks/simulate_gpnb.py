"""The events of 50 h of CTA South on a source, in a box of 2 × 2 deg: drawn in the circle around it."""

import numpy as np
from astropy.coordinates import SkyCoord
from timing import DATA, PROD5, measure

import gpnb

run = gpnb.Observation.create("galactic 0d 0d", "50 h", DATA / "cta-caldb" / PROD5, obs_id=1)
spectrum = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 cm-2 s-1", reference="1 TeV")
source = gpnb.SkyModel(spectrum, gpnb.PointSource("galactic 0d 0.5d"), name="source")
simulate_events = gpnb.simulate_events


def work():
    return simulate_events(run, source, seed=0, radius="1.4143 deg", energy=("0.1 TeV", "100 TeV"))


def numbers(events):
    place = SkyCoord(events.ra_values, events.dec_values, unit="deg").galactic
    inside = (np.abs(place.l.wrap_at("180d").deg) < 1) & (np.abs(place.b.deg) < 1)
    is_source = events.table["MC_ID"] == 1
    return {"source": int((inside & is_source).sum()), "background": int((inside & ~is_source).sum())}


measure(work, numbers, repeats=5)

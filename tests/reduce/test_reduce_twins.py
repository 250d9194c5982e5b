"""Runs of two stores that have one number."""

import gpnb

ENERGY = gpnb.Axis.energy("0.5 TeV", "32 TeV", nbin=4)
CRAB = "83.6333d 22.0145d"


def twins(demo):
    """Two runs, numbered alike."""
    first, second = demo.select(target="Crab")[:2]
    parts = {**second.parts, "events": second.events, "gti": second.gti}
    return [first, gpnb.Observation(first.obs_id, parts, second.row)]


def test_they_are_told_apart(demo):
    runs = twins(demo)
    geom = gpnb.WcsGeometry.create(CRAB, width="2 deg", binsz="0.1 deg", axes=[ENERGY])
    cubes = gpnb.reduce_map(runs, geom, background=None, stack=False)
    spectra = gpnb.reduce_spectrum(runs, "icrs; circle(83.6333, 22.0145, 0.15)", ENERGY)
    name = f"run-{runs[0].obs_id}"
    assert cubes.names == spectra.names == [name, f"{name} (2)"]
    assert cubes[0].counts.data.sum() != cubes[1].counts.data.sum()
    model = gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2")
    curve = gpnb.light_curve(spectra, model)
    assert len(curve.obs_ids) == 2
    assert (curve.time_min[1:] > curve.time_min[:-1]).all()

"""Fits of sources whose light curve is known: each dataset sees the mean over its good time."""

import numpy as np
import pytest
from astropy.time import Time

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.data.gti import GTI

ENERGY = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=8)
TRUE = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=8, name="energy_true")
REFERENCE = Time(60000.0, format="mjd", scale="tt")
STEADY = gpnb.PowerLaw(index=2.3, amplitude="2e-11 TeV-1 s-1 cm-2", reference="1 TeV")
DECAY = gpnb.ExponentialDecay(decay="1 h", start="60000 d").freeze("decay")
STAR = gpnb.SkyModel(STEADY, temporal=DECAY, name="star")


def dataset(start, hours=0.5, **given):
    gti = GTI([start], [start + hours * 3600], REFERENCE)
    zero = np.zeros(8)
    return gpnb.SpectrumDataset(
        ENERGY,
        TRUE,
        zero,
        zero + 2e13,
        np.eye(8),
        f"{hours} h",
        background=zero + 1,
        gti=gti,
        name=f"at {start}",
        **given,
    )


DATA = [dataset(start) for start in (0.0, 3600.0, 9000.0)]


def test_counts_are_those_of_the_mean_flux():
    likelihood = gpnb.Likelihood(DATA, STAR)
    for item, counts in zip(DATA, likelihood.predict(likelihood.start), strict=True):
        expected = DECAY.mean(item.gti) * item.predict(STEADY.integral_bins(TRUE.edge_values))
        assert counts == pytest.approx(expected, rel=1e-9)


def test_the_spectrum_comes_back():
    seen = [gpnb.simulate_spectrum(item, STAR, seed=number) for number, item in enumerate(DATA)]
    assert seen[0].counts.sum() > 3 * seen[2].counts.sum()
    result = gpnb.fit(seen, STAR)
    found = {row["name"]: row for row in result.parameters}
    assert abs(found["index"]["value"] - 2.3) < 4 * found["index"]["error"]
    assert abs(found["amplitude"]["value"] / 2e-11 - 1) < 0.1
    assert result.models[0].temporal == DECAY
    plain = gpnb.fit(seen, gpnb.SkyModel(STEADY, name="star"))
    assert plain.stat > result.stat + 100


def test_slopes_are_exact_with_a_steady_neighbour():
    neighbour = gpnb.SkyModel(gpnb.PowerLaw(index=3, amplitude="1e-11 TeV-1 s-1 cm-2"), name="other")
    seen = [gpnb.simulate_spectrum(item, [STAR, neighbour], seed=number) for number, item in enumerate(DATA)]
    likelihood = gpnb.Likelihood(seen, [STAR, neighbour])
    theta = likelihood.start * 1.1
    step = 1e-5
    slopes = [(likelihood.stat(theta + d) - likelihood.stat(theta - d)) / (2 * step) for d in step * np.eye(len(theta))]
    assert likelihood.gradient(theta) == pytest.approx(slopes, rel=1e-5, abs=1e-5)
    assert likelihood.value(theta) == pytest.approx(likelihood.stat(theta))
    both = np.array(likelihood.predict(theta))
    parts = [
        np.array(gpnb.Likelihood(seen, [model]).predict(theta[part]))
        for model, part in ((STAR, [0, 1]), (neighbour, [2, 3]))
    ]
    assert both == pytest.approx(parts[0] + parts[1])


def test_a_steady_light_curve_changes_nothing():
    seen = [gpnb.simulate_spectrum(item, STEADY, seed=number) for number, item in enumerate(DATA)]
    steady = gpnb.SkyModel(STEADY, temporal=gpnb.ConstantFlux(), name="star")
    one, other = gpnb.fit(seen, steady), gpnb.fit(seen, gpnb.SkyModel(STEADY, name="star"))
    assert one.stat == pytest.approx(other.stat)
    assert one.models[0].spectral.values == pytest.approx(other.models[0].spectral.values, rel=1e-6)


def test_what_has_no_mean_is_told():
    bare = gpnb.SpectrumDataset(ENERGY, TRUE, np.ones(8), np.ones(8) * 1e13, np.eye(8), "1 h", background=np.ones(8))
    with pytest.raises(ArgumentError, match="no good times"):
        gpnb.Likelihood(bare, STAR)
    diving = gpnb.SkyModel(STEADY, temporal=gpnb.LinearTrend(level=0, slope="-1 d-1", start="60000 d"))
    with pytest.raises(ArgumentError, match="The mean of LinearTrend"):
        gpnb.Likelihood(DATA, diving)

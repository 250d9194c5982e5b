"""Norms whatever the counts: each is the minimum, and its interval ends where −2 ln L has risen."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import gpnb
from gpnb.estimate.norm_bins import norm_bins
from gpnb.estimate.norm_profile import NormProfile
from gpnb.fitting.given import as_models
from gpnb.fitting.limits import Limits

N = 4
ENERGY = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=N)
TRUE = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=N, name="energy_true")
COUNTS = st.lists(st.integers(0, 40), min_size=N, max_size=N)
SMALL = st.lists(st.integers(0, 3), min_size=N, max_size=N)
CELLS = [np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])]


def profile_of(on, off, alpha, strength, companion):
    """Two datasets, two norms, a second source that is held."""
    shape = gpnb.SkyModel(gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2"), name="a")
    other = gpnb.SkyModel(gpnb.PowerLaw(index=3, amplitude=f"{companion!r} TeV-1 s-1 cm-2"), name="b")
    data = [
        gpnb.SpectrumDataset(
            *(ENERGY, TRUE, n, np.full(N, strength * scale), np.eye(N), "1 h"),
            counts_off=m,
            acceptance_off=1 / alpha,
            name=str(scale),
        )
        for n, m, scale in zip(on, off, (1.0, 0.3), strict=True)
    ]
    models = as_models([shape, other])
    bins, _ = norm_bins(data, CELLS, models, models[0])
    return NormProfile(bins)


@settings(max_examples=60, deadline=None)
@given(
    on=st.one_of(st.tuples(COUNTS, COUNTS), st.tuples(SMALL, SMALL)),
    off=st.one_of(st.tuples(COUNTS, COUNTS), st.tuples(SMALL, SMALL)),
    alpha=st.floats(0.02, 2),
    strength=st.floats(1e11, 1e14),
    companion=st.sampled_from([1e-30, 1e-13, 1e-12]),
)
def test_best_norms_and_their_intervals(on, off, alpha, strength, companion):
    profile = profile_of(on, off, alpha, strength, companion)
    bins, best, least = profile.bins, profile.best, profile.least
    assert np.isfinite(least).all()
    lower, upper = profile.errors()
    assert np.all(upper > 0)
    for share in (1e-3, 0.1, 1.0):
        assert np.all(bins.stat(best + share * upper) >= least - 1e-9)
        below = np.maximum(best - share * upper, profile.edge)
        assert np.all(bins.stat(below) >= least - 1e-9)
    assert np.allclose(bins.stat(best + upper) - least, 1, atol=1e-5)
    low = np.maximum(best - lower, profile.edge)
    inside = low > profile.edge + 1e-6 * upper
    assert np.allclose((bins.stat(low) - least)[inside], 1, atol=1e-5)
    assert np.all(bins.stat(low) - least < 1 + 1e-5)
    never = bins.stat(profile.edge) - least < 1 - 1e-6
    assert np.array_equal(lower[never], (best - profile.edge)[never])
    start = np.maximum(best, 0)
    limit = profile.limit(Limits())
    assert np.all(limit > start)
    assert np.allclose(bins.stat(limit) - bins.stat(start), 2.7055, atol=1e-3)
    bayes = profile.limit(Limits(method="bayesian"))
    assert np.all((bayes > 0) & (bayes < start + 20 * upper))
    assert np.all(profile.ts >= 0)
    norm, stat = profile.scan(7, upper)
    assert np.isfinite(stat).all()
    assert np.all(np.diff(norm) > 0)

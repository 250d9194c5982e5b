import pickle
from itertools import pairwise

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import AltAz, SkyCoord
from astropy.table import Table
from astropy.time import Time
from astropy.utils import iers
from scipy.integrate import quad
from scipy.stats import kstest, poisson

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.core.frames import separation
from gpnb.data.events import EventList
from gpnb.data.gti import GTI
from gpnb.data.observation import Observation
from gpnb.irf.background import Background3D
from gpnb.simulate.events import simulate_events
from gpnb.simulate.expect import expected_background, expected_counts
from gpnb.simulate.instrument import cta_like
from gpnb.simulate.photons import detected_photons
from gpnb.simulate.run import Run
from gpnb.simulate.times import Arrivals

REFERENCE = Time(51544, 0.5, format="mjd", scale="tt")
HEADER = {"OBS_ID": 7, "RA_PNT": 83.6, "DEC_PNT": 22.5, "DEADC": 0.9, "TTYPE1": "RA", "NAXIS2": 3, "MMN00009": "old"}
SITE = {"GEOLON": -17.9, "GEOLAT": 28.8, "ALTITUDE": 2200.0}
POWER_LAW = gpnb.PowerLaw(index=2.5, amplitude="3e-11 TeV-1 s-1 cm-2", reference="1 TeV")


def make(parts=("aeff", "edisp", "psf", "bkg"), start=(7e8,), stop=(7e8 + 1800,), **changes):
    header = {**HEADER, **SITE, **changes}
    gti = GTI(start, stop, REFERENCE)
    events = EventList(Table({name: np.empty(0) for name in ("TIME", "RA", "DEC", "ENERGY")}), header, REFERENCE)
    irfs = cta_like()
    return Observation(header["OBS_ID"], {"events": events, "gti": gti, **{part: irfs[part] for part in parts}})


def source(name="crab", position="83.6d 22.0d", **parts):
    return gpnb.SkyModel(**{"spectral": POWER_LAW, "spatial": gpnb.PointSource(position), "name": name, **parts})


def of(events, mc_id):
    return events.take(events.column("MC_ID") == mc_id)


def consistent(n, mu, sigma=4.5):
    return abs(n - mu) < sigma * np.sqrt(mu)


def test_expected_counts_against_plain_integration():
    """Flux × area at the source's offset × live time; the dispersion loses a few at the lowest energies."""
    obs = make(("aeff", "edisp", "psf"))
    aeff = obs.aeff

    def rate(log_energy):
        energy = np.exp(log_energy)
        return energy * POWER_LAW.evaluate_at(energy) * aeff.evaluate(energy, 0.5)

    nodes = np.log(aeff.energy_axis.center_values)
    total, _ = quad(rate, np.log(0.01), np.log(200), points=nodes, limit=500)
    assert 0.995 < expected_counts(obs, source()) / (total * 1800 * 0.9) <= 1


@pytest.mark.parametrize(
    "spatial",
    [
        gpnb.PointSource("83.6d 22.0d"),
        gpnb.GaussianSource("83.6d 20.5d", sigma="1 deg"),
        gpnb.DiskSource("83.6d 24.5d", radius="0.8 deg"),
    ],
)
def test_drawn_counts_are_those_expected(spatial):
    obs, model = make(), source(spatial=spatial)
    drawn = [len(of(simulate_events(obs, model, seed=seed), 1)) for seed in range(6)]
    mu = expected_counts(obs, model) * len(drawn)
    assert abs(sum(drawn) - mu) < 4.5 * np.sqrt(mu) + 0.02 * mu * (not isinstance(spatial, gpnb.PointSource))


def test_true_energies_follow_flux_times_area():
    obs = make()
    photons = detected_photons(Run.of(obs), obs.aeff, source(), np.random.default_rng(5))
    grid = np.geomspace(0.01, 200, 20_001)
    rate = POWER_LAW.evaluate_at(grid) * obs.aeff.evaluate(grid, 0.5) * grid
    cumulative = np.concatenate([[0], np.cumsum((rate[1:] + rate[:-1]) / 2)])
    result = kstest(photons.energy, lambda x: np.interp(x, grid, cumulative / cumulative[-1]))
    assert len(photons.energy) > 3000
    assert result.pvalue > 1e-3


def test_directions_follow_the_point_spread_function():
    spectral = gpnb.PowerLaw(index=1.5, amplitude="1e-8 TeV-1 s-1 cm-2", reference="1 TeV")
    obs = make(("aeff", "edisp", "psf"))
    events = simulate_events(obs, source(spectral=spectral), energy=("1 TeV", "1.2 TeV"))
    radius = separation(events.ra_values, events.dec_values, 83.6, 22.0)
    expected = obs.psf.containment_radius(1.09, 0.5, fraction=np.array([0.3, 0.68, 0.95]))
    np.testing.assert_allclose(np.quantile(radius, [0.3, 0.68, 0.95]), expected, rtol=0.04)
    assert np.mean(events.dec_values) == pytest.approx(22.0, abs=0.002)


def test_energies_are_blurred_by_the_dispersion():
    obs, events_axis = make(), gpnb.Axis.energy("0.2 TeV", "20 TeV", nbin=8)
    bright = source(spectral=gpnb.PowerLaw(index=2.5, amplitude="4e-10 TeV-1 s-1 cm-2", reference="1 TeV"))
    true_axis = gpnb.Axis.energy("0.01 TeV", "200 TeV", nbin=172, name="energy_true")
    edges = true_axis.edge_values
    true = np.array(
        [
            quad(lambda e: bright.spectral.evaluate_at(e) * obs.aeff.evaluate(e, 0.5), *pair)[0]
            for pair in pairwise(edges)
        ]
    )
    expected = true @ obs.edisp.kernel(true_axis, events_axis, 0.5) * 1800 * 0.9
    found = np.histogram(of(simulate_events(obs, bright), 1).energy_values, events_axis.edge_values)[0]
    assert np.sum((found - expected) ** 2 / expected) < 40  # 8 bins; 40 000 events see 2 %


def test_a_flare_shows_in_the_times():
    start = 7e8
    peak = (REFERENCE + (start + 1200) * u.s).mjd
    flare = gpnb.GaussianFlare(base=0.5, height=8.0, peak=f"{peak} d", width="200 s")
    obs, model = make(), source(temporal=flare)
    times = of(simulate_events(obs, model), 1).time_values - start
    grid = np.linspace(0, 1800, 3601)
    factor = flare.evaluate_at(grid + start, REFERENCE)
    cumulative = np.concatenate([[0], np.cumsum((factor[1:] + factor[:-1]) / 2)])
    assert kstest(times, lambda t: np.interp(t, grid, cumulative / cumulative[-1])).pvalue > 1e-3
    assert consistent(len(times), expected_counts(obs, model))
    assert Arrivals(obs.gti, flare).seconds == pytest.approx(np.trapezoid(factor, grid), rel=1e-4)


def test_times_keep_to_the_good_intervals():
    obs = make(start=(100.0, 900.0), stop=(300.0, 1300.0))
    events = simulate_events(obs, source())
    assert np.all(obs.gti.contains(events.time_values))
    assert np.all(np.diff(events.time_values) >= 0)
    assert np.mean(events.time_values > 600) == pytest.approx(2 / 3, abs=0.02)


def test_no_good_time_gives_no_events():
    assert len(simulate_events(make(start=(), stop=()), source())) == 0


def test_background_follows_its_rate():
    obs = make()
    events = simulate_events(obs, None, seed=3)
    edges = np.geomspace(0.1, 10, 7)
    step = np.arange(-4.95, 5, 0.1)
    lon, lat = np.meshgrid(step, step)
    inside = np.hypot(lon, lat) < 5
    rate = obs.bkg.integrate(edges, lon[inside], lat[inside]).sum(axis=1) * np.radians(0.1) ** 2 * 1800
    found = np.histogram(events.energy_values, edges)[0]
    assert np.all(np.abs(found - rate) < 4.5 * np.sqrt(rate) + 0.005 * rate)
    assert set(events.column("MC_ID")) == {0}
    near = separation(events.ra_values, events.dec_values, 83.6, 21.5) < 0.5
    mu = expected_background(obs, source(position="83.6d 21.5d"), "0.5 deg")
    assert consistent(near.sum(), mu)
    assert events.offset_values.max() < 5 + 1e-4


@pytest.mark.parametrize(("axis", "name"), [(1, "az"), (2, "alt")])
def test_a_background_aligned_with_the_horizon_turns(axis, name):
    """Hot at positive latitude is up; hot at positive longitude is at smaller azimuth."""
    bkg = cta_like()["bkg"]
    shape = [1, 1, 1]
    shape[axis] = bkg.axes[axis].n
    hot = bkg.values * (bkg.axes[axis].center_values > 0).reshape(shape)
    obs = make()
    obs.parts["bkg"] = Background3D(bkg.axes, hot, {"FOVALIGN": "ALTAZ"})
    events = simulate_events(obs, None)
    frame = AltAz(obstime=events.time[0], location=obs.location)
    with iers.conf.set_temp("auto_download", False):
        here, there = obs.pointing.transform_to(frame), SkyCoord(events.radec[:500]).transform_to(frame)
    turn = (getattr(there, name) - getattr(here, name)).wrap_at("180d").deg
    assert np.mean((turn < 0) if name == "az" else (turn > 0)) > 0.97


def test_seeds_and_independent_streams():
    obs, crab, other = make(), source(), source("other", "84.5d 22.5d")
    first, again, changed = (simulate_events(obs, [crab], seed=seed) for seed in (1, 1, 2))
    assert first.table["TIME"].tobytes() == again.table["TIME"].tobytes()
    assert first.table["ENERGY"].tobytes() == again.table["ENERGY"].tobytes()
    assert len(first) != len(changed)
    assert not np.isin(of(first, 1).time_values, of(changed, 1).time_values).any()
    both = simulate_events(obs, [other, crab], seed=1)
    np.testing.assert_array_equal(of(both, 2).time_values, of(first, 1).time_values)
    np.testing.assert_array_equal(of(both, 0).energy_values, of(first, 0).energy_values)
    assert not np.isin(of(both, 1).time_values, of(both, 2).time_values).any()
    elsewhere = simulate_events(make(OBS_ID=8), [crab], seed=1)
    assert not np.isin(elsewhere.time_values, first.time_values).any()


def test_header_and_columns():
    events = simulate_events(make(), [source(), source("other", "84.5d 22.5d")])
    names = {events.meta[f"MID{n:05d}"]: events.meta[f"MMN{n:05d}"] for n in (1, 2, 3)}
    assert names == {0: "background", 1: "crab", 2: "other"}
    assert events.meta["NMCIDS"] == 3
    assert not {"TTYPE1", "NAXIS2", "MMN00009"} & set(events.meta)
    np.testing.assert_array_equal(events.column("EVENT_ID"), np.arange(1, len(events) + 1))
    assert events.column("EVENT_ID").dtype == np.int64
    assert np.all((events.ra_values >= 0) & (events.ra_values < 360))
    np.testing.assert_allclose(
        np.hypot(events.column("DETX"), events.column("DETY")), events.offset_values, rtol=0.01, atol=1e-4
    )
    assert "gpnb.simulate_events(" in events.recipe.to_code()
    assert len(pickle.loads(pickle.dumps(events))) == len(events)


def test_across_the_meridian():
    events = simulate_events(make(RA_PNT=0.001, DEC_PNT=0.0), None)
    assert np.all((events.ra_values >= 0) & (events.ra_values < 360))
    assert events.offset_values.max() < 5 + 1e-4


def test_without_background_and_out_of_sight():
    obs = make(("aeff", "edisp", "psf"))
    events = simulate_events(obs, source(position="200d -60d"))
    assert len(events) == 0
    assert "MC_ID" in events.column_names


def test_choices_of_range():
    events = simulate_events(make(), source(), radius="1 deg", energy=("0.5 TeV", "5 TeV"))
    assert events.offset_values.max() < 1 + 1e-5
    assert events.energy_values.min() >= 0.5 - 1e-6
    assert events.energy_values.max() < 5 + 1e-5


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([source(spatial=None)], "spatial model"),
        ([POWER_LAW], "give a SkyModel"),
        ([source("background")], "cannot be called"),
    ],
)
def test_faults_are_one_sentence(models, message):
    with pytest.raises(ArgumentError, match=message):
        simulate_events(make(), models)


@pytest.mark.data
def test_a_real_run(data_dir):
    obs = gpnb.DataStore.read(data_dir / "hess-dl3-dr1").select(target="Crab Nebula")[0]
    crab = source(position="83.633d 22.014d")
    events = simulate_events(obs, crab, seed=1)
    mu = expected_counts(obs, crab)
    assert consistent(np.sum(events.column("MC_ID") == 1), mu)
    low, high = poisson.interval(0.99999, mu)
    assert low < np.sum(events.column("MC_ID") == 1) < high
    assert events.meta["OBS_ID"] == obs.obs_id
    ours = np.sum(events.energy_values > 1)
    assert 0.4 < ours / np.sum(obs.events.select(offset=("0 deg", "5 deg")).energy_values > 1) < 2.5


def test_responses_that_do_not_apply_to_a_source():
    obs, sharp = make(), source(responses=gpnb.Responses(psf=False, dispersion=False))
    found = of(simulate_events(obs, sharp, seed=1), 1)
    center = sharp.spatial.center
    assert len(found) > 1000
    place = center.ra.deg, center.dec.deg
    assert separation(found.column("RA"), found.column("DEC"), *place).max() < 1e-5
    blurred = of(simulate_events(obs, source(), seed=1), 1)
    assert separation(blurred.column("RA"), blurred.column("DEC"), *place).max() > 0.01
    with pytest.raises(ArgumentError, match="gives counts without exposure"):
        simulate_events(obs, source(responses=gpnb.Responses(exposure=False)), seed=1)
    with pytest.raises(ArgumentError, match="has no position: give it a spatial model"):
        simulate_events(obs, source(spatial=gpnb.ConstantSource()), seed=1)
    with pytest.raises(ArgumentError, match="give a SkyModel, or several"):
        simulate_events(obs, [source(), gpnb.BackgroundModel("stacked")], seed=1)

"""The likelihood as a sum of blocks: shares add, and a new kind of data joins by one registration."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable
from astropy.time import Time

import gpnb
from gpnb.core.recipe import Recipe
from gpnb.data.gti import GTI
from gpnb.datasets.flags import Flag
from gpnb.fitting import joining
from gpnb.fitting.block import Bins, Period
from gpnb.fitting.blocks.binned import Binned
from gpnb.fitting.blocks.linear import Linear, slices
from gpnb.fitting.members import asks_of
from gpnb.fitting.terms import Term
from gpnb.models.norms import LogParabolaNorm

CRAB = gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2")
REFERENCE = Time(60000.0, format="mjd", scale="tt")
DECAY = gpnb.ExponentialDecay(decay="4000 s", start="60000 d")
PER = u.Unit("TeV-1 s-1 cm-2")


def points(seed=0, **settings):
    energy = np.array([0.5, 3.0, 1.0, 20.0])
    truth = CRAB.evaluate_at(energy)
    noise = 1 + 0.1 * np.random.default_rng(seed).normal(size=4)
    table = QTable({"e_ref": energy * u.TeV, "dnde": truth * noise * PER, "dnde_err": 0.1 * truth * PER})
    return gpnb.FluxPointsDataset(gpnb.FluxPoints.from_table(table, name="published"), **settings)


def curve(seed=0):
    start = 60000 + np.array([0.02, 0.0, 0.05])
    flux = CRAB.integral_between(1.0, 10.0) * np.exp(-(start - 60000) * 86400 / 4000)
    noise = 1 + 0.05 * np.random.default_rng(seed).normal(size=3)
    table = QTable(
        {
            "time_min": start,
            "time_max": start + 0.004,
            "e_ref": np.full(3, 3.0) * u.TeV,
            "e_min": np.full(3, 1.0) * u.TeV,
            "e_max": np.full(3, 10.0) * u.TeV,
            "flux": flux * noise * u.Unit("cm-2 s-1"),
            "flux_err": 0.05 * flux * u.Unit("cm-2 s-1"),
        },
        meta={"TIMESYS": "tt"},
    )
    return gpnb.LightCurveDataset.from_curve(gpnb.LightCurve.from_table(table, name="curve"))


def kinds_of_data(make):
    gti = GTI([0.0, 3000.0], [1000.0, 4000.0], REFERENCE)
    other = gpnb.Axis.energy("0.1 TeV", "80 TeV", per_decade=7, name="energy_true")
    twice = replace(make(seed=5, off=0, name="known"), gti=gti)
    edisp = np.ones((other.n, twice.energy.n)) / twice.energy.n
    twice = replace(twice, energy_true=other, exposure=np.full(other.n, 1e12), edisp=edisp)
    return [replace(make(), gti=gti), curve(), twice, points(), points(seed=3, name="more", kind="chi2")]


STEADY = [
    gpnb.SkyModel(CRAB, name="a"),
    gpnb.SkyModel(gpnb.LogParabola(amplitude="1e-12 TeV-1 s-1 cm-2"), name="b"),
    gpnb.SkyModel(CRAB * LogParabolaNorm(norm=0.1), name="c"),
]


def two_sources():
    """One that varies, linked to a steady one."""
    steady = gpnb.SkyModel(gpnb.LogParabola(amplitude="1e-12 TeV-1 s-1 cm-2", alpha=2.6), name="steady")
    models = gpnb.Models([gpnb.SkyModel(CRAB, temporal=DECAY, name="star"), steady])
    return models.link("steady.alpha", "star.index").with_prior("star.index", gpnb.GaussianPrior(2.5, 0.2))


def together_and_apart(make):
    data = kinds_of_data(make)
    data = [item for item in data if item.name != "published" and item.name != "more"]
    return gpnb.Likelihood(data, two_sources()), [gpnb.Likelihood(item, two_sources()) for item in data]


def test_blocks_add_for_steady_sources(make):
    data = kinds_of_data(make)
    together, apart = gpnb.Likelihood(data, STEADY), [gpnb.Likelihood(item, STEADY) for item in data]
    assert together.statistics == ("wstat", "cash", "points")
    assert together.n_bins == sum(item.n_bins for item in apart)
    theta = together.start * 1.05
    assert together.stat(theta) == pytest.approx(sum(item.stat(theta) for item in apart), rel=1e-12)
    assert together.value(theta) == pytest.approx(together.stat(theta), rel=1e-12)
    assert together.gradient(theta) == pytest.approx(sum(item.gradient(theta) for item in apart), rel=1e-9)
    assert together.fisher(theta) == pytest.approx(sum(item.fisher(theta) for item in apart), rel=1e-9)
    found = together.predict(theta)
    assert [item.shape for item in found] == [item.usable.shape for item in data]
    for ours, alone in zip(found, apart, strict=True):
        assert ours == pytest.approx(alone.predict(theta)[0], rel=1e-12)


def test_blocks_add_with_light_curves_links_and_priors(make):
    together, apart = together_and_apart(make)
    assert "star.decay" in together.names
    theta = together.start * 1.05
    prior = together.parameters.prior(theta)
    more = len(apart) - 1  # each has the prior
    assert together.stat(theta) == pytest.approx(sum(item.stat(theta) for item in apart) - more * prior[0], rel=1e-12)
    gradient = sum(item.gradient(theta) for item in apart) - more * prior[1]
    assert together.gradient(theta) == pytest.approx(gradient, rel=1e-9)
    fisher = sum(item.fisher(theta) for item in apart) - more * prior[2]
    assert together.fisher(theta) == pytest.approx(fisher, rel=1e-9)
    for number, unit in enumerate(np.eye(theta.size)):
        step = 1e-5
        slope = (together.stat(theta + step * unit) - together.stat(theta - step * unit)) / (2 * step)
        assert together.gradient(theta)[number] == pytest.approx(slope, rel=1e-4, abs=1e-3), together.names[number]


def test_points_see_the_differential_flux_itself():
    """Also of a spectrum that bends within any width."""
    line = gpnb.GaussianLine(flux="1e-11 cm-2 s-1", mean="3 TeV", sigma="1e-5 TeV")
    model, data = CRAB + line, points()
    likelihood = gpnb.Likelihood(data, model)
    assert likelihood.predict(likelihood.start)[0] == pytest.approx(model.evaluate_at(data.energy), rel=1e-12)


# Many vectors at once -----------------------------------------------------------------------------------------------


def clouds(likelihood, n=20, size=0.1):
    rng = np.random.default_rng(1)
    return likelihood.start * (1 + size * rng.normal(size=(n, likelihood.start.size)))


def check_many(likelihood, thetas):
    found = likelihood.stat_many(thetas)
    assert found.shape == (len(thetas),)
    assert found == pytest.approx([likelihood.stat(theta) for theta in thetas], rel=1e-11)


def own_formula():
    class Own(gpnb.PowerLaw.__mro__[2]):
        """A formula that takes numbers only."""

        index = gpnb.PowerLaw.__dict__["index"]
        amplitude = gpnb.PowerLaw.__dict__["amplitude"]

        @staticmethod
        def evaluate(energy, index, amplitude):
            return amplitude * energy**-index if np.real(index) > 0 else 0 * energy

    return Own(amplitude="4e-11 TeV-1 s-1 cm-2")


@pytest.mark.parametrize(
    "model",
    [
        CRAB,
        gpnb.LogParabola(amplitude="4e-11 TeV-1 s-1 cm-2"),
        gpnb.ExpCutoffPowerLaw(amplitude="4e-11 TeV-1 s-1 cm-2"),
        CRAB * gpnb.PiecewiseNorm(["1 TeV", "5 TeV", "20 TeV"]),
        gpnb.ScaledSpectrum(CRAB),
        own_formula(),
    ],
    ids=["closed", "formula", "cut-off", "compound", "scaled", "numbers only"],
)
def test_many_vectors_give_what_each_gives(make, model):
    likelihood = gpnb.Likelihood([make(), make(off=0, name="known"), points()], model)
    for n in (0, 1, 2, 20):
        check_many(likelihood, clouds(likelihood, n))


def test_many_vectors_with_light_curves_and_priors(make):
    likelihood, _ = together_and_apart(make)
    check_many(likelihood, clouds(likelihood, size=0.02))
    check_many(likelihood, clouds(likelihood, 600, size=0.02))


def test_many_vectors_of_a_source_beside_one_that_is_held(make):
    models = gpnb.Models([*STEADY]).freeze("b.amplitude", "b.alpha", "b.beta")
    likelihood = gpnb.Likelihood(make(), models)
    check_many(likelihood, clouds(likelihood))
    held = models.freeze("a.index", "a.amplitude", "c.index", "c.amplitude", "c.norm", "c.alpha", "c.beta")
    prior = held.thaw("a.index").with_prior("a.index", gpnb.GaussianPrior(2.6, 0.1))
    likelihood = gpnb.Likelihood(make(), prior)
    check_many(likelihood, clouds(likelihood))


def test_many_vectors_outside_of_the_statistic(make):
    likelihood = gpnb.Likelihood(make(hours=0.2), CRAB)  # some bins without counts
    thetas = np.array([[2.6, 4.0], [2.6, -400.0], [np.nan, 1.0]])
    assert np.isinf(likelihood.stat_many(thetas)).tolist() == [False, True, True]
    with pytest.raises(gpnb.ArgumentError, match="one row of 2 a vector, not shape"):
        likelihood.stat_many([1.0, 2.0, 3.0])


# A kind of data that gpnb does not know -----------------------------------------------------------------------------


@dataclass
class Measurement:
    """An integral flux above 1 TeV, of one source, with a Gaussian error."""

    flux: float
    error: float
    source: str = "crab"
    name: str = "satellite"
    flags: np.ndarray = field(default_factory=lambda: np.zeros(1, dtype=np.uint8))
    gti: GTI | None = None
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("measurement"))

    @property
    def usable(self):
        return self.flags == 0


class Gauss(Term):
    def __init__(self, dataset):
        self.dataset = dataset

    def __call__(self, signal):
        pull = (signal - self.dataset.flux) / self.dataset.error
        return pull**2, 2 * pull / self.dataset.error, np.full_like(signal, 2 / self.dataset.error**2)


class Measurements(Binned):
    """Fluxes from 1 to 100 TeV; each sees the source of its name, so there is a block for each."""

    @classmethod
    def made_of(cls, datasets, models, statistic):  # noqa: ARG003
        return [cls.one(item, models) for item in datasets]

    @classmethod
    def one(cls, dataset, models):
        bins = Bins(np.array([1.0]), np.array([100.0]))
        asks = tuple(bins if model.name == dataset.source else None for model in models)
        linear = Linear(asks, (Period(dataset.name, dataset.gti),), lambda flux: flux, np.zeros(1, int), slices([1]))

        estimates = np.array([dataset.flux]), np.array([dataset.error])
        return cls([dataset], linear, lambda: linear, Gauss(dataset), ("gauss",), estimates)

    @staticmethod
    def measured(dataset):
        return np.array([dataset.flux])


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(joining, "_BLOCKS", dict(joining._BLOCKS))
    joining.register(Measurement, Measurements)


TRUTH = float(CRAB.integral_between(1.0, 100.0))


def test_unknown_data_are_refused():
    with pytest.raises(gpnb.ArgumentError, match="there is a Measurement among them"):
        gpnb.fit([Measurement(1e-11, 1e-12)], CRAB)
    with pytest.raises(gpnb.ArgumentError, match="A Measurement cannot be fitted: give a SpectrumDataset or"):
        joining.block_of(Measurement(1e-11, 1e-12))


@pytest.mark.usefixtures("known")
def test_a_new_kind_of_data_joins_a_fit(make):
    crab = gpnb.SkyModel(CRAB.freeze("index"), name="crab")
    alone = gpnb.fit(Measurement(1.2 * TRUTH, 0.1 * TRUTH), crab)
    assert alone.success
    assert alone.values == pytest.approx([1.2 * 4e-11], rel=1e-6)
    assert alone.errors == pytest.approx([0.1 * 4e-11], rel=1e-4)
    assert (alone.stat, alone.statistic, alone.dof) == (pytest.approx(0, abs=1e-9), "gauss", 0)
    spectrum, measurement = make(), Measurement(1.05 * TRUTH, 0.01 * TRUTH)
    both, without = (gpnb.fit(data, crab) for data in ([spectrum, measurement, points()], [spectrum, points()]))
    assert both.statistic == "wstat+gauss+points"
    pair = np.array([1.05 * 4e-11, without.values[0]]), np.array([0.01 * 4e-11, without.errors[0]]) ** -2
    assert both.values[0] == pytest.approx(np.average(pair[0], weights=pair[1]), rel=2e-3)
    assert both.errors[0] == pytest.approx(pair[1].sum() ** -0.5, rel=2e-2)
    assert both.likelihood().predict(both.likelihood().start)[1] * (4e-11 / both.values[0]) == pytest.approx([TRUTH])
    assert both.confidence("amplitude").errp == pytest.approx(both.errors[0], rel=0.05)
    curved = gpnb.fit([spectrum, measurement, points()], gpnb.SkyModel(CRAB, name="crab"))
    assert both.compare(curved).dof == 1
    other = gpnb.fit([spectrum, Measurement(TRUTH, 0.01 * TRUTH), points()], gpnb.SkyModel(CRAB, name="crab"))
    with pytest.raises(gpnb.ArgumentError, match="different data"):
        both.compare(other)


@pytest.mark.usefixtures("known")
def test_data_may_see_some_of_the_sources_only():
    crab = gpnb.SkyModel(CRAB.freeze("index"), name="crab")
    models = gpnb.Models([crab.replace(name="other"), crab])
    data = [Measurement(2 * TRUTH, 0.1 * TRUTH), Measurement(3 * TRUTH, 0.1 * TRUTH, source="other", name="b")]
    result = gpnb.fit(data, models)
    assert dict(zip(result.names, result.values, strict=True)) == pytest.approx(
        {"crab.amplitude": 8e-11, "other.amplitude": 12e-11}, rel=1e-6
    )
    unseen = gpnb.fit(data[:1], models)
    assert "the data say nothing about other.amplitude" in unseen.message
    nothing = gpnb.Likelihood([data[0]], gpnb.SkyModel(CRAB, name="third"))
    assert nothing.stat(nothing.start) == pytest.approx(400)
    assert nothing.value(nothing.start) == pytest.approx(400)
    assert nothing.stat_many([nothing.start] * 3) == pytest.approx([400] * 3)
    assert not nothing.is_norm(nothing.start).any()


@pytest.mark.usefixtures("known")
def test_new_data_know_sources_that_vary():
    gti = GTI([0.0], [4000.0], REFERENCE)
    star = gpnb.SkyModel(CRAB.freeze("index"), temporal=DECAY.freeze("decay"), name="crab")
    result = gpnb.fit(Measurement(TRUTH, 0.1 * TRUTH, gti=gti), star)
    assert result.values == pytest.approx([4e-11 / DECAY.mean(gti)], rel=1e-6)
    with pytest.raises(gpnb.ArgumentError, match="crab varies in time, but satellite has no good times"):
        gpnb.fit(Measurement(TRUTH, 0.1 * TRUTH), star)


@pytest.mark.usefixtures("known")
def test_new_data_may_be_masked():
    masked = Measurement(TRUTH, 0.1 * TRUTH, flags=np.array([Flag.USER], dtype=np.uint8))
    with pytest.raises(gpnb.FitError, match=r"no bin of satellite is usable \(masked by hand\)"):
        gpnb.fit(masked, CRAB)


@pytest.mark.usefixtures("known")
def test_why_new_data_have_no_statistic():
    with pytest.raises(gpnb.FitError, match="its gauss statistic is not defined for what is predicted"):
        gpnb.fit(Measurement(np.nan, 0.1 * TRUTH), gpnb.SkyModel(CRAB, name="crab"))


def test_spectra_and_points_do_not_see_backgrounds_of_cubes(make):
    background = gpnb.BackgroundModel("stacked")
    for data in (make(), points()):
        with pytest.raises(gpnb.ArgumentError, match="'stacked', but there is no cube among the data"):
            gpnb.fit(data, [gpnb.SkyModel(CRAB, name="crab"), background])
    with pytest.raises(gpnb.ArgumentError, match="'stacked-bkg' is a background, and a spectrum has its own"):
        gpnb.simulate_spectrum(make(), [gpnb.SkyModel(CRAB, name="crab"), background])
    for kind in ([gpnb.SkyModel(CRAB, name="crab"), background], background):
        asks = asks_of(gpnb.Models(kind if isinstance(kind, list) else [kind]), Bins(np.ones(1), np.ones(1)))
        assert asks[-1] is None


def test_flux_points_leave_backgrounds_of_cubes_alone(make):
    models = gpnb.Models([gpnb.BackgroundModel("stacked"), gpnb.SkyModel(CRAB, name="crab")])
    found, alone = (gpnb.flux_points(make(), given, energy_edges=[1, 3, 10] * u.TeV) for given in (models, models[1:]))
    assert found.column("dnde").tolist() == alone.column("dnde").tolist()


def test_spectra_do_not_see_maps_of_flux(make):
    energy = gpnb.Axis.from_nodes([0.1, 100], "energy_true", "TeV", interp="log")
    geom = gpnb.WcsGeometry.create("83d 22d", width="1 deg", binsz="0.5 deg", axes=[energy])
    skymap = gpnb.SkyMap(geom, np.full(geom.shape, 1e-10), "TeV-1 s-1 cm-2 sr-1")
    diffuse = gpnb.SkyModel(gpnb.PowerLawNorm(), gpnb.TemplateSource(skymap, normalize=False), name="diffuse")
    with pytest.raises(gpnb.ArgumentError, match="diffuse is a map of flux, which only cubes see"):
        gpnb.fit(make(), [gpnb.SkyModel(CRAB, name="crab"), diffuse])


def test_spectra_have_their_own_responses(make):
    bare = gpnb.SkyModel(CRAB, name="bare", responses=gpnb.Responses(dispersion=False))
    for call in (gpnb.fit, lambda data, model: gpnb.flux_points(data, model, energy_edges=[1, 3] * u.TeV)):
        with pytest.raises(gpnb.ArgumentError, match=r"bare has Responses.*but spectra have exposure and dispersion"):
            call(make(), bare)

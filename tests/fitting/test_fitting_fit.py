"""Fits: exact where the answer is known, few evaluations, honest about what is wrong, clear about bad input."""

from dataclasses import replace

import numpy as np
import pytest

import gpnb
from gpnb.fitting.backends import BACKENDS
from gpnb.fitting.objective import FitProgress
from gpnb.fitting.scoring import Minimum
from gpnb.models.collection import Models
from gpnb.models.spectrum import SpectralModel

ONE = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=1)
ONE_TRUE = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=1, name="energy_true")


def counter(n, **given):
    """One bin in which a flux of 1e-11 cm-2 s-1 gives ten counts."""
    return gpnb.SpectrumDataset(ONE, ONE_TRUE, [n], [1e12], [[1.0]], "1 h", **given)


FLUX = gpnb.PowerLaw2(flux="1e-11 cm-2 s-1", index=2, e_min="1 TeV", e_max="10 TeV").freeze("index")


def test_one_bin_without_background():
    result = gpnb.fit(counter(25, background=[0]), FLUX)
    assert result.values == pytest.approx([25e-12], rel=1e-6)
    assert result.errors == pytest.approx([5e-12], rel=1e-3)
    assert result.stat == pytest.approx(2 * (25 - 25 * np.log(25)))
    assert (result.dof, result.success, result.message) == (0, True, "converged")


def test_one_bin_beside_an_off_region():
    """The best signal is n − alpha m, its variance n + alpha² m."""
    result = gpnb.fit(counter(30, counts_off=[40], acceptance_off=4), FLUX)
    assert result.values == pytest.approx([20e-12], rel=1e-5)
    assert result.errors == pytest.approx([1e-12 * np.sqrt(30 + 40 / 16)], rel=1e-3)
    assert result.stat == pytest.approx(0, abs=1e-6)


def test_a_downward_fluctuation_is_kept():
    result = gpnb.fit(counter(5, counts_off=[40], acceptance_off=4), FLUX)
    assert result.values == pytest.approx([-5e-12], rel=1e-4)


def test_chi_square_is_linear():
    data = counter(100, counts_off=[40], acceptance_off=4)
    result = gpnb.fit(data, FLUX, statistic="chi2")
    assert result.values == pytest.approx([90e-12], rel=1e-9)
    assert result.errors == pytest.approx([1e-12 * np.sqrt(100 + 40 / 16)], rel=1e-6)
    assert result.statistic == "chi2"


@pytest.mark.parametrize(
    "model",
    [
        gpnb.PowerLaw(),
        gpnb.ExpCutoffPowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2", lambda_=0.1),
        gpnb.LogParabola(amplitude="1e-10 TeV-1 s-1 cm-2", alpha=3.5, beta=-0.1),
    ],
    ids=["power law", "cut-off", "log-parabola"],
)
def test_far_starts_and_few_evaluations(make, model):
    data = make(hours=20)
    result = gpnb.fit(data, model)
    assert result.success
    assert result.n_evaluations <= 30
    again = gpnb.fit(data, result.models)
    assert again.stat == pytest.approx(result.stat, abs=2e-3)
    assert again.values == pytest.approx(result.values, abs=0.02 * result.errors.min() * 1e9, rel=0.02)
    assert again.n_evaluations <= 30


def test_the_given_model_is_not_changed(make):
    model = gpnb.SkyModel(gpnb.PowerLaw(), name="crab")
    before = model.to_dict()
    result = gpnb.fit(make(), model)
    assert model.to_dict() == before
    fitted = result.models["crab"]
    assert fitted is not model
    assert fitted.parameter("index").error == pytest.approx(result.errors[0])
    assert np.isnan(model.parameter("index").error)
    assert fitted.parameter("reference").frozen


@pytest.mark.parametrize("backend", [name for name in BACKENDS if "sherpa" not in name])
def test_back_ends_agree(make, backend):
    model = gpnb.ExpCutoffPowerLaw(index=2, amplitude="1e-11 TeV-1 s-1 cm-2", lambda_=0.1)
    data = make(gpnb.ExpCutoffPowerLaw(index=2.2, amplitude="4e-11 TeV-1 s-1 cm-2", lambda_=0.1), hours=20)
    best, found = gpnb.fit(data, model, tol=1e-6), gpnb.fit(data, model, backend=backend)
    assert found.success
    assert found.backend == backend
    assert np.abs((found.values - best.values) / best.errors).max() < 0.02
    assert found.errors == pytest.approx(best.errors, rel=0.01)


def test_other_methods_of_scipy(make):
    best = gpnb.fit(make(), gpnb.PowerLaw())
    for method in ("TNC", "SLSQP"):
        found = gpnb.fit(make(), gpnb.PowerLaw(), backend="scipy", method=method)
        assert np.abs((found.values - best.values) / best.errors).max() < 0.05


def test_linked_parameters_share_value_and_error(make):
    models = Models([gpnb.SkyModel(gpnb.PowerLaw(), name=name) for name in ("a", "b")])
    models = models.link("b.index", "a.index").freeze("b.amplitude")
    result = gpnb.fit(make(), models)
    parameters = result.models.parameters
    assert result.names == ("a.index", "a.amplitude")
    assert parameters["b.index"].value == parameters["a.index"].value
    assert parameters["b.index"].error == parameters["a.index"].error
    assert parameters["b.index"].link == "a.index"


def test_a_prior_pulls(make):
    free = gpnb.fit(make(), gpnb.PowerLaw())
    sigma = float(free.errors[0])
    prior = gpnb.GaussianPrior(float(free.values[0]) + 2 * sigma, sigma)
    pulled = gpnb.fit(make(), gpnb.PowerLaw().with_prior("index", prior))
    assert pulled.values[0] == pytest.approx(free.values[0] + sigma, abs=0.15 * sigma)
    assert pulled.errors[0] == pytest.approx(sigma / np.sqrt(2), rel=0.1)
    assert pulled.dof == free.dof + 1


def test_datasets_may_be_one_several_or_a_container(make):
    parts = [make(seed=seed, name=f"run {seed}") for seed in (1, 2)]
    found = [gpnb.fit(items, gpnb.PowerLaw()).values for items in (parts, tuple(parts), gpnb.Datasets(parts))]
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])
    assert not np.array_equal(found[0], gpnb.fit(parts[0], gpnb.PowerLaw()).values)


def test_the_recipe_names_data_and_settings(make):
    data = gpnb.Datasets([make()])
    result = gpnb.fit(data, gpnb.SkyModel(gpnb.PowerLaw(), name="crab"), backend="scipy")
    code = result.to_code()
    assert "gpnb.fit(datasets=datasets, model=crab, backend='scipy')" in code
    assert "index=2.0" in code


def test_progress_tells_the_statistic(make):
    told = []
    result = gpnb.fit(make(), gpnb.PowerLaw(), progress=told.append)
    assert all(isinstance(item, FitProgress) for item in told)
    assert [item.done for item in told] == list(range(1, result.n_evaluations + 1))
    assert min(item.stat for item in told) == pytest.approx(result.stat, abs=1e-6)


@pytest.mark.parametrize("backend", [name for name in BACKENDS if "sherpa" not in name])
def test_cancel_stops_at_the_next_evaluation(make, backend):
    token, told = gpnb.CancelToken(), []

    def stop(step):
        told.append(step)
        if len(told) == 3:
            token.cancel()

    with pytest.raises(gpnb.Cancelled):
        gpnb.fit(make(), gpnb.PowerLaw(), backend=backend, progress=stop, cancel=token)
    assert len(told) == 3


# What is wrong is named ---------------------------------------------------------------------------------------------


def test_a_parameter_at_its_limit(make):
    result = gpnb.fit(make(), gpnb.PowerLaw(index=2).bound("index", 1, 2.2))
    assert not result.success
    assert "source.index lies at its limit 2.2" in result.message
    assert result.values[0] == pytest.approx(2.2)
    assert np.isnan(result.errors[0])
    assert result.errors[1] > 0  # the other one still has an error
    assert "no success" in repr(result)


@pytest.mark.parametrize("backend", ["scoring", "minuit", "scipy"])
def test_limits_that_do_not_matter(make, backend):
    free = gpnb.fit(make(), gpnb.PowerLaw())
    bound = gpnb.fit(make(), gpnb.PowerLaw().bound("index", 1, 5).bound("amplitude", 0, 1e-9), backend=backend)
    assert bound.success
    assert np.abs((bound.values - free.values) / free.errors).max() < 0.02
    assert bound.errors == pytest.approx(free.errors, rel=1e-2)


@pytest.mark.parametrize("backend", ["scoring", "minuit", "scipy"])
def test_a_flat_direction(make, backend):
    result = gpnb.fit(make(), gpnb.PowerLaw() * gpnb.PowerLawNorm(), backend=backend)
    assert not result.success
    assert "flat direction of source.amplitude and source.norm" in result.message
    assert np.isnan(result.errors).all()


def test_a_parameter_that_does_nothing(make):
    line = gpnb.GaussianLine(flux="0 cm-2 s-1", mean="3 TeV").freeze("flux")
    result = gpnb.fit(make(), gpnb.PowerLaw() + line)
    assert not result.success
    assert "the data say nothing about source.mean" in result.message


def test_strong_correlations_are_no_flat_directions(make):
    """At a reference far below the data, index and amplitude go together to one part in 1e4."""
    good = gpnb.fit(make(), gpnb.PowerLaw(index=2.6))
    far = gpnb.fit(make(), gpnb.PowerLaw(index=2.6, amplitude="1 TeV-1 s-1 cm-2", reference="1e-4 TeV"))
    assert far.success
    assert abs(far.correlation[0, 1]) > 0.99
    assert far.errors[0] == pytest.approx(good.errors[0], rel=1e-2)
    assert far.stat == pytest.approx(good.stat, abs=1e-3)
    errors = [item.flux("1 TeV", "10 TeV")[1].value for item in (far, good)]
    assert errors[0] == pytest.approx(errors[1], rel=1e-2)


def test_counts_that_never_rise(make):
    """Without ON counts −2 ln L falls with the signal until no background is left to explain it."""
    result = gpnb.fit(counter(0, counts_off=[40], acceptance_off=4), FLUX)
    assert not result.success
    assert "lies at its limit -8e-12" in result.message
    assert np.isnan(result.errors[0])
    limited = gpnb.fit(counter(0, counts_off=[40], acceptance_off=4), FLUX.bound("flux", 0, 1))
    assert "source.flux lies at its limit 0" in limited.message
    assert limited.confidence("flux", 0.9).high > 0


@pytest.fixture
def lazy(monkeypatch):
    """A minimiser that stays where it is and is content."""

    def stay(objective, start):
        return Minimum(start, objective.stat(start), converged=True)

    monkeypatch.setitem(BACKENDS, "lazy", stay)
    return "lazy"


def test_a_minimiser_that_stops_too_early_is_found_out(make, lazy):
    result = gpnb.fit(make(), gpnb.PowerLaw(index=2.65, amplitude="4.2e-11 TeV-1 s-1 cm-2"), backend=lazy)
    assert not result.success
    assert "the minimum is not reached: −2 ln L should fall by" in result.message


def test_where_the_statistic_does_not_curve(lazy):
    """Without ON counts W is a straight line."""
    result = gpnb.fit(counter(0, counts_off=[40], acceptance_off=4), FLUX, backend=lazy)
    assert "−2 ln L has no minimum along source.flux" in result.message


# Bad input ----------------------------------------------------------------------------------------------------------


def test_an_all_masked_dataset(make):
    data = make()
    masked = data.masked(np.ones(data.energy.n, dtype=bool))
    with pytest.raises(gpnb.FitError, match=r"no bin of run is usable \(masked by hand\)"):
        gpnb.fit(masked, gpnb.PowerLaw())
    with pytest.warns(gpnb.DataWarning, match=r"without a usable bin \(masked by hand\): run"):
        result = gpnb.fit([make(name="other"), masked], gpnb.PowerLaw())
    assert result.success


def test_no_exposure():
    with pytest.raises(gpnb.FitError, match="no exposure"):
        gpnb.fit(gpnb.SpectrumDataset(ONE, ONE_TRUE, [3], [0.0], [[1.0]], "1 h", background=[1]), FLUX)
    with pytest.raises(gpnb.ArgumentError, match="exposure has values that are negative or not finite"):
        gpnb.fit(gpnb.SpectrumDataset(ONE, ONE_TRUE, [3], [np.nan], [[1.0]], "1 h", background=[1]), FLUX)


def test_a_bin_without_exposure_is_left_out(make):
    data = make()
    edisp = np.array(data.edisp)
    edisp[:, 3] = 0
    blind = replace(data, edisp=edisp)
    assert blind.why(f"{blind.energy.center_values[3]} TeV") == ["no exposure"]
    assert gpnb.fit(blind, gpnb.PowerLaw()).dof == gpnb.fit(data, gpnb.PowerLaw()).dof - 1


class Broken(gpnb.PowerLaw):
    """A power law that is not known above an index."""

    limit = 0.0

    @classmethod
    def moment(cls, low, high, order, index, amplitude, reference):
        value = gpnb.PowerLaw.moment(low, high, order, index, amplitude, reference)
        return value * np.where(np.real(index) > cls.limit, np.nan, 1.0)

    def moment_gradient_between(self, low, high, order=1):
        return super().moment_gradient_between(low, high, order) * (np.nan if self.index.value > self.limit else 1)


def test_a_model_that_is_nan_at_the_start(make, monkeypatch):
    monkeypatch.setattr(Broken, "limit", 0.0)
    with pytest.raises(gpnb.FitError, match=r"spectrum of source \(Broken\) gives no finite flux .* source.index=2"):
        gpnb.fit(make(), Broken())


def test_a_model_that_goes_nan_on_the_way(make, monkeypatch):
    monkeypatch.setattr(Broken, "limit", 2.3)
    with pytest.raises(gpnb.FitError, match=r"gives no finite flux between .* no minimum was found"):
        gpnb.fit(make(), Broken(index=2.0))


@pytest.mark.parametrize(
    ("datasets", "model", "words"),
    [
        ([], gpnb.PowerLaw(), "there is none"),
        ("crab", gpnb.PowerLaw(), "a str among them"),
        (None, "crab", "must be a spectral model"),
        (None, gpnb.PowerLaw().freeze("index", "amplitude"), "No parameter of source is free"),
        (None, gpnb.PowerLaw(index=6).bound("index", 1, 5), "starts at 6, outside its limits 1 to 5"),
        (None, gpnb.SkyModel(gpnb.PowerLaw(), temporal=gpnb.GaussianFlare()), "no good times"),
    ],
)
def test_arguments_are_checked(make, datasets, model, words):
    with pytest.raises(gpnb.ArgumentError, match=words):
        gpnb.fit(make() if datasets is None else datasets, model)


def test_unknown_back_ends_and_statistics(make):
    with pytest.raises(gpnb.ArgumentError, match="give one of scoring, minuit, scipy, sherpa"):
        gpnb.fit(make(), gpnb.PowerLaw(), backend="magic")
    with pytest.raises(gpnb.SelectionError, match="no OFF counts, which wstat needs"):
        gpnb.fit(make(off=0), gpnb.PowerLaw(), statistic="wstat")
    with pytest.raises(
        gpnb.ArgumentError, match="'tolerance' is no option of the back end minuit; it has: tol, strategy"
    ):
        gpnb.fit(make(), gpnb.PowerLaw(), backend="minuit", tolerance=1)
    with pytest.raises(gpnb.ArgumentError, match="'tolerance' is no option of the back end scoring; it has: tol, most"):
        gpnb.fit(make(), gpnb.PowerLaw(), tolerance=1)
    with pytest.raises(gpnb.ArgumentError, match="is not known: give one of wstat"):
        gpnb.fit(make(), gpnb.PowerLaw(), statistic="least squares")


def test_any_spectral_model_may_be_fitted(make):
    class Own(SpectralModel):
        """A power law by somebody else."""

        index = gpnb.PowerLaw.__dict__["index"]
        amplitude = gpnb.PowerLaw.__dict__["amplitude"]

        @staticmethod
        def evaluate(energy, index, amplitude):
            return amplitude * energy**-index

    ours, theirs = gpnb.fit(make(), gpnb.PowerLaw()), gpnb.fit(make(), Own())
    assert theirs.values == pytest.approx(ours.values, rel=1e-3)

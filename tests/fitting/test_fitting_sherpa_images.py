"""Images: Sherpa's own two-dimensional models, convolution, statistic and optimiser beside our fit."""

from typing import NamedTuple

import numpy as np
import pytest
from made_cubes import cube_of

import gpnb

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("sherpa")]

SPECTRUM = gpnb.PowerLaw(index=2.3, amplitude="2e-10 TeV-1 s-1 cm-2").freeze("index")
FWHM = np.sqrt(8 * np.log(2))
EXPOSURE = 1e12
"""Of Sherpa's unit, cm2 s: its amplitude is of order one then."""


class Found(NamedTuple):
    """What Sherpa says of a Gaussian, in our terms."""

    values: dict
    stat: float
    flux: float


def table_of(name, values):
    """A map as a model of Sherpa's, without parameters: its own table may not be convolved."""
    from sherpa.models.model import ArithmeticModel

    class Map(ArithmeticModel):
        ndim = 2

        def calc(self, _, x0, *rest, **given):
            assert x0.size == values.size
            return values.ravel()

    return Map(name, ())


def data_of(name, values):
    """An image of Sherpa's, in pixels."""
    from sherpa.data import Data2D

    y, x = (item.ravel().astype(float) for item in np.indices(values.shape))
    return Data2D(name, x, y, values.ravel(), shape=values.shape)


def psf_of_pixels(image, position, binsz):
    """Our point spread function, integrated over pixels: convolved with a Gaussian at their centres, that is exact.

    Its sum is 1 in a map that holds all of it.
    """
    from sherpa.instrument import PSFModel

    radial = image.psf.at(position)
    n = 2 * int(np.ceil(radial.rad[-1] / binsz)) + 1
    frame = image.geom.frame
    geom = gpnb.WcsGeometry.create(position, width=f"{n * binsz} deg", binsz=f"{binsz} deg", frame=frame, proj="TAN")
    kernel = radial.kernel(geom).data[0]
    assert kernel.shape == (n, n)
    assert kernel.sum() == pytest.approx(1, abs=1e-6)
    return PSFModel("psf", data_of("kernel", kernel))


def sherpa_fit(image, start, position, binsz):
    """Exposure before the point spread function, and a norm of the background."""
    from sherpa.fit import Fit
    from sherpa.models.basic import Const2D, Gauss2D
    from sherpa.optmethods import NelderMead
    from sherpa.stats import Cash

    gauss, norm = Gauss2D("g"), Const2D("norm")
    exposure = table_of("exposure", image.exposure.data[0] / EXPOSURE)
    psf, data = psf_of_pixels(image, position, binsz), data_of("image", image.counts.data[0])
    x, y = image.geom.coord_pixel(start.center)
    sigma, e, phi = start.sigma.value, start.e.value, start.phi.value
    gauss.xpos, gauss.ypos, gauss.fwhm, gauss.ampl = float(x), float(y), sigma / binsz * FWHM, 0.5
    gauss.theta.set(val=np.radians(90 + phi), min=0, max=2 * np.pi, frozen=e == 0)
    gauss.ellip.set(val=1 - np.sqrt(1 - e**2), frozen=e == 0)
    psf.fold(data)
    model = psf(gauss * exposure) + norm * table_of("background", image.background.data[0])
    fit = Fit(data, model, stat=Cash(), method=NelderMead())
    fit.method.config |= {"ftol": 1e-10, "finalsimplex": 9, "maxfev": 20000}
    result = fit.fit()
    assert result.succeeded
    lon, lat = image.geom.wcs.pixel_to_world_values(gauss.xpos.val, gauss.ypos.val)
    minor = 1 - gauss.ellip.val
    values = {
        "lon": float(lon),
        "lat": float(lat),
        "sigma": gauss.fwhm.val / FWHM * binsz,
        "e": np.sqrt(1 - minor**2),
        "phi": np.degrees(gauss.theta.val) - 90,
        "norm": norm.c0.val,
    }
    flux = gauss.ampl.val * 2 * np.pi * (gauss.fwhm.val / FWHM) ** 2 * minor / EXPOSURE
    return Found(values, result.statval, flux)


def check(image, source, binsz):
    """Everything within 0.05 standard deviations, and the same −2 ln L."""
    result = gpnb.fit(image, [source, gpnb.BackgroundModel(image.name)])
    assert result.success
    found = sherpa_fit(image, source.spatial, result.models[source.name].spatial.center, binsz)
    errors = dict(zip(result.names, result.errors, strict=True))
    ours = dict(zip(result.names, result.values, strict=True))
    apart = {name: found.values[name.rpartition(".")[2]] - value for name, value in ours.items() if "ampl" not in name}
    pulls = {name: ((value + 180) % 360 - 180) / errors[name] for name, value in apart.items()}
    ours_flux, error = result.flux(*image.geom.axis("energy").edges[[0, -1]])
    pulls["flux"] = (found.flux - ours_flux.to_value("cm-2 s-1")) / error.to_value("cm-2 s-1")
    assert max(map(abs, pulls.values())) < 0.05, pulls
    assert found.stat == pytest.approx(result.stat, abs=0.05)
    return result


@pytest.mark.parametrize(
    ("frame", "proj", "shape"),
    [
        ("icrs", "TAN", {"sigma": "0.16 deg", "e": 0.8, "phi": "35 deg"}),
        ("galactic", "CAR", {"sigma": "0.1 deg"}),
    ],
)
def test_a_simulated_source_in_a_steep_exposure(frame, proj, shape):
    center, place = (
        ("83.63d 22.01d", "83.68d 22.05d") if frame == "icrs" else ("galactic 0d 0d", "galactic 0.03d -0.05d")
    )
    shape = gpnb.GaussianSource(place, **shape)
    shape = shape.thaw("e", "phi") if shape.e.value else shape
    source = gpnb.SkyModel(SPECTRUM, shape, name="g")
    cube = cube_of(center, "2.4 deg", "0.03 deg", frame, proj, slope=(0.5, -0.6), seed=4, models=[source])
    check(gpnb.to_image(cube, SPECTRUM), source, 0.03)


def test_the_nebula_of_the_demo_store(demo):
    """Reduced from events, with responses that vary over the field."""
    runs = demo.select(target="Galactic Centre")
    axis = gpnb.Axis.energy("0.3 TeV", "30 TeV", per_decade=4)
    center = "galactic 358.7d -0.6d"
    geom = gpnb.WcsGeometry.create(center, width="1.2 deg", binsz="0.02 deg", frame="galactic", proj="TAN", axes=[axis])
    cube = gpnb.reduce_map(runs, geom, exclusion="galactic; circle(358.7, -0.6, 0.3)", progress=False)
    spectrum = gpnb.PowerLaw(index=2.3, amplitude="2e-12 TeV-1 s-1 cm-2").freeze("index")
    source = gpnb.SkyModel(spectrum, gpnb.GaussianSource(center, sigma="0.1 deg"), name="nebula")
    result = check(gpnb.to_image(cube, spectrum), source, 0.02)
    assert result.ts > 100

"""What a fresh interpreter imports for a job: nothing heavy that it does not need, for there time is lost unseen."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.long

DRAWING = {"matplotlib.figure", "matplotlib.pyplot", "matplotlib.backends", "IPython", "ipywidgets", "pandas"}
"""Not matplotlib itself: the regions package looks whether it is there."""

SELDOM = {
    *("sherpa", "naima", "emcee", "distributed", "pandas", "tqdm.auto"),
    *("scipy.optimize", "scipy.interpolate", "scipy.integrate", "scipy.stats", "scipy.signal", "scipy.spatial"),
    *("astropy.timeseries", "astropy.cosmology", "astropy.modeling", "astropy.visualization", "astropy.convolution"),
    *("pooch", "requests", "papermill", "nbconvert", "nbformat"),
}
"""What only some methods need; they import it themselves."""

SCIPY, REGIONS, MINUIT = {"scipy"}, {"regions", "astropy.stats"}, {"iminuit"}
LATER = {"astropy.wcs", "gpnb.irf.response", "gpnb.maps.sky_map", "gpnb.reduce", "gpnb.datasets", "gpnb.models"}
"""Not yet, where a store is only opened."""

KNOWN = "import regions; before = set(sys.modules); "
RUN = (
    "import gpnb; store = gpnb.DataStore.read(sys.argv[1]); "
    "runs = store.select(obs_id=store.obs_ids[:1]); run = runs[0]; "
)
AXIS = "energy = gpnb.Axis.energy('0.5 TeV', '20 TeV', nbin=4); "
GEOM = AXIS + "geom = gpnb.WcsGeometry.create(run.pointing, width='2 deg', binsz='0.1 deg', axes=[energy]); "
READ = "run.events.energy_values, run.gti.seconds, run.aeff, run.edisp, run.psf, run.bkg; "
REDUCE = "cube = gpnb.reduce_map(runs, geom, background='ring', progress=False); "
SPECTRA = (
    "import astropy.units as u; from regions import CircleSkyRegion; "
    "region = CircleSkyRegion(run.pointing.directional_offset_by(0 * u.deg, 0.7 * u.deg), 0.1 * u.deg); "
    "specs = gpnb.reduce_spectrum(runs, region, energy, progress=False); "
)

CUBE = (
    "law, place = gpnb.PowerLaw(index=2.5, amplitude='4e-11 TeV-1 s-1 cm-2'), '83.63d 22.01d'; "
    "shape = gpnb.GaussianSource(place, sigma='0.05 deg', e=0.3, phi='10 deg').thaw('e', 'phi'); "
    "sources = [gpnb.SkyModel(law, gpnb.PointSource(place), name='a'), gpnb.SkyModel(law, shape, name='b')]; "
    "gpnb.fit(cube, sources, progress=False, most=2); "
)

JOBS = {
    "open": (RUN + "store.table._repr_html_()", SCIPY | REGIONS | MINUIT | LATER),
    "count": (RUN + READ + GEOM + "gpnb.SkyMap.from_events(run.events, geom)", SCIPY | REGIONS | MINUIT),
    "reduce": (RUN + GEOM + REDUCE + "gpnb.excess_map(cube, radius='0.1 deg')", REGIONS | MINUIT),
    "models": ("import gpnb; gpnb.SkyModel(gpnb.LogParabola(), name='a')", REGIONS | MINUIT),
    "cube": (KNOWN + RUN + GEOM + REDUCE + CUBE, set()),
    "fit": (KNOWN + RUN + AXIS + SPECTRA + "gpnb.fit(specs, gpnb.PowerLaw())", set()),
}
"""Job → its code, and what it needs less than others; what regions bring themselves does not count."""


def imported(code: str, store: str) -> set[str]:
    """What a fresh interpreter has imported after `code`."""
    program = f"import sys; before = set(); {code}\nprint(*{{*sys.modules}} - before, sep='\\n')"
    command = [sys.executable, "-W", "ignore", "-c", program, store]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


LIVE = "import gpnb; gpnb.set_options(display='live'); "
PANELS = {
    "observations": "runs.view()",
    "run": "run.view()",
    "events": "run.events.view()",
    "sky": GEOM + "gpnb.SkyMap.from_events(run.events, geom).view()",
    "spectrum": AXIS + SPECTRA + "specs.view()",
}


@pytest.mark.parametrize("panel", PANELS)
def test_a_live_panel_opens_before_anything_can_be_drawn(panel, demo):
    held = imported(LIVE + RUN + PANELS[panel], str(demo.path))
    assert "ipywidgets" in held
    assert not held & {"matplotlib.figure", "matplotlib.pyplot", "pandas"}


def test_a_sky_opens_without_what_only_its_overlays_need():
    held = imported(LIVE + "gpnb.SkyImage.empty(nxpix=30, nypix=30).view()", "")
    assert not held & {"gpnb.models.collection", "gpnb.products", "gpnb.stats", "scipy", "regions"}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_imports_only_what_it_needs(job, demo):
    code, more = JOBS[job]
    needless = imported(code, str(demo.path)) & (DRAWING | SELDOM | more)
    assert not needless

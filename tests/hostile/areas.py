"""What the campaign reads: for each area a function that damages something and reads it, up to its numbers."""

import gzip
import json
import random
import shutil
from pathlib import Path

import good
import mutate
import numpy as np
import yaml

import gpnb
from gpnb.core.recipe import Recipe
from gpnb.core.replay import replay
from gpnb.core.sky_regions import to_regions
from gpnb.core.units import to_quantity, to_skycoord, to_time
from gpnb.data.expression import where_mask
from gpnb.fetch.unpack import unpack
from gpnb.report.check import check_parameters
from gpnb.report.defaults import NotebookParameter, read_defaults
from gpnb.report.given import read_assignments, read_file
from gpnb.report.run import _read
from gpnb.state.chips import read_chip

MODELS = Path(__file__).parents[1] / "models"


class Areas:
    """Good files below a folder, and a method for each area."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("run", "store", "irf", "map", "ogip", "own", "series", "pack", "sets", "work"):
            (folder / name).mkdir()
        self.run = good.run(folder / "run")
        self.store = good.store(folder / "store")
        self.irfs = good.irfs(folder / "irf")
        good.sky_map(1).write(folder / "map" / "cube.fits")
        good.spectrum().write_ogip(folder / "ogip" / "pha_a.fits")
        good.spectrum().write(folder / "own" / "spectrum.fits")
        for kind in ("dnde", "likelihood"):
            good.points().write(folder / f"points-{kind}.fits", kind)
            good.points().write(folder / f"points-{kind}.ecsv", kind)
        for end in ("fits", "ecsv"):
            good.curve().write(folder / f"curve.{end}", "flux")
        self.series_files = good.series(folder / "series")
        self.archives = good.archives(folder / "pack")
        self.catalog = good.catalog(folder / "catalog.fits")
        self.absorption_file = good.absorption(folder / "absorption.fits")
        gpnb.Datasets([good.spectrum(number, name) for number, name in enumerate("ab")]).write(folder / "sets")
        self.models = yaml.safe_load(good.models().to_yaml())
        self.recipe = good.sky_map().geom.image().recipe.to_dict()
        self.theirs = [yaml.safe_load(path.read_text()) for path in sorted(MODELS.glob("gammapy*.yaml"))]

    def damaged(self, path: Path, rng: random.Random, change=mutate.fits_file) -> Path:
        """A copy of a file in the folder of work, with faults."""
        copy = self.folder / "work" / path.name
        copy.write_bytes(change(path.read_bytes(), rng))
        return copy

    def events(self, rng):
        events = gpnb.EventList.read(self.damaged(self.run, rng))
        return (
            events.ra_values,
            events.dec_values,
            events.energy_values,
            events.time_values,
            len(events.table),
            repr(events),
        )

    def gti(self, rng):
        gti = gpnb.GTI.read(self.damaged(self.run, rng))
        return gti.seconds, gti.start.isot, gti.stop.isot, repr(gti)

    def pointing(self, rng):
        obs = gpnb.DataStore.read([self.damaged(self.run, rng)]).select()[0]
        return obs.pointing, obs.zenith, obs.livetime, obs.location, obs.target, obs.pointing_at(obs.tmid), repr(obs)

    def irf(self, rng):
        found = gpnb.read_irf(1, path=self.damaged(rng.choice(self.irfs), rng))
        return [axis.edges for axis in found.axes], repr(found), found.to_hdu().data

    def index(self, rng):
        folder = self.folder / "work" / "store"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.store, folder)
        path = folder / rng.choice(["hdu-index.fits.gz", "obs-index.fits.gz"])
        path.write_bytes(mutate.fits_file(gzip.decompress(path.read_bytes()), rng))
        store = gpnb.DataStore.read(folder)
        runs = store.select(cone=("83.5d 22.5d", "2 deg"))
        return repr(store), store.obs_ids, runs.obs_ids, runs[0].pointing

    def check(self, rng):
        return gpnb.DataStore.read([self.damaged(self.run, rng)]).check().to_json()

    def maps(self, rng):
        found = gpnb.SkyMap.read(self.damaged(self.folder / "map" / "cube.fits", rng))
        return found.data.sum(), found.geom.center, [axis.edges for axis in found.geom.axes], repr(found)

    def spectrum(self, rng):
        found = gpnb.SpectrumDataset.read(self.damaged(self.folder / "own" / "spectrum.fits", rng))
        return found.predict(np.ones(6)), found.alpha, repr(found)

    def ogip(self, rng):
        folder = self.folder / "work" / "ogip"
        shutil.copytree(self.folder / "ogip", folder, dirs_exist_ok=True)
        path = rng.choice(sorted(folder.glob("*.fits")))
        path.write_bytes(mutate.fits_file(path.read_bytes(), rng))
        found = gpnb.SpectrumDataset.read_ogip(folder / "pha_a.fits")
        return found.counts, found.usable, repr(found)

    def datasets(self, rng):
        folder = self.folder / "work" / "sets"
        shutil.copytree(self.folder / "sets", folder, dirs_exist_ok=True)
        path = rng.choice(sorted(path for path in folder.iterdir() if path.is_file()))
        path.write_bytes(_change(path)(path.read_bytes(), rng))
        found = gpnb.Datasets.read(folder)
        return repr(found), [item.counts.sum() for item in found]

    def catalogs(self, rng):
        found = gpnb.read_catalog(self.damaged(self.catalog, rng))
        source = found[0]
        return repr(found), found.cone("83.6d 22d", "5 deg"), source.model(), source.flux_points()

    def absorption(self, rng):
        found = gpnb.EBLAbsorption.read(self.damaged(self.absorption_file, rng), redshift=0.2)
        return found.evaluate_at(np.array([0.1, 1.0, 10.0])), repr(found)

    def points(self, rng):
        path = rng.choice(sorted(self.folder.glob("points-*")))
        found = gpnb.FluxPoints.read(self.damaged(path, rng, _change(path)))
        return found.to_table("dnde"), repr(found), len(found)

    def light_curve(self, rng):
        path = self.folder / rng.choice(["curve.fits", "curve.ecsv"])
        found = gpnb.LightCurve.read(self.damaged(path, rng, _change(path)))
        return found.column("flux"), repr(found), found.time_min.isot

    def series(self, rng):
        path = rng.choice(self.series_files)
        found = gpnb.Series.read(self.damaged(path, rng, _change(path)))
        return found.table, repr(found), found.to_text()

    def series_text(self, rng):
        data = json.loads(gpnb.Series.read(self.series_files[0]).to_text())
        return repr(gpnb.Series.from_text(mutate.json_text(data, rng).decode(errors="replace")))

    def models_own(self, rng):
        return self._models(self.models, rng)

    def models_gammapy(self, rng):
        return self._models(rng.choice(self.theirs), rng)

    def _models(self, data, rng):
        text = yaml.safe_dump(mutate.plain_data(data, rng)).encode()
        path = self.folder / "work" / "models.yaml"
        path.write_bytes(mutate.text_file(text, rng) if rng.random() < 0.4 else text)
        shutil.copyfile(MODELS / "gammapy-2.1-curve.fits", path.with_name("gammapy-2.1-curve.fits"))
        found = gpnb.Models.read(path)
        return found.to_yaml(), repr(found), list(found.parameters)

    def templates(self, rng):
        name = rng.choice(["gammapy-2.1-curve.fits", "gammapy-2.1-curve-map.fits", "gammapy-2.1-phase.ecsv"])
        path = self.damaged(MODELS / name, rng, _change(MODELS / name))
        return repr((gpnb.PhaseCurve if "phase" in name else gpnb.LightCurveTemplate).read(path))

    def workspace(self, rng):
        data = gpnb.Workspace().to_dict()
        path = self.folder / "work" / "state.json"
        path.write_bytes(mutate.json_text(data, rng))
        return repr(gpnb.Workspace.read(path))

    def parameters(self, rng):
        known = {name: NotebookParameter(name, value) for name, value in _DEFAULTS.items()}
        path = self.folder / "work" / "parameters.yaml"
        path.write_bytes(mutate.text_file(yaml.safe_dump(mutate.plain_data(_DEFAULTS, rng)).encode(), rng))
        given = read_file(path)
        text = "".join(rng.choice(mutate.WORDS) for _ in range(3))
        given |= read_assignments([f"{rng.choice(list(_DEFAULTS))}={text}"], known)
        return check_parameters(known, given, "notebook")

    def notebooks(self, rng):
        path = self.folder / "work" / "a.ipynb"
        path.write_bytes(mutate.json_text(good.notebook(), rng))
        return read_defaults(_read(path), "a.ipynb")

    def recipes(self, rng):
        return replay(Recipe.from_dict(mutate.plain_data(self.recipe, rng)))

    def regions(self, rng):
        return repr(to_regions(mutate.text_file(rng.choice(_REGIONS), rng).decode(errors="replace")))

    def typed(self, rng):
        text = mutate.text_file(rng.choice(_TYPED), rng).decode(errors="replace")
        door = rng.choice([to_time, to_skycoord, lambda text: to_quantity(text, "TeV", "energy")])
        door = rng.choice([door, lambda text: read_chip(rng.choice(_CHIPS), text)])
        return repr(door(text))

    def archive(self, rng):
        target = self.folder / "work" / "unpacked"
        shutil.rmtree(target, ignore_errors=True)
        before = {path for path in self.folder.rglob("*") if "work" not in path.parts}
        unpack(self.damaged(rng.choice(self.archives), rng, mutate.any_file), target)
        assert before == {path for path in self.folder.rglob("*") if "work" not in path.parts}
        return sorted(target.rglob("*"))

    def where(self, rng):
        columns = {"A": np.arange(5), "B": np.array(list("abcde")), "V": np.ones((5, 2)), "M": np.ones(5, dtype=bool)}
        text = " ".join(rng.choice(_EXPRESSION) for _ in range(rng.randrange(1, 9)))
        return where_mask(text, columns, 5).sum()


_DEFAULTS = {"radius": "0.1 deg", "obs_ids": [1, 2], "target": "Crab", "energy": ["1 TeV", "10 TeV"], "flag": True}
_DEFAULTS |= {"threshold": 4.5, "position": "83.6d 22d", "region": "icrs; circle(1, 2, 0.1)", "start": "2031-02-03"}
_REGIONS = [b"icrs; circle(83.6, 22.0, 0.5)", b"galactic; box(184.5, -5.8, 1, 2, 30)\nicrs; point(1, 2)"]
_REGIONS += [b"fk5; polygon(83, 21, 84, 21, 84, 22)", b"icrs; annulus(83.6, 22, 0.3, 0.5) # color=red"]
_TYPED = [b"2031-02-03T12:30:45 tt", b"MJD 53946.01 tt", b"83.63d 22.01d", b"galactic 0d 0d", b"05h34m32s +22d00m52s"]
_TYPED += [
    b"10 TeV",
    b"1.5e3 GeV",
    b"0.7 - 30 TeV",
    b"53945.90 - 53945.98",
    b"83.63 22.01 r 0.11",
    b"0.1 - 0.4",
    b"1, 2-5",
]
_CHIPS = ["region", "energy", "time", "phase", "runs"]
_EXPRESSION = "A B V M N < == in not and or ( ) 1 0 'a' * / 1e308 - + ~ ** A.b f(1) None True".split()  # noqa: SIM905
_EXPRESSION += ["is not", "9" * 40, "[1, 2]", "('a',)", "lambda: 1"]

AREAS = [name for name in vars(Areas) if not name.startswith("_") and name != "damaged"]


def _change(path: Path):
    return mutate.fits_file if path.suffix == ".fits" else mutate.text_file

"""Kill writers in the middle: `python killed.py WRITER … --kills 40` says "whole", or what was found instead."""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
import warnings
from pathlib import Path

import good
import numpy as np

import gpnb
from gpnb.cli import copy_tutorials
from gpnb.core.atomic import atomic_set, settled
from gpnb.core.scratch import PREFIX, scratch_folder
from gpnb.datasets.container import Datasets
from gpnb.fetch.download import _replace_folder
from gpnb.products.excess import ExcessMaps
from gpnb.report.find import tutorials_folder
from gpnb.report.run import ReportFiles, _publish
from gpnb.simulate.cache import made_once


class Writers:
    """Each writes a set that tells its number, and reads the numbers that it finds: one if the set is whole."""

    def __init__(self, folder: Path):
        self.folder = folder

    def write_ogip(self, number):
        good.spectrum(number).write_ogip(self.folder / "pha_a.fits", overwrite=True)

    def read_ogip(self):
        found = gpnb.SpectrumDataset.read_ogip(self.folder / "pha_a.fits")
        area = found.exposure[0] / 1e13
        return {round(float(item)) for item in (found.counts[0], found.counts_off[0] - 10, area, found.obs_ids[0])}

    def write_datasets(self, number, ogip=False):
        Datasets([good.spectrum(number, name) for name in "abc"]).write(self.folder, overwrite=True, ogip=ogip)

    def read_datasets(self):
        found = Datasets.read(self.folder)
        assert len(found) == 3
        return {round(float(item.counts[0])) for item in found} | {item.obs_ids[0] for item in found}

    def write_ogip_folder(self, number):
        self.write_datasets(number, ogip=True)

    read_ogip_folder = read_datasets

    def write_index(self, number):
        path = good.run(self.folder, 1 + number % 2)
        (self.folder / f"run_{2 - number % 2}.fits").unlink(missing_ok=True)
        good.write_index(self.folder, [path])

    def read_index(self):
        store = gpnb.DataStore.read(self.folder)
        return {*store.obs_ids, *(key[0] for key in store._contents.parts)}

    def write_cube(self, number):
        maps = good.sky_map(number)
        names = ("counts", "background", "exposure", "significance")
        self._maps(dict.fromkeys(names, maps), number)

    def _maps(self, maps, number):
        with atomic_set(self.folder, overwrite=True) as made:
            for name, item in maps.items():
                item.write(made / f"{name}.fits")

    def read_cube(self):
        return {int(gpnb.SkyMap.read(path).data[0, 0, 0]) for path in self.folder.glob("*.fits")}

    def write_excess(self, number):
        plane = good.sky_map(number)
        ExcessMaps(plane, plane, plane, plane, 0.1, plane.recipe).write(self.folder, overwrite=True)

    read_excess = read_cube

    def write_made_once(self, number):
        shutil.rmtree(self.folder / "thing-v1", ignore_errors=True) if number % 4 == 0 else None
        made_once("thing-v1", lambda folder: _texts(folder, 7))

    def read_made_once(self):
        return {int(path.read_text()) for path in (self.folder / "thing-v1").glob("*")} or {7}

    def write_archive(self, number):
        import tarfile

        with tempfile.TemporaryDirectory() as name:
            _texts(Path(name), number)
            archive = Path(name) / "x.tar"
            with tarfile.open(archive, "w") as tar:
                for item in range(5):
                    tar.add(Path(name) / f"{item}.txt", f"top/{item}.txt")
            _replace_folder(archive, self.folder / "data")

    def read_archive(self):
        return {int(path.read_text()) for path in settled(self.folder / "data").glob("*.txt")}

    def write_table(self, number):
        points = good.points()
        type(points)(**{**vars(points), "norm": np.full(3, float(number))}).write(
            self.folder / "p.ecsv", overwrite=True
        )

    def read_table(self):
        return {round(float(item)) for item in gpnb.FluxPoints.read(self.folder / "p.ecsv").norm}

    def write_models(self, number):
        names = [f"{name}{number}" for name in "ab"]
        gpnb.Models([gpnb.SkyModel(gpnb.PowerLaw(), name=name) for name in names]).write(
            self.folder / "m.yaml", overwrite=True
        )

    def write_workspace(self, number):
        chosen = gpnb.Selection(energy=(f"{number} TeV", f"{2 * number} TeV"))
        gpnb.Workspace(chosen).write(self.folder / "w.json", overwrite=True)

    def read_workspace(self):
        low, high = gpnb.Workspace.read(self.folder / "w.json").selection.energy.to_value("TeV")
        return {round(low), round(high / 2)}

    def write_report(self, number):
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            _texts(Path(name), number)
            notebook, page, *tables = (Path(name) / f"{item}.txt" for item in range(5))
            _publish(ReportFiles(notebook, page, tuple(tables)), self.folder)

    def read_report(self):
        return {int(settled(self.folder / f"{item}.txt").read_text()) for item in range(5)}

    def write_tutorials(self, number):
        for path in sorted(self.folder.glob("*.ipynb"))[number % 3 :: 3]:
            path.unlink()
        copy_tutorials(self.folder)

    def read_tutorials(self):
        whole = {path.name: path.read_bytes() for path in tutorials_folder().iterdir() if path.is_file()}
        return {0 if settled(path).read_bytes() == whole[path.name] else 1 for path in self.folder.glob("*.ipynb")} | {
            0
        }

    def read_models(self):
        return {int(name[1:]) for name in gpnb.Models.read(self.folder / "m.yaml").names}


def _texts(folder, number):
    for item in range(5):
        (folder / f"{item}.txt").write_text(str(number))


def kill_once(writer, folder, rng):
    """Let a child write set after set, kill it, read what is there."""
    writers = Writers(folder)
    write, read = (getattr(writers, f"{verb}_{writer}") for verb in ("write", "read"))
    write(1)
    child = os.fork()
    if not child:
        for number in range(2, 10_000):
            write(number)
        os._exit(0)
    time.sleep(rng.uniform(0.0, 0.25))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = read()
    if len(found) != 1:
        return f"{writer}: sets {sorted(found)} are mixed"
    write(20_001)
    with scratch_folder(folder):
        pass
    left = [path.name for path in folder.iterdir() if path.name.startswith((".gpnb-commit", PREFIX))]
    return f"{writer}: {left} are left behind" if left else ""


def main(arguments):
    """Kill each writer as often as asked for."""
    warnings.simplefilter("ignore", DeprecationWarning)  # of forks
    writers, number = arguments[: arguments.index("--kills")], int(arguments[-1])
    faults = []
    for writer in writers:
        for seed in range(number):
            with tempfile.TemporaryDirectory() as name:
                os.environ["GPNB_CACHE"] = name
                faults.append(kill_once(writer, Path(name), random.Random(f"{writer} {seed}")))
    sys.stdout.write("\n".join(filter(None, faults)) or "whole")


if __name__ == "__main__":
    main(sys.argv[1:])

"""The tests with the lowest versions that pyproject.toml allows, and with the newest, on each Python that is here.

Part of `make validate`. The environments are `.venv-oldest` and `.venv-newest-3.x`, which git ignores. The lowest
versions are the lower bounds of pyproject.toml, and nothing else tells them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
EXTRAS = ("dask", "naima", "emcee", "pandas", "test")
"""What the tests need; Sherpa is built where there is no wheel, and linting is no use of gpnb."""

LATER = ("naima",)
"""These ask for newer versions of what gpnb needs than gpnb does, so pip takes those for who wants them."""

OLDEST = "3.11"
PYTHONS = ("3.11", "3.12", "3.13")
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
TESTS = ("-m", "pytest", "-q", "-n", "auto", "-m", "not slow and not browser")
AGED = ("-W", "default::DeprecationWarning")
"""What old versions do to newer ones that they need themselves is no fault of gpnb's."""


def main() -> int:
    """Each environment in turn; the exit code says whether all tests passed."""
    failed = []
    for version in PYTHONS:
        python = interpreter(version)
        if python is None:
            _say(f"Python {version} is not here: SKIPPED.")
            continue
        kinds = ("oldest", "newest") if version == OLDEST else ("newest",)
        failed += [f"{kind} on {version}" for kind in kinds if not passes(kind, version, python)]
    _say(f"Versions: {'FAILED: ' + ', '.join(failed) if failed else 'all tests passed'}.")
    return int(bool(failed))


def requirements() -> list[Requirement]:
    """What gpnb and its tests ask for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(item for extra in EXTRAS for item in project["optional-dependencies"][extra])]
    return [item for item in map(Requirement, asked) if item.name != project["name"]]


def constraints() -> list[str]:
    """``name==lowest`` of each."""
    return [f"{item.name}=={_lower_bound(item)}" for item in requirements() if item.name not in LATER]


def interpreter(version: str) -> str | None:
    """A Python of that version that starts: from the path, or one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = [shutil.which(f"python{version}"), *sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))]
    return next((path for path in found if path and _starts(path, version)), None)


def passes(kind: str, version: str, python: str) -> bool:
    """Make or renew an environment, and run the tests in it."""
    folder = ROOT / (".venv-oldest" if kind == "oldest" else f".venv-newest-{version}")
    inside = str(folder / "bin" / "python")
    _say(f"{kind} versions on Python {version}: {folder.name} …")
    making = [] if Path(inside).exists() else [[python, "-m", "venv", str(folder)]]
    installing = [[inside, *PIP, *what] for what in _installed(kind)]
    steps = [*making, *installing, [inside, *TESTS, *AGED * (kind == "oldest")]]
    return all(subprocess.run(step, cwd=ROOT, check=False).returncode == 0 for step in steps)


def _installed(kind: str) -> list[list[str]]:
    """What pip is asked for, call by call."""
    if kind == "newest":
        return [["--upgrade", "--upgrade-strategy", "eager", "--editable", f".[{','.join(EXTRAS)}]"]]
    return [constraints(), ["--no-deps", "--editable", "."]]


def _lower_bound(item: Requirement) -> str:
    (bound,) = (part.version for part in item.specifier if part.operator == ">=")
    return bound


def _starts(path: str, version: str) -> bool:
    """Whether it is what its name says; a shim may have nothing behind it."""
    code = "import sys; print('{}.{}'.format(*sys.version_info))"
    done = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() == version


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""The tests with the lowest versions that pyproject.toml allows, and with the newest, on each Python that is here.

Part of `make validate`. Environments are made in `.venv-oldest` and `.venv-newest-3.x`, which git ignores.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from lowest import EXTRAS, PROJECT, constraints

ROOT = PROJECT.parent
OLDEST = "3.11"
PYTHONS = ("3.11", "3.12", "3.13")
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
TESTS = ("-m", "pytest", "-q", "-n", "auto", "-m", "not slow and not browser")


def main() -> int:
    """Each environment in turn; the exit code says whether all tests passed."""
    failed = []
    for version in PYTHONS:
        python = interpreter(version)
        if python is None:
            print(f"Python {version} is not here: SKIPPED.", flush=True)
            continue
        kinds = ("oldest", "newest") if version == OLDEST else ("newest",)
        failed += [f"{kind} on {version}" for kind in kinds if not passes(kind, version, python)]
    print(f"Versions: {'FAILED: ' + ', '.join(failed) if failed else 'all tests passed'}.")
    return int(bool(failed))


def interpreter(version: str) -> str | None:
    """A Python of that version that starts: from the path, or one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = [shutil.which(f"python{version}"), *sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))]
    return next((path for path in found if path and _starts(path, version)), None)


def passes(kind: str, version: str, python: str) -> bool:
    """Make or renew the environment, and run the tests in it."""
    folder = ROOT / (".venv-oldest" if kind == "oldest" else f".venv-newest-{version}")
    print(f"{kind} versions on Python {version}: {folder.name} …", flush=True)
    inside = folder / "bin" / "python"
    if not inside.exists():
        subprocess.run([python, "-m", "venv", folder], check=True)
    subprocess.run([inside, *PIP, *_pinned(kind, folder), "--editable", f".[{','.join(EXTRAS)}]"], cwd=ROOT, check=True)
    return subprocess.run([inside, *TESTS], cwd=ROOT, check=False).returncode == 0


def _pinned(kind: str, folder: Path) -> list[str]:
    """What tells pip which versions to take."""
    if kind == "newest":
        return ["--upgrade", "--upgrade-strategy", "eager"]
    path = folder / "constraints.txt"
    path.write_text("\n".join(constraints()) + "\n", encoding="utf-8")
    return ["--constraint", str(path)]


def _starts(path: str, version: str) -> bool:
    """Whether it is what its name says; a shim may have nothing behind it."""
    code = "import sys; print('{}.{}'.format(*sys.version_info))"
    done = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() == version


if __name__ == "__main__":
    sys.exit(main())

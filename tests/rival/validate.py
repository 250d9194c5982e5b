"""What gpnb writes, read by Gammapy in an environment of its own; its cubes and TS maps fitted here: `make validate`.

The interpreter that has Gammapy is that of GPNB_RIVAL_PYTHON, else benchmarks/.venv-rival/bin/python.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
WRITTEN = ("written.py", "analysed.py")
DEFAULT = HERE.parents[1] / "benchmarks" / ".venv-rival" / "bin" / "python"


def main() -> int:
    """Run all comparisons; the exit code says whether all agrees."""
    rival = os.environ.get("GPNB_RIVAL_PYTHON") or str(DEFAULT)
    if not Path(rival).is_file():
        sys.stdout.write(f"{rival} is not there: run make validate, or set GPNB_RIVAL_PYTHON.\n")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for script in WRITTEN:
            _run(sys.executable, script, "--write", folder)
        demo = _demo_store()
        (folder / "demo.json").write_text(_run(sys.executable, "check_gammapy_reads_demo.py", "--expect", demo))
        pairs = (*((script, folder) for script in WRITTEN), ("check_gammapy_reads_demo.py", demo, folder / "demo.json"))
        _run(sys.executable, "cubes.py", "--write", folder)
        codes = [subprocess.run(_command(rival, *pair), check=False).returncode for pair in pairs]
        both = (_command(rival, "cubes.py", "--read", folder), _command(sys.executable, "cubes.py", folder))
        codes += [subprocess.run(command, check=False).returncode for command in both]
        codes.append(_fitted(rival, folder))
    return int(any(codes))


def _fitted(rival: str, folder: Path) -> int:
    """Cubes that Gammapy has reduced, from the shared data, its TS maps, and what is found in one."""
    data = Path(os.environ.get("GPNB_DATA") or HERE.parents[2] / "shared" / "data")
    if not data.is_dir():
        sys.stdout.write(f"No cubes are fitted: there is no shared data in {data} (set GPNB_DATA).\n")
        return int(os.environ.get("GPNB_REQUIRE_DATA") == "1")
    codes = []
    for script, more in (("fitted.py", (data,)), ("ts_maps.py", ())):
        _run(rival, script, "--write", folder, data)
        codes.append(subprocess.run(_command(sys.executable, script, folder, *more), check=False).returncode)
    codes.append(subprocess.run(_command(sys.executable, "found.py", folder, data), check=False).returncode)
    return int(any(codes))


def _demo_store() -> Path:
    import gpnb

    return Path(gpnb.demo_store(progress=False).path)


def _run(python: str, script: str, *arguments: object) -> str:
    return subprocess.run(_command(python, script, *arguments), check=True, capture_output=True, text=True).stdout


def _command(python: str, script: str, *arguments: object) -> list[str]:
    return [python, str(HERE / script), *map(str, arguments)]


if __name__ == "__main__":
    sys.exit(main())

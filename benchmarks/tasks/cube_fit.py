"""The cubes that are fitted, for both sides: those of ``tests/rival/fitted.py``. Standard library only."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "rival"))

FILES = Path(os.environ.get("GPNB_BENCH_FILES", "."))
"""Where the cubes lie, which the rival has reduced and written for both sides."""

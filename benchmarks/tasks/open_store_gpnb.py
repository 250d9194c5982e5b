"""A fresh interpreter opens the H.E.S.S. store and shows its table as HTML: the whole process counts."""

import time

from timing import DATA, memory, report

start = memory()

import gpnb  # noqa: E402

store = gpnb.DataStore.read(DATA / "hess-dl3-dr1")
table = store.table
html = table._repr_html_()

cpu, wall = time.process_time(), time.perf_counter()
report([cpu], [wall], start, memory(), {"runs": len(table), "livetime": float(table["LIVETIME"].sum())})

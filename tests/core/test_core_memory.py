"""What does not fit into memory is refused before any of it is taken."""

import pytest

import gpnb
from gpnb.core import memory


def test_what_fits_is_let_through_and_what_does_not_is_told():
    memory.require_memory(1.0, "A number", "take fewer")
    with pytest.raises(gpnb.ArgumentError, match=r"A universe needs 9.31e\+11 GiB .*, but there are .* GiB: shrink it"):
        memory.require_memory(1e21, "A universe", "shrink it")


def test_the_least_of_machine_and_container_counts(tmp_path, monkeypatch):
    machine, container = tmp_path / "meminfo", tmp_path / "memory.max"
    machine.write_text("MemTotal:  64 kB\nMemAvailable:   32 kB\n")
    monkeypatch.setattr(memory, "_KNOWN", machine)
    monkeypatch.setattr(memory, "_LIMIT", container)
    assert memory.free_memory() == 32 * 1024
    container.write_text("2048\n")
    assert memory.free_memory() == 2048
    container.write_text("max\n")
    assert memory.free_memory() == 32 * 1024
    machine.write_text("no such line\n")
    assert memory.free_memory() > 1e6  # all that is built in


def test_nothing_is_refused_where_nothing_is_known(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "_KNOWN", tmp_path / "missing")
    monkeypatch.setattr(memory, "_LIMIT", tmp_path / "missing")
    monkeypatch.delattr(memory.os, "sysconf")
    assert memory.free_memory() is None
    memory.require_memory(1e21, "A universe", "shrink it")


def test_a_map_that_does_not_fit_is_refused_before_runs_are_looked_at(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 2**30)
    energy = gpnb.Axis.energy("0.1 TeV", "10 TeV", nbin=20)
    geom = gpnb.WcsGeometry.create("83d 22d", width="40 deg", binsz="0.02 deg", axes=[energy])
    with pytest.raises(gpnb.ArgumentError, match=r"A map of 2000 × 2000 pixels in 20 bins .* GiB of memory, but"):
        gpnb.reduce_map([], geom)

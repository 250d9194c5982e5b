"""Fan-out over real pools: processes, and Dask's real scheduler, with a worker killed in the middle."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

import gpnb
from gpnb.reduce.map import grouped

pytestmark = pytest.mark.long

ENERGY = gpnb.Axis.energy("0.2 TeV", "20 TeV", nbin=4)


@pytest.fixture(scope="module")
def geom():
    return gpnb.WcsGeometry.create("329.7d -30.2d", width="6 deg", binsz="0.05 deg", axes=[ENERGY])


@pytest.fixture(scope="module")
def runs(demo):
    """Twenty-four runs: the eight on the AGN, three times."""
    return [obs for _ in range(3) for obs in demo.select(target="Demo AGN")]


@pytest.fixture(scope="module")
def expected(runs, geom):
    return gpnb.reduce_map(runs, geom, background="ring", safe=gpnb.SafeRange(offset_max="2 deg"))


def assert_same(dataset, expected):
    for name, sky_map in expected.maps.items():
        assert np.array_equal(dataset.maps[name].data, sky_map.data, equal_nan=True), name
    assert dataset.runs["OBS_ID"].tolist() == expected.runs["OBS_ID"].tolist()


@pytest.fixture(scope="module")
def cluster():
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as workers,
        Client(workers) as client,
    ):
        yield client


def test_groups_do_not_depend_on_the_pool():
    assert [len(group) for group in grouped(range(4))] == [1, 1, 1, 1]
    assert [len(group) for group in grouped(range(24))] == [6] * 4
    assert max(len(group) for group in grouped(range(1000))) == 16
    assert [item for group in grouped(range(77)) for item in group] == list(range(77))


def test_what_is_read_of_a_run_does_not_stay(demo, geom):
    runs = demo.select(target="Demo AGN")
    kept = runs._items[0].events
    gpnb.reduce_map(runs, geom, background=None)
    assert [list(obs._read) for obs in runs] == [["events", "gti", "good events"]] + [[]] * 7
    assert runs._items[0].events is kept


def test_processes_give_the_same_numbers(runs, geom, expected):
    with ProcessPoolExecutor(2) as pool:
        dataset = gpnb.reduce_map(runs, geom, background="ring", safe=gpnb.SafeRange(offset_max="2 deg"), executor=pool)
    assert_same(dataset, expected)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_dask_gives_the_same_numbers_though_a_worker_is_killed(cluster, runs, geom, expected):
    workers = list(cluster.run(os.getpid).values())
    killed = []

    def kill_one(step):
        if step.done == 2 and not killed:
            os.kill(workers[0], signal.SIGKILL)
            killed.append(workers[0])

    dataset = gpnb.reduce_map(
        runs,
        geom,
        background="ring",
        safe=gpnb.SafeRange(offset_max="2 deg"),
        executor=cluster.get_executor(),
        progress=kill_one,
    )
    assert killed
    assert_same(dataset, expected)


def fluxes(demo, executor=None):
    """Flux points of the sum of four cubes on the Crab, and their light curve; what all of them hold."""
    runs = demo.select(target="Crab")
    energy = gpnb.Axis.energy("0.5 TeV", "32 TeV", nbin=4)
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="1 deg", binsz="0.05 deg", axes=[energy])
    excluded = "icrs; circle(83.63, 22.01, 0.3)"
    cubes = gpnb.reduce_map(runs, geom, exclusion=excluded, stack=False, executor=executor)
    crab = gpnb.SkyModel(gpnb.PowerLaw(index=2.5, amplitude="3e-11 TeV-1 s-1 cm-2"), gpnb.PointSource("83.63d 22.01d"))
    points = gpnb.flux_points(cubes.stack(), crab, energy)
    curve = gpnb.light_curve(cubes, crab)
    names = ("norm", "norm_errn", "norm_errp", "norm_ul", "ts")
    return cubes, [item.column(name) for item in (points, curve) for name in names]


def test_points_and_curves_of_cubes_are_the_same_on_any_pool(demo, cluster):
    cubes, wanted = fluxes(demo)
    with ProcessPoolExecutor(2) as pool:
        for executor in (pool, cluster.get_executor()):
            found, values = fluxes(demo, executor)
            for one, two in zip(found, cubes, strict=True):
                assert_same(one, two)
            for one, two in zip(values, wanted, strict=True):
                assert np.array_equal(one, two, equal_nan=True)


def test_a_dead_process_is_one_sentence(runs, geom):
    token = []

    def kill_all(step):
        if step.done == 1 and not token:
            token.append(1)
            for process in pool._processes.values():
                process.kill()

    with ProcessPoolExecutor(1) as pool, pytest.raises(gpnb.GpnbError, match="A worker of the pool died"):
        gpnb.reduce_map(runs * 4, geom, background=None, executor=pool, progress=kill_all)


def test_cancel_on_a_pool(runs, geom):
    token = gpnb.CancelToken()

    def cancel(step):
        if step.done == 1:
            token.cancel()

    with ProcessPoolExecutor(2) as pool, pytest.raises(gpnb.Cancelled):
        gpnb.reduce_map(runs, geom, background=None, executor=pool, progress=cancel, cancel=token)

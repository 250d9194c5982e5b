"""Parts of cubes and coarser ones: data, flags and responses, beside the reduction on those bins."""

from dataclasses import replace

import numpy as np
import pytest
from made_cubes import cube_of, masked_edge, point

import gpnb
from gpnb.core.replay import replay
from gpnb.datasets.flags import Flag
from gpnb.datasets.map import MapDataset

CRAB = "83.6333d 22.0145d"
SAFE = gpnb.SafeRange(offset_max="2 deg")
SOURCE = gpnb.SkyModel(
    gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2"), gpnb.PointSource("83.68d 22.05d"), name="s"
)


def axis(nbin=6):
    return gpnb.Axis.energy("0.5 TeV", "32 TeV", nbin=nbin)


def geom_of(width="4 deg", binsz="0.1 deg", energy=None):
    return gpnb.WcsGeometry.create(CRAB, width=width, binsz=binsz, axes=[energy or axis()])


TRUE = gpnb.Axis.energy("0.2 TeV", "90 TeV", nbin=30, name="energy_true")


def thresholds(runs):
    """The second run is safe from 3 TeV on only."""
    low = replace(runs[1].aeff, header={**runs[1].aeff.header, "LO_THRES": 3.0})
    parts = {**runs[1].parts, "events": runs[1].events, "gti": runs[1].gti, "aeff": low}
    return [runs[0], gpnb.Observation(2, parts, runs[1].row)]


@pytest.fixture(scope="module")
def runs(demo):
    return demo.select(target="Crab")


def reduced(runs, geom, background="field-of-view"):
    return gpnb.reduce_map(runs, geom, energy_true=TRUE, background=background, safe=SAFE)


def same(found, wanted, rel=1e-6):
    """Two cubes hold the same, and predict the same of a source where both are usable."""
    assert found.geom == wanted.geom
    assert found.counts.data == pytest.approx(wanted.counts.data)
    assert (found.flags.data == wanted.flags.data).all()
    assert found.exposure.data == pytest.approx(wanted.exposure.data, rel=1e-5)
    counts = [gpnb.predict(cube, SOURCE, "s").data for cube in (found, wanted)]
    assert counts[1].max() > 1
    assert counts[0] == pytest.approx(counts[1], rel=rel, abs=rel * counts[1].max())


def test_a_cutout_is_what_the_reduction_gives_there(runs):
    whole = reduced(runs, geom_of(), None)
    part = whole.cutout(CRAB, "2 deg")
    same(part, reduced(runs, geom_of("2 deg"), None), rel=2e-3)  # dispersions between other nodes
    assert part.runs is whole.runs
    assert part.gti is whole.gti
    assert replay(part.recipe).counts.data == pytest.approx(part.counts.data)


def test_a_cutout_at_the_rim_is_clipped_and_none_beyond():
    cube = cube_of(width="2 deg")
    part = cube.cutout("84.6d 22.9d", "0.8 deg")
    assert part.geom.nx < 20
    assert part.counts.data.sum() < cube.counts.data.sum()
    part.counts.data[:] = 0  # a copy
    assert cube.counts.data.sum() > 0
    with pytest.raises(gpnb.SelectionError, match="outside the map"):
        cube.cutout("90d 22d", "0.8 deg")


def test_joined_pixels_are_what_the_reduction_gives_on_them(runs):
    fine, coarse = geom_of("3.2 deg", "0.05 deg"), geom_of("3.2 deg", "0.1 deg")
    found, wanted = reduced(runs, fine, None).downsample(2), reduced(runs, coarse, None)
    assert found.geom == wanted.geom
    assert not (found.usable & ~wanted.usable).any()  # usable where all parts are
    both = found.usable & (found.geom.separation(CRAB) < 1.2)  # farther out, fields of view end within pixels
    assert both.sum() > 2000
    assert found.counts.data[both] == pytest.approx(wanted.counts.data[both])
    assert found.background.data[both] == pytest.approx(wanted.background.data[both], rel=0.01)
    counts = [gpnb.predict(cube, SOURCE, "s").data for cube in (found, wanted)]
    assert counts[0] == pytest.approx(counts[1], abs=2e-3 * counts[1].max())


def test_a_joined_pixel_with_a_bad_part_is_bad_and_says_why():
    cube = masked_edge(cube_of(width="1.6 deg"), slice(0, 5))
    found = cube.downsample(4)
    assert found.usable.sum(axis=(1, 2)).tolist() == [80, 80, 80, 80]  # 10 columns, two of them touched
    place = found.geom.coords[5, 1]
    assert found.why(place, energy="1.2 TeV") == ["outside the field of view"]
    with pytest.raises(gpnb.ArgumentError, match="evenly"):
        cube.downsample(3)


def test_a_fit_of_joined_pixels_and_energies_gives_the_truth_back():
    truth = point("83.71d 22.09d")
    cube = gpnb.asimov(cube_of(width="2.4 deg", background=0.01), truth)
    for coarse in (
        cube.downsample(2),
        cube.resample(2),
        cube.cutout("83.65d 22.05d", "1.2 deg"),
        cube.slice(("2 TeV", None)),
    ):
        result = gpnb.fit(coarse, truth)
        assert result.values == pytest.approx(truth_values(truth, result), rel=2e-3), coarse


def truth_values(truth, result):
    return [truth.parameters[name].value for name in result.names]


@pytest.mark.filterwarnings("ignore:Run 2 .safe from 3 to")
@pytest.mark.parametrize("change", ["slice", "resample"])
def test_energies_are_those_that_the_reduction_gives_on_their_bins(runs, change):
    whole = reduced(thresholds(runs), geom_of("3 deg"), None)
    if change == "slice":
        found, energy = whole.slice(("2.5 TeV", "20 TeV")), axis().slice(2, 5)
        assert found.runs["ENERGY_MIN"].min() == pytest.approx(energy.low_values[0])
    else:
        found, energy = whole.resample(axis(3)), axis(3)
    wanted = reduced(thresholds(runs), geom_of("3 deg", energy=energy), None)
    assert found.geom == wanted.geom
    counts = [gpnb.predict(cube, SOURCE, "s").data for cube in (found, wanted)]
    if change == "slice":
        same(found, wanted, rel=1e-4)
    else:  # the bin that holds the threshold of the second run is lost to it on coarse bins, and half of it is not
        safe = energy.low_values >= 3.0
        assert counts[0][safe] == pytest.approx(counts[1][safe], rel=1e-4, abs=1e-4)
        assert found.counts.data.sum() > wanted.counts.data.sum()


@pytest.mark.parametrize("made", [False, True])
def test_energies_below_a_threshold_are_neither_counted_nor_predicted(runs, made):
    """Whether the dispersion was asked before or not."""
    only = reduced(thresholds(runs)[1:], geom_of("2 deg"), None)
    if made:
        only.edisp.at(CRAB)
    joined = only.resample([0.5, 8, 32] * gpnb.Axis.energy("1 TeV", "2 TeV", nbin=1).unit)
    fine, coarse = (gpnb.predict(cube, SOURCE, "s").data for cube in (only, joined))
    used = only.usable.any(axis=(1, 2))
    assert used.tolist() == [False, False, False, True, True, True]
    assert joined.usable.any(axis=(1, 2)).all()
    assert coarse[0] == pytest.approx(fine[3], rel=1e-5, abs=1e-6)
    assert coarse[1] == pytest.approx(fine[4] + fine[5], rel=1e-5, abs=1e-6)
    assert joined.counts.data[0] == pytest.approx(only.counts.data[3])


def test_edges_must_be_those_that_there_are():
    cube = cube_of(width="1 deg")
    assert cube.resample(["1 TeV", "10 TeV"]).geom.axis("energy").n == 1
    for wrong in (3, 0, ["1 TeV", "5 TeV"], ["10 TeV", "1 TeV"], ["1 TeV"]):
        with pytest.raises(gpnb.ArgumentError, match="energy="):
            cube.resample(wrong)
    with pytest.raises(gpnb.SelectionError, match="has its centre there"):
        cube.slice(("20 TeV", "30 TeV"))


def ring_cube(off):
    """A cube with OFF counts, alpha 0.1."""
    cube = cube_of(width="0.8 deg", background=0.3)

    def flat(value):
        return gpnb.SkyMap(cube.geom, np.broadcast_to(value, cube.geom.shape).astype(float))

    off = np.asarray(off, dtype=float)
    return replace(
        cube, counts_off=flat(off), acceptance=flat(2.0), acceptance_off=flat(20.0), background=flat(0.1 * off)
    )


def test_joined_bins_keep_the_background_that_off_counts_give():
    rng = np.random.default_rng(1)
    cube = ring_cube(rng.poisson(5.0, cube_of(width="0.8 deg").geom.shape))
    for coarse in (cube.downsample(2), cube.resample(2)):
        assert coarse.background.data.sum() == pytest.approx(cube.background.data.sum())
        assert (coarse.alpha.data * coarse.counts_off.data) == pytest.approx(coarse.background.data)
    assert cube.downsample(2).counts_off.data.mean() == pytest.approx(cube.counts_off.data.mean())


def test_joined_bins_without_off_counts_keep_their_alpha():
    cube = ring_cube(0.0)
    assert cube.downsample(2).alpha.data == pytest.approx(np.full((4, 10, 10), 0.4))
    assert cube.resample(2).alpha.data == pytest.approx(np.full((2, 20, 20), 0.1))
    assert gpnb.to_image(cube).alpha.data == pytest.approx(np.full((1, 20, 20), 0.1))
    assert gpnb.to_spectrum(cube, "icrs; circle(83.63, 22.01, 0.1)").alpha == pytest.approx(0.1 * np.full(4, 16))


def test_flags_that_do_no_harm_stay():
    cube = cube_of(width="0.8 deg")
    flags = cube.flags.data.copy()
    flags[:, :10] |= np.uint8(Flag.EXCLUDED)
    cube = replace(cube, flags=gpnb.SkyMap(cube.geom, flags))
    assert isinstance(cube.downsample(2), MapDataset)
    assert (cube.downsample(2).flags.data == flags[:, ::2, ::2]).all()
    assert (cube.resample(4).flags.data == flags[:1]).all()

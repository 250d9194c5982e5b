"""Means of maps over boxes: in rows and columns along the map, or anywhere."""

import numpy as np
import pytest

from gpnb.models.box_means import box_means

PLANES = np.random.default_rng(0).random((3, 11, 17))


@pytest.mark.parametrize("goes_on", [True, False])
@pytest.mark.parametrize("size", [(0.4, 0.7), (3.3, 1.0), (12.0, 30.0)])
@pytest.mark.parametrize("slopes", [True, False])
def test_boxes_in_rows_and_columns_have_the_means_of_single_ones(size, goes_on, slopes):
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.sort(rng.uniform(-5, 22, 9)), rng.uniform(-5, 16, 7))
    found = box_means(PLANES, x, y, size, goes_on, slopes)
    single = box_means(PLANES, x.ravel(), y.ravel(), size, goes_on, slopes)
    assert found.shape == (3 if slopes else 1, 3, 7, 9)
    assert found.reshape(single.shape) == pytest.approx(single, abs=1e-12)
    x[2, 3] = np.nan  # beyond the sky
    lost = box_means(PLANES, x, y, size, goes_on, slopes)
    known = np.isfinite(x)
    assert lost[..., known] == pytest.approx(found[..., known], abs=1e-12)

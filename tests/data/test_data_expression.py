"""Conditions over columns: what is read, and what is refused."""

import numpy as np
import pytest

from gpnb import SelectionError
from gpnb.data.expression import where_mask

COLUMNS = {
    "ZEN_PNT": np.array([10.0, 30.0, 50.0]),
    "DATE-OBS": np.array(["a", "b", "c"]),
    "N_TELS": np.array([3, 4, 4]),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ZEN_PNT < 40", [True, True, False]),
        ("zen_pnt < 40 and N_TELS >= 4", [False, True, False]),
        ("ZEN_PNT < 20 or ZEN_PNT > 40", [True, False, True]),
        ("not N_TELS == 4", [True, False, False]),
        ("20 < ZEN_PNT <= 50", [False, True, True]),
        ("DATE_OBS in ('a', 'c')", [True, False, True]),
        ("ZEN_PNT / 10 + N_TELS > 6", [False, True, True]),
        ("-ZEN_PNT > -20", [True, False, False]),
        ("True or N_TELS > 9", [True, True, True]),
    ],
)
def test_conditions(text, expected):
    assert where_mask(text, COLUMNS, 3).tolist() == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("__import__('os').system('true')", "not allowed"),
        ("ZEN_PNT.__class__", "not allowed"),
        ("(lambda: 1)() > 0", "not allowed"),
        ("[x for x in ZEN_PNT] > 1", "not allowed"),
        ("ZEN_PNT[0] > 1", "not allowed"),
        ("2 ** 1000000000 > 1", "not allowed"),
        ("ALTITUDE > 1", "no column 'ALTITUDE'"),
        ("ZEN_PNT <", "not an expression"),
        ("ZEN_PNT", "not a condition"),
        ("ZEN_PNT < 'x'", "compares numbers with text"),
        ("1 <" * 400 + "2", "at most 1000"),
    ],
)
def test_refusals(text, says):
    with pytest.raises(SelectionError, match=says):
        where_mask(text, COLUMNS, 3)

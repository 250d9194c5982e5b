from hypothesis import given
from hypothesis import strategies as st

from gpnb.core import words


def test_numbers_and_units_as_in_print():
    assert [words.number(value) for value in (0.5, 1, 30, 1e-11, 3e5, -2, 0)] == [
        *("0.5", "1", "30", "10⁻¹¹", "3 × 10⁵", "−2", "0"),
    ]
    assert words.unit_text("cm-2 s-1 TeV-1") == "cm⁻² s⁻¹ TeV⁻¹"
    assert words.labelled("Energy", "TeV") == "Energy (TeV)"
    assert words.labelled("Counts") == "Counts"


@given(st.floats(-3, 2), st.floats(0.05, 6))
def test_energy_ticks_are_few_and_inside(start, decades):
    low, high = 10**start, 10 ** (start + decades)
    ticks = words.energy_ticks(low, high)
    assert 1 <= len(ticks) <= 9
    assert all(low <= tick <= high for tick in ticks)

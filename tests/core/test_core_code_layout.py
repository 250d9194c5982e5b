"""Code as people write it: lines of 88 letters, one argument a line where they would be longer."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from gpnb.core.code_layout import WIDTH
from gpnb.core.recipe import Recipe

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["first", "second", "third"]), VALUES.filter(lambda value: value is not None)))
def test_any_arguments_read_back(kwargs):
    line = Recipe("gpnb.f()", kwargs, (), "made").to_code().partition("\n\n")[2]
    call = ast.parse(line).body[0].value
    assert {item.arg: ast.literal_eval(item.value) for item in call.keywords} == kwargs


def test_short_calls_stay_on_a_line_and_long_ones_are_broken():
    assert Recipe("gpnb.f()", {"a": 1}, (), "made").to_code().splitlines()[-1] == "made = gpnb.f(a=1)"
    peaks = [[83.63 + place, 22.01, 5.1] for place in range(6)]
    edges = [f"{place / 7:.5f} TeV" for place in range(20)]
    code = Recipe("gpnb.f()", {"peaks": peaks, "edges": edges, "name": "x"}, (), "made").to_code()
    assert max(map(len, code.splitlines())) <= WIDTH
    assert "        [84.63, 22.01, 5.1]," in code.splitlines()
    assert "    name='x'," in code.splitlines()


def test_texts_of_many_lines_are_written_line_by_line():
    text = "".join(f"galactic; circle({place}, 0, 0.1)\n" for place in range(4))
    code = Recipe("gpnb.f()", {"regions": text}, (), "made").to_code()
    assert "        'galactic; circle(2, 0, 0.1)\\n'" in code.splitlines()
    assert ast.literal_eval(ast.parse(code).body[-1].value.keywords[0].value) == text

"""Tables as HTML: few digits, units, hostile text, what is missing, and many rows."""

import numpy as np
from astropy import units as u
from astropy.table import MaskedColumn, QTable, Table
from astropy.time import Time

from gpnb.core.html_table import html_table


def rows(page):
    return [row.split("<td>")[1:] for row in page.replace("</td>", "").replace("</tr>", "").split("<tr>")[2:]]


def test_cells():
    table = QTable(
        {
            "flux": [1 / 3e11, np.nan] / u.cm**2 / u.s,
            "time": Time(["2024-08-20", "2024-08-21"]),
            "pair": [[1, 2], [3, 4]],
            "name": ["<b>", "é"],
        }
    )
    page = html_table(table)
    assert "<th>flux (s⁻¹ cm⁻²)</th><th>time</th>" in page
    assert [cell.split("<")[0] for cell in rows(page)[0]] == [
        "3.333e-12",
        "2024-08-20 00:00:00.000",
        "1, 2",
        "&lt;b&gt;",
    ]
    assert rows(page)[1][0] == "–"


def test_formats_and_what_is_masked():
    table = Table({"x": MaskedColumn([1.0, 2.0], mask=[False, True], format="%.3f"), "y": ["a", "b"]})
    table["y"] = MaskedColumn(table["y"], mask=[True, False])
    page = html_table(table)
    assert "<td>1.000</td><td>–</td>" in page
    assert "<td>–</td><td>b</td>" in page


def test_no_rows_and_many():
    assert "<tbody></tbody>" in html_table(Table({"x": [1.0]})[:0])
    page = html_table(Table({"x": np.arange(40)}))
    assert page.count("<td>") == 30
    assert page.endswith("<p>… and 10 more</p>")

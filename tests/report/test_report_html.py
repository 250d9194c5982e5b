"""The page: nothing runs in it, nothing is fetched by it, everything is shown."""

import base64
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gpnb.report.html import show_data, to_html
from gpnb.report.mathml import latex_output, markdown_to_html, to_mathml
from gpnb.report.sanitize import sanitize

PNG = base64.b64encode(b"not really a picture").decode()

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "<iframe src='https://example.org'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<style>@import url(https://example.org/a.css);</style>",
    "<style>p { background: u\\72l(https://example.org/a.png) }</style>",
    "<p style='background:url(https://example.org/a.png)'>x</p>",
    "<img src='https://example.org/a.png'>",
    "<link rel=stylesheet href='https://example.org/a.css'>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<object data='https://example.org'></object>",
    "<form action='https://example.org'><input name=a></form>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
]

FORBIDDEN = re.compile(
    r"<(script|iframe|object|embed|link|meta|form|input|base|svg)\b|\son\w+\s*=|javascript:|@import|url\(",
    re.IGNORECASE,
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_and_nothing_is_fetched(attack):
    clean = sanitize(f"<b>before</b>{attack}")
    assert clean.startswith(("<b>before</b>", "<style>"))
    assert not FORBIDDEN.search(clean)
    assert "src=" not in clean


@given(
    st.lists(
        st.sampled_from([*ATTACKS, "<table>", "</td>", "<!--", "-->", "'", '"', "<b", ">", "&lt;", "<math>"]),
        max_size=6,
    )
)
def test_attacks_do_not_combine(parts):
    clean = sanitize("".join(parts))
    tags = "".join(re.findall(r"<[^>]*>", clean))
    assert not re.search(r"<(script|iframe|object|embed|link|meta|form|svg)\b|\son\w+=", tags, re.IGNORECASE)


def test_what_only_shows_stays():
    image = f'<img src="data:image/png;base64,{PNG}" alt="p">'
    html = f'<table class="t"><tr><th scope="row" style="color: red">a</th></tr></table>{image}'
    assert sanitize(html).count("<t") == html.count("<t") + 1  # the parser adds tbody
    assert f'src="data:image/png;base64,{PNG}"' in sanitize(html)
    assert sanitize("<style>.t { color: red }</style><p>x</p>") == "<style>.t { color: red }</style><p>x</p>"
    assert "<details open" in sanitize("<details open><summary>more</summary>x</details>")


def test_mathml_survives():
    math = to_mathml(r"\frac{dN}{dE} = \sqrt{2} \left(\frac{E}{E_0}\right)^{-\Gamma}")
    clean = sanitize(math)
    assert {"<math", "<mfrac>", "<msqrt>", "<msup>", "<msub>"} <= set(re.findall(r"<m\w+>|<math", clean))


def test_a_formula_with_a_fault_stays_readable():
    assert to_mathml("x^2^3 < y") == "<code>x^2^3 &lt; y</code>"
    assert "<mn>2</mn>" in latex_output("$2$")
    assert 'display="block"' in latex_output("$$2$$")


def test_markdown_keeps_its_html_and_its_formulae():
    html = sanitize(markdown_to_html("a <b>bold</b> $E^2$ <script>alert(1)</script>\n\n$$x$$\n\n| a |\n|---|\n| 1 |"))
    assert "<b>bold</b>" in html
    assert html.count("<math") == 2
    assert "<td>1</td>" in html
    assert "alert" not in html


def test_pictures_beside_markdown_are_embedded(tmp_path):
    (tmp_path / "a.png").write_bytes(b"picture")
    html = sanitize(markdown_to_html("![a](a.png) ![b](../b.png) ![c](https://example.org/c.png)", str(tmp_path)))
    assert html.count("src=") == 1
    assert base64.b64encode(b"picture").decode() in html


class TestOutputs:
    def test_html_before_text_and_widget(self):
        data = {"application/vnd.jupyter.widget-view+json": {}, "text/html": "<b>x</b>", "text/plain": "x"}
        assert show_data(data) == "<b>x</b>"

    def test_a_summary_without_picture_is_joined_by_it(self):
        shown = show_data({"text/html": "<table></table>", "image/png": PNG, "text/plain": "x"})
        assert shown.startswith("<table")
        assert shown.count("<img") == 1

    def test_a_summary_with_its_picture_stands_alone(self):
        html = f'<img src="data:image/png;base64,{PNG}">'
        assert show_data({"text/html": html, "image/png": PNG}).count("<img") == 1

    def test_svg_becomes_an_image(self):
        shown = show_data({"image/svg+xml": "<svg onload='alert(1)'></svg>"})
        assert shown.startswith('<img src="data:image/svg+xml;base64,')
        assert "alert" not in shown

    def test_scripts_and_widgets_are_not_shown(self):
        assert show_data({"application/javascript": "alert(1)", "text/plain": "<x>"}) == "<pre>&lt;x&gt;</pre>"


@pytest.fixture
def page():
    bad = "Crab <script>alert(1)</script>"
    parameters = new_code_cell(
        f"target = {bad!r}  # {bad}\nwidth = ['1 deg', '2 deg']", metadata={"tags": ["parameters"]}
    )
    outputs = [
        new_output("stream", name="stdout", text=f"\x1b[31m{bad}\x1b[0m"),
        new_output("display_data", {"text/plain": bad}),
        new_output("display_data", {"text/html": bad}),
        new_output("error", ename="ValueError", evalue=bad, traceback=[bad]),
    ]
    cells = [new_markdown_cell(f"# {bad}\n\nText $x^2$."), parameters, new_code_cell(f"{bad!r}", outputs=outputs)]
    notebook = new_notebook(cells=cells)
    notebook.metadata["papermill"] = {"parameters": {"target": f"new {bad}"}}
    notebook.metadata["gpnb"] = {
        "version": "1",
        "created": "2026-01-01T00:00:00",
        "source": bad,
        "sha256": {"peaks.ecsv": "ab12"},
    }
    return to_html(notebook, Path("folder/name.ipynb"))


class TestPage:
    def test_no_script_and_nothing_from_outside(self, page):
        assert "<script" not in page
        assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
        assert "url(" not in page
        assert "@import" not in page
        assert "default-src 'none'" in page

    def test_text_is_shown_as_text(self, page):
        assert "<title>Crab &lt;script&gt;alert(1)&lt;/script&gt;</title>" in page
        assert "new Crab &lt;script&gt;" in page

    def test_parameters_and_provenance(self, page):
        assert "1 deg, 2 deg" in page
        assert '<tr class="given"><th scope="row">target</th>' in page
        assert '<a href="peaks.ecsv">peaks.ecsv</a></th><td><code>ab12</code>' in page

    def test_code_is_folded_without_script(self, page):
        assert page.count('<details class="code"><summary>Code') == 2

    def test_light_and_dark(self, page):
        assert "prefers-color-scheme: dark" in page
        assert '<meta name="color-scheme" content="light dark">' in page


def test_a_notebook_that_was_not_run_has_a_page_too():
    page = to_html(new_notebook(cells=[new_code_cell("1 + 1")]), Path("plain.ipynb"))
    assert "<title>plain</title>" in page
    assert "Parameters" not in page

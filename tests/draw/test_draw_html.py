from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from gpnb.draw import html, style


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(page):
    reader = _Reader()
    reader.feed(str(page))
    assert not reader.open
    return reader


GOLDEN = (
    '<section class="gpnb-panel"><pre class="gpnb-plain">&lt;SkyMap&gt;</pre><div class="gpnb-head">'
    '<b class="gpnb-title">Map</b> <span class="gpnb-facts">2 &lt; 3</span></div><div class="gpnb-body">'
    '<div class="gpnb-wide" tabindex="0"><table><thead><tr><th scope="col">name</th>'
    '<th scope="col" class="gpnb-number">size <span class="gpnb-unit">(deg)</span></th></tr></thead>'
    '<tbody><tr><td>a&amp;b</td><td class="gpnb-number">1.5</td></tr></tbody></table></div></div>'
    '<div class="gpnb-foot gpnb-attention">▲ look &gt; here</div></section>'
)


def test_golden_frame():
    columns = [html.Column("name"), html.Column("size", "deg", number=True)]
    page = html.frame("Map", "2 < 3", [html.table(columns, [["a&b", 1.5]])], ["look > here"], "<SkyMap>")
    assert str(page).split("</style>")[1] == GOLDEN


@given(st.text(), st.text(), st.text())
def test_any_text_stays_text(title, cell, note):
    table = html.table([html.Column(title)], [[cell]])
    page = html.frame(title, note, [table, html.fold(cell, table), html.picture(b"x", cell, 10)], [note], cell)
    reader = read(page)
    assert set(reader.tags) <= {
        *("style", "section", "pre", "div", "b", "span", "table", "thead", "tbody", "tr", "th", "td"),
        *("details", "summary", "img"),
    }
    assert reader.tags.count("td") == 2


def test_style_loads_nothing_and_has_no_script():
    page = str(html.frame("t", "f", []))
    for word in ("url(", "@import", "<script", "http", "javascript"):
        assert word not in page
    assert "prefers-color-scheme: dark" in page
    assert "--jp-layout-color0" in page


def test_ticks_of_the_mockup():
    assert style.energy_ticks(0.4, 60) == [1, 3, 10, 30]
    assert style.energy_ticks(0.02, 150) == [0.1, 1, 10, 100]

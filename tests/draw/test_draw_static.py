import base64
import io
import subprocess
import sys
import threading

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from matplotlib import rcParams
from PIL import Image

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.draw.static import StaticPanel

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def shown(made):
    """Every object with its bundle."""
    several = {"events": made.events, "no_events": made.no_events, "obs": made.obs, "runs": made.runs}
    maps = {"cube": made.cube, "image": made.image, "mask": made.image > 0, "dataset": made.dataset}
    return {name: (obj, obj._repr_mimebundle_()) for name, obj in (several | maps | made.responses).items()}


def test_every_bundle_has_text_html_and_a_picture(shown):
    for name, (obj, bundle) in shown.items():
        assert set(bundle) == {"text/plain", "text/html", "image/png"}, name
        assert bundle["text/plain"] == repr(obj)
        image = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
        assert 600 <= image.width <= 2 * 960
        assert len(np.unique(np.asarray(image.convert("L")))) > 10, f"{name} is blank"
        assert bundle["image/png"] in bundle["text/html"]
        assert bundle["text/html"].count("<section") == bundle["text/html"].count("</section>") == 1


def test_hostile_text_is_never_markup(shown):
    for name, (_, bundle) in shown.items():
        page = bundle["text/html"]
        assert "<script" not in page, name
        assert "alert(1)" not in page.replace("&lt;script&gt;alert(1)", ""), name
    for name in ("events", "runs", "dataset", "obs"):
        assert "&lt;script&gt;" in shown[name][1]["text/html"]


def test_the_report_keeps_the_page(made):
    from gpnb.report.sanitize import sanitize

    page = sanitize(made.runs._repr_mimebundle_()["text/html"])
    assert "gpnb-title" in page
    assert "<style>" in page
    assert "data:image/png;base64" in page
    assert "<table>" in page


def test_save_is_whole_or_nothing(made, tmp_path):
    panel = made.image.view(stretch="sqrt")
    heads = {"pdf": b"%PDF", "png": b"\x89PNG", "svg": b"<?xml"}
    for ending, head in heads.items():
        panel.save(tmp_path / f"map.{ending}")
        assert (tmp_path / f"map.{ending}").read_bytes().startswith(head)
    with pytest.raises(ArgumentError, match="exists already"):
        panel.save(tmp_path / "map.pdf")
    with pytest.raises(ArgumentError, match=r"saved as \.png, \.pdf or \.svg"):
        panel.save(tmp_path / "map.gif")
    broken = made.image.view(plane=3, layers=["nothing"])
    with pytest.raises(ArgumentError):
        broken.save(tmp_path / "broken.png")
    assert {path.name for path in tmp_path.iterdir()} == {f"map.{ending}" for ending in heads}


def test_save_twice_gives_the_same_bytes(made, tmp_path):
    for name in ("one.pdf", "two.pdf", "one.svg", "two.svg"):
        made.image.view().save(tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_save_data(made, tmp_path):
    made.image.view().save_data(tmp_path / "map.fits")
    assert fits.getdata(tmp_path / "map.fits").sum() == made.image.data.sum()
    made.runs.view().save_data(tmp_path / "runs.ecsv")
    assert list(Table.read(tmp_path / "runs.ecsv")["OBS_ID"]) == list(made.runs.table["OBS_ID"])
    made.responses["aeff"].view().save_data(tmp_path / "aeff.fits")
    assert fits.getheader(tmp_path / "aeff.fits", 1)["HDUCLAS2"] == "EFF_AREA"
    with pytest.raises(ArgumentError, match="SkyMap cannot be saved so; tables are saved as"):
        made.image.view().save_data(tmp_path / "map.ecsv")


def test_to_code_says_the_object_and_the_state():
    image = gpnb.SkyImage.empty(nxpix=20, nypix=10)
    lines = image.view(stretch="sqrt", smooth="0.1 deg").to_code().splitlines()
    assert lines[0] == "import gpnb"
    assert lines[-1].endswith(".view(stretch='sqrt', smooth='0.1 deg')")
    scope = {}
    exec("\n".join(lines), scope)  # the code runs
    assert scope["panel"].state == image.view(stretch="sqrt", smooth="0.1 deg").state


def test_a_fault_of_drawing_does_not_hide_the_object(made):
    bundle = made.cube.view(plane=99)._repr_mimebundle_()
    assert "image/png" not in bundle
    assert "The picture could not be drawn: plane=99" in bundle["text/html"]
    assert bundle["text/plain"] == repr(made.cube)


def _fail(*_):
    raise KeyError("<b>OBJECT</b>")


def test_even_a_broken_summary_leaves_the_object_readable(made, monkeypatch):
    monkeypatch.setattr("gpnb.draw.sky.draw", _fail)
    monkeypatch.setattr("gpnb.draw.sky.summary", _fail)
    page = StaticPanel(made.image)._repr_mimebundle_()["text/html"]
    assert "The picture could not be drawn" in page
    assert "&lt;b&gt;OBJECT&lt;/b&gt;" in page
    assert "30 × 30 pixels" in page


def test_drawing_in_threads_leaves_the_settings(made):
    before, faults = dict(rcParams), []

    def work():
        try:
            made.events._repr_mimebundle_()
        except Exception as error:  # noqa: BLE001  (told by the assertion)
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert dict(rcParams) == before


def test_no_pyplot_and_no_jupyter():
    code = (
        "import sys, gpnb; image = gpnb.SkyImage.empty(nxpix=20, nypix=20); image._repr_mimebundle_();"
        "import gpnb.draw.events, gpnb.draw.instrument, gpnb.draw.observations;"
        "print([name for name in ('matplotlib.pyplot', 'IPython', 'ipywidgets', 'pylab') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_plot_gives_a_figure_that_shows_itself(made):
    figure = made.image.plot(title="Crab")
    assert figure.axes[0].get_title(loc="left") == "Crab"
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_a_card_says_its_title_once():
    from gpnb.draw import style

    def drawn(*headings):
        figure = style.new_figure()
        with style.styled():
            for place, heading in enumerate(headings, 1):
                style.heading(figure.add_subplot(1, len(headings), place), *heading)
        return figure

    page = '<b class="gpnb-title">$E$ &amp; E</b> <span class="gpnb-facts">7 bins</span>'
    once, more, several = drawn(("$E$ & E", "7 bins")), drawn(("$E$ & E", "2 TeV")), drawn(("$E$ & E", ""), ("F", ""))
    for figure, titles, facts in ((once, [""], 0), (more, ["2 TeV"], 0), (several, [r"\$E\$ & E", "F"], 0)):
        style.say_once(figure, page)
        assert [axes.get_title("left") for axes in figure.axes] == titles
        assert sum(len(axes.texts) for axes in figure.axes) == facts
    for facts, left in (("7 bins", 0), ("8 bins", 1)):
        other = drawn(("F", facts))
        style.say_once(other, page)
        assert other.axes[0].get_title("left") == "F"
        assert len(other.axes[0].texts) == left

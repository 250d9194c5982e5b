"""The sky panel: maps, cubes, datasets and products of maps, live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from gpnb.catalogs.local import catalogs_here, local_catalog
from gpnb.core.errors import ArgumentError
from gpnb.core.progress import silent
from gpnb.core.words import class_words
from gpnb.maps.sky_map import SkyMap
from gpnb.panels.sky.cuts import Scale, scale_of
from gpnb.panels.sky.fitted import fit_facts, fit_table
from gpnb.panels.sky.layers import Layer, chosen_maps, layer_title, made_maps, maps_of, shown_layer, title_of
from gpnb.panels.sky.overlays import SELECTED, as_text, instead, marks_in_view, next_colour, without
from gpnb.panels.sky.probe import exclusion_of, masked_because, values_at
from gpnb.panels.sky.shapes import region_of
from gpnb.panels.sky.stats import region_table
from gpnb.panels.sky.view import SkyView
from gpnb.panels.work import Job
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.live import LivePanel, bind, listen
from gpnb.widgets.parts.colour_bar import ColourBar
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.table import TableView
from gpnb.widgets.sky.controls import look_items, overlay_items
from gpnb.widgets.sky.stage import SkyStage, is_squarish, row_of, show_bar

if TYPE_CHECKING:
    from gpnb.widgets.sky.aladin import AladinStage


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> SkyPanel:
    """The live panel of a map or of what holds maps."""
    return SkyPanel(obj, workspace, changes, name)


class SkyPanel(LivePanel):
    """Maps of the sky, live; see `gpnb.panels.sky.view.SkyView` for what decides how they look.

    Attributes
    ----------
    region : SkyRegion or None
        The region drawn or typed: that of the selection.
    exclusion : list of SkyRegion
        The regions painted with the mask tool.
    """

    kind = "sky"
    chip_names = ("region", "energy")

    @property
    def region(self) -> Any:
        """The chosen region."""
        return self.selection.region

    @property
    def exclusion(self) -> list[Any]:
        """The regions of the exclusion mask."""
        from gpnb.core.sky_regions import to_regions

        return to_regions(self.state.excluded or None)

    @property
    def mask(self) -> SkyMap:
        """The exclusion mask, True where the sky is kept, as `gpnb.reduce_map` takes it."""
        mask: SkyMap = self._geom.image().region_mask(self.exclusion, inside=False)
        return mask

    def overlay(self, name: str, what: Any, colour: str = "") -> None:
        """Draw regions, DS9 text or sources of a catalogue over the map; a name that is there is replaced.

        Without a colour it gets one that no other overlay has; each overlay marks its points by a shape of its own.

        Examples
        --------
        >>> import gpnb
        >>> with gpnb.set_options(display="live"):
        ...     panel = gpnb.SkyImage.empty(nxpix=20, nypix=20).view()
        >>> panel.overlay("target", "icrs; circle(0.1, 0.1, 0.2)")
        >>> panel.state.overlays
        (('target', 'icrs; circle(0.1000000000,0.1000000000,0.2000000000)', '#56B4E9'),)
        """
        known = {item[0]: item for item in self.state.overlays}
        colour = colour or (known[name][2] if name in known else next_colour(self.state.overlays))
        known[name] = (name, as_text(what, self._geom), colour)
        self.set(overlays=list(known.values()))

    def restyle(self, name: str, colour: str | None = None, title: str | None = None) -> None:
        """Give an overlay another colour or another name."""
        self._known(name)
        changed = [
            (title or item[0], item[1], colour or item[2]) if item[0] == name else item for item in self.state.overlays
        ]
        self.set(overlays=changed, hidden=[title or item if item == name else item for item in self.state.hidden])

    def remove(self, name: str) -> None:
        """Take an overlay away."""
        self._known(name)
        self.set(overlays=[item for item in self.state.overlays if item[0] != name])

    def title(self) -> str:
        """The title of the record, else what is shown."""
        usual = class_words(type(self._obj)) if len(self._maps) > 1 else layer_title(self._obj, self.state)
        return self.state.title or usual

    def facts(self) -> str:
        """What the image shows."""
        shown: Layer = self._layer.pull()
        width = " × ".join(f"{size:.3g}°" for size in self._geom.width.to_value("deg"))
        words = (shown.title, shown.facts, width, self._geom.frame, fit_facts(self._obj))
        return " · ".join(word for word in words if word and word != self.title())

    def notes(self) -> list[str]:
        """What the object notes, and whether the sky is as asked for."""
        trouble = self._aladin.trouble if self._aladin is not None and self._now is self._aladin else ""
        return [*super().notes(), *([trouble] if trouble else [])]

    def build(self) -> list[Any]:
        """Controls above the sky; catalogues and statistics of the region beside it if it is square, else below."""
        self._maps, self._catalogs = maps_of(self._obj), catalogs_here()
        self._geom = next(iter(self._maps.values())).geom
        self._exclusion = exclusion_of(self._obj)
        self._look, self._over = Controls(), Controls()
        self._stage, self._bar = SkyStage(self._geom), ColourBar()
        self._aladin: AladinStage | None = None
        self._table = TableView(label="Statistics of the region")
        self._parameters = TableView(label="Free parameters of the fit")
        self._parameters.show(*fit_table(self._obj))
        self._make_nodes()
        self._listen()
        self._place = ipywidgets.VBox([self._stage.widget])
        beside = ipywidgets.VBox([self._over, self._table, self._parameters]).add_class("gpnb-stack")
        columns = ipywidgets.Box([row_of(self._place, self._bar, self._geom), beside]).add_class("gpnb-columns-sky")
        return [self._look, columns.add_class("gpnb-columns") if is_squarish(self._geom) else columns]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        shown = Source(lambda: self.seen)
        own = Source(lambda: (self.state, self.selection.region_ds9))
        stats = Node(
            lambda view, image, region: region_table(self._maps, image, view, region),
            Source(lambda: self._of_image(self.seen)),
            self._layer,
            Source(lambda: self.selection.region_ds9),
        )
        catalogs = Source(lambda: self._catalogs)
        marks = Node(lambda view: marks_in_view(view, self._geom), Source(lambda: self._of_marks(self.state)))
        return [
            View(
                Node(
                    lambda view, given, target: look_items(view, self._maps, self._geom, given[1], given[2], target),
                    shown,
                    self._coloured,
                    Source(lambda: self._target),
                ),
                self._look.set_items,
            ),
            View(
                Node(overlay_items, Source(lambda: self._of_marks(self.state)), marks, catalogs), self._over.set_items
            ),
            View(Source(lambda: self.state.backdrop), self._choose_stage),
            View(self._coloured, lambda given: self._now.show_image(*given)),
            View(self._coloured, lambda given: show_bar(self._bar, *given)),
            View(own, lambda pair: self._now.show_over(*pair)),
            View(shown, self._show_look),
            View(stats, self._show_table),
        ]

    def missing(self, view: SkyView) -> Job | None:
        """The map that is wanted, if it is not there yet."""
        name = chosen_maps(self._obj, view)[0]
        if name in made_maps(self._maps, view):
            return None

        def make(**work: Any) -> str:  # noqa: ARG001  (one step, which cannot be stopped)
            with silent():
                shown_layer(self._maps, name, view)
            return ""

        return Job(title_of(name), make, key=(name, view.plane, view.energy), waits=("layers", "plane", "energy"))

    def _of_marks(self, view: SkyView) -> SkyView:
        """The record with nothing but what the overlays that are seen depend on."""
        return SkyView(overlays=view.overlays, hidden=view.hidden, center=view.center, width=view.width)

    def _make_nodes(self) -> None:
        def make(view: SkyView) -> Layer:
            name = chosen_maps(self._obj, view)[0]
            return shown_layer(self._maps, name, view)

        def colour(view: SkyView, shown: Layer) -> tuple[SkyView, Layer, Scale]:
            return view, shown, scale_of(shown.image, view, shown.name)

        self._layer = Node(make, Source(lambda: self._of_image(self.seen)))
        self._coloured = Node(colour, Source(lambda: self._of_colours(self.seen)), self._layer)
        self._target = "region"

    def _of_image(self, view: SkyView) -> SkyView:
        """The record with nothing but what the image depends on."""
        return SkyView(layers=view.layers, energy=view.energy, plane=view.plane, smooth=view.smooth)

    def _of_colours(self, view: SkyView) -> SkyView:
        """The record with nothing but what the look of the image depends on."""
        names = ("stretch", "low", "high", "cmap", "opacity", "contours", "backdrop")
        return SkyView(**{name: getattr(view, name) for name in names})

    def _listen(self) -> None:
        bind(self._bar, self)
        bind(
            self._look,
            self,
            layers=lambda value, gesture: self.set(gesture=gesture, layers=(value,)),
            plane=lambda value, gesture: self.set(gesture=gesture, plane=None if value is None else int(value)),
            smooth=lambda value, gesture: self.set(gesture=gesture, smooth=f"{value} deg"),
            target=lambda value, _: self._aim(value),
            contours=lambda value, _: self.set(contours=_numbers(value)),
            clear=lambda *_: self.set(excluded=None),
        )
        listen(self._over, self, lambda name, value, _: self._change_overlay(name, value))
        stage = self._stage
        stage.on_pixels(lambda name, shape: self.act(lambda: self._drawn(name, region_of(shape, self._geom))))
        stage.on_remove(lambda name: self.act(lambda: self._removed(name)))
        stage.on_dragged(lambda name, shape: self.act(lambda: self._preview(name, shape)))
        stage.on_probe(self._told)
        stage.on_look(lambda center, width: self.act(lambda: self.set(center=center, width=width)))

    def _told(self, pixel: tuple[int, int]) -> dict[str, Any]:
        """What is told of a pixel that is pointed at."""
        view, shown = self.seen, self._layer.pull()
        maps = made_maps(self._maps, view)
        why = masked_because(maps, view, shown, pixel, self._exclusion)
        return {"rows": values_at(maps, view, shown, pixel), "why": why}

    @property
    def _now(self) -> SkyStage | AladinStage:
        """Where the map is shown."""
        return self._stage if self.state.backdrop == "pixels" or self._aladin is None else self._aladin

    def _choose_stage(self, backdrop: str) -> None:
        if backdrop == "sky" and self._aladin is None:
            from gpnb.widgets.sky.aladin import AladinStage  # here: it needs ipyaladin

            self._aladin = AladinStage(self._geom, self.state.survey)
            self._aladin.on_shape(lambda name, text: self.act(lambda: self._drawn(name, text)))
            self._aladin.on_probe(self._told)
            self._aladin.on_trouble(self.refresh)
        self._place.children = [self._now.widget]

    def _show_look(self, view: SkyView) -> None:
        self._now.show_look(view)

    def _aim(self, target: str) -> None:
        self._target = target
        self.refresh()

    def _drawn(self, name: str | None, text: str) -> None:
        """A shape was drawn (no name) or changed."""
        kind, _, number = (name or "").partition("/")
        if kind == SELECTED or (not kind and self._target == "region"):
            self.select(region=text)
        elif kind in ("regions", "excluded"):
            self.set(**{kind: instead(getattr(self.state, kind), int(number), text)})
        else:
            self.set(excluded="\n".join(filter(None, [self.state.excluded, text])))

    def _preview(self, name: str | None, shape: dict[str, Any] | None) -> None:
        """The statistics of a region that is in the hand."""
        aims = name == SELECTED or (name is None and self._target == "region")
        region = region_of(shape, self._geom) if shape and aims else self.selection.region_ds9
        self._show_table(region_table(self._maps, self._layer.pull(), self._of_image(self.seen), region))

    def _removed(self, name: str) -> None:
        kind, _, number = name.partition("/")
        if kind == SELECTED:
            self.select(region=None)
        elif kind in ("regions", "excluded"):
            self.set(**{kind: without(getattr(self.state, kind), int(number))})

    def _change_overlay(self, control: str, value: Any) -> None:
        action, _, name = control.partition("/")
        if action == "add" and value:
            self.overlay(value, local_catalog(value))
        elif action == "show":
            hidden = [item for item in self.state.hidden if item != name]
            self.set(hidden=hidden if value else [*hidden, name])
        elif action == "colour":
            self.restyle(name, colour=value)
        elif action == "remove":
            self.remove(name)

    def _show_table(self, table: Any) -> None:
        self._table.show(*(table or ([], [])))

    def _known(self, name: str) -> None:
        names = [item[0] for item in self.state.overlays]
        if name not in names:
            raise ArgumentError(f"There is no overlay {name!r}; there are: {', '.join(names) or 'none'}.")


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in text.replace(",", " ").split())
    except ValueError as error:
        raise ArgumentError(f"Contours {text!r} must be numbers, such as 3 5 7.") from error

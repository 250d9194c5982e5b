// FITS images by name: the last one given is the one shown, however fast they come.

/** Images over the survey; Aladin knows them by numbers, never by names that people gave. */
export function makeImages(aladin) {
  const images = new Map();
  let count = 0;

  function load(image) {
    const url = URL.createObjectURL(new Blob([image.waiting], { type: "application/fits" }));
    image.waiting = null;
    image.busy = true;
    // Aladin calls back before it has put the layer into its stack: look again one task later.
    const done = () => setTimeout(() => loaded(image, url), 0);
    const { colormap, stretch } = prepare(aladin, image.style);
    const layer = aladin.createImageFITS(url, { name: image.id, colormap, stretch, imgFormat: "fits" }, done, done);
    aladin.setOverlayImageLayer(layer, image.id);
  }

  function loaded(image, url) {
    URL.revokeObjectURL(url);
    aladin.hipsCache?.delete(url);
    image.busy = false;
    if (image.gone) aladin.removeImageLayer(image.id);
    else if (image.waiting) load(image);
    else apply(aladin, image);
  }

  return {
    show(name, bytes, style) {
      if (!images.has(name)) images.set(name, { id: `gpnb-image-${++count}` });
      const image = images.get(name);
      image.style = style;
      image.waiting = bytes;
      if (!image.busy) load(image);
    },
    restyle(name, style) {
      const image = images.get(name);
      if (!image) return;
      image.style = style;
      if (!image.busy) apply(aladin, image);
    },
    remove(name) {
      const image = images.get(name);
      if (!image) return;
      images.delete(name);
      image.gone = true;
      if (!image.busy) aladin.removeImageLayer(image.id);
    },
  };
}

function apply(aladin, image) {
  const layer = aladin.getOverlayImageLayer(image.id);
  if (!layer) return;
  const { colormap, stretch } = prepare(aladin, image.style);
  layer.setColormap(colormap, { stretch });
  layer.setCuts(image.style.low, image.style.high);
  layer.setOpacity(image.style.opacity);
}

/** Teach Aladin the colour map once; the colours come from Python, so that all panels have the same. */
function prepare(aladin, style) {
  const colormap = `gpnb-${style.cmap.toLowerCase()}`;
  if (!aladin.getListOfColormaps().includes(colormap)) aladin.addColormap(colormap, style.colours);
  return { colormap, stretch: style.stretch };
}

// @ts-check
// FITS images by name: the last one given is the one shown, however fast they come.

/** @import { Aladin, ImageStyle } from "./types.d.ts" */

/**
 * An image; bytes are waiting while it is busy with others.
 * @typedef {{ id: string, style: ImageStyle, waiting: BlobPart | null, busy?: boolean, gone?: boolean }} Shown
 */

/**
 * Images over the survey; Aladin knows them by numbers, never by names that people gave.
 * @param {Aladin} aladin
 */
export function makeImages(aladin) {
  /** @type {Map<string, Shown>} */
  const images = new Map();
  let count = 0;

  /**
   * @param {Shown} image
   * @param {BlobPart} bytes
   */
  function load(image, bytes) {
    const url = URL.createObjectURL(new Blob([bytes], { type: "application/fits" }));
    image.waiting = null;
    image.busy = true;
    // Aladin calls back before it has put the layer into its stack: look again one task later.
    const done = () => setTimeout(() => loaded(image, url), 0);
    const { colormap, stretch } = prepare(aladin, image.style);
    const layer = aladin.createImageFITS(url, { name: image.id, colormap, stretch, imgFormat: "fits" }, done, done);
    aladin.setOverlayImageLayer(layer, image.id);
  }

  /**
   * @param {Shown} image
   * @param {string} url
   */
  function loaded(image, url) {
    URL.revokeObjectURL(url);
    aladin.hipsCache?.delete(url);
    image.busy = false;
    if (image.gone) aladin.removeImageLayer(image.id);
    else if (image.waiting) load(image, image.waiting);
    else apply(aladin, image);
  }

  return {
    /**
     * @param {string} name
     * @param {BlobPart} bytes
     * @param {ImageStyle} style
     */
    show(name, bytes, style) {
      const image = images.get(name) ?? { id: `gpnb-image-${++count}`, style, waiting: null };
      images.set(name, image);
      image.style = style;
      image.waiting = bytes;
      if (!image.busy) load(image, bytes);
    },
    /**
     * @param {string} name
     * @param {ImageStyle} style
     */
    restyle(name, style) {
      const image = images.get(name);
      if (!image) return;
      image.style = style;
      if (!image.busy) apply(aladin, image);
    },
    /** @param {string} name */
    remove(name) {
      const image = images.get(name);
      if (!image) return;
      images.delete(name);
      image.gone = true;
      if (!image.busy) aladin.removeImageLayer(image.id);
    },
  };
}

/**
 * @param {Aladin} aladin
 * @param {Shown} image
 */
function apply(aladin, image) {
  const layer = aladin.getOverlayImageLayer(image.id);
  if (!layer) return;
  const { colormap, stretch } = prepare(aladin, image.style);
  layer.setColormap(colormap, { stretch });
  layer.setCuts(image.style.low, image.style.high);
  layer.setOpacity(image.style.opacity);
}

/**
 * Teach Aladin the colour map once; the colours come from Python, so that all panels have the same.
 * @param {Aladin} aladin
 * @param {ImageStyle} style
 */
function prepare(aladin, style) {
  const colormap = `gpnb-${style.cmap.toLowerCase()}`;
  if (!aladin.getListOfColormaps().includes(colormap)) aladin.addColormap(colormap, style.colours);
  return { colormap, stretch: style.stretch };
}

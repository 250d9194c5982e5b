// What we use of Aladin Lite, and what the sky widget's page and Python tell each other.

import type { Marker } from "../flatsky/markers.js";

/** [right ascension, declination] in deg, or [x, y] in px. */
export type Pair = [number, number];

export interface Aladin {
  aladinDiv: HTMLElement;
  hipsCache?: { delete(url: string): void };
  setImageSurvey: (url: string) => void;
  getFrame(): string;
  addOverlay(overlay: GraphicOverlay): void;
  addColormap(name: string, colours: string[]): void;
  getListOfColormaps(): string[];
  createImageFITS(url: string, options: object, done: () => void, failed: () => void): object;
  setBaseImageLayer(layer: object | string): void;
  setOverlayImageLayer(layer: object, name: string): void;
  getOverlayImageLayer(name: string): ImageLayer | null;
  removeImageLayer(name: string): void;
  getSize(): Pair;
  getFov(): Pair;
  getViewWCS(): object;
  gotoRaDec(ra: number, dec: number): void;
  setFoV(degrees: number): void;
  world2pix(ra: number, dec: number, frame: string): Pair | null;
  pix2world(x: number, y: number, frame: string): Pair;
}

export interface GraphicOverlay {
  draw: (context: CanvasRenderingContext2D) => void;
  reportChange(): void;
}

export interface ImageLayer {
  setColormap(name: string, options: { stretch: string }): void;
  setCuts(low: number, high: number): void;
  setOpacity(opacity: number): void;
}

/** Aladin Lite itself: what its package exports. */
export interface Library {
  init: Promise<void>;
  aladin: (div: HTMLElement, options: object) => Aladin;
  image(url: string, options: object): object;
  graphicOverlay(options: object): GraphicOverlay;
}

export interface ImageStyle {
  opacity: number;
  cmap: string;
  colours: string[];
  stretch: string;
  low: number;
  high: number;
}

export interface RegionStyle {
  opacity: number;
  colour: string;
  line: "solid" | "dashed" | "dotted";
  width: number;
  fill: number;
  hatch: boolean;
  label: string;
  closed: boolean;
}

export interface PointStyle {
  opacity: number;
  colour: string;
  size: number;
  names: "hover" | "few" | "always" | "never";
  marker: Marker;
  within: number;
}

/** Regions, each of some outlines. */
export interface RegionLayer {
  regions: Pair[][][];
  style: RegionStyle;
}

export interface PointLayer {
  points: Pair[];
  labels: string[] | null;
  style: PointStyle;
}

export type ShapeKind = "circle" | "ellipse" | "rectangle" | "polygon";

/** A shape on the sky: corners of a polygon, else the centre and places on the rim to its right and above. */
export interface SkyShape {
  kind: ShapeKind;
  places: Pair[];
}

/** What the kernel tells of a place: where the mouse was, its position, values, why it is masked. */
export interface Told {
  place: Pair;
  lon: number;
  lat: number;
  frame: string;
  rows: [string, string][];
  why: string[];
}

export interface Traits {
  trouble: string;
  probes: boolean;
  grid: boolean;
  survey: string;
  survey_state: string;
  least_height: number;
  _target: string;
  _fov: number;
  _fov_xy: { x: number; y: number };
  _wcs: object;
}

// @ts-check
// What lies beneath: outlines of territories by level (TopoJSON), fetched where one looks.

/** @typedef {{ id: string, properties: any, arcs: number[][][] }} Geometry */
/** @typedef {[number, number][]} Line latitude, longitude */

/** The borders of some territories. */
export class Topology {
  /** @param {any} form TopoJSON, quantised */
  constructor(form) {
    const [dx, dy] = form.transform.scale;
    const [west, south] = form.transform.translate;
    /** @type {Line[]} */
    this.arcs = form.arcs.map((/** @type {number[][]} */ steps) => {
      let x = 0, y = 0;
      return steps.map(([right, up]) => {
        x += right ?? 0;
        y += up ?? 0;
        return [south + y * dy, west + x * dx];
      });
    });
    /** @type {Record<string, Geometry[]>} */
    this.objects = {};
    for (const [name, collection] of Object.entries(form.objects)) {
      this.objects[name] = /** @type {any} */ (collection).geometries;
    }
  }

  /**
   * The polygons of a geometry, each by its rings.
   * @param {Geometry} geometry
   * @returns {Line[][]}
   */
  polygons(geometry) {
    return geometry.arcs.map((polygon) => polygon.map((ring) => this.ring(ring)));
  }

  /**
   * @param {number[]} numbers
   * @returns {Line}
   */
  ring(numbers) {
    return numbers.flatMap((n) => {
      const line = n >= 0 ? this.arcs[n] ?? [] : [...(this.arcs[~n] ?? [])].reverse();
      return line.slice(0, -1);
    });
  }
}

/** @type {Map<string, Promise<Topology>>} */
const fetched = new Map();

/**
 * @param {string} address
 * @returns {Promise<Topology>}
 */
export function topology(address) {
  let found = fetched.get(address);
  if (!found) {
    found = fetch(address).then(async (answer) => {
      if (!answer.ok) throw new Error(address);
      return new Topology(await answer.json());
    });
    found.catch(() => fetched.delete(address)); // it may be there the next time
    fetched.set(address, found);
  }
  return found;
}

const COUNTRY = "/carte/contours.json?echelon=departement";
const LINES = { color: "#a9a28f", weight: 0.8, interactive: false };
const BORDER = { color: "#857c66", weight: 1.6, fillColor: "#fbfaf6", fillOpacity: 1, interactive: false };

/** The land under a map, as fine as one is near. */
export class Land {
  /**
   * @param {any} L
   * @param {any} map
   */
  constructor(L, map) {
    this.L = L;
    this.map = map;
    this.renderer = L.canvas({ padding: 0.6 });
    /** @type {Map<string, any>} */
    this.shown = new Map();
    /** @type {Map<string, any>} */
    this.boxes = new Map();
    this.asked = 0;
  }

  /**
   * Draw what is in view at a level; what was drawn before stays until that is there.
   * @param {string} level
   */
  async show(level) {
    const mine = ++this.asked;
    const country = await topology(COUNTRY);
    const wanted = level === "departement" || level === "region" ? [COUNTRY] : this.around(country, level);
    const found = await Promise.all(wanted.map(async (address) => /** @type {const} */ ([address, await topology(address)])));
    if (mine !== this.asked) return;
    for (const [address, layer] of this.shown) {
      if (!wanted.includes(address)) { layer.remove(); this.shown.delete(address); }
    }
    for (const [address, land] of found) {
      if (!this.shown.has(address)) this.shown.set(address, this.layer(land).addTo(this.map));
    }
  }

  /**
   * The addresses of the outlines of a level in view.
   * @param {Topology} country
   * @param {string} level
   */
  around(country, level) {
    const view = this.map.getBounds().pad(0.02);
    const near = (country.objects.parts ?? []).filter((part) => view.intersects(this.box(country, part)));
    const within = near.map((part) => (level === "epci" ? part.properties.within : part.id)).filter(Boolean);
    return [...new Set(within)].map((id) => `/carte/contours.json?echelon=${level}&dans=${id}`);
  }

  /**
   * The box of a territory.
   * @param {Topology} land
   * @param {Geometry} part
   */
  box(land, part) {
    if (!this.boxes.has(part.id)) this.boxes.set(part.id, this.L.latLngBounds(land.polygons(part).flat(2)));
    return this.boxes.get(part.id);
  }

  /** @param {Topology} land */
  layer(land) {
    const renderer = this.renderer;
    const around = (land.objects.around ?? []).map((part) => this.L.polygon(land.polygons(part), { ...BORDER, renderer }));
    return this.L.layerGroup([...around, this.L.polyline(land.arcs, { ...LINES, renderer })]);
  }

  /**
   * Where a territory lies, if it is drawn: its box, or null.
   * @param {string} id
   */
  async bounds(id) {
    for (const land of await this.drawn()) {
      for (const part of land.objects.parts ?? []) if (part.id === id) return this.box(land, part);
    }
    return null;
  }

  /**
   * The polygons of the territories of some ids, where they are drawn.
   * @param {Set<string>} ids
   * @returns {Promise<Line[][][]>}
   */
  async polygons(ids) {
    const lands = await this.drawn();
    return lands.flatMap((land) => (land.objects.parts ?? []).filter((part) => ids.has(part.id)).map((part) => land.polygons(part)));
  }

  /** @returns {Promise<Topology[]>} */
  drawn() {
    return Promise.all([...new Set([...this.shown.keys(), COUNTRY])].map(topology));
  }
}

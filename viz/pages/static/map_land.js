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
   * The line of an arc.
   * @param {number[]} numbers of which the only one is it
   * @returns {Line}
   */
  line([n = 0]) {
    return this.arcs[n] ?? [];
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

const KEPT = 40;
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
    if (fetched.size > KEPT) fetched.delete(fetched.keys().next().value ?? "");
  }
  return found;
}

const COUNTRY = "/carte/contours.json?echelon=departement";
const LINES = { color: "#a9a28f", weight: 0.8, interactive: false };
const BORDER = { color: "#857c66", weight: 1.6, interactive: false };
const GROUND = { stroke: false, fillColor: "#fbfaf6", fillOpacity: 1, fillRule: "nonzero", smoothFactor: 0, interactive: false };
/** @type {Record<string, number>} degrees: outlines are asked in a box, whose edges are multiples */
const GRID = { epci: 0.5, commune: 0.1 };

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
    /** @type {{ level: string, box: any, land: Topology, layer: any } | null} */
    this.shown = null;
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
    const near = GRID[level];
    const box = near ? this.around(near) : null;
    if (this.shown?.level === (near ? level : "") && (!box || this.shown.box.contains(box))) return;
    const land = await topology(box ? `/carte/contours.json?echelon=${level}&cadre=${box.toBBoxString()}` : COUNTRY);
    if (mine !== this.asked) return;
    const before = this.shown?.layer;
    this.shown = { level: near ? level : "", box, land, layer: this.layer(land).addTo(this.map) };
    before?.remove();
  }

  /**
   * What is in view, widened to the lines of a grid.
   * @param {number} grid degrees
   */
  around(grid) {
    const view = this.map.getBounds().pad(0.02);
    const on = (/** @type {number} */ edge, /** @type {(x: number) => number} */ to, /** @type {number} */ most) =>
      Number((Math.max(-most, Math.min(most, to(edge / grid) * grid))).toFixed(1));
    return this.L.latLngBounds(
      [on(view.getSouth(), Math.floor, 90), on(view.getWest(), Math.floor, 180)],
      [on(view.getNorth(), Math.ceil, 90), on(view.getEast(), Math.ceil, 180)]);
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
    const { L, renderer } = this;
    const { around, parts = [], rest = [], borders = [] } = land.objects;
    const ground = (around ?? [...parts, ...rest]).flatMap((part) => land.polygons(part));
    const edges = around ? ground : borders.flatMap((border) => border.arcs.map((numbers) => land.line(/** @type {any} */ (numbers))));
    return L.layerGroup([
      L.polygon(ground, { ...GROUND, renderer }),
      L.polyline(land.arcs, { ...LINES, renderer }),
      around ? L.polygon(edges, { ...BORDER, fill: false, renderer }) : L.polyline(edges, { ...BORDER, renderer }),
    ]);
  }

  /**
   * Where a territory lies, if it is drawn: its box, or null.
   * @param {string} id
   */
  bounds(id) {
    const land = this.shown?.land;
    const part = land?.objects.parts?.find((each) => each.id === id);
    return land && part ? this.box(land, part) : null;
  }

  /**
   * The polygons of the territories of some ids, where they are drawn; of a region by its départements.
   * @param {Set<string>} ids
   * @returns {Line[][][]}
   */
  polygons(ids) {
    const land = this.shown?.land;
    const found = (land?.objects.parts ?? []).filter((part) => ids.has(part.id) || ids.has(part.properties.within));
    return land ? found.map((part) => land.polygons(part)) : [];
  }
}

// @ts-check
// What stands on the map: rings split by world, actors by their shape, names where there is room.

/** @typedef {{ name: string, label: string, colour: string }} World */
/** @typedef {{ id: string, name: string, latitude: number | null, longitude: number | null,
 *   actors: number, worlds: Record<string, number>, unknown_world: number, catalysts: number }} Count */
/** @typedef {{ id: string, name: string, world: string | null, catalyst: boolean, place: string,
 *   latitude: number, longitude: number }} Spot */
/** @typedef {{ x: number, y: number, radius: number }} Disc */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */

const SVG = "http://www.w3.org/2000/svg";
const GOLDEN = Math.PI * (3 - Math.sqrt(5));
const SMALLEST = 10; // with its outline 24 pixels across, as WCAG 2.2 asks of a target
const FURTHEST = 90; // pixels that a ring may be moved, so as not to cover another

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...Node} inside
 */
function svg(name, attributes, ...inside) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...inside);
  return made;
}

/**
 * The `d` of a part of a ring around the origin, clockwise between two angles.
 * @param {number} outer
 * @param {number} inner
 * @param {number} start
 * @param {number} end
 * @returns {string}
 */
export function arc(outer, inner, start, end) {
  if (end - start > 2 * Math.PI - 0.01) {
    const half = start + Math.PI; // a whole turn has one end only: two halves
    return arc(outer, inner, start, half) + arc(outer, inner, half, start + 2 * Math.PI);
  }
  const at = (/** @type {number} */ radius, /** @type {number} */ angle) =>
    `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
  const large = end - start > Math.PI ? 1 : 0;
  return `M${at(outer, start)}A${outer} ${outer} 0 ${large} 1 ${at(outer, end)}`
    + `L${at(inner, end)}A${inner} ${inner} 0 ${large} 0 ${at(inner, start)}Z`;
}

/**
 * A number in the little room of a ring.
 * @param {number} count
 * @param {string} language
 */
export function short(count, language) {
  if (count < 1000) return String(count);
  const digits = count < 10_000 ? 1 : 0;
  return `${(count / 1000).toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })}k`;
}

/**
 * The radius of each ring in pixels: the closer they stand, the smaller they are.
 * @param {number[]} counts
 * @param {{ x: number, y: number }[]} spots
 * @param {Box} seen
 */
export function radii(counts, spots, seen) {
  const most = Math.max(...counts, 1);
  const near = spots.filter(({ x, y }) => x > seen.left && x < seen.right && y > seen.top && y < seen.bottom);
  const across = (/** @type {"x" | "y"} */ axis) => {
    const values = near.map((spot) => spot[axis]);
    return Math.max(...values) - Math.min(...values) + 40;
  };
  const room = near.length ? Math.sqrt((across("x") * across("y")) / near.length) : 60;
  const least = Math.min(Math.max(room / 4, 10), 14);
  return counts.map((count) => Math.round(least * (1 + 0.85 * Math.sqrt(count / most))));
}

/**
 * A territory as a button: a ring split by world around the number of its actors.
 * @param {Count} count
 * @param {number} radius
 * @param {World[]} worlds
 * @param {string} label for who does not see it
 * @param {string} language
 */
export function ring(count, radius, worlds, label, language) {
  const parts = [svg("circle", { r: radius, class: "fond" })];
  const thick = Math.max(3, radius * 0.26);
  let angle = -Math.PI / 2;
  for (const world of worlds) {
    const of = world.name === "unknown" ? count.unknown_world : count.worlds[world.name] ?? 0;
    if (!of) continue;
    const turn = (2 * Math.PI * of) / count.actors;
    parts.push(svg("path", { d: arc(radius, radius - thick, angle, angle + turn), fill: world.colour, class: "part" }));
    angle += turn;
  }
  const told = short(count.actors, language);
  const text = svg("text", { dy: ".36em", class: "nombre", "font-size": Math.min(13, (3.1 * (radius - thick)) / Math.max(told.length, 2)).toFixed(1) });
  text.textContent = told;
  const size = 2 * radius + 4;
  const picture = svg("svg", { viewBox: `${-size / 2} ${-size / 2} ${size} ${size}`, width: size, height: size, "aria-hidden": "true" }, ...parts, text);
  return button("anneau-vif", label, picture);
}

/**
 * An actor as a button: the shape of its world, a star around it where it is a catalyst.
 * @param {string} mark
 * @param {boolean} catalyst
 * @param {string} label
 */
export function actor(mark, catalyst, label) {
  const shapes = [svg("use", { href: `#marque-${mark}` })];
  if (catalyst) shapes.unshift(svg("use", { href: "#etoile" }));
  const size = catalyst ? 34 : 30;
  const picture = svg("svg", { viewBox: "-19 -19 38 38", width: size, height: size, "aria-hidden": "true" }, ...shapes);
  return button("acteur-vif", label, picture);
}

/**
 * @param {string} kind
 * @param {string} label
 * @param {Node} picture
 */
export function button(kind, label, picture) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.setAttribute("aria-label", label);
  made.append(picture);
  return made;
}

/**
 * The nearest place where a disc covers no other, on a spiral around its own.
 * @param {Disc} disc
 * @param {Disc[]} others
 * @returns {Disc}
 */
export function free(disc, others) {
  const covers = (/** @type {Disc} */ at) => others.some((other) =>
    (at.x - other.x) ** 2 + (at.y - other.y) ** 2 < (at.radius + other.radius + 2) ** 2);
  for (let step = 0; ; step++) {
    const away = 2 * Math.sqrt(step);
    const at = { ...disc, x: disc.x + away * Math.cos(step * GOLDEN), y: disc.y + away * Math.sin(step * GOLDEN) };
    if (!covers(at)) return at;
    if (away > FURTHEST) return disc;
  }
}

/**
 * Discs moved apart; where there is no room for all, they are made smaller.
 * @param {{ x: number, y: number }[]} spots
 * @param {number[]} sizes
 * @returns {Disc[]}
 */
export function arranged(spots, sizes) {
  for (let scale = 1; ; scale *= 0.92) {
    /** @type {Disc[]} */
    const discs = [];
    let room = true;
    spots.forEach(({ x, y }, i) => {
      const wanted = { x, y, radius: Math.max((sizes[i] ?? 12) * scale, SMALLEST) };
      const disc = free(wanted, discs);
      room &&= disc !== wanted;
      discs.push(disc);
    });
    if (room || scale < 0.7) return discs;
  }
}

const SHORT = /** @type {[RegExp, string][]} */ ([[/^Communauté de communes/, "CC"], [/^Communauté d'agglomération/, "CA"], [/^Communauté urbaine/, "CU"]]);

/**
 * The name of a territory as it is written under its ring.
 * @param {string} name
 */
export function brief(name) {
  return SHORT.reduce((text, [long, abbreviated]) => text.replace(long, abbreviated), name);
}

/**
 * Which names find room beneath their disc, the first ones first.
 * @param {Disc[]} discs
 * @param {string[]} names
 * @param {Box} within what is seen
 * @param {Box[]} covered what is hidden of it
 * @returns {boolean[]}
 */
export function roomFor(discs, names, within, covered) {
  /** @type {Box[]} */
  const taken = discs.map(({ x, y, radius }) => ({ left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }));
  taken.push(...covered);
  return discs.map(({ x, y, radius }, i) => {
    const half = (names[i]?.length ?? 0) * 3.5 + 3;
    const box = { left: x - half, top: y + radius + 2, right: x + half, bottom: y + radius + 16 };
    const seen = box.left > within.left && box.right < within.right && box.bottom < within.bottom;
    const clear = seen && taken.every((other, j) => j === i || box.right < other.left || other.right < box.left || box.bottom < other.top || other.bottom < box.top);
    if (clear) taken.push(box);
    return clear;
  });
}

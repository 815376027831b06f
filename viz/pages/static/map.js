// @ts-check
// The map, live: rings by territory, nearer and nearer, down to each actor. Without it the page
// shows the map that the server draws.
import { actor, arranged, brief, button, free, radii, ring, roomFor } from "./map_draw.js";
import { Land, topology } from "./map_land.js";
import { visit } from "./replace.js";

/** @typedef {import("./map_draw.js").Count} Count */
/** @typedef {import("./map_draw.js").Spot} Spot */
/** @typedef {import("./map_draw.js").World} World */
/** @typedef {{ answers: Count[], actors: Spot[], more: number, considered: number, unplaced: number, uncovered: string[] }} Answer */

const AROUND_PARIS = new Set(["75", "77", "78", "91", "92", "93", "94", "95"].map((code) => `departement:${code}`));
const PARIS_REGION = "region:11";
const PARIS_BOX = [[48.25, 1.5], [49.25, 3.4]];
const FRANCE = [[41.3, -5.2], [51.1, 9.6]];
/** @type {[string, number][]} from which zoom each level is shown */
const LEVELS = [["actor", 12.5], ["commune", 9.75], ["epci", 7.25], ["departement", 5.25], ["region", 0]];
const ZONED = new Set(["region", "departement", "epci"]); // the levels of which white zones are told
const CLOSE = 15; // pixels between two actors, below which they are hard to tell apart
const NEXT = { region: 6, departement: 7.5, epci: 10, commune: 13 };
const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;
const NARROW = matchMedia("(max-width: 40rem)").matches;

/**
 * What an address asks, apart from what is chosen of the answer.
 * @param {URL} address
 */
function without(address) {
  const parameters = new URLSearchParams(address.search);
  for (const name of ["montre", "manque"]) parameters.delete(name);
  return `${address.pathname}?${parameters}`;
}

/** @param {number} zoom */
function levelAt(zoom) {
  return LEVELS.find(([, from]) => zoom >= from)?.[0] ?? "region";
}

class LiveMap {
  /**
   * @param {any} L
   * @param {HTMLElement} holder
   */
  constructor(L, holder) {
    this.L = L;
    this.holder = holder;
    this.words = /** @type {Record<string, string>} */ (JSON.parse(holder.dataset.words ?? "{}"));
    this.worlds = /** @type {World[]} */ (JSON.parse(holder.dataset.worlds ?? "[]"));
    this.language = document.documentElement.lang;
    this.number = new Intl.NumberFormat(this.language === "fr" ? "fr-FR" : "en-GB");
    this.plane = this.part("plan");
    this.card = this.part("fiche");
    this.status = this.part("dit");
    this.here = /** @type {HTMLButtonElement} */ (this.part("ici"));
    this.map = this.made(this.part("fond"), true);
    this.land = new Land(L, this.map);
    this.rings = L.layerGroup().addTo(this.map);
    this.listed = L.layerGroup().addTo(this.map);
    this.zones = L.layerGroup().addTo(this.map);
    this.shapes = L.layerGroup().addTo(this.map);
    this.paths = L.svg({ padding: 0.6 });
    /** @type {Map<string, HTMLElement>} */
    this.buttons = new Map();
    /** @type {import("./map_draw.js").Disc[]} */
    this.discs = [];
    /** @type {any} */
    this.perimeters = null;
    this.asked = 0;
    /** @type {{ address: string, answer: Promise<Answer> } | null} the last question, which is often the next one too */
    this.last = null;
    this.watch();
  }

  /** @param {string} name */
  part(name) {
    const found = this.holder.querySelector(`[data-part="${name}"]`);
    if (!(found instanceof HTMLElement)) throw new Error(name);
    return found;
  }

  /**
   * @param {HTMLElement} element
   * @param {boolean} lively
   */
  made(element, lively) {
    const { L } = this;
    const map = L.map(element, {
      attributionControl: false, zoomControl: false, zoomSnap: 0.5, minZoom: 4, maxZoom: 18, maxBoundsViscosity: 1,
      zoomAnimation: !STILL, fadeAnimation: false, markerZoomAnimation: !STILL, inertia: !STILL,
      dragging: lively, keyboard: lively, scrollWheelZoom: lively, doubleClickZoom: lively, boxZoom: lively, touchZoom: lively,
    });
    if (lively) {
      const tools = [
        L.control.zoom({ zoomInTitle: this.words.nearer, zoomOutTitle: this.words.farther }).addTo(map),
        L.control.scale({ imperial: false }).addTo(map),
      ];
      // On a phone they would cover a ring: they stand beneath the map.
      if (NARROW) this.part("outils").append(...tools.map((tool) => tool.getContainer()));
    }
    return map;
  }

  watch() {
    this.map.on("moveend", () => { this.offer(); void this.draw(); });
    this.holder.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("[data-box]") : null;
      if (link instanceof HTMLElement) this.to(JSON.parse(link.dataset.box ?? "[]"));
    });
    this.holder.addEventListener("change", () => void this.layers());
    this.here.addEventListener("click", () => this.search());
    this.part("fermer").addEventListener("click", () => { this.choose(null, true); });
    new ResizeObserver(() => this.map.invalidateSize({ animate: false })).observe(this.plane);
  }

  /** What the page asks for now: its query, its box, its answers. */
  read() {
    const source = document.querySelector("[data-map-query]") ?? this.holder;
    const state = source instanceof HTMLElement ? source.dataset : {};
    this.query = state.mapQuery ?? "";
    this.place = state.mapPlace ?? "";
    this.bounds = state.mapBounds ? JSON.parse(state.mapBounds) : FRANCE;
    this.frame = state.mapFrame ? JSON.parse(state.mapFrame) : null;
  }

  /** Show what the page shows, from the beginning or after it has changed. */
  start() {
    const before = JSON.stringify(this.bounds);
    this.read();
    if (before !== JSON.stringify(this.bounds)) this.to(this.bounds, true);
    this.asks = without(new URL(location.href));
    this.home = this.map.getBounds().toBBoxString();
    this.here.hidden = true;
    if (this.frameShown) this.frameShown.remove();
    if (this.frame) {
      this.frameShown = this.L.rectangle(this.frame, { renderer: this.paths, className: "cadre-vif", interactive: false }).addTo(this.map);
    }
    void this.layers();
    void this.outline();
    this.choose(new URLSearchParams(location.search).get("montre"), false);
  }

  /** The border of the territory that is asked. */
  async outline() {
    const mine = this.place;
    const land = mine ? await topology(`/carte/contours.json?${new URLSearchParams({ echelon: "territoire", dans: mine })}`) : null;
    if (mine !== this.place) return;
    this.asking?.remove();
    this.asking = land ? this.L.layerGroup(land.arcs.map((arc) => this.L.polyline(arc, { renderer: this.paths, className: "lieu-vif", interactive: false }))).addTo(this.map) : null;
  }

  /**
   * @param {any} bounds
   * @param {boolean} [still]
   */
  to(bounds, still = STILL) {
    // The lens lies over the foot of a map that is higher than wide: the country stands above it.
    const { clientWidth, clientHeight } = this.plane;
    const foot = bounds === FRANCE || JSON.stringify(bounds) === this.holder.dataset.whole ? Math.min(Math.max(clientHeight - clientWidth, 0), 150) : 0;
    this.map.fitBounds(bounds, { animate: !still, paddingTopLeft: [6, 6], paddingBottomRight: [6, 6 + foot] });
  }

  /** Offer to search where one looks now, once that is elsewhere. */
  offer() {
    this.here.hidden = !this.holder.dataset.search || this.home === undefined || this.home === this.map.getBounds().toBBoxString();
  }

  search() {
    const box = this.map.getBounds();
    const address = new URL(location.href);
    const parameters = address.searchParams;
    const edges = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
    // Where one has left the territory that was asked, the box says where.
    if (!this.L.latLngBounds(this.bounds).contains(box.getCenter())) {
      parameters.delete("territoire");
      const field = document.querySelector("#territoire");
      if (field instanceof HTMLInputElement) field.value = "";
    }
    parameters.set("cadre", edges.map((edge) => edge.toFixed(4)).join(","));
    for (const name of ["montre", "nombre"]) parameters.delete(name);
    this.here.hidden = true;
    void visit(address);
  }

  /** @param {string} level */
  async ask(level) {
    const parameters = new URLSearchParams(this.query);
    parameters.set("level", level);
    if (level !== "departement" && level !== "region") {
      const box = this.map.getBounds().pad(0.25);
      const digits = level === "actor" ? 3 : 2;
      parameters.set("box", [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((edge) => edge.toFixed(digits)).join(","));
    }
    if (this.lack() === "catalyst" && level !== "actor") parameters.set("uncovered", "true");
    const address = `/api/v1/map?${parameters}`;
    if (this.last?.address !== address) this.last = { address, answer: this.told(address) };
    return this.last.answer;
  }

  /**
   * @param {string} address
   * @returns {Promise<Answer>}
   */
  async told(address) {
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(answer.statusText);
      return await answer.json();
    } catch (problem) {
      this.last = null; // it may be answered the next time
      throw problem;
    }
  }

  /** Fetch and draw what is in view. */
  async draw() {
    const mine = ++this.asked;
    let level = levelAt(this.map.getZoom());
    try {
      const land = this.land.show(level === "actor" ? "commune" : level);
      let answer = await this.ask(level);
      if (level === "actor" && (answer.more || this.crowded(answer.actors))) { level = "commune"; answer = await this.ask(level); }
      await land;
      if (mine !== this.asked) return;
      this.put(level, answer);
      const zones = await this.lacking(level, answer);
      if (mine === this.asked) await this.whiteZones(zones);
    } catch {
      if (mine === this.asked) this.say(this.words.trouble ?? ""); // what was drawn stays
    }
  }

  /**
   * Whether actors would cover each other here: then their communes are shown.
   * @param {Spot[]} spots
   */
  crowded(spots) {
    const places = spots.map((spot) => this.map.latLngToLayerPoint([spot.latitude, spot.longitude]));
    const close = places.filter((a) => places.some((b) => a !== b && Math.hypot(a.x - b.x, a.y - b.y) < CLOSE));
    return close.length > spots.length / 2 && this.map.getZoom() < 17;
  }

  /**
   * @param {string} level
   * @param {Answer} answer
   */
  put(level, answer) {
    const kept = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.id : undefined;
    this.buttons.clear();
    this.rings.clearLayers();
    this.discs = [];
    this.lens(level, answer.answers);
    if (level === "actor") this.putActors(answer.actors);
    else this.putRings(this.map, this.rings, level, level === "departement" ? this.gathered(answer.answers) : answer.answers);
    this.putAlliances();
    this.putListed(level === "actor" ? new Set(answer.actors.map((each) => each.id)) : new Set());
    if (kept) this.buttons.get(kept)?.focus({ preventScroll: true });
    const seen = level === "actor" ? answer.actors.length : answer.answers.reduce((sum, each) => sum + each.actors, 0);
    const where = level === "actor" ? this.words.seen_actors : this.words.seen;
    const without = answer.unplaced && this.query ? ` ${(this.words.unplaced ?? "").replace("{n}", this.number.format(answer.unplaced))}` : "";
    const close = this.lack() && this.lack() !== "catalyst" && !ZONED.has(level) ? ` ${this.words.too_close ?? ""}` : "";
    this.say((where ?? "").replace("{n}", this.number.format(seen)).replace("{m}", this.number.format(answer.answers.length)) + without + close);
    this.mark();
  }

  /** @param {string} text */
  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  /**
   * The départements around Paris as one ring, as they are shown through the lens.
   * @param {Count[]} counts
   */
  gathered(counts) {
    const within = counts.filter((each) => AROUND_PARIS.has(each.id));
    if (within.length < 2) return counts;
    /** @type {Count} */
    const whole = { id: PARIS_REGION, name: this.words.paris ?? "", latitude: 48.75, longitude: 2.45, actors: 0, worlds: {}, unknown_world: 0, catalysts: 0 };
    for (const each of within) {
      whole.actors += each.actors;
      whole.unknown_world += each.unknown_world;
      whole.catalysts += each.catalysts;
      for (const [world, count] of Object.entries(each.worlds)) whole.worlds[world] = (whole.worlds[world] ?? 0) + count;
    }
    return [...counts.filter((each) => !AROUND_PARIS.has(each.id)), whole];
  }

  /**
   * @param {any} map
   * @param {any} layer
   * @param {string} level
   * @param {Count[]} counts
   */
  putRings(map, layer, level, counts) {
    const order = counts.filter((each) => each.latitude !== null && each.longitude !== null).sort((a, b) => b.actors - a.actors || (a.id < b.id ? -1 : 1));
    const spots = order.map((each) => map.latLngToLayerPoint([each.latitude, each.longitude]));
    const { min, max } = map.getPixelBounds();
    const origin = map.getPixelOrigin();
    const seen = { left: min.x - origin.x, top: min.y - origin.y, right: max.x - origin.x, bottom: max.y - origin.y };
    const discs = arranged(spots, radii(order.map((each) => each.actors), spots, seen));
    if (map === this.map) this.discs = discs;
    const named = roomFor(discs, order.map((each) => brief(each.name)), seen, map === this.map ? this.covered(seen) : []);
    order.forEach((each, i) => {
      const disc = discs[i];
      if (!disc) return;
      const made = ring(each, disc.radius, this.worlds, this.label(each), this.language);
      made.dataset.id = each.id;
      if (named[i]) {
        const name = document.createElement("span");
        name.className = "nom";
        name.textContent = brief(each.name);
        made.append(name);
      } else made.title = each.name;
      made.addEventListener("click", () => { if (!this.map.dragging.moved()) void this.enter(level, each); });
      this.buttons.set(each.id, made);
      this.marker(made, map.layerPointToLatLng([disc.x, disc.y]), disc.radius + 2, layer);
    });
  }

  /**
   * What lies over the map, where no name can be read.
   * @param {import("./map_draw.js").Box} seen
   */
  covered(seen) {
    const around = this.plane.getBoundingClientRect();
    const over = [...this.holder.querySelectorAll(".loupe, .leaflet-control")].map((each) => each.getBoundingClientRect());
    return over.filter((box) => box.width).map((box) => ({
      left: seen.left + box.left - around.left, right: seen.left + box.right - around.left,
      top: seen.top + box.top - around.top, bottom: seen.top + box.bottom - around.top,
    }));
  }

  /**
   * @param {HTMLElement} element
   * @param {any} at
   * @param {number} half
   * @param {any} layer
   */
  marker(element, at, half, layer) {
    const { L } = this;
    const icon = L.divIcon({ html: element, className: "repere", iconSize: [2 * half, 2 * half] });
    return L.marker(at, { icon, keyboard: false, interactive: false }).addTo(layer);
  }

  /** @param {Count} count */
  label(count) {
    const words = (count.actors > 1 ? this.words.actors : this.words.actor) ?? "";
    return `${count.name}${this.language === "fr" ? "\u00a0" : ""}: ${words.replace("{n}", this.number.format(count.actors))}`;
  }

  /**
   * Come nearer to a territory.
   * @param {string} level
   * @param {Count} count
   */
  async enter(level, count) {
    if (count.id === PARIS_REGION) { this.to(PARIS_BOX); return; }
    const box = this.land.bounds(count.id);
    const least = NEXT[/** @type {keyof typeof NEXT} */ (level)] ?? 13;
    const fit = box ? this.map.getBoundsZoom(box) : least;
    const zoom = Math.min(Math.max(fit, least, levelAt(this.map.getZoom()) === "actor" ? this.map.getZoom() + 1 : 0), 18);
    const at = box && fit >= least ? box.getCenter() : [count.latitude, count.longitude];
    this.map.setView(at, zoom, { animate: !STILL });
    this.map.getContainer().focus({ preventScroll: true });
  }

  /** @param {Spot[]} spots */
  putActors(spots) {
    for (const spot of spots) {
      this.putActor(spot, this.rings);
      const at = this.map.latLngToLayerPoint([spot.latitude, spot.longitude]);
      this.discs?.push({ x: at.x, y: at.y, radius: 12 });
    }
  }

  /**
   * @param {Spot} spot
   * @param {any} layer
   */
  putActor(spot, layer) {
    const world = this.worlds.find((each) => each.name === (spot.world ?? "unknown"));
    const made = actor(spot.world ?? "unknown", spot.catalyst, `${spot.name}, ${world?.label ?? ""}, ${spot.place}`);
    made.dataset.id = spot.id;
    made.title = spot.name;
    made.addEventListener("click", () => { if (!this.map.dragging.moved()) { this.show(spot); this.choose(spot.id, true); } });
    this.buttons.set(spot.id, made);
    this.marker(made, [spot.latitude, spot.longitude], spot.catalyst ? 17 : 15, layer);
  }

  /** The actors of the list, which are on the map at every level. */
  inList() {
    return [...document.querySelectorAll("[data-actor]")].flatMap((row) =>
      row instanceof HTMLElement && row.dataset.spot ? [/** @type {Spot} */ (JSON.parse(row.dataset.spot))] : []);
  }

  /** @param {Set<string>} already */
  putListed(already) {
    this.listed.clearLayers();
    const chosen = this.chosen;
    const list = this.inList().filter((spot) => !already.has(spot.id) && spot.id === chosen);
    for (const spot of list) this.putActor(spot, this.listed);
  }

  /** @param {Spot} spot */
  show(spot) {
    const world = this.worlds.find((each) => each.name === (spot.world ?? "unknown"));
    const prefix = this.language === "fr" ? "" : "/en";
    this.part("nom").textContent = spot.name;
    this.part("quoi").textContent = `${world?.label ?? ""} · ${spot.place}${spot.catalyst ? ` · ${this.words.catalyst}` : ""}`;
    this.links([[this.words.sheet ?? "", `${prefix}/acteurs/${spot.id}`], [this.words.network ?? "", `${prefix}/acteurs/${spot.id}/reseau`]]);
    this.card.hidden = false;
  }

  /** @param {[string, string][]} links */
  links(links) {
    this.part("liens").replaceChildren(...links.map(([text, address]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = address;
      link.textContent = text;
      item.append(link);
      return item;
    }));
  }

  /**
   * One selection for the list and for the map.
   * @param {string | null} id
   * @param {boolean} push whether the person has just chosen it
   */
  choose(id, push) {
    if (push && id !== (this.chosen ?? null)) {
      const address = new URL(location.href);
      if (id) address.searchParams.set("montre", id); else address.searchParams.delete("montre");
      history.pushState({ live: true, choice: true }, "", address);
    }
    this.chosen = id;
    if (!id) this.card.hidden = true;
    const spot = id ? this.inList().find((each) => each.id === id) : undefined;
    this.putListed(new Set(this.buttons.keys()));
    if (spot) {
      this.show(spot);
      if (!this.map.getBounds().contains([spot.latitude, spot.longitude])) this.map.panTo([spot.latitude, spot.longitude], { animate: !STILL });
    }
    this.mark();
    if (push && id) document.querySelector(`[data-actor="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest", behavior: STILL ? "auto" : "smooth" });
  }

  /** Mark what is chosen, in the list and on the map. */
  mark() {
    document.querySelectorAll("[data-actor]").forEach((row) => {
      if (row instanceof HTMLElement) row.classList.toggle("montre", row.dataset.actor === this.chosen);
    });
    for (const [id, made] of this.buttons) made.classList.toggle("montre", id === this.chosen);
  }

  /** @param {string} name */
  wants(name) {
    const box = this.holder.querySelector(`input[name="${name}"]`);
    return box instanceof HTMLInputElement && box.checked;
  }

  async layers() {
    this.tellZones();
    const asked = this.wants("alliances") ? topology(`/carte/alliances.json?${new URLSearchParams(this.place ? { territoire: this.place } : {})}`) : null;
    this.perimeters = await asked?.catch(() => null) ?? null;
    await this.draw();
  }

  /** What is lacking in the white zones that are chosen: a code, or nothing. */
  lack() {
    const select = this.holder.querySelector('select[name="manque"]');
    return select instanceof HTMLSelectElement ? select.value : "";
  }

  /** The legend of the white zones, the address of their list and that of the page. */
  tellZones() {
    const lack = this.lack();
    this.part("zones").hidden = !lack;
    for (const key of this.part("zones").querySelectorAll("[data-state]")) {
      if (key instanceof HTMLElement) key.hidden = (key.dataset.state === "none") !== (lack === "catalyst");
    }
    const list = /** @type {HTMLAnchorElement} */ (this.part("liste"));
    const there = new URL(list.href);
    there.searchParams.set("territoire", this.place || "nation:FR");
    const here = new URL(location.href);
    const before = here.searchParams.get("manque") ?? "";
    for (const address of [there, here]) {
      if (lack) address.searchParams.set("manque", lack); else address.searchParams.delete("manque");
    }
    list.href = there.href;
    if (before !== lack) history.replaceState(history.state, "", here);
  }

  /**
   * The ids of the territories where what is chosen is lacking, by state.
   * @param {string} level
   * @param {Answer} answer
   * @returns {Promise<Record<string, string[]>>}
   */
  async lacking(level, answer) {
    const lack = this.lack();
    if (lack === "catalyst") return { gap: answer.uncovered };
    if (!lack || !ZONED.has(level)) return {};
    const address = `/carte/manques.json?${new URLSearchParams({ echelon: level, manque: lack })}`;
    const told = await fetch(address);
    if (!told.ok) throw new Error(address);
    return told.json();
  }

  /** @param {Record<string, string[]>} zones */
  async whiteZones(zones) {
    this.paint(zones, this.land, this.zones, this.paths);
    this.asking?.eachLayer((/** @type {any} */ line) => line.bringToFront());
    if (!this.nearLand || this.part("loupe").hidden) return;
    await this.nearShown;
    this.paint(zones, this.nearLand, this.nearZones, this.nearPaths);
  }

  /**
   * @param {Record<string, string[]>} zones
   * @param {Land} land
   * @param {any} layer
   * @param {any} renderer
   */
  paint(zones, land, layer, renderer) {
    layer.clearLayers();
    for (const [state, ids] of Object.entries(zones)) {
      const polygons = land.polygons(new Set(ids)).flat(); // one path: a browser paints a pattern once
      if (polygons.length) this.L.polygon(polygons, { renderer, className: `zone zone-${state}`, fillRule: "nonzero", interactive: false }).addTo(layer);
    }
  }

  /** The perimeters of alliances, each with a button near its centre, where no ring is. */
  putAlliances() {
    this.shapes.clearLayers();
    const land = this.perimeters;
    const discs = [...(this.discs ?? [])];
    for (const each of land?.objects.alliances ?? []) {
      this.L.polygon(land.polygons(each), { renderer: this.paths, className: "alliance-vive", interactive: false }).addTo(this.shapes);
      const { name, centre, alliances, more } = each.properties;
      if (!centre) continue;
      const told = `${name}${this.language === "fr" ? "\u00a0" : ""}: ${(this.words.alliances ?? "").replace("{n}", this.number.format(alliances.length + more))}`;
      const made = button("alliance-bouton", told, actor("alliance", false, "").firstChild ?? document.createTextNode(""));
      made.title = told;
      made.addEventListener("click", () => { if (!this.map.dragging.moved()) this.showAlliances(name, alliances, more); });
      const at = this.map.latLngToLayerPoint([centre[1], centre[0]]);
      const disc = free({ x: at.x, y: at.y, radius: 15 }, discs);
      discs.push(disc);
      this.marker(made, this.map.layerPointToLatLng([disc.x, disc.y]), 15, this.shapes);
    }
  }

  /**
   * @param {string} name
   * @param {{ id: string, name: string }[]} alliances
   * @param {number} more
   */
  showAlliances(name, alliances, more) {
    const prefix = this.language === "fr" ? "" : "/en";
    this.part("nom").textContent = name;
    this.part("quoi").textContent = (this.words.alliances ?? "").replace("{n}", this.number.format(alliances.length + more));
    this.links(alliances.map((each) => [each.name, `${prefix}/alliances/${each.id}`]));
    this.card.hidden = false;
  }

  /**
   * Île-de-France through a lens, while the whole country is seen.
   * @param {string} level
   * @param {Count[]} counts
   */
  lens(level, counts) {
    const glass = this.part("loupe");
    const within = counts.filter((each) => AROUND_PARIS.has(each.id));
    glass.hidden = level !== "departement" || within.length < 2;
    if (glass.hidden) return;
    if (!this.near) {
      this.near = this.made(this.part("loupe-fond"), false);
      this.nearRings = this.L.layerGroup().addTo(this.near);
      this.nearLand = new Land(this.L, this.near);
      this.nearZones = this.L.layerGroup().addTo(this.near);
      this.nearPaths = this.L.svg({ padding: 0.2 });
    }
    this.near.invalidateSize({ animate: false });
    this.near.fitBounds(PARIS_BOX, { animate: false, padding: [4, 4] });
    this.nearShown = this.nearLand?.show("departement");
    this.nearRings.clearLayers();
    this.putRings(this.near, this.nearRings, level, within);
  }
}

/** @param {string} address */
function styled(address) {
  return new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

/** @type {LiveMap | null} */
let live = null;

/** Make the map where there is room for it; a phone that shows the list loads nothing. */
async function begin() {
  const holder = document.querySelector("[data-map]");
  if (!(holder instanceof HTMLElement) || live) return;
  document.documentElement.classList.add("avec-script");
  if (getComputedStyle(holder).display === "none") return;
  await Promise.all([styled(holder.dataset.style ?? ""), import(holder.dataset.leaflet ?? "")]);
  if (live) return;
  document.documentElement.classList.add("carte-vive");
  live = new LiveMap(/** @type {any} */ (globalThis).L, holder);
  live.start();
}

document.addEventListener("alliage:remplace", () => { if (live) live.start(); else void begin(); });
matchMedia("(min-width: 75rem)").addEventListener("change", () => void begin());
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-montre]") : null;
  const other = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
  if (!(link instanceof HTMLElement) || other || !live || getComputedStyle(live.holder).display === "none") return;
  event.preventDefault();
  live.choose(link.dataset.montre ?? null, true);
});
// Back and forth between choices: the page is the same.
addEventListener("popstate", (event) => {
  const address = new URL(location.href);
  if (!live || without(address) !== live.asks) return;
  event.stopImmediatePropagation();
  live.choose(address.searchParams.get("montre"), false);
}, { capture: true });

void begin();

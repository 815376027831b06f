// @ts-check
// A form or a link marked `data-live` changes one part of the page, and the address with it.

/** @type {AbortController | null} */
let waiting = null;
let shown = location.pathname + location.search;

/**
 * Fetch an address and put its part of the page in place of ours; without an answer ours stays.
 * @param {URL} address
 * @param {boolean} push whether the address is new, or the person came back to it
 * @returns {Promise<void>}
 */
async function show(address, push) {
  const part = document.querySelector("#resultats");
  if (!part) { location.assign(address); return; }
  waiting?.abort();
  waiting = new AbortController();
  fail(false);
  part.classList.add("attente");
  try {
    const answer = await fetch(address, { signal: waiting.signal, headers: { Accept: "text/html" } });
    const text = await answer.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.querySelector("#resultats");
    if (!fresh) throw new TypeError(`no answer: ${answer.status}`);
    if (push) history.pushState({ live: true }, "", address);
    shown = address.pathname + address.search;
    swap(page, fresh, part);
    document.dispatchEvent(new CustomEvent("alliage:remplace"));
  } catch (error) {
    // An answer that was given up for a newer one is no trouble; else the last result stays.
    if (!(error instanceof DOMException && error.name === "AbortError")) {
      part.classList.remove("attente");
      fail(true);
    }
  }
}

/** @param {boolean} failed whether to say that no answer came */
function fail(failed) {
  const told = document.querySelector("#panne");
  if (told instanceof HTMLElement) told.hidden = !failed;
}

/**
 * @param {Document} page
 * @param {Element} fresh
 * @param {Element} part
 */
function swap(page, fresh, part) {
  part.replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  // Every link carries the selection: those around the answers change with it.
  for (const selector of [".filtres .facette", ".cote", ".marque-site", ".menu", ".pied"]) {
    const news = page.querySelectorAll(selector);
    document.querySelectorAll(selector).forEach((old, i) => {
      const mine = news[i];
      if (!mine) return;
      if (old instanceof HTMLDetailsElement && mine instanceof HTMLDetailsElement) mine.open = old.open || mine.open;
      const focused = old.contains(document.activeElement) ? document.activeElement : null;
      old.replaceWith(document.adoptNode(mine));
      if (focused instanceof HTMLInputElement) {
        const same = mine.querySelector(`[name="${CSS.escape(focused.name)}"][value="${CSS.escape(focused.value)}"]`);
        if (same instanceof HTMLElement) same.focus();
      }
    });
  }
}

/**
 * The address that a form asks for.
 * @param {HTMLFormElement} form
 * @returns {URL}
 */
function asked(form) {
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value.trim()) address.searchParams.append(name, value.trim());
  }
  const here = new URLSearchParams(location.search);
  address.searchParams.delete("choix");
  for (const key of here.getAll("choix")) address.searchParams.append("choix", key);
  // The box of the map goes with the territory that was asked.
  if (address.searchParams.get("territoire") !== here.get("territoire")) address.searchParams.delete("cadre");
  else if (here.has("cadre")) address.searchParams.set("cadre", here.get("cadre") ?? "");
  const view = here.get("vue");
  if (view && address.pathname === location.pathname) address.searchParams.set("vue", view);
  return address;
}

/**
 * Show another answer in this page.
 * @param {URL} address
 */
export function visit(address) {
  return show(address, true);
}

/** Take over the forms and links that are marked. */
export function followLinks() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.live === undefined) return;
    event.preventDefault();
    void show(asked(form), true);
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    const plain = field instanceof HTMLSelectElement || (field instanceof HTMLInputElement && field.type === "checkbox");
    if (!plain || !field.form || field.form.dataset.live === undefined) return;
    // Only once something was asked: on an empty form nothing may jump.
    if (document.querySelector("#resultats .bilan")) void show(asked(field.form), true);
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-live]") : null;
    const other = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
    if (!(link instanceof HTMLAnchorElement) || other || !link.closest("#resultats")) return;
    event.preventDefault();
    // A filter that is taken away must leave the form too: a whole page is the simplest truth.
    if (link.closest(".puces")) { location.assign(link.href); return; }
    void show(new URL(link.href), true).then(() => {
      const same = document.querySelector(`a[data-live][href="${CSS.escape(link.getAttribute("href") ?? "")}"]`);
      if (same instanceof HTMLElement) same.focus();
    });
  });
  // A link within the page is an entry of the history too, and changes nothing of what is shown.
  addEventListener("popstate", () => { if (location.pathname + location.search !== shown) location.reload(); });
}

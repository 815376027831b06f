// @ts-check
// The charter: what is agreed and what is to discuss, kept in the browser, given as files.

/** @typedef {Record<string, string>} Row */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("#charte"));
const KEPT = "alliage-charte";
const PARTNERS = ["A", "B", "C", "D", "E", "F"];
const PHASES = /** @type {Record<string, string>} */ ({ emergence: "émergence", running: "en cours", ended: "terminée" });

/**
 * @param {FormData} said
 * @param {string} name
 * @returns {string}
 */
function text(said, name) {
  return String(said.get(name) ?? "").trim();
}

/**
 * The id at the end of a proposal that was taken (`Grenoble (commune:38185)`), else the text.
 * @param {string} value
 * @returns {string}
 */
function meant(value) {
  return /\(([a-z]+:[^\s()]+)\)$/.exec(value)?.[1] ?? value;
}

/**
 * An id of letters, digits and hyphens, after the name.
 * @param {string} name
 * @returns {string}
 */
function idOf(name) {
  const bare = name.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return bare.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 80) || "alliance";
}

/**
 * The alliance as a row of the template `alliances` (docs/sources/alliances.md).
 * @param {FormData} said
 * @returns {Row}
 */
export function allianceOf(said) {
  const levers = [...document.querySelectorAll("[data-lever]")].filter((part) => part.querySelector("input[value=agreed]:checked"));
  return {
    id: idOf(text(said, "nom")),
    nom: text(said, "nom"),
    objet: text(said, "objet"),
    phase: PHASES[text(said, "moment")] ?? "",
    debut: text(said, "debut"),
    territoires: meant(text(said, "territoires")),
    odd: said.getAll("odd").join("|"),
    leviers: levers.map((part) => part.getAttribute("data-lever")).join("|"),
    resultat: text(said, "resultat"),
    raison_fin: text(said, "raison_fin"),
    enseignement: text(said, "enseignement"),
    mise_a_jour: new Date().toISOString().slice(0, 10),
  };
}

/**
 * The members as rows of the template, with what each gives and receives.
 * @param {FormData} said
 * @returns {Row[]}
 */
export function membersOf(said) {
  const alliance = idOf(text(said, "nom"));
  return PARTNERS.filter((letter) => text(said, `membre-${letter}`)).map((letter) => ({
    alliance,
    membre: text(said, `membre-${letter}`),
    membre_id: idOf(text(said, `membre-${letter}`)),
    siren: text(said, `siren-${letter}`).replaceAll(" ", ""),
    donne: said.getAll(`donne-${letter}`).join("|"),
    recoit: said.getAll(`recoit-${letter}`).join("|"),
  }));
}

/** @param {HTMLFormElement} filled */
function tell(filled) {
  const [agreed, discuss, none, silent] = (filled.dataset.names ?? "").split("|");
  /** @type {Record<string, Element[]>} */
  const groups = { agreed: [], discuss: [], none: [], silent: [] };
  document.querySelectorAll("[data-lever]").forEach((part) => {
    const chosen = part.querySelector("input[type=radio]:checked");
    groups[chosen instanceof HTMLInputElement ? chosen.value : "silent"]?.push(part);
  });
  const out = document.querySelector("#resultat-charte");
  out?.replaceChildren(...[["agreed", agreed], ["discuss", discuss], ["none", none], ["silent", silent]].flatMap(([code, label]) => {
    const parts = groups[code ?? ""] ?? [];
    if (!parts.length) return [];
    const title = document.createElement("h3");
    title.textContent = `${label} (${parts.length})`;
    const list = document.createElement("ul");
    list.append(...parts.map(said));
    return [title, list];
  }));
}

/**
 * @param {Element} part
 * @returns {HTMLLIElement}
 */
function said(part) {
  const item = document.createElement("li");
  const note = part.querySelector("textarea")?.value.trim();
  item.textContent = (part.querySelector("legend")?.lastChild?.textContent ?? "").trim() + (note ? ` — ${note}` : "");
  return item;
}

/**
 * Give a file to keep.
 * @param {string} name
 * @param {unknown} content
 */
function give(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** @param {HTMLFormElement} filled */
function keep(filled) {
  try { sessionStorage.setItem(KEPT, JSON.stringify([...new FormData(filled)])); } catch { /* private browsing: nothing is kept */ }
}

/** @param {HTMLFormElement} filled */
function restore(filled) {
  try {
    for (const [name, value] of JSON.parse(sessionStorage.getItem(KEPT) ?? "[]")) {
      const fields = filled.querySelectorAll(`[name="${CSS.escape(name)}"]`);
      fields.forEach((field) => {
        if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) field.checked = field.checked || field.value === value;
        else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = value;
      });
      const chosen = [...fields].find((field) => field instanceof HTMLInputElement && field.value === value);
      if (chosen instanceof HTMLInputElement && chosen.type === "radio") chosen.checked = true;
    }
  } catch { /* what was kept is not ours: begin anew */ }
}

if (form) {
  restore(form);
  const actions = document.querySelector("#actions-charte");
  if (actions instanceof HTMLElement) actions.hidden = false;
  form.addEventListener("input", () => { keep(form); tell(form); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    const does = event.target instanceof HTMLElement ? event.target.dataset.fait : undefined;
    const said = new FormData(form);
    if (does === "imprimer") print();
    if ((does === "alliance" || does === "membres") && form.reportValidity()) give(does === "alliance" ? "alliance.json" : "membres.json", does === "alliance" ? [allianceOf(said)] : membersOf(said));
    if (does === "effacer") { form.reset(); sessionStorage.removeItem(KEPT); }
    tell(form);
  });
  tell(form);
}

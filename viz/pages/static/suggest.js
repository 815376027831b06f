// @ts-check
// Proposals as one types: a combobox after the ARIA Authoring Practices (list autocomplete).

/** @typedef {{ id: string, name: string, level: string | null, place: string | null }} Proposal */

const WAIT_MS = 150;
let made = 0;

/**
 * Make comboboxes of the fields that ask for it.
 * @param {ParentNode} part
 */
export function suggestIn(part) {
  part.querySelectorAll("input[data-suggest]").forEach((field) => {
    if (field instanceof HTMLInputElement) new Combobox(field);
  });
}

class Combobox {
  /** @param {HTMLInputElement} field */
  constructor(field) {
    this.field = field;
    /** @type {Record<string, string>} what a level is called in the language of the page */
    this.levels = JSON.parse(field.dataset.levels ?? "{}");
    /** @type {Proposal[]} */
    this.found = [];
    this.at = -1;
    this.timer = 0;
    this.asked = 0;
    this.list = document.createElement("ul");
    this.list.id = `propositions-${++made}`;
    this.list.className = "propositions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", field.labels?.[0]?.textContent ?? "");
    this.list.hidden = true;
    field.after(this.list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("input", () => this.later());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.close());
    // Before the field loses the focus, so that the click still finds the list.
    this.list.addEventListener("mousedown", (event) => this.pick(event));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), WAIT_MS);
  }

  async ask() {
    const text = this.field.value.trim();
    const mine = ++this.asked;
    if (text.length < 2) { this.close(); return; }
    try {
      const answer = await fetch(`/api/v1/suggest?${new URLSearchParams({ text })}`);
      if (!answer.ok || mine !== this.asked) return;
      const form = await answer.json();
      const kind = this.field.dataset.suggest === "actors" ? "actors" : "territories";
      this.show(Array.isArray(form[kind]) ? form[kind] : []);
    } catch {
      this.close(); // without proposals the form works as it is
    }
  }

  /** @param {Proposal[]} found */
  show(found) {
    this.found = found;
    this.at = -1;
    this.list.replaceChildren(...found.map((each, i) => {
      const item = document.createElement("li");
      item.id = `${this.list.id}-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = each.name;
      const more = each.level ? this.levels[each.level] ?? each.level : each.place;
      if (more) {
        const small = document.createElement("small");
        small.textContent = ` ${more}`;
        item.append(small);
      }
      return item;
    }));
    const open = found.length > 0 && document.activeElement === this.field;
    this.list.hidden = !open;
    this.field.setAttribute("aria-expanded", String(open));
    this.field.removeAttribute("aria-activedescendant");
  }

  close() {
    this.asked++;
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.at = -1;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" && !open) { void this.ask(); event.preventDefault(); return; }
    if (!open) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.go((this.at + step + this.found.length + (this.at < 0 && step < 0 ? 1 : 0)) % this.found.length);
      event.preventDefault();
    } else if (event.key === "Enter" && this.at >= 0) {
      this.take(this.at);
      event.preventDefault();
    } else if (event.key === "Escape") {
      this.close();
      event.preventDefault();
    }
  }

  /** @param {number} at */
  go(at) {
    this.at = at;
    [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${at}`);
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {MouseEvent} event */
  pick(event) {
    const item = event.target instanceof Element ? event.target.closest("li") : null;
    event.preventDefault();
    if (item) this.take([...this.list.children].indexOf(item));
  }

  /** @param {number} at */
  take(at) {
    const chosen = this.found[at];
    if (!chosen) return;
    // A name may be that of several; the id after it is of one.
    this.field.value = `${chosen.name} (${chosen.id})`;
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
    this.close();
  }
}

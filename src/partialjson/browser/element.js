/**
 * `<partial-json>`: a document of which parts have not come yet, drawn while it grows.
 *
 *     import "./element.js";
 *     const view = document.querySelector("partial-json");
 *     view.form = form;        // what is expected, from partialjson.render.form; optional
 *     view.state = state;      // the state of a document, whole ...
 *     view.apply(deltas);      // ... and what changed in it
 *
 * How it works. There is one `Place` for each value that is drawn, and for each that is expected. A new state is compared
 * with the one before by identity: `patch.js` keeps every part that did not change, so only what changed is looked into,
 * and only that is touched in the page. Text that grows is appended to its node. A document only grows, except where a key
 * comes again: what was there is then drawn anew. Beside its value, what is drawn of a place depends on its status: those
 * on the way to the innermost open value are growing, and a mark says what else there is to say. So after the values, the
 * places on the old and on the new way are looked at again, and those with other marks.
 *
 * Whatever comes from a document or a form enters the page as text, never as markup.
 *
 * `partialjson.render.html` writes the same markup in Python. A change here is a change there.
 */

import { FORESEEN, Form, UNKNOWN, has, isContainer, isObject, steps } from "./form.js";
import { apply as fold } from "./patch.js";
import { style } from "./style.js";

const SIGNS = {
  missing: ["○", "absent"],
  partial: ["◐", "growing"],
  complete: ["✓", "complete"],
  invalid: ["✗", "invalid"],
  violation: ["✗", "invalid"],
  repaired: ["✎", "mended"],
  coerced: ["✎", "fitted"],
  truncated: ["✂", "cut off"],
};
/** The lists that stand below their name, not beside it. */
const LISTS = { cards: 1, table: 1 };
/** What lies deeper is drawn as a count: browsers do not lay out trees of any depth. */
const DEEPEST = 60;
/** Wider tables than this would not be read. */
const COLUMNS = 8;
/** In longer tables and objects, columns have fixed widths, so that rows out of sight need not be laid out. */
const LONG = 100;
/** Milliseconds between two announcements to a screen reader. */
const ANNOUNCED = 4000;
const MISSING = Symbol("missing");
const HOST = `:host { display: block; } :host([hidden]) { display: none; }
.live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: no-preference) {
  :is(.value:not(.missing), .item, .card, tbody tr) { animation: pj-come 220ms ease-out; }
}
@keyframes pj-come { from { opacity: 0; } }
`;
const NO_MARKS = {};

let sheet = null;

/** Where there is no page, as on a server, the module can be imported all the same. */
const Base = globalThis.HTMLElement ?? class {};

class PartialJSONElement extends Base {
  #drawing = null;
  #form = null;
  #state;
  #live = null;
  #announced = null;
  #news = [];
  #timer = 0;

  /** Nodes and attributes that were made or changed so far. */
  touched = 0;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    if (sheet === null) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(`${HOST}${style}`);
    }
    shadow.adoptedStyleSheets = [sheet];
    this.#live = document.createElement("div");
    this.#live.className = "live";
    this.#live.setAttribute("role", "status");
    shadow.append(this.#live);
  }

  connectedCallback() {
    // Properties that were set before the element was defined hide the accessors.
    for (const name of ["form", "state"]) {
      if (has(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
    if (this.#drawing === null) this.#draw();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  get form() {
    return this.#form;
  }

  set form(form) {
    if (form === this.#form) return;
    this.#form = form ?? null;
    this.#draw();
  }

  get state() {
    return this.#state;
  }

  set state(state) {
    if (state === this.#state) return;
    this.#state = state ?? undefined;
    if (this.#drawing === null) this.#draw();
    else this.#show();
  }

  apply(deltas) {
    this.state = fold(this.#state, deltas);
    return this.#state;
  }

  #draw() {
    const drawing = new Drawing(this.#form === null ? UNKNOWN : new Form(this.#form), this);
    if (this.#drawing === null) this.shadowRoot.prepend(drawing.box);
    else this.#drawing.box.replaceWith(drawing.box);
    this.touched += 1;
    this.#drawing = drawing;
    this.#show();
  }

  #show() {
    this.#drawing.show(this.#state ?? {});
    this.#tell();
  }

  /** Tell a screen reader what is new, seldom and in few words. */
  #tell() {
    const { title, status, finished, wrong } = this.#drawing.news();
    this.#news.push(...finished.map((name) => `${name} complete`), ...wrong);
    const ended = status !== this.#announced && !["missing", "partial"].includes(status);
    this.#announced = status;
    if (ended) {
      this.#news = [...wrong, `${title}: ${SIGNS[status][1]}`];
      this.#say();
    } else if (this.#news.length && !this.#timer && this.isConnected) {
      this.#timer = setTimeout(() => this.#say(), ANNOUNCED);
    }
  }

  #say() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#live.textContent = this.#news.slice(-5).join("; ");
    this.#news = [];
  }
}

/** What is drawn of one document with one form. */
class Drawing {
  constructor(form, element) {
    this.form = form;
    this.element = element;
    this.state = {};
    this.marks = NO_MARKS;
    this.way = null;
    this.finished = [];
    this.wrong = [];
    this.title = form.title || form.label || "Document";
    this.box = this.make("div", "partial-json");
    this.set(this.box, "part", "root");
    this.set(this.box, "role", "group");
    this.set(this.box, "aria-label", this.title);
    const header = this.make("header", "", this.box);
    this.set(header, "part", "header");
    this.text(this.make("span", "title", header), this.title);
    this.text(header, " ");
    this.word = this.text(this.make("span", "state", header), "");
    this.root = new Place(this, null, null, form, this.box, this.box);
    this.root.update(MISSING);
    this.root.refresh();
  }

  show(state) {
    const { marks, way } = this;
    const changed = state.status !== this.state.status;
    this.state = state;
    this.marks = state.marks ?? NO_MARKS;
    this.way = typeof state.open === "string" ? steps(state.open) : null;
    this.root.update(has(state, "value") ? state.value : MISSING);
    if (changed || !same(way, this.way)) {
      this.#refresh(way ?? []);
      this.#refresh(this.way ?? []);
    }
    if (marks !== this.marks) {
      for (const pointer of new Set([...Object.keys(marks), ...Object.keys(this.marks)])) {
        if (marks[pointer] !== this.marks[pointer]) this.#at(steps(pointer))?.refresh();
      }
    }
    const word = this.root.status === "missing" ? "waiting" : SIGNS[this.root.status][1];
    if (this.word.data !== word) this.change(this.word, word);
  }

  /** What a listener should hear of, since the last call. */
  news() {
    const { title, finished, wrong } = this;
    this.finished = [];
    this.wrong = [];
    return { title, status: this.root.status, finished, wrong };
  }

  /** The status of a place before its mark: by the way to the open value. */
  base(path, value) {
    if (path.length === 0) return this.state.status ?? "missing";
    if (value === MISSING) return "missing";
    if (this.way === null || path.length > this.way.length) return "complete";
    for (let index = 0; index < path.length; index += 1) if (path[index] !== this.way[index]) return "complete";
    return ["truncated", "invalid"].includes(this.state.status) ? "truncated" : "partial";
  }

  mark(pointer) {
    return has(this.marks, pointer) ? this.marks[pointer] : null;
  }

  #at(path) {
    let place = this.root;
    for (const step of path) place = place?.kids.get(step);
    return place;
  }

  /** Look at the places on a way again, the innermost first. */
  #refresh(way) {
    const places = [this.root];
    for (const step of way) {
      const next = places.at(-1).kids.get(step);
      if (next === undefined) break;
      places.push(next);
    }
    for (const place of places.reverse()) place.refresh();
  }

  // All changes of the page go through these, which count them.

  make(tag, name, parent = null, before = null) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (parent !== null) parent.insertBefore(node, before);
    this.element.touched += 1;
    return node;
  }

  text(node, text) {
    const made = document.createTextNode(text);
    node.append(made);
    this.element.touched += 1;
    return made;
  }

  change(text, value) {
    text.data = value;
    this.element.touched += 1;
  }

  set(node, name, value) {
    node.setAttribute(name, value);
    this.element.touched += 1;
  }

  remove(node) {
    node.remove();
    this.element.touched += 1;
  }
}

/**
 * One place of a document, as it is drawn.
 *
 * `holder` carries its path and status, `inner` is the element that its body and note are in, and `head` the one with
 * its sign, if it has one.
 */
class Place {
  constructor(drawing, parent, key, form, holder, inner, head = null) {
    this.drawing = drawing;
    this.parent = parent;
    this.path = parent === null ? [] : [...parent.path, String(key)];
    this.pointer = parent === null ? "" : `${parent.pointer}/${escape(String(key))}`;
    this.offered = form;
    this.form = form;
    this.holder = holder;
    this.inner = inner;
    this.head = head;
    this.value = undefined;
    this.kids = new Map();
    this.layout = "";
    this.body = null;
    this.grown = null;
    this.status = "";
    this.shown = undefined;
    this.note = null;
  }

  get name() {
    return this.offered.title || readable(this.path.at(-1) ?? "");
  }

  /** How many of the objects around this one are absent too. */
  get ahead() {
    if (this.parent === null || this.parent.value !== MISSING) return 0;
    return this.parent.ahead + 1;
  }

  /** Can nothing more come here? */
  get closed() {
    const { drawing, path, value } = this;
    if (value === MISSING || ["partial", "truncated"].includes(drawing.base(path, value))) return false;
    // A document that ended invalid may have ended in the middle.
    return path.length > 0 || drawing.way === null;
  }

  update(value) {
    if (value === this.value) {
      // Something else around it may have come.
      if (value === MISSING) this.#look(true);
      return;
    }
    const previous = this.value;
    this.value = value;
    const form = value === MISSING ? this.offered : this.offered.chosen(value);
    const kept = form === this.form && this.#grows(previous);
    this.form = form;
    if (this.#look(kept)) {
      const { layout } = this;
      if (layout === "scalar") this.#write(previous, value);
      else if (isContainer(value) && layout !== "empty") this.#reconcile();
    }
    if (previous !== undefined && (previous === MISSING) !== (value === MISSING)) this.refresh();
  }

  /** Lay out the body. Returns whether it was laid out so before; if not, it is made anew with all that is inside. */
  #look(kept) {
    const layout = this.#laid();
    if (kept && layout === this.layout) {
      if (layout === "fields" && this.value === MISSING) for (const kid of this.kids.values()) kid.update(MISSING);
      else if (layout === "missing" || layout === "empty") this.#fill(this.#said());
      return true;
    }
    const { drawing, inner, note } = this;
    this.layout = layout;
    this.kids.clear();
    if (this.body !== null) drawing.remove(this.body);
    this.body = null;
    this.grown = null;
    if (this.holder.classList.contains("field")) {
      const name = layout === "fields" ? "field deep object" : layout in LISTS ? "field deep" : "field";
      if (this.holder.className !== name) drawing.set(this.holder, "class", name);
    }
    if (layout === "missing" || layout === "empty" || layout === "scalar") {
      this.body = drawing.make("span", `value ${this.#kind()}`, inner, note);
      this.grown = drawing.text(this.body, this.#said());
      return false;
    }
    if (layout === "table") {
      this.body = drawing.make("div", "table", inner, note);
      this.#makeTable();
    } else if (layout !== "record") {
      this.body = drawing.make({ fields: "dl", items: "ul", cards: "ol" }[layout], layout, inner, note);
      // Some browsers take a list without markers for none.
      if (layout !== "fields") drawing.set(this.body, "role", "list");
    }
    this.#reconcile();
    return false;
  }

  #makeTable() {
    const { drawing } = this;
    const table = drawing.make("table", "", this.body);
    drawing.set(table, "role", "table");
    const head = drawing.make("thead", "", table);
    drawing.set(head, "role", "rowgroup");
    this.columnRow = drawing.make("tr", "", head);
    drawing.set(this.columnRow, "role", "row");
    this.rows = drawing.make("tbody", "", table);
    drawing.set(this.rows, "role", "rowgroup");
    this.labels = new Map();
    this.#column("");
    for (const [key, form] of this.form.items.fields) this.#addColumn(key, form.title || readable(key));
  }

  /** Is the value what it was before, and more? Only what comes in place of another value is not. */
  #grows(previous) {
    const { value, layout } = this;
    if (Array.isArray(previous) && Array.isArray(value)) {
      if (value.length < previous.length) return false;
      // The columns of a table are those of its rows, in the order in which they came.
      return layout !== "table" || previous.every((row, index) => row === value[index] || begins(row, value[index]));
    }
    return isObject(previous) && isObject(value) ? begins(previous, value) : value !== MISSING;
  }

  /** How the body is laid out. */
  #laid() {
    const { value, form } = this;
    if (this.parent !== null && this.parent.layout === "table") return "record";
    if (value === MISSING) return form.fields.size && this.ahead < FORESEEN && !this.#gone ? "fields" : "missing";
    if (isContainer(value) && this.path.length > DEEPEST) return "scalar";
    if (Array.isArray(value)) {
      const known = listed(form, value);
      if (value.length === 0) return known === "table" && !this.closed ? "table" : "empty";
      return this.#fitting(known, value, (this.layout === known && this.elements) || []);
    }
    if (isObject(value)) return form.fields.size || Object.keys(value).length ? "fields" : "empty";
    return "scalar";
  }

  /** The layout that fits all elements; those that are the same as in `before` are known to fit. */
  #fitting(layout, value, before) {
    this.elements = value;
    if (layout === "cards") return layout;
    const columns = new Set(this.layout === "table" ? this.labels.keys() : this.form.items.fields.keys());
    for (let index = 0; index < value.length; index += 1) {
      const element = value[index];
      if (before[index] === element) continue;
      if (layout === "items" ? isContainer(element) : !isRecord(element)) return "cards";
      if (layout === "table") for (const key of Object.keys(element)) columns.add(key);
    }
    return layout === "table" && columns.size > COLUMNS ? "cards" : layout;
  }

  /** Is it a cell that nobody expected, in the column of a key of another row? */
  get #unexpected() {
    const { parent } = this;
    return parent?.layout === "record" && !parent.parent.form.items.fields.has(this.path.at(-1));
  }

  /** Is it certain that this place stays absent? */
  get #gone() {
    return this.parent !== null && this.parent.closed;
  }

  /** The class of a value without places inside. */
  #kind() {
    if (this.layout !== "scalar") return this.layout;
    return this.offered.secret ? "missing" : this.value === null ? "null" : typeof this.value;
  }

  /** The text of a value without places inside. */
  #said() {
    if (this.layout === "empty") return this.closed ? "empty" : "";
    if (this.layout === "scalar") {
      if (this.offered.secret) return "kept back";
      return isContainer(this.value) ? counted(this.value) : String(this.value);
    }
    if (this.#gone) return this.parent.layout === "record" ? "–" : "not given";
    return this.offered.label;
  }

  #fill(text) {
    if (this.grown.data !== text) this.drawing.change(this.grown, text);
  }

  /** Another scalar, or more of a string. */
  #write(previous, value) {
    const kind = `value ${this.#kind()}`;
    if (this.body.className !== kind) this.drawing.set(this.body, "class", kind);
    const text = this.#said();
    if (typeof previous === "string" && text === value && text.startsWith(previous)) {
      this.grown.appendData(text.slice(previous.length));
      this.drawing.element.touched += 1;
    } else {
      this.#fill(text);
    }
  }

  /** Bring the places inside up to date. */
  #reconcile() {
    const { value } = this;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1) this.#kid(index, value[index]);
      if (this.layout === "table") this.#sized("table", value.length);
      return;
    }
    const given = value === MISSING ? {} : value;
    const isRecord = this.layout === "record";
    const expected = isRecord ? this.parent.labels : this.form.fields;
    for (const key of expected.keys()) this.#kid(key, has(given, key) ? given[key] : MISSING);
    for (const key of Object.keys(given)) {
      if (expected.has(key)) continue;
      if (isRecord) this.parent.#addColumn(key, key);
      this.#kid(key, given[key]);
    }
    if (!isRecord) this.#sized("fields", this.kids.size);
  }

  #kid(key, value) {
    const known = this.kids.get(String(key));
    if (known !== undefined) {
      known.update(value);
      return;
    }
    const kid = this.#make(key);
    this.kids.set(String(key), kid);
    kid.update(value);
    kid.refresh();
  }

  #make(key) {
    const { drawing } = this;
    const form = this.form.at(key);
    if (this.layout === "fields") {
      const holder = drawing.make("div", "field", this.body);
      const head = drawing.make("dt", "", holder);
      const inner = drawing.make("dd", "", holder);
      const described = this.form.fields.has(key);
      const name = this.#signed(head, described ? form.title || readable(key) : key);
      if (form.description) drawing.set(name, "title", form.description);
      return new Place(drawing, this, key, form, holder, inner, head);
    }
    if (this.layout === "items") {
      const holder = drawing.make("li", "item", this.body);
      return new Place(drawing, this, key, form, holder, holder);
    }
    if (this.layout === "cards") {
      const holder = drawing.make("li", "card", this.body);
      const head = drawing.make("div", "head", holder);
      const { kind, label } = this.form.items;
      this.#signed(head, kind === "object" && label !== kind ? `${label} ${key + 1}`.trim() : String(key + 1));
      return new Place(drawing, this, key, form, holder, holder, head);
    }
    if (this.layout === "table") {
      const holder = drawing.make("tr", "", this.rows);
      drawing.set(holder, "role", "row");
      const head = drawing.make("th", "", holder);
      drawing.set(head, "scope", "row");
      drawing.set(head, "role", "rowheader");
      this.#signed(head, String(key + 1));
      return new Place(drawing, this, key, form, holder, head, head);
    }
    const holder = drawing.make("td", "", this.holder);
    drawing.set(holder, "role", "cell");
    drawing.set(holder, "data-label", this.parent.labels.get(key));
    return new Place(drawing, this, key, form, holder, holder);
  }

  #signed(head, name) {
    const { drawing } = this;
    const sign = drawing.make("span", "sign", head);
    drawing.set(sign, "role", "img");
    drawing.text(sign, "");
    drawing.text(head, " ");
    const named = drawing.make("span", "name", head);
    drawing.text(named, name);
    return named;
  }

  #sized(layout, count) {
    const name = count > LONG ? `${layout} long` : layout;
    if (this.body.className !== name) this.drawing.set(this.body, "class", name);
    if (layout !== "table") return;
    const columns = String(this.labels.size);
    if (this.body.getAttribute("data-columns") !== columns) this.drawing.set(this.body, "data-columns", columns);
  }

  #column(label) {
    const column = this.drawing.make("th", "", this.columnRow);
    this.drawing.set(column, "scope", "col");
    this.drawing.set(column, "role", "columnheader");
    this.drawing.text(column, label);
  }

  #addColumn(key, label) {
    if (this.labels.has(key)) return;
    this.labels.set(key, label);
    this.#column(label);
  }

  /** Draw the status again, if it or its mark changed. */
  refresh() {
    const { drawing } = this;
    const mark = drawing.mark(this.pointer);
    const status = effective(drawing.base(this.path, this.value), mark);
    const closed = this.closed;
    if (closed !== this.shown) {
      this.shown = closed;
      if (isContainer(this.value)) this.#look(true);
      // What has not come into a closed object does not come any more.
      for (const kid of this.kids.values()) if (kid.value === MISSING) kid.#look(true);
    }
    this.#noted(mark);
    if (status === this.status) return;
    if (!this.status) {
      // In a table, a cell is empty where another row has a key that nobody expected.
      if (status === "missing" && this.#unexpected) return;
      drawing.set(this.holder, "data-path", this.pointer);
    }
    if (this.parent === drawing.root && this.status && status === "complete") drawing.finished.push(this.name);
    this.status = status;
    drawing.set(this.holder, "data-status", status);
    const sign = this.head?.querySelector(".sign");
    if (sign) {
      drawing.change(sign.firstChild, SIGNS[status][0]);
      drawing.set(sign, "aria-label", SIGNS[status][1]);
    }
  }

  #noted(mark) {
    const text = mark === null ? "" : mark.message || SIGNS[mark.status]?.[1] || "";
    if (text === (this.note?.textContent ?? "")) return;
    if (this.note !== null) this.drawing.remove(this.note);
    this.note = null;
    if (!text) return;
    this.note = this.drawing.make("span", "note", this.inner);
    this.drawing.text(this.note, text);
    if (["invalid", "violation"].includes(mark.status)) this.drawing.wrong.push(`${this.name || "document"}: ${text}`);
  }
}

/** The layout of a list as far as its form says it, else as its first element does. */
function listed(form, value) {
  if (form.prefix.length) return form.prefix.every((each) => each.isScalar) ? "items" : "cards";
  const { items } = form;
  if (items.isFlat) return items.fields.size <= COLUMNS ? "table" : "cards";
  if (items.isScalar) return "items";
  if (items.kind !== "any" || value.length === 0 || Array.isArray(value[0])) return "cards";
  return isObject(value[0]) ? "table" : "items";
}

/** Is it an object without containers inside? */
function isRecord(value) {
  return isObject(value) && !Object.values(value).some(isContainer);
}

/** Has an object the keys of another one, in the same order, and maybe more? */
function begins(less, more) {
  if (!isObject(less) || !isObject(more)) return false;
  const keys = Object.keys(more);
  return Object.keys(less).every((key, index) => key === keys[index]);
}

function effective(base, mark) {
  if (mark === null) return base;
  if (mark.status === "invalid" || mark.status === "violation") return mark.status;
  return base === "complete" && has(SIGNS, mark.status) ? mark.status : base;
}

function counted(container) {
  const count = Object.keys(container).length;
  const digits = String(count).replace(/\B(?=(\d{3})+$)/g, " ");
  return `${digits} ${Array.isArray(container) ? "item" : "field"}${count === 1 ? "" : "s"}`;
}

/** A key of a described field as people write it. */
function readable(key) {
  return key.replaceAll("_", " ");
}

function escape(key) {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function same(one, other) {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((step, index) => step === other[index]);
}

if (globalThis.customElements && !customElements.get("partial-json")) {
  customElements.define("partial-json", PartialJSONElement);
}

export { PartialJSONElement };

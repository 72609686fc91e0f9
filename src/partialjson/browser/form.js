/**
 * A form, read: what is expected at each place of a document. `partialjson.render.form` makes forms and describes them;
 * `Placeholder` there is the same class in Python.
 */

/** How many levels of absent objects are drawn below the last one that is there. */
export const FORESEEN = 2;

export const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The keys and indexes on the way that a JSON Pointer (RFC 6901) names. */
export const steps = (pointer) =>
  pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

export const isContainer = (value) => typeof value === "object" && value !== null;

export class Form {
  #root;
  #place;
  #fields;
  #parts = new Map();

  constructor(place, root = place) {
    this.#root = root;
    this.#place = "$ref" in place ? { ...lookUp(root, place.$ref), ...place } : place;
    this.optional = this.#place.required === false;
    this.kind = this.#place.kind ?? "any";
    this.title = this.#place.title ?? "";
    this.description = this.#place.description ?? "";
    this.words = this.#place.words ?? null;
    this.secret = this.#place.secret === true;
  }

  /** The expected type, in a word or two. */
  get label() {
    const word = this.#place.label ?? "";
    return this.optional && word ? `${word}, optional` : word;
  }

  /** The fields of an object that is described field by field, in order. */
  get fields() {
    // A map: keys of the document may have any name, and keep their order.
    this.#fields ??= new Map(
      Object.entries(this.#place.fields ?? {}).map(([key, place]) => [key, new Form(place, this.#root)]),
    );
    return this.#fields;
  }

  get items() {
    return this.#part("items") ?? UNKNOWN;
  }

  get choices() {
    return this.#list("choices");
  }

  get prefix() {
    return this.#list("prefix");
  }

  /** The form of a child. */
  at(key) {
    if (typeof key === "number") return this.prefix[key] ?? this.items;
    return this.fields.get(key) ?? this.#part("values") ?? UNKNOWN;
  }

  get isScalar() {
    if (this.choices.length) return this.choices.every((each) => each.isScalar);
    return !["object", "array", "any"].includes(this.kind);
  }

  /** Is it an object of which every field is a scalar? Such objects fill a table. */
  get isFlat() {
    return this.fields.size > 0 && [...this.fields.values()].every((each) => each.isScalar);
  }

  /** The form of this value, where one of several may stand; `UNKNOWN` where that is not known yet. */
  chosen(value) {
    if (!this.choices.length) return this;
    const kind = Array.isArray(value) ? "array" : isObject(value) ? "object" : "scalar";
    let fitting = this.choices.filter((each) => each.kind === kind);
    if (fitting.length > 1 && kind === "object") fitting = fitting.filter((each) => each.#agrees(value));
    return fitting.length === 1 ? fitting[0] : UNKNOWN;
  }

  #agrees(value) {
    return [...this.fields].every(
      ([key, each]) => each.words === null || !has(value, key) || each.words.includes(value[key]),
    );
  }

  #part(name) {
    if (!this.#parts.has(name)) {
      this.#parts.set(name, name in this.#place ? new Form(this.#place[name], this.#root) : null);
    }
    return this.#parts.get(name);
  }

  #list(name) {
    if (!this.#parts.has(name)) {
      this.#parts.set(name, (this.#place[name] ?? []).map((place) => new Form(place, this.#root)));
    }
    return this.#parts.get(name);
  }
}

/** The form of a document about which nothing is known. */
export const UNKNOWN = new Form({ kind: "any", label: "" });

function lookUp(root, reference) {
  let place = root;
  for (const step of steps(reference)) place = place[step];
  return place;
}

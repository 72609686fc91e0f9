import type { Delta, Json } from "./patch.js";
import type { DocumentState } from "./state.js";

export type { DocumentState };

/** What is expected at a place: the JSON that `partialjson.render.form.form` makes. */
export interface Form {
  readonly title?: string;
  readonly description?: string;
  readonly kind: "object" | "array" | "string" | "integer" | "number" | "boolean" | "null" | "choice" | "any";
  /** The expected type in a word or two. */
  readonly label: string;
  readonly required?: boolean;
  readonly secret?: boolean;
  readonly fields?: { readonly [key: string]: Form };
  /** What stands under the keys that are not fields. */
  readonly values?: Form;
  readonly items?: Form;
  readonly prefix?: readonly Form[];
  readonly words?: readonly Json[];
  readonly choices?: readonly Form[];
  /** The rest of the description is at this place of the form: "#" and a JSON Pointer. */
  readonly $ref?: string;
}

/**
 * `<partial-json>`: draws a document while it grows.
 *
 * Parts to style from outside: `root`, `header`. Colours and type: the custom properties `--pj-text`, `--pj-muted`,
 * `--pj-faint`, `--pj-line`, `--pj-tint`, `--pj-accent`, `--pj-good`, `--pj-bad`, `--pj-mend` and `--pj-font`. Light and
 * dark follow `color-scheme`.
 */
export class PartialJSONElement extends HTMLElement {
  /** What is expected; null if nothing is known. Setting another one draws everything anew. */
  form: Form | null;
  /** The state that is drawn. Setting one draws what differs from the one before, by identity. */
  state: DocumentState | undefined;
  /** Apply changes to the state and draw them. Returns the new state. */
  apply(deltas: Iterable<Delta>): DocumentState;
  /** How many nodes and attributes were made or changed so far. */
  touched: number;
}

declare global {
  interface HTMLElementTagNameMap {
    "partial-json": PartialJSONElement;
  }
}

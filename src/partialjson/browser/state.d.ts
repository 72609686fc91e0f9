import type { Json } from "./patch.js";

/** What is to be said of one place of a document. */
export type Mark = {
  readonly status: "invalid" | "violation" | "repaired" | "coerced";
  readonly message: string;
};

/** The state of a document, as `partialjson.broadcast.DocumentState` makes it. */
export type DocumentState = {
  /** The document so far; not there until something has come. */
  readonly value?: Json;
  readonly status: "missing" | "partial" | "complete" | "invalid" | "truncated";
  /** JSON Pointer of the innermost open value, in `value`. What lies on the way to it is growing. */
  readonly open: string | null;
  /** JSON Pointers of the required fields that did not come, if the document was cut off. */
  readonly missing: readonly string[];
  /** Marks by JSON Pointers; null for one that was withdrawn. */
  readonly marks: { readonly [pointer: string]: Mark | null };
};

/** A text of the answer. `done`: the provider has closed it. */
export type TextBlock = {
  readonly type: "text" | "reasoning" | "refusal";
  readonly text: string;
  readonly done: boolean;
};

/** A tool call. */
export type CallBlock = {
  readonly type: "call";
  readonly id: string;
  readonly name: string;
  /** The provider runs it itself. */
  readonly server?: true;
  readonly phase: "growing" | "ready" | "held" | "running" | "done" | "failed" | "withdrawn";
  /** Its arguments. */
  readonly document: DocumentState;
  /** What it gave, once somebody has reported it. */
  readonly result?: Json;
};

/** The structured output. */
export type OutputBlock = { readonly type: "output"; readonly document: DocumentState };

/** How an answer ended. */
export type Ending = {
  readonly reason:
    | "complete"
    | "tool_calls"
    | "truncated"
    | "refused"
    | "filtered"
    | "paused"
    | "error"
    | "disconnected";
  /** A sentence for people; empty if there is nothing to say. */
  readonly message: string;
  /** JSON Pointers, in the whole state, of required fields that did not come. */
  readonly missing?: readonly string[];
};

/** The state of a model's answer, as `partialjson.broadcast.ResponseState` makes it. */
export type ResponseState = {
  /** The name of the provider's wire format. */
  readonly api: string;
  readonly blocks: readonly (TextBlock | CallBlock | OutputBlock)[];
  /** null while it goes on. */
  readonly ending: Ending | null;
};

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** One change: "add" and "replace" as in JSON Patch (RFC 6902), "append" adds text to the end of a string. */
export interface Delta {
  readonly op: "add" | "replace" | "append";
  /** A JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly value: Json;
}

/**
 * The document after the deltas, in order. It shares with the one before whatever no delta has touched.
 *
 * @param document the JSON value before them; undefined if nothing had come
 * @throws {Error} a delta is none, or its path does not exist; the message tells which delta, counted from 0
 */
export function apply<State = Json>(document: undefined, deltas: Iterable<Delta>): State;
export function apply<State = Json>(document: State | undefined, deltas: Iterable<Delta>): State;

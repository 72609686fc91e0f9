// What the page says: numbers, places, and how an answer ended.

import { steps } from "./browser/form.js";

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const sharp = new Intl.NumberFormat("en", { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const number = (value) => count.format(value);

/** Bytes as [number, unit]. */
export function bytes(value) {
  if (value < 1000) return [count.format(value), "B"];
  return value < 1e6 ? [sharp.format(value / 1000), "kB"] : [sharp.format(value / 1e6), "MB"];
}

/** Seconds as [number, unit]; a dash if they are not known. */
export function seconds(value) {
  if (value === undefined || value === null) return ["–", ""];
  return value < 1 ? [count.format(value * 1000), "ms"] : [value.toFixed(value < 10 ? 2 : 1), "s"];
}

/** A JSON Pointer as people write places: `days[1].stops[0]`. */
export function place(pointer) {
  let shown = "";
  for (const step of steps(pointer)) {
    if (/^\d+$/.test(step)) shown += `[${step}]`;
    else if (PLAIN.test(step)) shown += shown ? `.${step}` : step;
    else shown += `[${JSON.stringify(step)}]`;
  }
  return shown || "the whole";
}

export function plural(value, noun) {
  return `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** The documents of a message: `[{name, document, block}]`; the name is that of a tool. */
export function documents(message) {
  return message.blocks
    .filter((block) => block.document)
    .map((block) => ({ name: block.type === "call" ? block.name : "", document: block.document, block }));
}

/** The marks that count: of those that were withdrawn nothing is left but null. */
export function marks(document) {
  return Object.entries(document.marks ?? {}).filter(([, mark]) => mark);
}

const UNSOUND = new Set(["invalid", "violation"]);
const MENDED = new Set(["repaired", "coerced"]);

export function faults(document) {
  return marks(document).filter(([, mark]) => UNSOUND.has(mark.status));
}

const HEADS = {
  truncated: ["warn", "Cut off"],
  refused: ["warn", "Refused"],
  filtered: ["warn", "Withheld"],
  paused: ["warn", "Paused"],
  error: ["bad", "Broken off"],
  disconnected: ["warn", "Connection lost"],
};

/**
 * How the answer ended, for people. `mine`: it was stopped on this page.
 * @returns {{tone: string, head: string, says: string[], open: string[], missing: string[], wrong: [string, string][]} |
 *   null} null while it goes on.
 */
export function ending(state, mine = false) {
  const { message, stopped } = state;
  const end = message.ending;
  if (!end && !stopped) return null;
  const all = documents(message);
  const named = (name, pointer) => (name ? `${name}: ${place(pointer)}` : place(pointer));
  const wrong = all.flatMap(({ name, document }) => {
    const found = faults(document);
    // Of the whole it is only said again.
    const inside = found.filter(([at]) => at !== "");
    return (inside.length ? inside : found).map(([at, mark]) => [named(name, at), mark.message]);
  });
  const unfinished = all.filter(({ document }) => document.status === "truncated" || document.status === "partial");
  const open = unfinished.filter(({ document }) => document.open !== null).map(({ name, document }) => named(name, document.open));
  const missing = unfinished.flatMap(({ name, document }) => (document.missing ?? []).map((at) => named(name, at)));
  const calls = message.blocks.filter((block) => block.type === "call");
  const told = { tone: "warn", head: "", says: [], open, missing, wrong };
  if (stopped) {
    told.head = stopped.by === "fault" ? "There is no answer" : "Stopped";
    told.tone = stopped.by === "fault" ? "bad" : "warn";
    told.says.push(mine && stopped.by === "viewer" ? "You stopped it, and its source was closed." : stopped.message);
  } else if (end.reason in HEADS) {
    [told.tone, told.head] = HEADS[end.reason];
    if (end.message) told.says.push(sentence(end.message));
  } else if (wrong.length || all.some(({ document }) => document.status === "invalid")) {
    told.tone = "bad";
    told.head = "Whole, but not valid";
    told.says.push("The answer ended as it should. What is named here breaks the rules of its type, so it gives no object.");
  } else {
    told.tone = "good";
    told.head = calls.length && !all.some(({ block }) => block.type === "output") ? "The calls are complete" : "Complete";
    if (all.length) told.says.push(`Every value has closed${isTyped(state.forms) ? ", and is valid for its type" : ""}.`);
    if (calls.some((call) => call.phase === "done" && call.result !== undefined)) {
      told.says.push("An application would now send the results back to the model.");
    }
  }
  const dead = calls.filter((call) => call.phase === "withdrawn" || isUnfinished(call));
  if (dead.length) {
    const names = [...new Set(dead.map((call) => call.name || "an unnamed tool"))].join(", ");
    told.says.push(`${plural(dead.length, "call")} must not run: ${names}.`);
  }
  const mended = all.flatMap(({ document }) => marks(document)).filter(([, mark]) => MENDED.has(mark.status));
  if (mended.length) told.says.push(`The text was mended in ${plural(mended.length, "place")}, which ${mended.length === 1 ? "is" : "are"} marked.`);
  if (open.length) told.says.push("What is marked complete had closed, and can be used. Nothing was made up for the rest.");
  return told;
}

/** Whether anything is known of what the answer must be. */
function isTyped({ output, tools }) {
  return [output, ...Object.values(tools)].some((form) => form && form.kind !== "any");
}

/** Whether the arguments of a call never became what its tool takes. */
export function isUnfinished(call) {
  return call.document.status !== "complete" && (call.phase === "growing" || call.phase === "failed");
}

function sentence(text) {
  return !text || /[.!?…]$/.test(text) ? text : `${text}.`;
}
